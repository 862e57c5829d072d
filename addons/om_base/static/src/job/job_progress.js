import { Component, onWillUnmount, onMounted } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// Milliseconds between two looks at a job that is under way.
const PAUSE = 2000;

/** How far a background job is; looks again by itself until it has ended. */
export class JobProgress extends Component {
    static template = "om_base.JobProgress";
    static props = { ...standardFieldProps };

    setup() {
        let timer = null;
        let looking = false;
        onMounted(() => {
            timer = setInterval(async () => {
                if (looking || !this.isOpen) {
                    return;
                }
                looking = true;
                try {
                    await this.props.record.load();
                } finally {
                    looking = false;
                }
            }, PAUSE);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    get isOpen() {
        return ["waiting", "running"].includes(this.props.record.data.state);
    }

    get value() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("om_job_progress", {
    component: JobProgress,
    supportedTypes: ["integer"],
    fieldDependencies: [{ name: "state", type: "selection" }],
});
