import { rpc } from "@web/core/network/rpc";
import { isConnectionLost, makeToken } from "./attempts";

// What a click does: a button, or saving a form.
const ACTING = /^\/web\/dataset\/(call_button\/|call_kw\/[\w.]+\/web_save$)/;
// {what is asked: the name under which it is asked}, until an answer has come.
const unanswered = new Map();

const send = rpc._rpc;

/**
 * Name what a click asks for, so that the server does it once (om.request.receipt): a
 * second click while the first is under way, and the one after a lost answer, ask for
 * the same under the same name, and get the first answer.
 */
rpc._rpc = function (url, params, settings = {}) {
    if (!ACTING.test(url)) {
        return send(url, params, settings);
    }
    const asked = JSON.stringify([url, params]);
    const token = unanswered.get(asked) || makeToken();
    unanswered.set(asked, token);
    const headers = { ...settings.headers, "X-Om-Once": token };
    const promise = send(url, params, { ...settings, headers });
    const forget = () => unanswered.delete(asked);
    promise.then(forget, (error) => isConnectionLost(error) || forget());
    return promise;
};
