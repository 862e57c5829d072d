import { loadBundle } from "@web/core/assets";
import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";

/** A chart of Chart.js; drawn anew when its configuration is another one. */
export class OmDashboardChart extends Component {
    static template = "om_assets.DashboardChart";
    static props = {
        config: Object,
        label: String,
        height: { type: Number, optional: true },
    };
    static defaultProps = { height: 220 };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (config) => {
                this.chart?.destroy();
                this.chart = new window.Chart(this.canvas.el, config);
            },
            () => [this.props.config]
        );
        onWillUnmount(() => this.chart?.destroy());
    }
}
