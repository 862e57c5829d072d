import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";

const { DateTime } = luxon;
// What models/helpdesk_ticket_board.py sends when tickets are new or change.
const NOTIFICATION = "om_helpdesk.tickets";
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** The faults in hand by what has to be done, with running clocks; it lives. */
export class TicketBoard extends Component {
    static template = "om_helpdesk.TicketBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.state = useState({ columns: [], now: 0, fresh: new Set() });
        // The server's clock counts, not that of the screen on the wall.
        this.offset = 0;
        const reload = debounce((ids) => this.load(ids), 300);
        this.onTickets = ({ ids }) => reload(ids);
        this.timer = setInterval(() => this.tick(), 1000);
        onWillStart(async () => {
            this.bus.subscribe(NOTIFICATION, this.onTickets);
            await this.load([]);
        });
        onWillDestroy(() => {
            clearInterval(this.timer);
            this.bus.unsubscribe(NOTIFICATION, this.onTickets);
        });
    }

    async load(ids) {
        const board = await this.orm.silent.call("helpdesk.ticket", "get_board", []);
        this.offset = this.toSeconds(board.now) - Date.now() / 1000;
        this.state.columns = board.columns;
        this.state.fresh = new Set(ids);
        this.tick();
    }

    toSeconds(text) {
        return DateTime.fromSQL(text, { zone: "utc" }).toSeconds();
    }

    tick() {
        this.state.now = Date.now() / 1000 + this.offset;
    }

    getRest(card) {
        return card.deadline ? this.toSeconds(card.deadline) - this.state.now : null;
    }

    formatRest(card) {
        const rest = this.getRest(card);
        if (rest === null) {
            return "";
        }
        const seconds = Math.abs(Math.trunc(rest));
        const days = Math.floor(seconds / (24 * HOUR));
        const clock = [
            Math.floor((seconds % (24 * HOUR)) / HOUR),
            Math.floor((seconds % HOUR) / MINUTE),
            seconds % MINUTE,
        ]
            .map((part) => String(part).padStart(2, "0"))
            .join(":");
        const text = days ? _t("%(days)sd %(clock)s", { days, clock }) : clock;
        return rest < 0 ? `−${text}` : text;
    }

    getTone(card) {
        const rest = this.getRest(card);
        if (rest === null) {
            return "";
        }
        if (rest < 0) {
            return "o_om_late";
        }
        return rest < HOUR ? "o_om_soon" : "o_om_calm";
    }

    getColumnTone(column) {
        return { late: "text-bg-danger", new: "text-bg-warning", fixed: "text-bg-success" }[
            column.key
        ] || "text-bg-secondary";
    }

    open(card) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: card.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("om_helpdesk.board", TicketBoard);
