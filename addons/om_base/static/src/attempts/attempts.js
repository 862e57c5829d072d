import { _t } from "@web/core/l10n/translation";
import { rpc, ConnectionLostError } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { Component } from "@odoo/owl";
import { toLocal } from "../clock/clock";

/** Whether a call failed for want of a network; nobody knows then whether it arrived. */
export function isConnectionLost(error) {
    // fetch() says TypeError, as mistakes of the code do, for what reached no server.
    const unsent = error instanceof TypeError && /fetch|network|load failed/i;
    return error instanceof ConnectionLostError || Boolean(unsent && unsent.test(error.message));
}

/** What a page says that could not ask anew; ``asOf`` (UTC): as of when it shows. */
export function getConnectionLostText(asOf) {
    return asOf
        ? _t("No connection. This is how it stood at %s.", toLocal(asOf).toFormat("HH:mm"))
        : _t("No connection. Try again when there is one.");
}

/** A name for a request under which it may be sent again and is done once. */
export function makeToken() {
    // randomUUID() exists on https only; an office network often has none.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Call a model's method; sent again under the same token, it is done once. */
export function callOnce(token, model, method, args) {
    return rpc(
        `/web/dataset/call_kw/${model}/${method}`,
        { model, method, args, kwargs: { context: user.context } },
        { headers: { "X-Om-Once": token } }
    );
}

/**
 * What was typed on this device and is not saved yet. It outlives the page, belongs to
 * one user, and is wiped when it is saved.
 */
export class Drafts {
    constructor(model) {
        this.prefix = `om.draft.${odoo.info?.db || ""}.${user.userId}.${model}.`;
    }

    get(id) {
        try {
            return JSON.parse(localStorage.getItem(this.prefix + id)) || null;
        } catch {
            return null;
        }
    }

    set(id, values) {
        try {
            localStorage.setItem(this.prefix + id, JSON.stringify(values));
        } catch {
            // A full or forbidden storage: what was typed still stands on the page.
        }
    }

    delete(id) {
        try {
            localStorage.removeItem(this.prefix + id);
        } catch {
            // As above.
        }
    }
}

/** What could not be done, in one line, and the button that tries again. */
export class TryAgain extends Component {
    static template = "om_base.TryAgain";
    static props = {
        text: String,
        onRetry: Function,
        onDiscard: { type: Function, optional: true },
    };
}
