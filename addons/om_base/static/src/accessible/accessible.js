import { _t } from "@web/core/l10n/translation";
import { CheckBox } from "@web/core/checkbox/checkbox";
import { patch } from "@web/core/utils/patch";

/** A box without words beside it, and without a field's label, chooses a row. */
patch(CheckBox.prototype, {
    get omName() {
        return this.props.slots || this.props.id ? undefined : _t("Select").toString();
    },
});
