import { patch } from "@web/core/utils/patch";
import { GraphRenderer } from "@web/views/graph/graph_renderer";

import { chineseNumber, isChinese } from "./numbers";

// A chart's axis and its tooltips say 万 where Odoo says k and M.
patch(GraphRenderer.prototype, {
    formatValue(value, allIntegers = true, formatType = "") {
        if (!formatType && isChinese() && Math.abs(value) >= 1000) {
            return chineseNumber(value);
        }
        return super.formatValue(value, allIntegers, formatType);
    },
});
