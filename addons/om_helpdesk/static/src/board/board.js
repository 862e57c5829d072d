import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { SearchBarToggler, useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillDestroy, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

const { DateTime } = luxon;
// What models/helpdesk_ticket_board.py sends when tickets are new or change.
const NOTIFICATION = "om_helpdesk.tickets";
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** The faults in hand by what has to be done, with running clocks; it lives. */
export class TicketBoard extends Component {
    static template = "om_helpdesk.TicketBoard";
    static components = { Layout, SearchBar, SearchBarToggler };
    static props = { domain: { type: Array } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.searchBarToggler = useSearchBarToggler();
        this.state = useState({ columns: [], now: 0, fresh: new Set(), chosen: new Set() });
        // The server's clock counts, not that of the screen on the wall.
        this.offset = 0;
        const reload = debounce((ids) => this.load(ids), 300);
        this.onTickets = ({ ids }) => reload(ids);
        this.timer = setInterval(() => this.tick(), 1000);
        onWillStart(async () => {
            this.bus.subscribe(NOTIFICATION, this.onTickets);
            await this.load([]);
        });
        onWillUpdateProps(async ({ domain }) => {
            if (JSON.stringify(domain) !== JSON.stringify(this.props.domain)) {
                await this.load([], domain);
            }
        });
        onWillDestroy(() => {
            clearInterval(this.timer);
            this.bus.unsubscribe(NOTIFICATION, this.onTickets);
        });
    }

    async load(ids, domain = this.props.domain) {
        const board = await this.orm.silent.call("helpdesk.ticket", "get_board", [], { domain });
        this.offset = this.toSeconds(board.now) - Date.now() / 1000;
        this.state.columns = board.columns;
        this.state.fresh = new Set(ids);
        const shown = new Set(board.columns.flatMap(({ cards }) => cards.map(({ id }) => id)));
        this.state.chosen = new Set([...this.state.chosen].filter((id) => shown.has(id)));
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

    toggle(card) {
        const { chosen } = this.state;
        if (!chosen.delete(card.id)) {
            chosen.add(card.id);
        }
    }

    /** Choose all cards that a column shows, or none of them. */
    toggleColumn(column) {
        const ids = column.cards.map(({ id }) => id);
        const all = ids.every((id) => this.state.chosen.has(id));
        for (const id of ids) {
            this.state.chosen[all ? "delete" : "add"](id);
        }
    }

    isWhole(column) {
        return column.cards.length && column.cards.every(({ id }) => this.state.chosen.has(id));
    }

    clear() {
        this.state.chosen.clear();
    }

    /** Do with the chosen tickets what their list and forms do with them. */
    async act(method) {
        const ids = [...this.state.chosen];
        const result = await this.orm.call("helpdesk.ticket", method, [ids]);
        if (result && typeof result === "object") {
            await this.action.doAction(result, { onClose: () => this.load(ids) });
        } else {
            await this.load(ids);
        }
    }

    confirm() {
        this.dialog.add(ConfirmationDialog, {
            body: _t(
                "The user units agree that these faults are repaired? The results do not change after this."
            ),
            confirmLabel: _t("Confirm"),
            confirm: () => this.act("action_confirm"),
            cancel: () => {},
        });
    }

    create() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            views: [[false, "form"]],
        });
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

/** The board with the search of the tickets' lists: filters, words and favourites. */
export class TicketBoardAction extends Component {
    static template = "om_helpdesk.TicketBoardAction";
    static components = { TicketBoard, WithSearch };
    static props = { ...standardActionServiceProps };

    setup() {
        this.search = {
            resModel: "helpdesk.ticket",
            searchViewId: false,
            loadIrFilters: true,
            searchMenuTypes: ["filter", "favorite"],
            context: {},
            domain: [],
        };
    }
}

registry.category("actions").add("om_helpdesk.board", TicketBoardAction);
