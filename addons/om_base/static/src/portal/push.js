import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const MODEL = "mail.push.device";
const WORKER = "/my/worker.js";

function call(method, kwargs = {}) {
    return rpc(`/web/dataset/call_kw/${MODEL}/${method}`, {
        model: MODEL,
        method,
        args: [],
        kwargs,
    });
}

/** Whether this browser can be notified, and is not yet. */
async function canTurnOn() {
    if (!globalThis.PushManager || !globalThis.Notification || !navigator.serviceWorker) {
        return false;
    }
    if (Notification.permission === "denied") {
        return false;
    }
    const registration = await navigator.serviceWorker.getRegistration("/my");
    return !(await registration?.pushManager.getSubscription());
}

/** The button with which a party lets its browser be notified of what waits for it. */
export class PushButton extends Interaction {
    static selector = ".o_om_push";
    dynamicContent = { _root: { "t-on-click": () => this.turnOn() } };

    async willStart() {
        this.el.classList.toggle("d-none", !(await canTurnOn()));
    }

    async turnOn() {
        if ((await Notification.requestPermission()) !== "granted") {
            return;
        }
        const registration = await navigator.serviceWorker.register(WORKER, { scope: "/my" });
        const key = await call("get_web_push_vapid_public_key");
        try {
            const subscription = await registration.pushManager.subscribe({
                userVisibleOnly: true,
                applicationServerKey: key,
            });
            await call("register_devices", {
                ...subscription.toJSON(),
                vapid_public_key: key,
            });
        } catch (error) {
            // Its maker's service does not answer: the notices come as they did.
            console.info(error);
        }
        this.el.classList.add("d-none");
    }
}

registry.category("public.interactions").add("om_base.push_button", PushButton);
