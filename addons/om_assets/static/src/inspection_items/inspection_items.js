import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { checkFileSize } from "@web/core/utils/files";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Drafts, TryAgain, isConnectionLost } from "@om_base/attempts/attempts";

import { Component, onWillUpdateProps, status, useExternalListener, useState } from "@odoo/owl";

const MODEL = "om.inspection.result";
const RESULT_ICONS = { pass: "fa-check", fail: "fa-times", na: "fa-minus" };
// Photos that were not sent, by item: they outlive the page that took them.
const photosKept = new Map();

/**
 * The items of an inspection as cards with large buttons, for one thumb on a telephone.
 *
 * Every tap is shown and saved at once. What could not be saved stays on the page, and on
 * the device, until it is: the card says so and tries again when asked, and nothing else
 * of the form is done before.
 */
export class InspectionItems extends Component {
    static template = "om_assets.InspectionItems";
    static components = { TryAgain };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.http = useService("http");
        this.action = useService("action");
        this.notification = useService("notification");
        this.drafts = new Drafts(MODEL);
        this.icons = RESULT_ICONS;
        this.state = useState({
            opened: {},
            // By item: what is to be saved, and the items that could not be.
            unsaved: {},
            photos: {},
            failed: {},
            saving: 0,
        });
        // One save after the other; a tap does not wait for the one before.
        this.queue = Promise.resolve();
        // What was sent, by item, and is not shown as the server has it yet.
        this.saved = {};
        this.restore(this.props);
        onWillUpdateProps((props) => this.restore(props));
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", ({ detail }) => {
            if (!this.asking) {
                detail.proms.push(this.saveAll());
            }
        });
        useExternalListener(window, "beforeunload", (ev) => {
            if (Object.values(this.state.photos).some((photos) => photos.length)) {
                ev.preventDefault();
            }
        });
    }

    /** Take up what an earlier page could not save. */
    restore(props) {
        if (props.readonly) {
            return;
        }
        for (const { resId } of props.record.data[props.name].records) {
            const draft = !(resId in this.state.unsaved) && this.drafts.get(resId);
            if (draft) {
                this.state.unsaved[resId] = draft;
                this.state.failed[resId] = true;
            }
            if (!(resId in this.state.photos) && photosKept.has(resId)) {
                this.state.photos[resId] = photosKept.get(resId);
                this.state.failed[resId] = true;
            }
        }
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get results() {
        return this.list.fields.result.selection;
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
            group.judged += this.shown(item).result ? 1 : 0;
        }
        return [...groups.values()];
    }

    /** How many of all are judged, saved or not: as the groups count them. */
    get total() {
        const { records } = this.list;
        return `${records.filter((item) => this.shown(item).result).length}/${records.length}`;
    }

    get failedCount() {
        return Object.values(this.state.failed).filter(Boolean).length;
    }

    get notSaved() {
        return _t("Not saved, try again.");
    }

    get failedText() {
        return _t("%s items are not saved yet.", this.failedCount);
    }

    /** An item as the person left it, saved or not. */
    shown(item) {
        const { value, ...unsaved } = this.state.unsaved[item.resId] || {};
        const entered =
            value === undefined ? {} : { value: value || 0, value_entered: value !== false };
        return { ...item.data, ...unsaved, ...entered };
    }

    isOpened(item) {
        const { result, note } = this.shown(item);
        return (
            result === "fail" ||
            Boolean(note) ||
            Boolean(this.state.opened[item.resId]) ||
            Boolean(this.state.photos[item.resId]?.length)
        );
    }

    toggle(item) {
        this.state.opened[item.resId] = !this.state.opened[item.resId];
    }

    resultLabel(item) {
        return Object.fromEntries(this.results)[item.data.result] || _t("Open");
    }

    photoIds(item) {
        const { removed = [] } = this.state.unsaved[item.resId] || {};
        return item.data.photo_ids.currentIds.filter((id) => !removed.includes(id));
    }

    photosUnsent(item) {
        return this.state.photos[item.resId] || [];
    }

    faultName(item) {
        return item.data.fault_text || item.data.fault_id.display_name;
    }

    setResult(item, result) {
        if (this.shown(item).result !== result) {
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

    /** While somebody types: kept on the device, saved when they go on. */
    keepNote(item, ev) {
        this.drafts.set(item.resId, {
            ...this.state.unsaved[item.resId],
            note: ev.target.value,
        });
    }

    setNote(item, ev) {
        return this.write(item, { note: ev.target.value });
    }

    addPhotos(item, ev) {
        const files = [...ev.target.files].filter((file) =>
            checkFileSize(file.size, this.notification)
        );
        ev.target.value = null;
        const photos = files.map((file) => ({ file, url: URL.createObjectURL(file) }));
        this.setPhotos(item, [...this.photosUnsent(item), ...photos]);
        return this.save(item);
    }

    setPhotos(item, photos) {
        this.state.photos[item.resId] = photos;
        if (photos.length) {
            photosKept.set(item.resId, photos);
        } else {
            photosKept.delete(item.resId);
        }
    }

    removePhoto(item, id) {
        const { removed = [] } = this.state.unsaved[item.resId] || {};
        return this.write(item, { removed: [...removed, id] });
    }

    openFault(item) {
        return this.write(item, { fault: true });
    }

    viewFault(item) {
        return this.orm
            .call(MODEL, "action_view_fault", [[item.resId]])
            .then((action) => this.action.doAction(action));
    }

    discard(item) {
        this.forget(item);
        return this.reload();
    }

    // ------------------------------------------------------------
    // Saving
    // ------------------------------------------------------------

    write(item, values) {
        this.state.unsaved[item.resId] = { ...this.state.unsaved[item.resId], ...values };
        this.drafts.set(item.resId, this.state.unsaved[item.resId]);
        return this.save(item);
    }

    save(item) {
        this.state.saving += 1;
        this.queue = this.queue.then(async () => {
            try {
                await this.saveForm();
                await this.send(item.resId);
                await this.reload();
            } catch (error) {
                this.state.failed[item.resId] = true;
                if (!isConnectionLost(error)) {
                    // A refusal is told as everywhere; what was entered stays.
                    Promise.reject(error);
                }
            } finally {
                this.state.saving -= 1;
            }
        });
        return this.queue;
    }

    async retryAll() {
        for (const item of this.list.records) {
            if (this.state.failed[item.resId]) {
                await this.save(item);
            }
        }
    }

    /** Save what other buttons of the form must find; they wait for it. */
    async saveAll() {
        await this.queue;
        for (const { resId } of this.list.records) {
            try {
                await this.send(resId);
            } catch (error) {
                this.state.failed[resId] = true;
                throw error;
            }
        }
        if (this.settle()) {
            this.queue = this.queue.then(() => this.reload()).catch(() => {});
        }
    }

    /** Loading the record anew would lose what else was entered in it. */
    async saveForm() {
        const { record } = this.props;
        if (record.dirty) {
            // save() asks for local changes at once: these are not to wait for it.
            this.asking = true;
            const saved = record.save();
            this.asking = false;
            await saved;
        }
    }

    async reload() {
        if (status(this) !== "destroyed" && !this.props.record.dirty) {
            await this.props.record.load();
        }
        this.settle();
    }

    /** Forget what the server has by now; tell whether there was anything. */
    settle() {
        const ids = Object.keys(this.saved);
        ids.forEach((resId) => this.forgetSaved(resId));
        return ids.length > 0;
    }

    /** Send what is not saved of an item; sent twice, it is there once. */
    async send(resId) {
        const unsaved = this.state.unsaved[resId];
        const photos = this.state.photos[resId] || [];
        if (!unsaved && !photos.length) {
            return;
        }
        for (const photo of photos) {
            photo.id ||= await this.upload(resId, photo.file);
        }
        const { removed = [], fault, ...values } = unsaved || {};
        const commands = [
            ...photos.map(({ id }) => [4, id]),
            ...removed.map((id) => [3, id]),
        ];
        if (commands.length) {
            values.photo_ids = commands;
        }
        if (Object.keys(values).length) {
            await this.orm.write(MODEL, [Number(resId)], values);
        }
        if (fault) {
            await this.orm.call(MODEL, "action_open_fault", [[Number(resId)]]);
        }
        // Forgotten when the page shows what the server has, and not before.
        this.saved[resId] = { unsaved, photos };
    }

    async upload(resId, file) {
        const answer = await this.http.post(
            "/web/binary/upload_attachment",
            { csrf_token: odoo.csrf_token, model: MODEL, id: resId, ufile: [file] },
            "text"
        );
        const [stored] = JSON.parse(answer);
        if (stored.error) {
            throw new Error(stored.error);
        }
        return stored.id;
    }

    /** Forget what was saved, but not what was entered meanwhile. */
    forgetSaved(resId) {
        const { unsaved, photos } = this.saved[resId];
        delete this.saved[resId];
        const now = { ...this.state.unsaved[resId] };
        for (const [name, value] of Object.entries(unsaved || {})) {
            if (now[name] === value) {
                delete now[name];
            }
        }
        const rest = this.state.photos[resId]?.filter((photo) => !photos.includes(photo)) || [];
        this.setPhotos({ resId: Number(resId) }, rest);
        if (Object.keys(now).length) {
            this.state.unsaved[resId] = now;
            this.drafts.set(resId, now);
        } else {
            this.forget({ resId: Number(resId), keepPhotos: true });
        }
        this.state.failed[resId] = false;
    }

    forget({ resId, keepPhotos = false }) {
        delete this.state.unsaved[resId];
        delete this.state.failed[resId];
        this.drafts.delete(resId);
        if (!keepPhotos) {
            this.setPhotos({ resId }, []);
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

/** Lead to the place of a form where somebody has to sign, and open the pad. */
export function leadToSignature(env, { params }) {
    const field = document.querySelector(`.o_form_view [name="${params.field}"]`);
    env.services.notification.add(params.message, { type: "warning" });
    field?.scrollIntoView({ block: "center" });
    field?.querySelector(".o_signature")?.click();
}

registry.category("actions").add("om_assets.sign", leadToSignature);
