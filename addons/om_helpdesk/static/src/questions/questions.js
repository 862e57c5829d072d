import {PropertyDefinition} from "@web/views/fields/properties/property_definition";
import {patch} from "@web/core/utils/patch";

// The forms of services, whose questions can be required.
const ASKING = "request_form";

patch(PropertyDefinition.prototype, {
    get omAsks() {
        return (
            this.props.fieldName === ASKING &&
            !["boolean", "separator"].includes(this.state.propertyDefinition.type)
        );
    },

    onOmRequiredChange(required) {
        const definition = {
            ...this.state.propertyDefinition,
            om_required: required,
        };
        this.props.onChange(definition);
        this.state.propertyDefinition = definition;
    },
});
