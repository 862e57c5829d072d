/** Times, as they read in Beijing, by the server's clock. */

const ZONE = "Asia/Shanghai";

/** A moment as the server writes it (UTC): milliseconds since the epoch. */
export function toTime(text) {
    return Date.parse(text.replace(" ", "T") + "Z");
}

/** Hours and minutes, with the day if it is not today's. */
export function formatTime(time, now = Date.now()) {
    const options = { timeZone: ZONE, hour12: false };
    const day = (moment) => new Date(moment).toLocaleDateString("zh-CN", options);
    const hours = new Date(time).toLocaleTimeString("zh-CN", {
        ...options,
        hour: "2-digit",
        minute: "2-digit",
    });
    if (day(time) === day(now)) {
        return hours;
    }
    const date = new Date(time).toLocaleDateString("zh-CN", {
        ...options,
        month: "2-digit",
        day: "2-digit",
    });
    return `${date} ${hours}`;
}

/** A span in its parts, each a whole number. */
export function split(milliseconds) {
    const minutes = Math.floor(Math.abs(milliseconds) / 60000);
    return {
        over: milliseconds < 0,
        days: Math.floor(minutes / 1440),
        hours: Math.floor((minutes % 1440) / 60),
        minutes: minutes % 60,
    };
}
