import { _t } from "@web/core/l10n/translation";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { TryAgain, isConnectionLost } from "@om_base/attempts/attempts";
import { OmDashboardChart } from "@om_assets/dashboard/dashboard_chart";
import { formatFigure, getExactFigure, openFigure } from "@om_assets/dashboard/figures";

const { DateTime } = luxon;
const WAN = 10000;

// The same colour means the same on the whole page.
const COLORS = {
    arrears: ["#cf3f4f", "#e05a69"],
    expected: ["#b6c2cf", "#5b6673"],
    invoiced: ["#4c8bf5", "#6ba0f7"],
    received: ["#2e9e5b", "#37b36a"],
    balance: ["#8250df", "#a785f0"],
};

/** Money at a glance: what contracts bring or cost, when, and what is late. */
export class OmMoney extends Component {
    static template = "om_contract.Money";
    static components = { Layout, OmDashboardChart, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({
            money: null,
            chart: null,
            direction: "sale",
            contract: false,
            loading: false,
            offline: false,
        });
        Object.assign(this, { formatFigure, getExactFigure });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.loading = true;
        try {
            const { direction, contract } = this.state;
            this.state.money = await this.orm.call("om.money", "get_money", [
                direction,
                contract,
            ]);
            this.state.chart = this.getChart(this.money.months);
            this.state.offline = false;
        } catch (error) {
            this.state.offline = isConnectionLost(error);
            throw error;
        } finally {
            this.state.loading = false;
        }
    }

    get money() {
        return this.state.money;
    }

    turn(direction) {
        this.state.direction = direction;
        this.state.contract = false;
        return this.load();
    }

    look(event) {
        this.state.contract = Number(event.target.value) || false;
        return this.load();
    }

    open(figure) {
        return openFigure(this.action, figure);
    }

    get offlineText() {
        return _t("No connection: this page does not show the latest.");
    }

    get chartTitle() {
        return _t("By Month");
    }

    get isEmpty() {
        return !this.money.rows.length;
    }

    get dayTitle() {
        return DateTime.fromISO(this.money.day).toLocaleString(DateTime.DATE_FULL);
    }

    /** The parts of a contract's money and what add-ons know of it beside. */
    getFigures(row) {
        return [...row.figures, ...(row.more || [])];
    }

    isBad(figure) {
        return figure.part === "arrears" ? figure.count > 0 : figure.count < 0;
    }

    hasColor(key) {
        return key in COLORS;
    }

    getDot(key) {
        return `background-color: ${this.getColor(key)}`;
    }

    getColor(key) {
        return getCustomColor(cookie.get("color_scheme"), ...COLORS[key]);
    }

    getChart(months) {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#495057", "#d5dae0");
        const grid = getCustomColor(scheme, "#e9ecef", "#3c3e4b");
        const inWan = (amount) => Math.round(amount / (WAN / 100)) / 100;
        const bars = months[0].figures.map((figure, index) => ({
            label: figure.label,
            data: months.map((month) => inWan(month.figures[index].count)),
            backgroundColor: this.getColor(figure.part),
            maxBarThickness: 16,
        }));
        return {
            type: "bar",
            data: {
                labels: months.map(({ month }) => DateTime.fromISO(month).toFormat("yy-MM")),
                datasets: [
                    ...bars,
                    {
                        type: "line",
                        label: _t("Running Balance"),
                        data: months.map((month) => inWan(month.balance)),
                        borderColor: this.getColor("balance"),
                        backgroundColor: this.getColor("balance"),
                        borderWidth: 2,
                        pointRadius: 0,
                        stepped: true,
                        // What is only expected is drawn in dots.
                        segment: {
                            borderDash: ({ p1DataIndex }) =>
                                months[p1DataIndex].month > this.money.month ? [4, 4] : undefined,
                        },
                        yAxisID: "balance",
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: {
                    legend: { position: "bottom", labels: { color: text, boxWidth: 12 } },
                    tooltip: { mode: "index" },
                },
                scales: {
                    x: { ticks: { color: text }, grid: { display: false } },
                    y: {
                        beginAtZero: true,
                        grid: { color: grid },
                        ticks: { color: text },
                        title: { display: true, text: _t("Ten thousand yuan"), color: text },
                    },
                    balance: {
                        position: "right",
                        grid: { display: false },
                        ticks: { color: this.getColor("balance") },
                    },
                },
                onClick: (_event, [element]) => {
                    const figure = element && months[element.index].figures[element.datasetIndex];
                    if (figure) {
                        this.open(figure);
                    }
                },
                onHover: (event, elements) => {
                    event.native.target.style.cursor = elements.length ? "pointer" : "default";
                },
            },
        };
    }
}

registry.category("actions").add("om_contract.money", OmMoney);
