import { _t } from "@web/core/l10n/translation";
import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

// What a click does: a button, or saving.
const ACTING = /^\/web\/dataset\/(call_button\/|call_kw\/[\w.]+\/(web_save|write|create)$)/;
// Milliseconds after which it is said that it takes its time.
const PATIENCE = 3000;

/** Says that a click is still being worked on: most often somebody else holds the same
 * record, and the server waits. */
export const waitingService = {
    dependencies: ["notification"],
    start(env, { notification }) {
        const waiting = new Map();
        rpcBus.addEventListener("RPC:REQUEST", ({ detail }) => {
            if (!ACTING.test(detail.url) || detail.settings.silent) {
                return;
            }
            const id = detail.data.id;
            const told = { close: () => {} };
            told.timer = setTimeout(() => {
                told.close = notification.add(
                    _t("This takes longer than usual: perhaps somebody else is changing the same. You need not do it again."),
                    { type: "info", sticky: true }
                );
            }, PATIENCE);
            waiting.set(id, told);
        });
        rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) => {
            const told = waiting.get(detail.data.id);
            if (told) {
                clearTimeout(told.timer);
                told.close();
                waiting.delete(detail.data.id);
            }
        });
    },
};

registry.category("services").add("om_waiting", waitingService);
