import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

/** The first day: the steps of the setup with what is missing and where to enter it. */
export class OmSetup extends Component {
    static template = "om_base.Setup";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ intro: "", steps: [] });
        onWillStart(() => this.load());
    }

    async load() {
        Object.assign(this.state, await this.orm.call("om.setup", "get_setup", []));
    }

    isDone(step) {
        return !step.missing.length;
    }

    /** The step to take now: the first that lacks something. */
    get next() {
        return this.state.steps.find((step) => step.missing.length);
    }

    get progress() {
        const done = this.state.steps.filter((step) => !step.missing.length).length;
        return _t("%(done)s of %(all)s steps done", { done, all: this.state.steps.length });
    }

    open(button) {
        // A dialog changes what is missing; a page is left and loads anew on return.
        return this.action.doAction(button.action, { onClose: () => this.load() });
    }
}

registry.category("actions").add("om_base.setup", OmSetup);
