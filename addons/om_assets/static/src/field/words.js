/** What the server told the page: whose database it is, who is signed in, its words. */
export const facts = JSON.parse(
    globalThis.document?.getElementById("om_field_facts")?.textContent || '{"words": {}}'
);

/** A term in the reader's language; ``%s`` are filled in one after the other. */
export function _t(source, ...values) {
    return (facts.words[source] || source).replace(/%s/g, () => values.shift());
}
