/**
 * The kinds of cards, by name: the form that opens one, what an entry changes on it, and
 * the tab that lists it. Add-ons add theirs.
 */
export const kinds = {};

/** What add-ons put below the form of a kind, by its name: lists of components. */
export const extras = {};
