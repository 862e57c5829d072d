import { Component, useState } from "@odoo/owl";
import { EntryState } from "./entry_state";
import { getJudged, getPassable, judge, nameItem, apply } from "./judging";
import { kinds } from "./kinds";
import { Pad } from "./pad";
import { locate, shrink } from "./photo";
import { Typed } from "./typed";
import { _t } from "./words";

const TYPING = 2500;
const ICONS = { pass: "fa-check", fail: "fa-times", na: "fa-minus" };

/** An inspection on the telephone: as the web client's, and without a network, too. */
export class Inspection extends Component {
    static template = "om_assets.FieldInspection";
    static components = { EntryState, Pad, Typed };
    static props = { card: Object, keeper: Object, entries: Array };

    setup() {
        this.icons = ICONS;
        this.state = useState({ opened: {}, signing: "", making: {}, problems: {} });
        this.kept = useState(this.props.keeper.state);
    }

    get form() {
        return this.props.card.form;
    }

    get results() {
        return { pass: _t("Pass"), fail: _t("Fail"), na: _t("Does Not Apply") };
    }

    get foundLabel() {
        return _t("What was found");
    }

    get running() {
        return this.form.step === "running";
    }

    get sections() {
        const sections = new Map();
        for (const item of this.form.items) {
            if (!sections.has(item.section)) {
                sections.set(item.section, { name: item.section, items: [], judged: 0 });
            }
            const section = sections.get(item.section);
            section.items.push(item);
            section.judged += item.result ? 1 : 0;
        }
        return [...sections.values()];
    }

    get judged() {
        return this.form.items.filter((item) => item.result).length;
    }

    /** What keeps it from being finished, in words; "" for nothing. */
    get missing() {
        const open = this.form.items.filter((item) => !item.result);
        if (open.length) {
            return _t("%s items are still open.", open.length);
        }
        const silent = this.form.items.filter(
            (item) =>
                item.result === "fail" && !item.note && !item.fault && item.value === null
        );
        if (silent.length) {
            return _t("Say what is wrong with: %s", silent.map((item) => item.name).join(" · "));
        }
        return "";
    }

    getRow(item) {
        // The line is there before the item is.
        return `${this.props.card.key}-${item.line ? "l" + item.line : item.id}`;
    }

    /** The entries of one row that are not uploaded. */
    getEntries(item) {
        const key = nameItem(item);
        return this.props.entries.filter(
            ({ kind, values }) =>
                ["item", "photo", "fault"].includes(kind) &&
                ((key.item && values.item === key.item) ||
                    (item.line && values.line === item.line))
        );
    }

    /** Entries of the whole inspection. */
    get ownEntries() {
        return this.props.entries.filter(({ kind }) => !["item", "photo", "fault"].includes(kind));
    }

    isOpened(item) {
        return item.result === "fail" || item.note || item.photos || this.state.opened[this.getRow(item)];
    }

    record(kind, values, words, { item, at } = {}) {
        const { card, keeper } = this.props;
        return keeper.record(
            { doc: card.kind, id: card.id, title: card.title, row: item && this.getRow(item) },
            kind,
            values,
            item ? `${item.name}: ${words}` : words,
            at
        );
    }

    start() {
        return this.record("start", {}, _t("Start the Inspection"));
    }

    write(item, values, words) {
        const seen = { result: item.result, value: item.value, note: item.note };
        return this.record("item", { ...nameItem(item), ...values, seen }, words, { item });
    }

    setResult(item, result) {
        if (item.result === result) {
            return;
        }
        const row = this.getRow(item);
        delete this.state.problems[row];
        if (result === "pass" && item.measured && judge(item, item.value) !== "pass") {
            this.state.problems[row] =
                item.value === null
                    ? _t("Enter the measured value first.")
                    : _t("The value is outside its bounds.");
            return;
        }
        return this.write(item, { result }, this.results[result]);
    }

    setValue(item, ev) {
        const text = ev.target.value.trim();
        const value = text === "" ? null : Number(text);
        const row = this.getRow(item);
        delete this.state.problems[row];
        if (Number.isNaN(value) || ev.target.validity.badInput) {
            this.state.problems[row] = _t("Enter a number.");
            return;
        }
        if (value !== item.value) {
            return this.write(item, { value }, `${text} ${item.unit}`);
        }
    }

    /** While somebody types: kept with each pause, and when they go on. */
    keepNote(item, ev) {
        clearTimeout(this.typing);
        this.typing = setTimeout(() => this.setNote(item, ev), TYPING);
    }

    setNote({ line, id }, ev) {
        clearTimeout(this.typing);
        // As it is by now: meanwhile the card may have been loaded anew.
        const item = this.form.items.find((each) => (line ? each.line === line : each.id === id));
        const note = ev.target.value;
        if (item && note.trim() !== item.note.trim()) {
            return this.write(item, { note }, note.trim());
        }
    }

    async addPhotos(item, ev) {
        const at = Date.now();
        const files = [...ev.target.files];
        ev.target.value = "";
        const row = this.getRow(item);
        delete this.state.problems[row];
        const how = { mark: this.form.mark ? this.props.card.system : "", where: locate() };
        for (const file of files) {
            this.state.making[row] = (this.state.making[row] || 0) + 1;
            try {
                const photo = await shrink(file, how);
                if (!photo) {
                    this.state.problems[row] = _t("This is no picture: %s", file.name);
                    continue;
                }
                await this.record("photo", { ...nameItem(item), ...photo }, _t("Photo"), {
                    item,
                    at,
                });
            } finally {
                this.state.making[row] -= 1;
            }
        }
    }

    openFault(item) {
        return this.record("fault", nameItem(item), _t("Open a Fault"), { item });
    }

    passOthers() {
        const items = getPassable(this.props.card);
        if (items.length) {
            return this.record("others", { items: items.map(nameItem) }, _t("All Others Pass"));
        }
    }

    finish() {
        if (this.missing) {
            this.state.problems.page = this.missing;
            return;
        }
        delete this.state.problems.page;
        if (this.form.onsite && !this.form.signed) {
            this.state.signing = "own";
            return;
        }
        return this.record("finish", {}, _t("Finish the Inspection"));
    }

    async sign(drawing) {
        this.state.signing = "";
        await this.record("finish", { drawing }, _t("Finish the Inspection"));
    }

    /** The unit signs for what was found: complete, and as it is shown to its person. */
    askUnit() {
        if (this.missing) {
            this.state.problems.page = this.missing;
            return;
        }
        delete this.state.problems.page;
        this.state.signing = "unit";
    }

    get unitLines() {
        return this.form.items.map((item) =>
            [
                `${item.name}: ${this.results[item.result]}`,
                item.value === null ? "" : `${item.value} ${item.unit}`,
                item.note.trim(),
            ]
                .filter(Boolean)
                .join(" · ")
        );
    }

    async signForUnit(drawing, person) {
        this.state.signing = "";
        const values = { drawing, person, shown: getJudged(this.props.card) };
        await this.record("unit_sign", values, _t("Signed by the Unit: %s", person));
    }
}

kinds.inspection = { component: Inspection, apply, tab: "inspections" };
