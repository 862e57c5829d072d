/** What pages of figures share: a figure opens exactly the records that it counts. */

import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";

const WAN = 10000;

/** Open the records behind a figure. */
export async function openFigure(actionService, figure) {
    const action = await actionService.loadAction(figure.action);
    // The action's own filters would hide some of what was counted.
    const context = figure.group_by ? { group_by: [figure.group_by] } : {};
    return actionService.doAction({
        ...action,
        name: figure.label,
        display_name: figure.label,
        domain: figure.domain,
        context: { ...context, ...(figure.context || {}) },
    });
}

/** A figure as text: a number of records, or money, in Chinese by ten thousands. */
export function formatFigure(figure) {
    if (!figure.currency_id) {
        return formatInteger(figure.count);
    }
    const { count: amount, currency_id: currencyId } = figure;
    if (localization.code?.startsWith("zh") && Math.abs(amount) >= WAN) {
        return _t("%s ten thousand yuan", formatDecimal(amount / WAN));
    }
    return formatMonetary(amount, { currencyId });
}

/** An amount to the cent with how many records it is of, for who points at it. */
export function getExactFigure(figure) {
    if (!figure.currency_id) {
        return figure.label;
    }
    const amount = formatMonetary(figure.count, { currencyId: figure.currency_id });
    return _t("%(amount)s in %(count)s records", { amount, count: figure.records });
}

function formatDecimal(number) {
    return number.toLocaleString("zh-CN", {
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
    });
}
