import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Deferred, Mutex } from "@web/core/utils/concurrency";
import { useDraggable } from "@web/core/utils/draggable";
import { useBus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { SearchBarToggler, useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    Component,
    onPatched,
    onWillDestroy,
    onWillStart,
    onWillUpdateProps,
    useExternalListener,
    useRef,
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
const HELD = ["dispatched", "progress", "waiting"];
const STATES = {
    action_dispatch: OPEN,
    action_take: ["new", "dispatched"],
    action_pause: ["new", "dispatched", "progress"],
    action_resume: ["waiting"],
    action_fix: HELD,
    action_merge: OPEN,
    action_cancel: OPEN,
    action_confirm: ["fixed"],
    action_reopen: ["fixed"],
};
// What it means to draw a card into a column: the first of these that its state allows.
const DROPS = {
    running: ["action_resume", "action_dispatch", "action_reopen"],
    waiting: ["action_pause"],
    fixed: ["action_fix"],
    proposed: ["action_cancel"],
};
const KEYS = {
    d: "action_dispatch",
    t: "action_take",
    p: "action_pause",
    r: "action_resume",
    f: "action_fix",
    m: "action_merge",
    x: "action_cancel",
    c: "action_confirm",
    o: "action_reopen",
};
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

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

/** The column or the engineer at a point of the screen: what its element says of itself. */
function findPlace(x, y) {
    const place = document.elementFromPoint(x, y)?.closest("[data-column], [data-engineer]");
    return place ? place.dataset : {};
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
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.ui = useService("ui");
        this.display = { controlPanel: {} };
        this.searchBarToggler = useSearchBarToggler();
        this.state = useState({
            columns: [],
            // As of when the cards are (naive UTC), and whether asking anew failed.
            asOf: "",
            failed: false,
            fresh: new Set(),
            chosen: new Set(),
            engineers: [],
            // The cards that are drawn, and over which place that takes them.
            drawn: [],
            over: "",
        });
        this.root = useRef("root");
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
        useDraggable({
            ref: this.root,
            elements: ".o_om_card",
            ignore: ".o_om_choose",
            // Its place stays open: the other cards do not move under the hand.
            onWillStartDrag: ({ element, addStyle, getRect }) =>
                addStyle(element.parentElement, { height: `${getRect(element).height}px` }),
            onDragStart: ({ element }) => this.beginDrawing(Number(element.dataset.ticket)),
            onDrag: ({ x, y }) => {
                this.state.over = this.getDrop(findPlace(x, y))?.over || "";
            },
            onDrop: ({ x, y }) => this.getDrop(findPlace(x, y))?.act(),
            onDragEnd: () => this.endDrawing(),
        });
        onPatched(() => {
            // A dialog that is still there has the keyboard: after it.
            if (!this.focused || this.ui.activeElement !== document) {
                return;
            }
            // Unless its person types something else by now.
            const active = document.activeElement;
            if (this.root.el?.contains(active) || !active?.closest("input, textarea")) {
                this.getButton(this.focused)?.focus();
            }
            this.focused = null;
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

    /** Ask for all cards anew; ``ids`` are shown as fresh, ``focus`` gets the keyboard. */
    load(ids, domain = this.props.domain, focus = null) {
        return this.mutex.exec(() => this.askAll(ids, domain, focus));
    }

    /** Ask for the cards that have changed. */
    update() {
        const ids = [...this.changed];
        this.changed.clear();
        return this.mutex.exec(() => this.askChanges(ids));
    }

    async askAll(ids, domain, focus = null) {
        const board = await this.ask("get_board", [], domain);
        if (board) {
            this.domain = domain;
            this.limit = board.limit;
            this.show(board, board.columns, ids, focus);
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
        let answer = null;
        try {
            answer = await this.orm.silent.call("helpdesk.ticket", method, args, { domain });
        } catch (error) {
            if (!isConnectionLost(error)) {
                throw error;
            }
        }
        // Nothing moves while a card is drawn; what has changed meanwhile comes after it.
        await this.drawing;
        this.state.failed = !answer;
        return answer;
    }

    show({ now, engineers }, columns, ids, focus = null) {
        // Cards that move lose the keyboard, unless it is given back to them.
        const held = document.activeElement?.closest(".o_om_card")?.dataset.ticket;
        this.focused = focus || this.focused || held;
        this.clock.set(now);
        this.state.asOf = now;
        this.state.engineers = engineers;
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

    /** Whether all of these tickets are where this can be done with them. */
    suits(method, ids = [...this.state.chosen]) {
        return this.state.columns
            .flatMap(({ cards }) => cards)
            .filter(({ id }) => ids.includes(id))
            .every(({ state }) => STATES[method].includes(state));
    }

    /** Do with tickets what their list and forms do with them. */
    async act(method, ids = [...this.state.chosen]) {
        const { result, lost } = await this.perform(method, [ids]);
        const reload = () => this.load(ids, this.props.domain, ids[0]);
        if (lost) {
            return;
        }
        if (result && typeof result === "object") {
            await this.action.doAction(result, { onClose: reload });
        } else {
            await reload();
        }
    }

    /** Call a method of the tickets. Without a network nobody knows whether it arrived:
     * the cards stay where they are until they can be asked for anew. */
    async perform(method, args) {
        try {
            return { result: await this.orm.call("helpdesk.ticket", method, args) };
        } catch (error) {
            if (!isConnectionLost(error)) {
                throw error;
            }
            this.notification.add(
                _t("No connection: the cards stay where they are. Try again when there is one."),
                { type: "danger" }
            );
            await this.load([]);
            return { lost: true };
        }
    }

    // ------------------------------------------------------------
    // By the mouse or a finger
    // ------------------------------------------------------------

    /** The chosen cards if this is one of them, else this one. */
    getMeant(id) {
        const { chosen } = this.state;
        return chosen.has(id) ? [...chosen] : [id];
    }

    beginDrawing(id) {
        this.drawing = new Deferred();
        this.state.drawn = this.getMeant(id);
    }

    endDrawing() {
        this.state.drawn = [];
        this.state.over = "";
        this.drawing?.resolve();
        this.drawing = null;
    }

    /** Whether the drawn cards can be sent to somebody. */
    get canSend() {
        const { drawn, engineers } = this.state;
        return drawn.length && engineers.length && this.suits("action_dispatch", drawn);
    }

    /**
     * What is done when the drawn cards are let go at a place.
     *
     * @param {{ column: string } | { engineer: string }} place
     * @returns {{ over: string | number, act: Function } | null}
     */
    getDrop({ column, engineer }) {
        const ids = this.state.drawn;
        if (engineer) {
            const id = Number(engineer);
            return { over: id, act: () => this.send(ids, id) };
        }
        const method = column && this.getColumnAct(column);
        return method ? { over: column, act: () => this.act(method, ids) } : null;
    }

    /** What drawing these cards into a column means; "" for nothing. */
    getColumnAct(key) {
        const ids = this.state.drawn;
        const from = this.state.columns.find(({ cards }) =>
            cards.some(({ id }) => id === ids[0])
        );
        // Between late and in time the clock decides alone.
        const clocks = ["late", "running"];
        if (!from || from.key === key || (clocks.includes(from.key) && clocks.includes(key))) {
            return "";
        }
        return (DROPS[key] || []).find((method) => this.suits(method, ids)) || "";
    }

    /** Sending somebody is the act of the dialog, too; who is meant is known here. */
    async send(ids, engineer) {
        const { lost } = await this.perform("write", [ids, { user_id: engineer }]);
        if (!lost) {
            await this.load(ids);
        }
    }

    // ------------------------------------------------------------
    // By the keyboard
    // ------------------------------------------------------------

    get keysText() {
        return _t(
            "Arrows: from card to card. Enter: open. Space: select. D: dispatch. T: take. P: pause. R: resume. F: fixed. C: confirm. O: reopen. M: merge. X: cancel. N: new. The same with the mouse: draw a card into a column, or onto an engineer."
        );
    }

    getButton(id) {
        return this.root.el?.querySelector(`[data-ticket="${id}"] .o_om_open`);
    }

    async press(column, card, ev) {
        if (ev.ctrlKey || ev.altKey || ev.metaKey || ev.isComposing) {
            return;
        }
        const key = ev.key.length === 1 ? ev.key.toLowerCase() : ev.key;
        const method = KEYS[key];
        const meant = this.getMeant(card.id);
        const known = ARROWS[key] || method || [" ", "Enter", "n"].includes(key);
        if (!known || (key === " " && ev.target.matches("input"))) {
            // Nothing of ours, or the box is pressed already.
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        if (key === "Enter") {
            this.open(card);
        } else if (ARROWS[key]) {
            this.move(column, card, ...ARROWS[key]);
        } else if (key === " ") {
            this.toggle(card);
        } else if (key === "n") {
            this.create();
        } else if (!this.suits(method, meant)) {
            this.notification.add(_t("Not in this state: %s", column.label), {
                type: "warning",
            });
        } else if (method === "action_confirm") {
            this.confirm(meant);
        } else {
            await this.act(method, meant);
        }
    }

    /** Some browsers press a button when the key comes up, whatever became of it. */
    release(ev) {
        if (ev.key === " " && !ev.target.matches("input")) {
            ev.preventDefault();
        }
    }

    /** To the next card: in its column, or in the nearest column that has some. */
    move(column, card, right, down) {
        const columns = this.state.columns.filter(({ cards }) => cards.length);
        const place = columns.findIndex(({ key }) => key === column.key);
        const row = column.cards.findIndex(({ id }) => id === card.id);
        const { cards } = columns[Math.min(Math.max(place + right, 0), columns.length - 1)];
        const next = cards[Math.min(Math.max(row + down, 0), cards.length - 1)];
        this.getButton(next.id)?.focus();
    }

    confirm(ids = [...this.state.chosen]) {
        this.dialog.add(ConfirmationDialog, {
            body: _t(
                "The user units agree that these faults are repaired? The results do not change after this."
            ),
            confirmLabel: _t("Confirm"),
            confirm: () => this.act("action_confirm", ids),
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
