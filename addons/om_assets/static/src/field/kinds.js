/**
 * The kinds of cards, by name: the form that opens one, what an entry changes on it, and
 * the tab that lists it. Add-ons add theirs.
 */
export const kinds = {};
