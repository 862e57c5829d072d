import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { serializeDate, deserializeDate } from "@web/core/l10n/dates";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { TryAgain, isConnectionLost } from "@om_base/attempts/attempts";
import { Component, onWillStart, useState } from "@odoo/owl";

const MODEL = "om.bid.evaluation";

/** What a bid scores: points won and lost, why, and what would change them. */
export class OmCompliance extends Component {
    static template = "om_staffing.Compliance";
    static components = { Layout, DateTimeInput, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.dialog = useService("dialog");
        this.display = { controlPanel: {} };
        const { params = {}, context = {} } = this.props.action;
        this.id = params.evaluation_id || context.evaluation_id || context.active_id;
        this.state = useState({
            data: null,
            saved: null,
            advice: null,
            people: null,
            search: "",
            loading: false,
            offline: false,
            whatIf: { date: false, added: [], dropped: [], best: false },
            labels: {},
        });
        this.onSearch = debounce(() => this.loadPeople(0), 300);
        onWillStart(() => this.load());
    }

    async load() {
        await this.busy(async () => {
            this.state.data = await this.orm.call(MODEL, "get_compliance", [
                [this.id],
                this.isTrying ? this.whatIf : null,
            ]);
            if (!this.isTrying) {
                this.state.saved = this.state.data;
            }
            if (this.state.people) {
                await this.loadPeople(0);
            }
        });
    }

    async busy(work) {
        this.state.loading = true;
        try {
            const answer = await work();
            this.state.offline = false;
            return answer;
        } catch (error) {
            this.state.offline = isConnectionLost(error);
            throw error;
        } finally {
            this.state.loading = false;
        }
    }

    get whatIf() {
        return { ...this.state.whatIf };
    }

    get isTrying() {
        const { date, added, dropped, best } = this.state.whatIf;
        return Boolean(date || added.length || dropped.length || best);
    }

    get offlineText() {
        return _t("No connection: this page does not show the latest.");
    }

    get data() {
        return this.state.data;
    }

    get gain() {
        const gain = this.data.total - this.state.saved.total;
        return (gain >= 0 ? "+" : "") + gain.toFixed(2);
    }

    get day() {
        return deserializeDate(this.data.date);
    }

    /** Counts today, counts once the missing months are on record, or not at all.
     *  A snapshot of an earlier version knows two of these only. */
    status(entry) {
        return entry.status || (entry.counts ? "counts" : "fails");
    }

    badge(person) {
        if (this.status(person) === "fails") {
            return "text-bg-danger";
        }
        const sure = this.status(person) === "counts" && !person.held;
        return sure ? "text-bg-success" : "text-bg-warning";
    }

    points(value) {
        return value.toFixed(2);
    }

    money(value) {
        return value.toLocaleString(undefined, { minimumFractionDigits: 2 });
    }

    // ------------------------------------------------------------
    // What if: nothing is saved
    // ------------------------------------------------------------

    toggleBest() {
        this.state.whatIf.best = !this.state.whatIf.best;
        return this.load();
    }

    setDate(day) {
        this.state.whatIf.date = day ? serializeDate(day) : false;
        return this.load();
    }

    drop(person) {
        this.state.whatIf.dropped.push(person.id);
        this.state.labels[`dropped-${person.id}`] = person.name;
        return this.load();
    }

    takeBack(person) {
        const { dropped } = this.state.whatIf;
        dropped.splice(dropped.indexOf(person), 1);
        return this.load();
    }

    addCertificates(advice) {
        this.state.whatIf.added.push(...advice.added);
        this.state.whatIf.best = true;
        return this.load();
    }

    reset() {
        this.state.whatIf = { date: false, added: [], dropped: [], best: false };
        this.state.advice = null;
        return this.load();
    }

    async loadAdvice() {
        await this.busy(async () => {
            this.state.advice = await this.orm.call(MODEL, "get_advice", [
                [this.id],
                this.whatIf,
            ]);
        });
    }

    async loadPeople(offset) {
        await this.busy(async () => {
            this.state.people = {
                offset,
                ...(await this.orm.call(MODEL, "get_people", [[this.id]], {
                    what_if: this.whatIf,
                    search: this.state.search,
                    offset,
                })),
            };
        });
    }

    // ------------------------------------------------------------
    // Acts
    // ------------------------------------------------------------

    /** Ask with what would change, then tell what was really done. */
    async applyBest() {
        const plan = await this.busy(() =>
            this.orm.call(MODEL, "get_best_plan", [[this.id]])
        );
        if (!plan.new && !plan.gone) {
            return this.tell(plan);
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Name the Best Team"),
            body: plan.lines.join("\n"),
            confirmLabel: _t("Name These People"),
            confirm: async () => {
                const done = await this.busy(() =>
                    this.orm.call(MODEL, "action_apply_best", [[this.id]])
                );
                this.tell(done);
                return this.reset();
            },
            cancel: () => {},
        });
    }

    tell(plan) {
        this.notification.add(plan.lines.join(" "), {
            type: plan.type,
            sticky: plan.type === "warning",
        });
    }

    freeze() {
        const { data } = this;
        const lines = [
            _t("Frozen on the records of today: %(points)s of %(full)s points.", {
                points: this.points(data.total),
                full: this.points(data.full),
            }),
        ];
        if (data.projected) {
            lines.push(
                _t(
                    "Projected for the bid and noted beside it: %s points.",
                    this.points(data.projected.total)
                )
            );
        }
        lines.push(
            _t("Figures and copies of the scans stay as they are; to go on, make a new version.")
        );
        this.dialog.add(ConfirmationDialog, {
            title: _t("Freeze for the Bid File"),
            body: lines.join("\n"),
            confirmLabel: _t("Freeze"),
            confirm: async () => {
                await this.busy(() =>
                    this.orm.call(MODEL, "action_freeze", [[this.id]])
                );
                this.notification.add(
                    _t("Frozen with %s points.", this.points(data.total)),
                    { type: "success" }
                );
                return this.reset();
            },
            cancel: () => {},
        });
    }

    async exportPack() {
        const action = await this.busy(() =>
            this.orm.call(MODEL, "action_export_pack", [[this.id]])
        );
        return this.action.doAction(action);
    }

    openRecord() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: this.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("om_staffing.compliance", OmCompliance);
