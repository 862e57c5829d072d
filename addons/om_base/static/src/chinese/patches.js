/**
 * Numbers and dates of the client as Chinese readers write them; other languages are left
 * as they are.
 */
import { formatCurrency, getCurrency } from "@web/core/currency";
import { DateTimePicker } from "@web/core/datetime/datetime_picker";
import {
    formatDate as numericDate,
    formatDateTime as numericDateTime,
} from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { SearchModel } from "@web/search/search_model";
import { QUARTERS } from "@web/search/utils/dates";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { DateTimeField } from "@web/views/fields/datetime/datetime_field";
import { formatDate, formatDateTime } from "@web/views/fields/formatters";
import { AnimatedNumber } from "@web/views/view_components/animated_number";

import { chineseNumber, isChinese } from "./numbers";

// A board's columns say 万 where Odoo says k and M.
patch(AnimatedNumber.prototype, {
    format(value) {
        if (!isChinese() || Math.abs(value) < 10000) {
            return super.format(value);
        }
        const currency = getCurrency(this.currencyId);
        if (!currency) {
            return chineseNumber(value);
        }
        const sample = formatCurrency(0, this.currencyId, { digits: [16, 0] });
        return sample.replace("0", chineseNumber(value));
    },
});

// Odoo leaves the current year out (11月9日): a paper or a list read next year is wrong then.
function time(showSeconds) {
    return showSeconds ? localization.timeFormat : localization.timeFormat.replace(/:ss/, "");
}

function chineseDateTime(value, { showSeconds, showTime = true, showDate = true, tz } = {}) {
    const parts = [];
    if (showDate) {
        parts.push(localization.dateFormat);
    }
    if (showTime) {
        parts.push(time(showSeconds));
    }
    return numericDateTime(value, { format: parts.join(" "), tz });
}

function dateFormatter(value, options = {}) {
    return isChinese() && value ? numericDate(value) : formatDate(value, options);
}
dateFormatter.extractOptions = formatDate.extractOptions;

function dateTimeFormatter(value, options = {}) {
    return isChinese() && value ? chineseDateTime(value, options) : formatDateTime(value, options);
}
dateTimeFormatter.extractOptions = formatDateTime.extractOptions;

registry
    .category("formatters")
    .add("date", dateFormatter, { force: true })
    .add("datetime", dateTimeFormatter, { force: true });

patch(DateTimeField.prototype, {
    getFormattedValue(valueIndex, numeric = this.props.numeric) {
        const value = this.values[valueIndex];
        if (!isChinese() || !value) {
            return super.getFormattedValue(valueIndex, numeric);
        }
        if (this.field.type === "date") {
            return numericDate(value);
        }
        const { showSeconds, showTime } = this.props;
        const [first] = this.values;
        const showDate = !showTime || valueIndex !== 1 || !first || !first.hasSame(value, "day");
        return chineseDateTime(value, { showSeconds, showTime, showDate });
    },
});

// Headings of calendars: 2026年11月 where Odoo puts the month's number before the year.
const MONTH = "y年M月";

patch(CalendarController.prototype, {
    get currentDate() {
        const text = super.currentDate;
        return isChinese() && text ? ` - ${this.currentMonth}` : text;
    },
    get currentMonth() {
        return isChinese() ? this.date.toFormat(MONTH) : super.currentMonth;
    },
    get currentYear() {
        return isChinese() ? this.date.toFormat("y年") : super.currentYear;
    },
    get dayHeader() {
        return isChinese() ? this.date.toFormat("y年M月d日") : super.dayHeader;
    },
    get weekLabel() {
        const { currentWeek } = this;
        return isChinese() ? `第${currentWeek}周` : _t("Week %s", currentWeek);
    },
    get weekHeader() {
        if (!isChinese()) {
            return super.weekHeader;
        }
        const { rangeStart, rangeEnd } = this.model;
        const first = rangeStart.toFormat(MONTH);
        if (rangeStart.hasSame(rangeEnd, "month")) {
            return first;
        }
        const sameYear = rangeStart.hasSame(rangeEnd, "year");
        return `${first}至${rangeEnd.toFormat(sameYear ? "M月" : MONTH)}`;
    },
});

patch(DateTimePicker.prototype, {
    get activePrecisionLevel() {
        const level = super.activePrecisionLevel;
        const ofDays = Boolean(level.step.month);
        return isChinese() && ofDays
            ? { ...level, getTitle: (date) => date.toFormat(MONTH) }
            : level;
    },
});

/** A period that a filter of dates names: 2026年3月 where Odoo says 三月 2026. */
function chinesePeriod(text) {
    const [, name, year] = /^(?:(\S+) )?(\d{4})$/.exec(text) || [];
    if (!year) {
        return text;
    }
    if (!name) {
        return `${year}年`;
    }
    const month = luxon.Info.monthsFormat("long").indexOf(name) + 1;
    if (month) {
        return `${year}年${month}月`;
    }
    const quarter = Object.keys(QUARTERS).find((key) => `${QUARTERS[key].description}` === name);
    return quarter ? `${year}年第${quarter}季度` : text;
}

/** The same in the menu of filters, where Odoo says 11 and 2026. */
function chineseOption(option) {
    const text = option.description;
    const month = luxon.Info.monthsFormat("long").indexOf(text) + 1;
    const ofMonth = month && option.id.startsWith("month");
    const description = ofMonth ? `${month}月` : chinesePeriod(text);
    return { ...option, description };
}

patch(SearchModel.prototype, {
    _enrichItem(searchItem) {
        const item = super._enrichItem(searchItem);
        if (isChinese() && item?.type === "dateFilter") {
            item.options = item.options.map(chineseOption);
        }
        return item;
    },
    _getDateFilterDomain(dateFilter, generatorIds, key = "domain") {
        const answer = super._getDateFilterDomain(dateFilter, generatorIds, key);
        return isChinese() && key === "description"
            ? answer.split("/").map(chinesePeriod).join("、")
            : answer;
    },
});
