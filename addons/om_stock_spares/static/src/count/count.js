import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Drafts, TryAgain, callOnce, isConnectionLost, makeToken } from "@om_base/attempts/attempts";
import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";

/**
 * One page to take stock with a telephone or a scanner: scan the place, then what lies
 * there. A keyboard-wedge scanner types a code and Enter, wherever the focus is.
 */
export class SpareCount extends Component {
    static template = "om_stock_spares.Count";
    static components = { Layout, TryAgain };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.input = useAutofocus({ refName: "code", mobile: true });
        this.countId = this.props.action.params?.count_id || this.props.action.context.active_id;
        this.drafts = new Drafts("om.spare.count");
        this.state = useState({
            facts: null,
            text: "",
            tone: "muted",
            // What is not entered yet, in its order; it outlives a lost network.
            unsent: this.drafts.get(this.countId) || [],
            failed: false,
        });
        // A scanner is faster than an answer: codes wait their turn.
        this.queue = Promise.resolve();
        this.onKeydown = (ev) => this.catchScan(ev);
        onWillStart(async () => {
            if (this.countId) {
                this.take(await this.call("get_scan_facts"));
                this.state.failed = this.state.unsent.length > 0;
            }
        });
        onMounted(() => window.addEventListener("keydown", this.onKeydown));
        onWillUnmount(() => window.removeEventListener("keydown", this.onKeydown));
    }

    call(method, ...args) {
        return this.orm.call("om.spare.count", method, [[this.countId], ...args]);
    }

    catchScan(ev) {
        const typing = ev.key.length === 1 && !ev.ctrlKey && !ev.metaKey && !ev.altKey;
        const elsewhere = !["INPUT", "TEXTAREA", "SELECT"].includes(
            document.activeElement?.tagName
        );
        if (typing && elsewhere && this.input.el) {
            this.input.el.focus();
        }
    }

    take(facts) {
        this.state.facts = facts;
        if (facts.text) {
            this.say(facts.text, facts.tone);
        }
    }

    say(text, tone) {
        Object.assign(this.state, { text, tone });
    }

    get moreText() {
        return _t("and %s more", this.state.facts.more);
    }

    get place() {
        return this.state.facts?.place;
    }

    get product() {
        return this.state.facts?.product;
    }

    onEnter() {
        // Emptied at once, not with the next drawing: the next code may be on its way.
        const code = this.input.el.value.trim();
        this.input.el.value = "";
        if (code) {
            return this.enter({ method: "scan", code });
        }
        return this.queue;
    }

    async choosePlace(id) {
        await this.enter({ method: "get_scan_facts", place: Number(id) || false });
        this.input.el?.focus();
    }

    async setFound(line, value) {
        const quantity = Number(value);
        if (value === "" || Number.isNaN(quantity) || quantity < 0) {
            this.say(_t("“%s” is no quantity.", value), "danger");
            return;
        }
        await this.enter({ method: "set_found", line: line.id, quantity });
    }

    /** Enter this after what came before it. */
    enter(entry) {
        this.state.unsent.push({ token: makeToken(), ...entry });
        this.keep();
        return this.sendAll();
    }

    sendAll() {
        this.queue = this.queue.then(() => this.sendInOrder());
        return this.queue;
    }

    async sendInOrder() {
        while (this.state.unsent.length) {
            try {
                this.take(await this.send(this.state.unsent[0]));
                this.state.failed = false;
            } catch (error) {
                if (isConnectionLost(error)) {
                    this.state.failed = true;
                    return;
                }
                this.say(error.data?.message || error.message, "danger");
            }
            this.state.unsent.shift();
            this.keep();
        }
    }

    /** Sent again under its token, a piece is counted once. */
    send({ token, method, code, place, line, quantity }) {
        const args = {
            scan: [code, this.place?.id || false, this.product?.id || false],
            get_scan_facts: [place],
            set_found: [line, quantity],
        };
        return callOnce(token, "om.spare.count", method, [[this.countId], ...args[method]]);
    }

    keep() {
        if (this.state.unsent.length) {
            this.drafts.set(this.countId, this.state.unsent);
        } else {
            this.drafts.delete(this.countId);
        }
    }

    discard() {
        this.state.unsent = [];
        this.state.failed = false;
        this.keep();
    }

    get failedText() {
        return _t("%s entries are not saved, try again.", this.state.unsent.length);
    }

    forgetProduct() {
        this.state.facts.product = false;
        this.input.el?.focus();
    }

    back() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "om.spare.count",
            res_id: this.countId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("om_stock_spares.count", SpareCount);
