/** What a tap changes on an inspection, as the server will do it. */

export function findItem(card, { item, line }) {
    return card.form.items.find((each) => (item ? each.id === item : each.line === line));
}

/** Which item an entry is about: by its line where it does not exist yet. */
export function nameItem(item) {
    return item.id ? { item: item.id } : { line: item.line };
}

/** Result of a measured value; null without one. */
export function judge(item, value) {
    if (value === null || !item.measured) {
        return null;
    }
    const low = item.lowest !== null && value < item.lowest;
    const high = item.highest !== null && value > item.highest;
    return low || high ? "fail" : "pass";
}

/** Items that "all others pass" may judge: open, and no figure is asked for. */
export function getPassable(card) {
    return card.form.items.filter((item) => !item.result && !item.measured);
}

function applyItem(item, values) {
    if ("value" in values) {
        item.value = values.value;
        item.result = judge(item, values.value);
    }
    if ("result" in values) {
        item.result = values.result;
    }
    if ("note" in values) {
        item.note = values.note;
    }
}

/** What the user unit signs for: [item, result, value, note] of each. */
export function getJudged(card) {
    return card.form.items.map(({ name, result, value, note }) => [
        name,
        result,
        value,
        note.trim(),
    ]);
}

export function apply(card, { kind, values }) {
    const { form } = card;
    if (kind === "start" && form.step === "planned") {
        form.step = "running";
    } else if (kind === "finish") {
        form.step = "done";
    } else if (kind === "unit_sign") {
        form.unitSigned = values.person;
    } else if (kind === "others") {
        for (const key of values.items) {
            const item = findItem(card, key);
            if (item && !item.result) {
                item.result = "pass";
            }
        }
    }
    const item = ["item", "photo", "fault"].includes(kind) && findItem(card, values);
    if (!item) {
        return;
    }
    if (kind === "item") {
        applyItem(item, values);
        // What was signed for has changed: the server takes the signature for void, too.
        form.unitSigned = "";
    } else if (kind === "photo") {
        item.photos += 1;
    } else if (!item.fault) {
        item.fault = "…";
    }
}
