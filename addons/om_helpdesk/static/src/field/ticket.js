import { Component, useState } from "@odoo/owl";
import { EntryState } from "@om_assets/field/entry_state";
import { kinds } from "@om_assets/field/kinds";
import { Pad } from "@om_assets/field/pad";
import { locate, shrink } from "@om_assets/field/photo";
import { _t } from "@om_assets/field/words";

/** What a tap changes on a ticket, as the server will do it. */
export function apply(card, { kind, values }) {
    const { form } = card;
    if (kind === "take") {
        Object.assign(form, { responded: true, mine: true, free: false });
    } else if (kind === "arrive") {
        Object.assign(form, { responded: true, arrived: true, mine: form.mine || form.free });
        form.free = false;
    } else if (kind === "fix") {
        Object.assign(form, {
            responded: true,
            fixed: true,
            paused: false,
            cause: values.cause,
            solution: values.solution,
        });
    } else if (kind === "pause") {
        form.paused = true;
    } else if (kind === "resume") {
        form.paused = false;
    } else if (kind === "unit_sign") {
        form.signed = values.person;
    } else if (kind === "acknowledge") {
        form.asks = false;
    } else if (kind === "hand_over") {
        Object.assign(form, { mine: false, given: values.name });
    } else if (kind === "refuse") {
        Object.assign(form, { mine: false, given: "–" });
    } else if (kind === "photo") {
        form.photos += 1;
    }
}

/** A ticket on the telephone: accept, arrive, repair, pause, also without a network. */
export class Ticket extends Component {
    static template = "om_helpdesk.FieldTicket";
    static components = { EntryState, Pad };
    static props = { card: Object, keeper: Object, entries: Array };

    setup() {
        const { cause, solution } = this.form;
        this.state = useState({
            asking: "",
            cause,
            solution,
            reason: "",
            kind: "",
            colleague: "",
            making: 0,
            signing: false,
            problem: "",
        });
        this.kept = useState(this.props.keeper.state);
    }

    get form() {
        return this.props.card.form;
    }

    get problem() {
        return this.state.problem || this.kept.problems[this.props.card.key];
    }

    get offersRepair() {
        // A request has a checklist and a summary, which its own page asks for.
        return this.form.kind === "fault" && !this.form.fixed;
    }

    record(kind, values, words, at) {
        const { card, keeper } = this.props;
        this.state.problem = "";
        return keeper.record(
            {
                doc: card.kind,
                id: card.id,
                title: `${card.number} ${card.title}`,
                row: card.key,
            },
            kind,
            values,
            words,
            at
        );
    }

    take() {
        return this.record("take", {}, _t("Accept"));
    }

    arrive() {
        return this.record("arrive", {}, _t("Arrived"));
    }

    resume() {
        return this.record("resume", {}, _t("Resume"));
    }

    acknowledge() {
        return this.record("acknowledge", {}, _t("Acknowledge"));
    }

    ask(what) {
        this.state.asking = this.state.asking === what ? "" : what;
        this.state.problem = "";
    }

    async fix() {
        const solution = this.state.solution.trim();
        if (!solution) {
            this.state.problem = _t("Write down what was done.");
            return;
        }
        const values = { cause: this.state.cause.trim(), solution };
        if (await this.record("fix", values, _t("Repaired"))) {
            this.state.asking = "";
        }
    }

    async pause() {
        const reason = this.state.reason.trim();
        if (!this.state.kind || !reason) {
            this.state.problem = _t("Choose what is waited for, and say why.");
            return;
        }
        const label = this.form.pauses.find(([kind]) => kind === this.state.kind)[1];
        const values = { kind: this.state.kind, reason };
        if (await this.record("pause", values, _t("Pause: %s", label))) {
            Object.assign(this.state, { asking: "", reason: "" });
        }
    }

    /** What the unit signs for: the fault, its cause, and what was done. */
    get done() {
        return [
            ["name", this.props.card.title],
            ["cause", this.form.cause.trim()],
            ["solution", this.form.solution.trim()],
        ];
    }

    get doneLines() {
        const labels = { name: _t("Fault"), cause: _t("Cause"), solution: _t("What Was Done") };
        return this.done.map(([name, text]) => `${labels[name]}: ${text || "–"}`);
    }

    async sign(drawing, person) {
        this.state.signing = false;
        const values = { drawing, person, shown: this.done };
        await this.record("unit_sign", values, _t("Signed by the Unit: %s", person));
    }

    async handOver() {
        const user = Number(this.state.colleague);
        if (!user) {
            this.state.problem = _t("Choose the colleague who goes on with it.");
            return;
        }
        const [, name] = this.form.colleagues.find(([id]) => id === user);
        const values = { user, name, reason: this.state.reason.trim() };
        if (await this.record("hand_over", values, _t("Handed over to %s", name))) {
            Object.assign(this.state, { asking: "", reason: "" });
        }
    }

    async refuse() {
        const reason = this.state.reason.trim();
        if (!reason) {
            this.state.problem = _t("Say why you do not take it.");
            return;
        }
        if (await this.record("refuse", { reason }, _t("Given back"))) {
            Object.assign(this.state, { asking: "", reason: "" });
        }
    }

    async addPhotos(ev) {
        const at = Date.now();
        const files = [...ev.target.files];
        ev.target.value = "";
        this.state.problem = "";
        const how = { mark: this.form.mark ? this.props.card.system : "", where: locate() };
        for (const file of files) {
            this.state.making += 1;
            try {
                const photo = await shrink(file, how);
                if (photo) {
                    await this.record("photo", photo, _t("Photo"), at);
                } else {
                    this.state.problem = _t("This is no picture: %s", file.name);
                }
            } finally {
                this.state.making -= 1;
            }
        }
    }
}

kinds.ticket = { component: Ticket, apply, tab: "tickets" };
