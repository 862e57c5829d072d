import { Component, onWillDestroy, useState } from "@odoo/owl";
import { formatTime, split, toTime } from "./clock";
import { EntryState } from "./entry_state";
import { extras, kinds } from "./kinds";
import { getPushState, turnOnPush } from "./push";
import { getUnsent, isSameDocument, overlay, REFUSED } from "./queue";
import { Scan } from "./scan";
import { _t } from "./words";

const SOON = 2 * 3600 * 1000;
const TABS = ["inspections", "tickets", "scan", "queue"];

/** The engineer's page: the day, its forms, and what is not uploaded. */
export class FieldApp extends Component {
    static template = "om_assets.FieldApp";
    static components = { EntryState, Scan };
    static props = { keeper: Object };

    setup() {
        this.keeper = this.props.keeper;
        this.kept = useState(this.keeper.state);
        this.state = useState({
            place: this.readPlace(),
            now: Date.now(),
            leaving: false,
            push: getPushState(),
            problem: "",
        });
        const go = () => {
            this.state.place = this.readPlace();
            window.scrollTo(0, 0);
        };
        window.addEventListener("hashchange", go);
        const timer = setInterval(() => (this.state.now = Date.now()), 20000);
        onWillDestroy(() => {
            clearInterval(timer);
            window.removeEventListener("hashchange", go);
        });
    }

    readPlace() {
        const [name, id] = location.hash.slice(1).split("-", 2);
        if (id && name in kinds) {
            return { kind: name, id: Number(id), tab: kinds[name].tab };
        }
        return { tab: TABS.includes(name) ? name : TABS[0] };
    }

    get user() {
        return this.keeper.user;
    }

    get tabs() {
        return [
            { name: "inspections", label: _t("Today's Inspections"), icon: "fa-check-square-o" },
            { name: "tickets", label: _t("My Tickets"), icon: "fa-wrench" },
            { name: "scan", label: _t("Scan"), icon: "fa-qrcode" },
        ].map((tab) => ({
            ...tab,
            count: this.cards.filter((card) => kinds[card.kind]?.tab === tab.name).length,
        }));
    }

    get cards() {
        return this.kept.day?.cards || [];
    }

    get shownCards() {
        return this.cards
            .filter((card) => kinds[card.kind]?.tab === this.state.place.tab)
            .map((card) => overlay(card, this.kept.entries, kinds[card.kind].apply));
    }

    get card() {
        const { kind, id } = this.state.place;
        const card = this.cards.find((each) => each.kind === kind && each.id === id);
        return card && overlay(card, this.kept.entries, kinds[kind].apply);
    }

    get component() {
        return kinds[this.state.place.kind].component;
    }

    get extras() {
        return extras[this.state.place.kind] || [];
    }

    /** What of this document is not uploaded. */
    getUnsent(card) {
        return this.unsent.filter((entry) =>
            isSameDocument(entry, { doc: card.kind, id: card.id })
        );
    }

    get unsent() {
        return getUnsent(this.kept.entries);
    }

    get refused() {
        return this.unsent.filter((entry) => entry.state === REFUSED).length;
    }

    get unsentText() {
        return _t("Not Uploaded %s", this.unsent.length);
    }

    /** How far the photo is that is under way. */
    get share() {
        const entry = this.unsent.find(({ key }) => key === this.kept.sending);
        return entry?.values.blob ? `${Math.round(this.kept.progress * 100)}%` : "";
    }

    async turnOnPush() {
        this.state.problem = "";
        try {
            await turnOnPush();
        } catch {
            this.state.problem = _t(
                "This browser cannot be reached: its maker's service does not answer."
            );
        }
        this.state.push = getPushState();
    }

    get asOf() {
        return this.kept.day ? formatTime(toTime(this.kept.day.now)) : "";
    }

    get offlineText() {
        return this.asOf
            ? _t("No network: this is how it stood at %s. Go on working.", this.asOf)
            : _t("No network, and nothing was loaded on this telephone before.");
    }

    getRest(card) {
        const now = this.state.now + (this.kept.difference || 0) * 1000;
        return card.deadline ? toTime(card.deadline) - now : null;
    }

    formatRest(card) {
        const rest = this.getRest(card);
        if (rest === null) {
            return "";
        }
        const { over, days, hours, minutes } = split(rest);
        if (days) {
            return over ? _t("%s d %s h late", days, hours) : _t("%s d %s h left", days, hours);
        }
        if (hours) {
            return over
                ? _t("%s h %s min late", hours, minutes)
                : _t("%s h %s min left", hours, minutes);
        }
        return over ? _t("%s min late", minutes) : _t("%s min left", minutes);
    }

    formatDeadline(card) {
        const end = toTime(card.deadline) - (card.kind === "inspection" ? 1000 : 0);
        return formatTime(end, this.state.now);
    }

    getTone(card) {
        const rest = this.getRest(card);
        if (rest === null) {
            return "secondary";
        }
        return rest < 0 ? "danger" : rest < SOON ? "warning" : "success";
    }

    getCall(card) {
        return `tel:${card.phone.replace(/[^\d+]/g, "")}`;
    }

    async leave() {
        if (this.unsent.length && !this.state.leaving) {
            this.state.leaving = true;
            return;
        }
        await this.keeper.leave();
        localStorage.removeItem(`om.field.who.${this.keeper.db}`);
        location.href = "/web/session/logout?redirect=/web/login";
    }
}
