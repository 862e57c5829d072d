import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { TryAgain, callOnce, isConnectionLost, makeToken } from "@om_base/attempts/attempts";
import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";

/**
 * One page for the warehouse clerk: scan the request or the part, see cap, stock and
 * confirmations in colour, issue. A keyboard-wedge scanner types a code and Enter.
 */
export class SpareClerk extends Component {
    static template = "om_stock_spares.Clerk";
    static components = { Layout, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.input = useAutofocus({ refName: "code", mobile: true });
        this.state = useState({
            code: "",
            text: "",
            tone: "muted",
            waiting: [],
            requests: [],
            choices: [],
            current: null,
            serials: [],
            busy: false,
            // What failed for want of a network, to be tried again.
            retry: null,
        });
        // The name of the issue in hand: sent twice, the part is issued once.
        this.token = null;
        this.onKeydown = (ev) => this.catchScan(ev);
        onWillStart(() => this.loadWaiting());
        onMounted(() => window.addEventListener("keydown", this.onKeydown));
        onWillUnmount(() => window.removeEventListener("keydown", this.onKeydown));
    }

    loadWaiting() {
        return this.attempt(async () => {
            this.state.waiting = await this.orm.call("om.spare.request", "get_clerk_list", []);
        });
    }

    get retryText() {
        return _t("No connection: this is not done yet.");
    }

    /** Do it; without a network, offer to do it again. */
    async attempt(work) {
        this.state.busy = true;
        this.state.retry = null;
        try {
            await work();
        } catch (error) {
            if (!isConnectionLost(error)) {
                throw error;
            }
            this.state.retry = () => this.attempt(work);
        } finally {
            this.state.busy = false;
        }
    }

    /** A scanner types wherever the focus is: bring it to the field. */
    catchScan(ev) {
        const typing = ev.key.length === 1 && !ev.ctrlKey && !ev.metaKey && !ev.altKey;
        const elsewhere = !["INPUT", "TEXTAREA"].includes(document.activeElement?.tagName);
        if (typing && elsewhere && this.input.el) {
            this.input.el.focus();
        }
    }

    get missingSerials() {
        const { current, serials } = this.state;
        return current?.needs_serial ? current.quantity - serials.length : 0;
    }

    get canIssue() {
        const { current, busy } = this.state;
        return current && !busy && !current.missing && !this.missingSerials;
    }

    capWidth(part) {
        const { cap } = this.state.current;
        return cap.allowed ? `${(100 * part) / cap.allowed}%` : "0%";
    }

    async onEnter() {
        const code = this.state.code.trim();
        this.state.code = "";
        if (this.input.el) {
            // Emptied at once, not with the next drawing: a scanner does not wait.
            this.input.el.value = "";
        }
        if (!code) {
            if (this.canIssue) {
                await this.issue();
            }
            return;
        }
        await this.scan(code, this.state.current?.product_id || false);
    }

    scan(code, productId) {
        return this.attempt(async () =>
            this.takeAnswer(
                await this.orm.call("om.spare.request", "scan", [code, productId])
            )
        );
    }

    takeAnswer(answer) {
        const tones = { none: "danger", lots: "warning" };
        this.say(answer.text, tones[answer.kind] || "muted");
        this.state.choices = answer.choices;
        if (answer.choices.length) {
            return;
        }
        const { current } = this.state;
        if (answer.lot && current?.product_id === answer.lot.product_id) {
            this.addSerial(answer.lot.name);
        } else if (answer.requests.length === 1) {
            this.choose(answer.requests[0]);
            if (answer.lot) {
                this.addSerial(answer.lot.name);
            }
        } else if (answer.requests.length) {
            this.state.current = null;
            this.state.requests = answer.requests;
            this.state.serials = answer.lot ? [answer.lot.name] : [];
        }
    }

    /** Several parts have the scanned number: the clerk says which one it is. */
    async choosePart(choice) {
        this.state.choices = [];
        await this.scan(choice.code, choice.product_id);
        this.input.el?.focus();
    }

    addSerial(name) {
        const { serials } = this.state;
        if (serials.includes(name)) {
            this.say(_t("“%s” is scanned already.", name), "warning");
        } else if (this.missingSerials > 0) {
            serials.push(name);
            this.token = null;
        } else {
            this.say(_t("No more serial numbers are needed."), "warning");
        }
    }

    choose(request) {
        this.token = null;
        this.state.retry = null;
        const kept = request.needs_serial ? this.state.serials : [];
        this.state.serials = this.state.current ? [] : kept;
        this.state.current = request;
        this.state.requests = [];
    }

    async issue() {
        const { current, serials } = this.state;
        this.token ||= makeToken();
        await this.attempt(() => this.send(this.token, current, [...serials]));
        this.input.el?.focus();
    }

    async send(token, current, serials) {
        try {
            await callOnce(token, "om.spare.request", "clerk_issue", [[current.id], serials]);
        } catch (error) {
            if (isConnectionLost(error)) {
                throw error;
            }
            this.token = null;
            this.say(error.data?.message || error.message, "danger");
            const [fresh] = (await this.orm.call("om.spare.request", "scan", [current.name]))
                .requests;
            this.state.current = fresh || null;
            return;
        }
        this.say(_t("%s is issued.", current.name), "success");
        this.clear();
        await this.loadWaiting();
    }

    clear() {
        this.token = null;
        this.state.retry = null;
        Object.assign(this.state, { current: null, requests: [], choices: [], serials: [] });
    }

    say(text, tone) {
        Object.assign(this.state, { text, tone });
    }

    open() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "om.spare.request",
            res_id: this.state.current.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("om_stock_spares.clerk", SpareClerk);
