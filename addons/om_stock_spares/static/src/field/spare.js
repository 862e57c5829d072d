import { Component, useState } from "@odoo/owl";
import { extras } from "@om_assets/field/kinds";
import { locate, shrink } from "@om_assets/field/photo";
import { _t } from "@om_assets/field/words";

/** A part is asked for where the broken one is, also without a network. */
export class Spare extends Component {
    static template = "om_stock_spares.FieldSpare";
    static props = { card: Object, keeper: Object, entries: Array };

    setup() {
        this.kept = useState(this.props.keeper.state);
        this.state = useState({ asking: false, making: false, problem: "", ...this.blank });
    }

    get blank() {
        return { part: "", quantity: "1", reason: "", solution: "", photo: null };
    }

    get form() {
        return this.props.card.form.spare;
    }

    get row() {
        return `${this.props.card.key}-spare`;
    }

    get problem() {
        return this.state.problem || this.kept.problems[this.row];
    }

    /** What may be asked for here, less what waits on this telephone. */
    get parts() {
        const { system, agreement } = this.form;
        const waiting = this.kept.entries.filter(
            ({ kind, state }) => kind === "spare" && state !== "sent"
        );
        return (this.kept.day.parts || [])
            .filter((part) =>
                part.system ? part.system === system : part.agreement === agreement
            )
            .map((part) => ({
                ...part,
                left: waiting
                    .filter(({ values }) => values.quota === part.id)
                    .reduce((left, { values }) => left - values.quantity, part.left),
            }));
    }

    formatPart(part) {
        return _t("%s (%s %s left)", part.name, part.left, part.uom);
    }

    async addPhoto(ev) {
        const [file] = ev.target.files;
        ev.target.value = "";
        this.state.problem = "";
        if (!file) {
            return;
        }
        this.state.making = true;
        try {
            const { card } = this.props;
            const how = { mark: card.form.mark ? card.system : "", where: locate() };
            this.state.photo = await shrink(file, how);
            if (!this.state.photo) {
                this.state.problem = _t("This is no picture: %s", file.name);
            }
        } finally {
            this.state.making = false;
        }
    }

    /** What is missing, in words; "" for nothing. The server asks for the same. */
    findMissing(part, quantity) {
        if (!part) {
            return _t("Choose the part.");
        }
        if (!Number.isInteger(quantity) || quantity < 1) {
            return _t("Say how many are needed.");
        }
        if (quantity > part.left) {
            return _t("Only %s are left of this part.", part.left);
        }
        if (!this.state.reason.trim() || !this.state.solution.trim()) {
            return _t("Write why it cannot be repaired, and which repair was tried.");
        }
        return this.state.photo ? "" : _t("Take a photo of the broken part.");
    }

    async ask() {
        const part = this.parts.find(({ id }) => id === Number(this.state.part));
        const quantity = Number(this.state.quantity);
        this.state.problem = this.findMissing(part, quantity);
        if (this.state.problem) {
            return;
        }
        const { card, keeper } = this.props;
        const { blob, upload, name, about } = this.state.photo;
        const kept = await keeper.record(
            {
                doc: card.kind,
                id: card.id,
                title: `${card.number} ${card.title}`.trim(),
                row: this.row,
            },
            "spare",
            {
                quota: part.id,
                quantity,
                reason: this.state.reason.trim(),
                solution: this.state.solution.trim(),
                blob,
                upload,
                name,
                about,
            },
            _t("Request a Part: %s × %s", quantity, part.name)
        );
        if (kept) {
            Object.assign(this.state, { asking: false, ...this.blank });
        }
    }
}

extras.ticket = [...(extras.ticket || []), Spare];
extras.inspection = [...(extras.inspection || []), Spare];
