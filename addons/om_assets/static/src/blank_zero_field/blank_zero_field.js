import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** An integer that is blank when it is zero: nothing declared, nothing posted. */
export class BlankZeroField extends IntegerField {
    static template = "om_assets.BlankZeroField";
    static props = {
        ...IntegerField.props,
        placeholder: { type: String, optional: true },
    };

    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

export const blankZeroField = {
    ...integerField,
    component: BlankZeroField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...integerField.extractProps(fieldInfo, dynamicInfo),
        placeholder: fieldInfo.attrs.placeholder,
    }),
};

registry.category("fields").add("om_blank_zero", blankZeroField);
