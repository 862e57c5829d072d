import { App, whenReady } from "@odoo/owl";
import { getTemplate } from "@web/core/templates";
import { FieldApp } from "./app";
import { Keeper } from "./keeper";
import { facts, _t } from "./words";

/**
 * Whose page this is: who is signed in, by the page that the server has just given; by
 * the kept page, without a network, who was signed in last.
 */
function getUser() {
    const place = `om.field.who.${facts.db}`;
    if (facts.user) {
        localStorage.setItem(place, JSON.stringify(facts.user));
        return facts.user;
    }
    return JSON.parse(localStorage.getItem(place) || "null");
}

async function register() {
    try {
        await navigator.serviceWorker?.register("/om/field/worker.js", { scope: "/om/field" });
    } catch (error) {
        // Without https there is none: the page works as long as it stays open.
        console.info(error);
    }
}

whenReady(async () => {
    if (!facts.db) {
        return;
    }
    const target = document.getElementById("om_field");
    const say = (text) => (target.querySelector(".om_field_loading").textContent = text);
    const user = getUser();
    if (!user) {
        return say(_t("Sign in with a network first."));
    }
    register();
    const keeper = new Keeper(facts.db, user);
    try {
        await keeper.open();
    } catch {
        return say(_t("This browser keeps nothing on the telephone. Leave its private mode."));
    }
    target.replaceChildren();
    const app = new App(FieldApp, { getTemplate, props: { keeper }, translateFn: (term) => _t(term) });
    await app.mount(target);
});
