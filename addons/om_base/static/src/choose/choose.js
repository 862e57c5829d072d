/**
 * To choose one record of many, one list after another: columns by state, which a view has
 * to be worked with, push most of the choices off a telephone's screen.
 */
import { patch } from "@web/core/utils/patch";
import { View } from "@web/views/view";

patch(View.prototype, {
    async loadView(props) {
        await super.loadView(props);
        if (props.selectRecord && this.withSearchProps) {
            delete this.withSearchProps.defaultGroupBy;
        }
    },
});
