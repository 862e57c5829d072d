import { Component, useEffect, useRef } from "@odoo/owl";

/**
 * What somebody types into, a number or words. What is under way in the background draws
 * the page anew, and takes nothing away that is being typed: the field is filled only when
 * its value has changed, and never under the fingers.
 */
export class Typed extends Component {
    static template = "om_assets.FieldTyped";
    static props = {
        value: String,
        label: String,
        number: { type: Boolean, optional: true },
        onTyping: { type: Function, optional: true },
        onTyped: Function,
    };

    setup() {
        this.field = useRef("field");
        useEffect(
            (value) => {
                const field = this.field.el;
                if (field !== document.activeElement || !this.typing) {
                    field.value = value;
                    this.typing = false;
                }
            },
            () => [this.props.value]
        );
    }

    type(ev) {
        this.typing = true;
        this.props.onTyping?.(ev);
    }

    finish(ev) {
        this.typing = false;
        this.props.onTyped(ev);
    }
}
