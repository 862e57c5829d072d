import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { TryAgain, isConnectionLost } from "@om_base/attempts/attempts";

const { DateTime } = luxon;

const SHEETS = "om_assessment.om_assessment_action";
// From how many percent of the full score on a cell has which tone, the best first.
const SCORES = [95, 90, 80, 60, 0];
// Quarters of the largest deduction of the months that are shown.
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** Score, money or state of every user unit in each of twelve months. */
export class OmHeatMap extends Component {
    static template = "om_assessment.HeatMap";
    static components = { Layout, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        const { show, contract, last } = this.props.state || {};
        this.state = useState({ map: null, show: show || "score", loading: false, offline: false });
        this.asked = { contract: contract ?? null, last: last || null };
        // Who comes back from a sheet finds what was looked at.
        useSetupAction({ getLocalState: () => ({ show: this.state.show, ...this.asked }) });
        onWillStart(() => this.load());
    }

    async load(asked = this.asked) {
        this.state.loading = true;
        try {
            const { contract, last } = asked;
            this.state.map = await this.orm.call("om.assessment", "get_heat_map", [contract, last]);
            this.asked = { contract: this.state.map.contract, last };
            this.state.offline = false;
        } catch (error) {
            this.state.offline = isConnectionLost(error);
            throw error;
        } finally {
            this.state.loading = false;
        }
    }

    get map() {
        return this.state.map;
    }

    get offlineText() {
        return _t("No connection: this page does not show the latest.");
    }

    get shows() {
        return [
            { key: "score", label: _t("Score") },
            { key: "money", label: _t("Deduction") },
            { key: "state", label: _t("State") },
        ];
    }

    setShow(show) {
        this.state.show = show;
    }

    get rows() {
        return [this.map.total, ...this.map.rows];
    }

    /** Look at another contract, or at all of them. */
    look(event) {
        return this.load({ contract: Number(event.target.value) || false, last: null });
    }

    /** Go on or back by months. */
    move(months) {
        const last = DateTime.fromISO(this.map.months.at(-1)).plus({ months }).toISODate();
        return this.load({ ...this.asked, last });
    }

    // ------------------------------------------------------------
    // In words
    // ------------------------------------------------------------

    get span() {
        const { months } = this.map;
        return `${this.formatMonth(months[0])} – ${this.formatMonth(months.at(-1))}`;
    }

    formatMonth(month) {
        return DateTime.fromISO(month).toFormat("yyyy-MM");
    }

    get lastTitle() {
        return this.state.show === "score" ? _t("Mean") : _t("Total");
    }

    getStateLabel(key) {
        return this.map.states.find((state) => state.key === key).label;
    }

    formatScore(score) {
        return score === null ? "–" : String(Math.floor(score * 10 + 1e-6) / 10);
    }

    formatMoney(amount) {
        return formatMonetary(amount, { currencyId: this.map.currency_id });
    }

    formatCell(cell) {
        const { show } = this.state;
        if (show === "state") {
            return this.getStateLabel(cell.state);
        }
        if (show === "money") {
            return formatInteger(Math.round(cell.amount));
        }
        return this.formatScore(cell.score);
    }

    describe(row, month, cell) {
        const facts = [
            month === undefined ? row.label : `${row.label} ${this.formatMonth(month)}`,
            `${_t("Score")} ${this.formatScore(cell.score)}`,
            `${_t("Deduction")} ${this.formatMoney(cell.amount)}`,
            this.getStateLabel(cell.state),
        ];
        if (cell.is_pending) {
            facts.push(_t("not all is judged yet: what is certain"));
        }
        return facts.join(" · ");
    }

    // ------------------------------------------------------------
    // Colours
    // ------------------------------------------------------------

    getTone(cell) {
        const { show } = this.state;
        const pending = cell.is_pending && show !== "state" ? " om_heat_pending" : "";
        if (show === "state") {
            return `om_heat_${cell.state}`;
        }
        if (show === "score") {
            if (cell.share === null) {
                return "";
            }
            return `om_heat_${SCORES.findIndex((low) => cell.share >= low)}${pending}`;
        }
        const part = this.map.most ? cell.amount / this.map.most : 0;
        return `om_heat_${QUARTERS.findIndex((most) => part <= most)}${pending}`;
    }

    get legend() {
        const { show } = this.state;
        if (show === "state") {
            return this.map.states.map(({ key, label }) => ({ tone: `om_heat_${key}`, label }));
        }
        if (show === "score") {
            return SCORES.map((low, index) => ({
                tone: `om_heat_${index}`,
                label: low ? `≥ ${low}` : `< ${SCORES[index - 1]}`,
            }));
        }
        const { most } = this.map;
        return QUARTERS.slice(0, most ? undefined : 1).map((part, index) => ({
            tone: `om_heat_${index}`,
            label: part ? `≤ ${formatInteger(Math.ceil(part * most))}` : "0",
        }));
    }

    // ------------------------------------------------------------
    // Ways on
    // ------------------------------------------------------------

    async open(row, month, cell) {
        const name = month === undefined ? row.label : `${row.label} ${this.formatMonth(month)}`;
        if (cell.ids.length === 1) {
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "om.assessment",
                res_id: cell.ids[0],
                views: [[false, "form"]],
            });
        }
        const action = await this.action.loadAction(SHEETS);
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain: [["id", "in", cell.ids]],
            context: {},
        });
    }
}

registry.category("actions").add("om_assessment.heat_map", OmHeatMap);
