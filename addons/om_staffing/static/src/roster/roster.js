import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { TryAgain, callOnce, isConnectionLost, makeToken } from "@om_base/attempts/attempts";

const MODEL = "om.roster";
// As many colours as there are, one after the other.
const TONES = 6;
const RUBBER = "rubber";

/** A roster as people by days: drag a shift, or choose one above and tap the days. */
export class OmRosterGrid extends Component {
    static template = "om_staffing.RosterGrid";
    static components = { Layout, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        const { action, state } = this.props;
        this.rosterId = state?.rosterId || action.context.active_id;
        this.state = useState({
            grid: null,
            // The pattern with which a tap fills a day, or the rubber.
            brush: null,
            over: null,
            busy: false,
            // What could not be sent for want of a network.
            unsent: null,
        });
        this.dragged = null;
        useSetupAction({ getLocalState: () => ({ rosterId: this.rosterId }) });
        onWillStart(() => this.load());
    }

    get grid() {
        return this.state.grid;
    }

    async load() {
        this.state.busy = true;
        try {
            this.state.grid = await this.orm.call(MODEL, "get_grid", [[this.rosterId]]);
            this.state.unsent = null;
        } catch (error) {
            if (!this.grid || !isConnectionLost(error)) {
                throw error;
            }
            this.state.unsent = {};
        } finally {
            this.state.busy = false;
        }
    }

    /** Change the plan; what did not arrive is sent again under the same name. */
    async send(method, args, token = makeToken()) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            this.state.grid = await callOnce(token, MODEL, method, [[this.rosterId], ...args]);
            this.state.unsent = null;
        } catch (error) {
            if (!isConnectionLost(error)) {
                throw error;
            }
            this.state.unsent = { method, args, token };
        } finally {
            this.state.busy = false;
        }
    }

    retry() {
        const { method, args, token } = this.state.unsent;
        return method ? this.send(method, args, token) : this.load();
    }

    get unsentText() {
        return this.state.unsent.method
            ? _t("No connection: the last change is not saved.")
            : _t("No connection: this page does not show the latest.");
    }

    // ------------------------------------------------------------
    // Choosing and dragging
    // ------------------------------------------------------------

    choose(key) {
        this.state.brush = this.state.brush === key ? null : key;
    }

    get rubber() {
        return RUBBER;
    }

    get chosen() {
        return this.grid.patterns.find((pattern) => pattern.key === this.state.brush);
    }

    /** A tap on a day puts the chosen pattern there. */
    tapDay(row, index) {
        if (this.grid.is_open && this.chosen) {
            return this.plan(this.chosen, row, index);
        }
    }

    /** A tap on a shift takes it away with the rubber, and else does as on its day. */
    tapShift(shift, row, index) {
        if (this.grid.is_open && this.state.brush === RUBBER) {
            return this.send("drop_shift", [shift.id]);
        }
        return this.tapDay(row, index);
    }

    plan(pattern, row, index) {
        const { day } = this.grid.days[index];
        const { post, start, minutes } = pattern;
        return this.send("plan_shift", [row.id, day, post, start, minutes]);
    }

    drag(event, what) {
        this.dragged = what;
        event.dataTransfer.effectAllowed = "move";
        // Firefox drags nothing that carries nothing.
        event.dataTransfer.setData("text/plain", "");
    }

    dragOver(event, key) {
        if (this.dragged) {
            event.preventDefault();
            this.state.over = key;
        }
    }

    dragEnd() {
        this.dragged = null;
        this.state.over = null;
    }

    drop(row, index) {
        const { dragged } = this;
        this.dragEnd();
        if (dragged?.pattern) {
            return this.plan(dragged.pattern, row, index);
        }
        if (dragged?.shift) {
            return this.send("move_shift", [dragged.shift.id, row.id, this.grid.days[index].day]);
        }
    }

    dropAway() {
        const { dragged } = this;
        this.dragEnd();
        if (dragged?.shift) {
            return this.send("drop_shift", [dragged.shift.id]);
        }
    }

    // ------------------------------------------------------------
    // How it looks
    // ------------------------------------------------------------

    getTone(tone) {
        return `om_roster_tone_${tone % TONES}`;
    }

    getKey(row, index) {
        return `${row.id}-${index}`;
    }

    getFactIcon(fact) {
        return { present: "fa-check", late: "fa-clock-o", absent: "fa-times", replaced: "fa-exchange" }[
            fact.state
        ];
    }

    getFactTone(fact) {
        return { present: "text-success", late: "text-warning", absent: "text-danger", replaced: "text-info" }[
            fact.state
        ];
    }

    get help() {
        if (!this.grid.is_open) {
            return "";
        }
        if (this.state.brush === RUBBER) {
            return _t("Tap a shift to take it away.");
        }
        return this.chosen
            ? _t("Tap a day of a person to put it there.")
            : _t("Choose a shift and tap the days, or drag shifts from day to day.");
    }

    get isPrintable() {
        return this.grid.rows.some(({ cells }) => cells.some(({ shifts }) => shifts.length));
    }

    // ------------------------------------------------------------
    // Ways on
    // ------------------------------------------------------------

    openRoster() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: this.rosterId,
            views: [[false, "form"]],
        });
    }

    print() {
        return this.action.doAction("om_staffing.om_roster_grid_report", {
            additionalContext: { active_ids: [this.rosterId] },
        });
    }
}

registry.category("actions").add("om_staffing.roster_grid", OmRosterGrid);
