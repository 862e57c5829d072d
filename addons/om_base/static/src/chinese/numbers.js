import { localization } from "@web/core/l10n/localization";
import { formatFloat } from "@web/core/utils/numbers";

// Chinese groups by ten thousand: 万 is 10^4, 亿 is 10^8.
const UNITS = [
    [1e4, "万"],
    [1e8, "亿"],
];

export function isChinese() {
    return (localization.code || "").startsWith("zh");
}

/**
 * A large number the way a Chinese reader expects it: 30,000,000 is 3,000万, not 30M.
 * Below ten thousand it stays as it is.
 *
 * @param {number} number
 * @param {number} [decimals=2] at most so many decimals; zeros at the end are left out
 * @returns {string}
 */
export function chineseNumber(number, decimals = 2) {
    let size = 1;
    let unit = "";
    for (const [nextSize, nextUnit] of UNITS) {
        // What rounds up to the next unit is shown in it: 99,999,999.6 is 1亿, not 10,000万.
        if (Number((Math.abs(number) / size).toFixed(decimals)) * size >= nextSize) {
            [size, unit] = [nextSize, nextUnit];
        }
    }
    const digits = [16, decimals];
    return formatFloat(number / size, { digits, trailingZeros: false }) + unit;
}
