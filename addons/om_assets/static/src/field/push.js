import { post } from "./link";

/**
 * Notices on the telephone while the page is shut: those of Odoo, through Odoo's own
 * service worker, so that a telephone that has both pages is told once.
 */

const MODEL = "mail.push.device";
const PLACE = `${MODEL}_endpoint`;
const WORKER = "/web/service-worker.js";

function call(method, kwargs = {}) {
    return post(`/web/dataset/call_kw/${MODEL}/${method}`, {
        model: MODEL,
        method,
        args: [],
        kwargs,
    });
}

/** "on", "off", "denied" by the person; "" where the browser cannot. */
export function getPushState() {
    if (!globalThis.PushManager || !globalThis.Notification || !navigator.serviceWorker) {
        return "";
    }
    if (Notification.permission === "denied") {
        return "denied";
    }
    return Notification.permission === "granted" && localStorage.getItem(PLACE) ? "on" : "off";
}

function waitUntilActive(registration) {
    const worker = registration.installing || registration.waiting;
    if (registration.active || !worker) {
        return Promise.resolve();
    }
    return new Promise((resolve) => {
        worker.addEventListener("statechange", () => registration.active && resolve());
    });
}

/** Ask the person, then tell the server where this browser is reached. */
export async function turnOnPush() {
    if ((await Notification.requestPermission()) !== "granted") {
        return;
    }
    const registration = await navigator.serviceWorker.register(WORKER, { scope: "/odoo" });
    await waitUntilActive(registration);
    const key = await call("get_web_push_vapid_public_key");
    const subscription =
        (await registration.pushManager.getSubscription()) ||
        (await registration.pushManager.subscribe({
            userVisibleOnly: true,
            applicationServerKey: key,
        }));
    const previous = localStorage.getItem(PLACE);
    await call("register_devices", {
        ...subscription.toJSON(),
        vapid_public_key: key,
        ...(previous ? { previousEndpoint: previous } : {}),
    });
    localStorage.setItem(PLACE, subscription.endpoint);
}
