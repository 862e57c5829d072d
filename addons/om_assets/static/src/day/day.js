import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillDestroy, onWillStart, useExternalListener, useState } from "@odoo/owl";
import { getConnectionLostText, isConnectionLost, TryAgain } from "@om_base/attempts/attempts";
import { HOUR, MINUTE, splitRest, toLocal, useServerClock } from "@om_base/clock/clock";
import { openFigure } from "../dashboard/figures";

const { DateTime } = luxon;
const SOON = 2 * HOUR;

/** What waits for the engineer today, the nearest deadline first. */
export class OmDay extends Component {
    static template = "om_assets.Day";
    static components = { Layout, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.formatInteger = formatInteger;
        this.state = useState({ day: null, loading: false, failed: false });
        this.clock = useServerClock(30);
        this.poll = browser.setInterval(() => this.load(), 2 * MINUTE * 1000);
        useExternalListener(window, "online", () => this.load());
        onWillStart(() => this.load());
        onWillDestroy(() => browser.clearInterval(this.poll));
    }

    /** Ask anew; without network the page keeps what it shows and says so. */
    async load() {
        if (this.state.loading) {
            return;
        }
        this.state.loading = true;
        try {
            const day = await this.orm.silent.call("om.day", "get_day", []);
            this.clock.set(day.now);
            this.state.day = day;
            this.state.failed = false;
        } catch (error) {
            if (!isConnectionLost(error)) {
                throw error;
            }
            this.state.failed = true;
        } finally {
            this.state.loading = false;
        }
    }

    get title() {
        const { day } = this.state;
        return day ? DateTime.fromISO(day.day).toLocaleString(DateTime.DATE_HUGE) : "";
    }

    get failedText() {
        return getConnectionLostText(this.state.day?.now);
    }

    get moreText() {
        return _t("%s more: open them by the figures above.", this.state.day.more);
    }

    getRest(card) {
        return this.clock.getRest(card.deadline);
    }

    formatRest(card) {
        const rest = this.getRest(card);
        if (rest === null) {
            return "";
        }
        const { over, days, hours, minutes } = splitRest(rest);
        if (!days && !hours) {
            return over ? _t("%s min late", minutes) : _t("%s min left", minutes);
        }
        if (over) {
            return days
                ? _t("%(days)s d %(hours)s h late", { days, hours })
                : _t("%(hours)s h %(minutes)s min late", { hours, minutes });
        }
        return days
            ? _t("%(days)s d %(hours)s h left", { days, hours })
            : _t("%(hours)s h %(minutes)s min left", { hours, minutes });
    }

    formatDeadline(card) {
        return toLocal(card.deadline)
            .minus({ seconds: card.kind === "inspection" ? 1 : 0 })
            .toFormat(card.kind === "inspection" ? "yyyy-MM-dd" : "MM-dd HH:mm");
    }

    getTone(card) {
        const rest = this.getRest(card);
        if (rest === null) {
            return "secondary";
        }
        if (rest < 0) {
            return "danger";
        }
        return rest < SOON ? "warning" : "success";
    }

    getCall(card) {
        return `tel:${card.phone.replace(/[^\d+]/g, "")}`;
    }

    openFigure(figure) {
        return openFigure(this.action, figure);
    }

    open(card) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: card.title,
            res_model: card.model,
            res_id: card.id,
            views: [[card.view_id, "form"]],
        });
    }
}

registry.category("actions").add("om_assets.day", OmDay);
