import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";
import { formatFigure, getExactFigure, openFigure } from "../dashboard/figures";

/**
 * A page of areas with their figures, each of which opens what it counts. The action's
 * parameters name the model and its method that answer with ``intro`` and ``areas``.
 */
export class OmAreas extends Component {
    static template = "om_assets.Areas";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        Object.assign(this, { formatFigure, getExactFigure });
        this.state = useState({ intro: "", areas: [] });
        onWillStart(async () => {
            const { model, method } = this.props.action.params;
            Object.assign(this.state, await this.orm.call(model, method, []));
        });
    }

    open(figure) {
        return openFigure(this.action, figure);
    }
}

registry.category("actions").add("om_assets.areas", OmAreas);
