import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";

/**
 * One page to take stock with a telephone or a scanner: scan the place, then what lies
 * there. A keyboard-wedge scanner types a code and Enter, wherever the focus is.
 */
export class SpareCount extends Component {
    static template = "om_stock_spares.Count";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.input = useAutofocus({ refName: "code", mobile: true });
        this.countId = this.props.action.params?.count_id || this.props.action.context.active_id;
        this.state = useState({ facts: null, text: "", tone: "muted", busy: false });
        // A scanner is faster than an answer: codes wait their turn.
        this.queue = Promise.resolve();
        this.onKeydown = (ev) => this.catchScan(ev);
        onWillStart(async () => {
            if (this.countId) {
                this.take(await this.call("get_scan_facts"));
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
            this.queue = this.queue.then(() => this.scan(code));
        }
        return this.queue;
    }

    async scan(code) {
        await this.attempt(() =>
            this.call("scan", code, this.place?.id || false, this.product?.id || false)
        );
    }

    async choosePlace(id) {
        await this.attempt(() => this.call("get_scan_facts", Number(id) || false));
        this.input.el?.focus();
    }

    async setFound(line, value) {
        const quantity = Number(value);
        if (value === "" || Number.isNaN(quantity) || quantity < 0) {
            this.say(_t("“%s” is no quantity.", value), "danger");
            return;
        }
        await this.attempt(() => this.call("set_found", line.id, quantity));
    }

    async attempt(ask) {
        this.state.busy = true;
        try {
            this.take(await ask());
        } catch (error) {
            this.say(error.data?.message || error.message, "danger");
        } finally {
            this.state.busy = false;
        }
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
