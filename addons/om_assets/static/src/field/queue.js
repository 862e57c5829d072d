/**
 * The queue of what was done and has not been uploaded: its rules, without a page.
 *
 * An entry is waiting, then sent, or refused until its person decides. Entries go in the
 * order of the taps; behind a refused one the others of the same document wait, for they
 * build on it. An entry has one name for ever: whatever the network does, the server does
 * it once.
 */

export const WAITING = "waiting";
export const SENT = "sent";
export const REFUSED = "refused";

const REFUSALS = /\.(UserError|ValidationError|AccessError|MissingError|RedirectWarning)$/;
const SIGNED_OUT = /(SessionExpired|CheckIdentity|AccessDenied)/;

/** A name under which an entry may be sent again and is done once. */
export function makeKey() {
    // randomUUID() exists on https only.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {{doc: string, id: number, title: string}} document
 * @param {string} kind what was done
 * @param {Object} values with what
 * @param {string} words what it is called, for people
 * @param {{uid: number, at: number, difference: number|null}} when milliseconds of the
 *  telephone's clock, and seconds by which the server's is ahead of it
 */
export function makeEntry({ doc, id, title }, kind, values, words, { uid, at, difference }) {
    return {
        key: makeKey(),
        doc,
        id,
        title,
        kind,
        values,
        words,
        uid,
        at: new Date(at).toISOString(),
        difference,
        state: WAITING,
        reason: "",
    };
}

export function isSameDocument(one, other) {
    return one.doc === other.doc && one.id === other.id;
}

/** What is sent next; undefined if everything waits for a person, or nothing is left. */
export function getNext(entries) {
    return entries.find(
        (entry) =>
            entry.state === WAITING &&
            !entries.some((other) => other.state === REFUSED && isSameDocument(entry, other))
    );
}

/**
 * What may go before the rest of a photo: small entries of other documents, each in the
 * order of its own. An act has its clock; a photo takes its time.
 */
export function getOvertaking(entries, photo) {
    return entries.find(
        (entry, index) =>
            entry.state === WAITING &&
            !entry.values.blob &&
            !isSameDocument(entry, photo) &&
            !entries.some(
                (other, place) =>
                    isSameDocument(other, entry) &&
                    (other.state === REFUSED || (place < index && other.state === WAITING))
            )
    );
}

export function getUnsent(entries) {
    return entries.filter((entry) => entry.state !== SENT);
}

/** What the server answers: "refused" by its rules, "signed_out", or "failed". */
export function classify(error) {
    const name = error?.data?.name || "";
    if (SIGNED_OUT.test(name) || error?.code === 100) {
        return "signed_out";
    }
    return REFUSALS.test(name) ? "refused" : "failed";
}

/** A card as its person left it: what the server knows, and the entries on top. */
export function overlay(card, entries, apply) {
    const mine = entries.filter((entry) => isSameDocument(entry, { doc: card.kind, id: card.id }));
    if (!mine.length) {
        return card;
    }
    const shown = JSON.parse(JSON.stringify(card));
    for (const entry of mine) {
        apply(shown, entry);
    }
    return shown;
}

/** The rest of the queue after a day was loaded whose asking began at ``asked``. */
export function forgetSent(entries, asked) {
    return entries.filter((entry) => !(entry.state === SENT && entry.sentAt < asked));
}

/** Seconds until the next attempt, after so many failed ones. */
export function getPause(attempts) {
    return Math.min(60, 2 ** Math.min(attempts, 6));
}

/** What is left of a refused entry if it is kept as a note on its document. */
export function toNote(entry) {
    const { blob, upload, drawing, name, about, person, note, cause, solution, reason } =
        entry.values;
    // The words say what was tapped, and already have the note of an item.
    const said = [person, note, cause, solution, reason].filter(
        (each) => !entry.words.includes(each)
    );
    const text = [entry.words, ...said, entry.values.text, entry.reason];
    return {
        ...entry,
        key: makeKey(),
        kind: "note",
        values: { text: text.filter(Boolean).join(" – "), blob, upload, drawing, name, about },
        state: WAITING,
        reason: "",
    };
}
