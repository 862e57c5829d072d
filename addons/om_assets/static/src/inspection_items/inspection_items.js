import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FileInput } from "@web/core/file_input/file_input";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useState } from "@odoo/owl";

const RESULT_ICONS = { pass: "fa-check", fail: "fa-times", na: "fa-minus" };

/**
 * The items of an inspection as cards with large buttons, for one thumb on a telephone.
 * Every tap is saved at once: a telephone loses its connection more often than its data.
 */
export class InspectionItems extends Component {
    static template = "om_assets.InspectionItems";
    static components = { FileInput };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ opened: {}, busy: null });
        this.icons = RESULT_ICONS;
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get results() {
        return this.list.fields.result.selection;
    }

    get readonly() {
        return this.props.readonly || this.state.busy !== null;
    }

    /** The items by scope, in the order in which the scopes first appear. */
    get groups() {
        const groups = new Map();
        const labels = Object.fromEntries(this.list.fields.scope.selection);
        for (const item of this.list.records) {
            const scope = item.data.scope || "";
            if (!groups.has(scope)) {
                const label = labels[scope] || _t("Added on the Spot");
                groups.set(scope, { scope, label, items: [], judged: 0 });
            }
            const group = groups.get(scope);
            group.items.push(item);
            group.judged += item.data.result ? 1 : 0;
        }
        return [...groups.values()];
    }

    isOpened(item) {
        const { result, note } = item.data;
        return result === "fail" || Boolean(note) || Boolean(this.state.opened[item.resId]);
    }

    toggle(item) {
        this.state.opened[item.resId] = !this.state.opened[item.resId];
    }

    resultLabel(item) {
        return Object.fromEntries(this.results)[item.data.result] || _t("Open");
    }

    photoIds(item) {
        return item.data.photo_ids.currentIds;
    }

    faultName(item) {
        return item.data.fault_id.display_name;
    }

    setResult(item, result) {
        if (item.data.result !== result) {
            return this.write(item, { result });
        }
    }

    setValue(item, ev) {
        const text = ev.target.value.trim();
        const value = text === "" ? false : Number(text);
        if (Number.isNaN(value)) {
            return this.notification.add(_t("Enter a number."), { type: "danger" });
        }
        return this.write(item, { value });
    }

    setNote(item, ev) {
        return this.write(item, { note: ev.target.value });
    }

    addPhotos(item, files) {
        const failed = files.find((file) => file.error);
        if (failed) {
            return this.notification.add(failed.error, { type: "danger" });
        }
        return this.write(item, { photo_ids: files.map((file) => [4, file.id]) });
    }

    removePhoto(item, id) {
        return this.write(item, { photo_ids: [[3, id]] });
    }

    openFault(item) {
        return this.save(item, () =>
            this.orm.call("om.inspection.result", "action_open_fault", [[item.resId]])
        );
    }

    viewFault(item) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "maintenance.request",
            res_id: item.data.fault_id.id,
            views: [[false, "form"]],
        });
    }

    write(item, values) {
        return this.save(item, () =>
            this.orm.write("om.inspection.result", [item.resId], values)
        );
    }

    async save(item, call) {
        const { record } = this.props;
        this.state.busy = item.resId;
        try {
            if ((await record.isDirty()) && !(await record.save())) {
                return;
            }
            await call();
        } finally {
            await record.load();
            this.state.busy = null;
        }
    }
}

export const inspectionItems = {
    component: InspectionItems,
    displayName: _t("Inspection items"),
    supportedTypes: ["one2many"],
    useSubView: true,
};

registry.category("fields").add("om_inspection_items", inspectionItems);
