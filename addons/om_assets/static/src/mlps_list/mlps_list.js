import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { isConnectionLost } from "@om_base/attempts/attempts";

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

/** What is owed and what the contract pays for, level by level. */
export class MlpsBanner extends Component {
    static template = "om_assets.MlpsBanner";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ levels: [] });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        try {
            this.state.levels = await this.orm.call("om.system", "get_mlps_overview", []);
        } catch (error) {
            // The list below says that the network is gone; the figures stay.
            if (!isConnectionLost(error)) {
                throw error;
            }
        }
    }

    systemsText(level) {
        return _t("%s systems", level.systems);
    }

    overdueText(level) {
        return _t("%s overdue", level.overdue);
    }

    soonText(level) {
        return _t("%s due within 90 days", level.soon);
    }

    /** How this year's assessments stand, against those the contract pays for. */
    yearText(level) {
        return level.cap
            ? _t("This year: %(done)s of %(cap)s paid assessments finished, %(planned)s planned", level)
            : _t("This year: %(done)s finished, %(planned)s planned", level);
    }

    /** Share of the paid assessments that is finished, for the bar. */
    percent(level) {
        return level.cap ? Math.min(100, Math.round((100 * level.done) / level.cap)) : 0;
    }

    open(level, status) {
        this.action.doAction("om_assets.om_system_mlps_action", {
            additionalContext: {
                search_default_mlps_owed: 0,
                [`search_default_mlps_${level.level}`]: 1,
                [`search_default_mlps_${status}`]: 1,
            },
        });
    }
}

export class MlpsListRenderer extends ListRenderer {
    static template = "om_assets.MlpsListRenderer";
    static components = { ...ListRenderer.components, MlpsBanner };
}

registry.category("views").add("om_mlps_list", {
    ...listView,
    Renderer: MlpsListRenderer,
});
