import { _t } from "@web/core/l10n/translation";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { TryAgain, isConnectionLost } from "@om_base/attempts/attempts";
import { OmDashboardChart } from "./dashboard_chart";
import { formatFigure, getExactFigure, openFigure } from "./figures";

const { DateTime } = luxon;

// The same colour means the same state everywhere on the page.
const COLORS = {
    in_time: ["#2e9e5b", "#37b36a"],
    late: ["#e0a100", "#e8b530"],
    missed: ["#cf3f4f", "#e05a69"],
    behind: ["#e8792b", "#f08c45"],
    upcoming: ["#b6c2cf", "#5b6673"],
};

/** The estate at a glance: what is there, how the month goes, what comes first. */
export class OmDashboard extends Component {
    static template = "om_assets.Dashboard";
    static components = { Layout, OmDashboardChart, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ estate: null, charts: {}, loading: false, offline: false, canPlan: false });
        this.display = { controlPanel: {} };
        this.formatInteger = formatInteger;
        this.formatFigure = formatFigure;
        this.getExactFigure = getExactFigure;
        // Side by side: a page that was left in between must not ask anything more.
        onWillStart(() => Promise.all([this.load(), this.loadRights()]));
    }

    async loadRights() {
        this.state.canPlan = await user.hasGroup("om_base.group_dispatcher");
    }

    async load() {
        this.state.loading = true;
        try {
            // Which contract is looked at: at first the user's own, if there is one.
            const contract = this.state.estate ? this.state.estate.contract : null;
            this.state.estate = await this.orm.call("om.dashboard", "get_estate", [contract]);
            this.state.charts = {
                month: this.getMonthChart(this.state.estate.inspections),
                history: this.getHistoryChart(this.state.estate.months),
            };
            this.state.offline = false;
        } catch (error) {
            this.state.offline = isConnectionLost(error);
            throw error;
        } finally {
            this.state.loading = false;
        }
    }

    get contracts() {
        return this.estate?.contracts || [];
    }

    /** Look at another contract, or at all of them. */
    look(event) {
        this.estate.contract = Number(event.target.value) || false;
        return this.load();
    }

    /** Open the records behind a figure. */
    open(figure) {
        return openFigure(this.action, figure);
    }

    openAction(xmlId) {
        return this.action.doAction(xmlId);
    }

    // ------------------------------------------------------------
    // Figures in words
    // ------------------------------------------------------------

    get offlineText() {
        return _t("No connection: this page does not show the latest.");
    }

    get estate() {
        return this.state.estate;
    }

    get isEmpty() {
        const { areas, tiles } = this.estate;
        const some = (figures) => figures.some((figure) => figure.count);
        return !some(tiles) && !areas.some((area) => some(area.figures));
    }

    get monthTitle() {
        return DateTime.fromISO(this.estate.month).toLocaleString({
            year: "numeric",
            month: "long",
        });
    }

    get dayTitle() {
        return DateTime.fromISO(this.estate.day).toLocaleString(DateTime.DATE_FULL);
    }

    get historyTitle() {
        return _t("Inspections by Month");
    }

    get owed() {
        return this.estate.inspections.reduce((sum, figure) => sum + figure.count, 0);
    }

    get hasHistory() {
        return this.estate.months.some((month) => month.figures.some((f) => f.count));
    }

    /** Share of what was done in time among what is decided, in words. */
    get rate() {
        const count = Object.fromEntries(
            this.estate.inspections.map((figure) => [figure.key, figure.count])
        );
        const decided = count.in_time + count.late + count.missed;
        return decided ? `${Math.round((100 * count.in_time) / decided)}%` : "–";
    }

    getShare(figure, figures) {
        // what stands for the rest would dwarf the others
        const counts = figures.filter((other) => !other.rest).map((other) => other.count);
        const share = figure.rest ? 0 : figure.count / Math.max(...counts, 1);
        return `width: ${Math.round(100 * share)}%`;
    }

    getOf(tile) {
        return _t("of %s", formatInteger(tile.of));
    }

    getDot(key) {
        return `background-color: ${this.getColor(key)}`;
    }

    // ------------------------------------------------------------
    // Charts
    // ------------------------------------------------------------

    getColor(key) {
        return getCustomColor(cookie.get("color_scheme"), ...COLORS[key]);
    }

    get colors() {
        const scheme = cookie.get("color_scheme");
        return {
            text: getCustomColor(scheme, "#495057", "#d5dae0"),
            grid: getCustomColor(scheme, "#e9ecef", "#3c3e4b"),
        };
    }

    getMonthChart(figures) {
        return {
            type: "doughnut",
            data: {
                labels: figures.map((figure) => figure.label),
                datasets: [
                    {
                        data: figures.map((figure) => figure.count),
                        backgroundColor: figures.map((figure) => this.getColor(figure.key)),
                        borderWidth: 0,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                cutout: "72%",
                plugins: { legend: { display: false } },
                onClick: (_event, [element]) => element && this.open(figures[element.index]),
                onHover: this.showHand,
            },
        };
    }

    getHistoryChart(all) {
        const first = all.findIndex((month) => month.figures.some((figure) => figure.count));
        const months = all.slice(Math.max(first, 0));
        const colors = this.colors;
        const axis = { stacked: true, ticks: { color: colors.text } };
        return {
            type: "bar",
            data: {
                labels: months.map(({ month }) => DateTime.fromISO(month).toFormat("LLL")),
                datasets: months[0].figures.map((figure, index) => ({
                    label: figure.label,
                    data: months.map((month) => month.figures[index].count),
                    backgroundColor: this.getColor(figure.key),
                    maxBarThickness: 34,
                })),
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { color: colors.text, boxWidth: 12 },
                    },
                    tooltip: { mode: "index" },
                },
                scales: {
                    x: { ...axis, grid: { display: false } },
                    y: {
                        ...axis,
                        beginAtZero: true,
                        grid: { color: colors.grid },
                        ticks: { color: colors.text, precision: 0 },
                    },
                },
                onClick: (_event, [element]) => {
                    if (element) {
                        this.open(months[element.index].figures[element.datasetIndex]);
                    }
                },
                onHover: this.showHand,
            },
        };
    }

    showHand(event, elements) {
        event.native.target.style.cursor = elements.length ? "pointer" : "default";
    }
}

registry.category("actions").add("om_assets.dashboard", OmDashboard);
