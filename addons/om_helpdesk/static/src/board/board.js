import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Mutex } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { SearchBarToggler, useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    Component,
    onWillDestroy,
    onWillStart,
    onWillUpdateProps,
    useExternalListener,
    useState,
} from "@odoo/owl";
import { getConnectionLostText, isConnectionLost, TryAgain } from "@om_base/attempts/attempts";
import { HOUR, splitRest, useServerClock } from "@om_base/clock/clock";

// What models/helpdesk_ticket_board.py sends when tickets are new or change.
const NOTIFICATION = "om_helpdesk.tickets";

// Changes are gathered for so long (milliseconds), each board for a time of its own: fifty
// boards do not ask at once.
const GATHERED = [300, 1000];
// So many changes at once, and the whole board is asked for.
const MOST_CHANGES = 50;

// In which states the list and the form offer what can be done with several at once.
const OPEN = ["new", "dispatched", "progress", "waiting"];
const STATES = {
    action_dispatch: OPEN,
    action_take: ["new", "dispatched"],
    action_pause: ["new", "dispatched", "progress"],
    action_merge: OPEN,
    action_confirm: ["fixed"],
};

/** Compare cards of a column: by its time, then by number. */
function compareRanks([time, id], [otherTime, otherId]) {
    return time === otherTime ? id - otherId : time < otherTime ? -1 : 1;
}

/**
 * A column after some of its cards have changed, or null where others would have to come or
 * go that are not known.
 *
 * @param {Object} column as it is shown
 * @param {Object} change its count, and those of the changed cards that are in it now
 * @param {Set} ids the tickets that have changed
 * @param {number} limit most cards of a column
 */
export function changeColumn(column, { count, cards }, ids, limit) {
    const kept = column.cards.filter(({ id }) => !ids.has(id));
    let shown = [...kept, ...cards].sort((one, other) => compareRanks(one.rank, other.rank));
    if (column.count > column.cards.length) {
        // Behind the last card are some that are not known here.
        const last = column.cards.at(-1)?.rank;
        shown = last ? shown.filter(({ rank }) => compareRanks(rank, last) <= 0) : [];
    }
    shown = shown.slice(0, limit);
    // A deadline that has passed meanwhile moves a card of which nobody has told.
    return shown.length !== Math.min(count, limit) ? null : { ...column, count, cards: shown };
}

/** The faults in hand by what has to be done, with running clocks; it lives. */
export class TicketBoard extends Component {
    static template = "om_helpdesk.TicketBoard";
    static components = { Layout, SearchBar, SearchBarToggler, TryAgain };
    static props = { domain: { type: Array } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.searchBarToggler = useSearchBarToggler();
        this.state = useState({
            columns: [],
            // As of when the cards are (naive UTC), and whether asking anew failed.
            asOf: "",
            failed: false,
            fresh: new Set(),
            chosen: new Set(),
        });
        this.clock = useServerClock(1);
        // What is asked is asked one after the other, so that the newest is shown last.
        this.mutex = new Mutex();
        this.changed = new Set();
        this.domain = this.props.domain;
        this.onTickets = ({ ids }) => this.gather(ids);
        useExternalListener(window, "online", () => this.load([]));
        // What was sent meanwhile may have been missed.
        useBus(this.bus, "BUS:RECONNECT", () => this.load([]));
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
            this.bus.unsubscribe(NOTIFICATION, this.onTickets);
            browser.clearTimeout(this.gathering);
        });
    }

    /** Tickets have changed: ask for their cards soon, together with the next ones'. */
    gather(ids) {
        if (!this.changed.size) {
            const [least, most] = GATHERED;
            const wait = least + Math.random() * (most - least);
            this.gathering = browser.setTimeout(() => this.update(), wait);
        }
        ids.forEach((id) => this.changed.add(id));
    }

    /** Ask for all cards anew; ``ids`` are shown as fresh. */
    load(ids, domain = this.props.domain) {
        return this.mutex.exec(() => this.askAll(ids, domain));
    }

    /** Ask for the cards that have changed. */
    update() {
        const ids = [...this.changed];
        this.changed.clear();
        return this.mutex.exec(() => this.askChanges(ids));
    }

    async askAll(ids, domain) {
        const board = await this.ask("get_board", [], domain);
        if (board) {
            this.domain = domain;
            this.limit = board.limit;
            this.show(board, board.columns, ids);
        }
    }

    async askChanges(ids) {
        if (ids.length > MOST_CHANGES || this.state.failed) {
            return this.askAll(ids, this.domain);
        }
        const changes = await this.ask("get_board_changes", [ids], this.domain);
        if (!changes) {
            return;
        }
        const changed = new Set(ids);
        const columns = this.state.columns.map((column, index) =>
            changeColumn(column, changes.columns[index], changed, this.limit)
        );
        if (columns.includes(null)) {
            return this.askAll(ids, this.domain);
        }
        this.show(changes, columns, ids);
    }

    /** Ask the server; what could not be asked leaves the cards as they are and says so. */
    async ask(method, args, domain) {
        try {
            return await this.orm.silent.call("helpdesk.ticket", method, args, { domain });
        } catch (error) {
            if (!isConnectionLost(error)) {
                throw error;
            }
            this.state.failed = true;
            return null;
        }
    }

    show({ now }, columns, ids) {
        this.clock.set(now);
        this.state.asOf = now;
        this.state.failed = false;
        this.state.columns = columns;
        this.state.fresh = new Set(ids);
        const shown = new Set(columns.flatMap(({ cards }) => cards.map(({ id }) => id)));
        this.state.chosen = new Set([...this.state.chosen].filter((id) => shown.has(id)));
    }

    get failedText() {
        return getConnectionLostText(this.state.asOf);
    }

    getRest(card) {
        return this.clock.getRest(card.deadline);
    }

    formatRest(card) {
        const rest = this.getRest(card);
        if (rest === null) {
            return "";
        }
        const { over, days, hours, minutes, seconds } = splitRest(rest);
        const clock = [hours, minutes, seconds]
            .map((part) => String(part).padStart(2, "0"))
            .join(":");
        const text = days ? _t("%(days)sd %(clock)s", { days, clock }) : clock;
        return over ? `−${text}` : text;
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

    /** Whether all of the chosen tickets are where this can be done with them. */
    suits(method) {
        return this.state.columns
            .flatMap(({ cards }) => cards)
            .filter(({ id }) => this.state.chosen.has(id))
            .every(({ state }) => STATES[method].includes(state));
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
