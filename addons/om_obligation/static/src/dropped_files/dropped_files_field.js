import { useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useFileUploader } from "@web/core/utils/files";
import {
    many2ManyBinaryField,
    Many2ManyBinaryField,
} from "@web/views/fields/many2many_binary/many2many_binary_field";

/** Files that are dropped on a field, many at a time; or chosen, as ever. */
export class DroppedFilesField extends Many2ManyBinaryField {
    static template = "om_obligation.DroppedFilesField";

    setup() {
        super.setup();
        this.uploadFiles = useFileUploader();
        this.state = useState({ isOver: false, isBusy: false });
    }

    /** All of an upload at once, so that they are matched in one go. */
    async onFileUploaded(files) {
        const failed = files.filter((file) => file.error);
        for (const file of failed) {
            this.notification.add(file.error, { type: "danger" });
        }
        const ids = files.filter((file) => !file.error).map((file) => file.id);
        if (ids.length) {
            await this.operations.saveRecord(ids);
        }
    }

    async onDrop(ev) {
        this.state.isOver = false;
        const ufile = [...ev.dataTransfer.files];
        if (!ufile.length) {
            return;
        }
        this.state.isBusy = true;
        try {
            const files = await this.uploadFiles("/web/binary/upload_attachment", {
                csrf_token: odoo.csrf_token,
                model: this.props.record.resModel,
                id: this.props.record.resId || 0,
                ufile,
            });
            await this.onFileUploaded(files || []);
        } finally {
            this.state.isBusy = false;
        }
    }
}

export const droppedFilesField = { ...many2ManyBinaryField, component: DroppedFilesField };

registry.category("fields").add("om_dropped_files", droppedFilesField);
