import { browser } from "@web/core/browser/browser";
import { onWillDestroy, useState } from "@odoo/owl";

const { DateTime } = luxon;
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A moment as the server writes it (UTC): seconds since the epoch. */
export function toSeconds(text) {
    return DateTime.fromSQL(text, { zone: "utc" }).toSeconds();
}

/** A moment as the server writes it, in the user's own time. */
export function toLocal(text) {
    return DateTime.fromSQL(text, { zone: "utc" }).setZone("local");
}

/** A time that is left (negative: over) in its parts, each a whole number. */
export function splitRest(rest) {
    const seconds = Math.abs(Math.trunc(rest));
    return {
        over: rest < 0,
        days: Math.floor(seconds / DAY),
        hours: Math.floor((seconds % DAY) / HOUR),
        minutes: Math.floor((seconds % HOUR) / MINUTE),
        seconds: seconds % MINUTE,
    };
}

/**
 * A running clock that goes by the server, not by the device it is shown on.
 *
 * @param {number} every seconds after which what it shows is drawn anew
 */
export function useServerClock(every) {
    let offset = 0;
    const state = useState({ now: 0 });
    const tick = () => {
        state.now = Date.now() / 1000 + offset;
    };
    const timer = browser.setInterval(tick, every * 1000);
    onWillDestroy(() => browser.clearInterval(timer));
    return {
        /** Set it by what the server just said. */
        set(text) {
            offset = toSeconds(text) - Date.now() / 1000;
            tick();
        },
        /** Seconds until the deadline, null if there is none. */
        getRest(deadline) {
            return deadline ? toSeconds(deadline) - state.now : null;
        },
    };
}
