import { Component, onWillDestroy, useState } from "@odoo/owl";
import { formatTime } from "./clock";
import { REFUSED } from "./queue";

/** Where an entry stands: waits, is under way, or was refused and why. */
export class EntryState extends Component {
    static template = "om_assets.FieldEntryState";
    static props = { entry: Object, keeper: Object, titled: { type: Boolean, optional: true } };

    setup() {
        this.kept = useState(this.props.keeper.state);
        const { blob } = this.props.entry.values;
        this.picture = blob ? URL.createObjectURL(blob) : "";
        onWillDestroy(() => URL.revokeObjectURL(this.picture));
    }

    get refused() {
        return this.props.entry.state === REFUSED;
    }

    get time() {
        return formatTime(Date.parse(this.props.entry.at) + (this.props.entry.difference || 0) * 1000);
    }

    /** Percent of a photo that is on the server; null for what goes at once. */
    get share() {
        return this.picture && this.kept.sending === this.props.entry.key
            ? Math.round(this.kept.progress * 100)
            : null;
    }
}
