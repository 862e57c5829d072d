import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";
import { user } from "@web/core/user";

// The server does once what comes twice under one token (om.request.receipt).
const TOKEN = "om_once";
const NEVER_KEPT = ["hidden", "file", "password", "submit", "button"];

/**
 * A form that loses nothing: it is sent without leaving the page, so that a lost network
 * leaves text and photos where they are; what was typed comes back with the page, for as
 * long as the browser's tab is open, or with data-om-kept="device" until it is sent: then
 * what was sent without a network goes out by itself when there is one. Without
 * JavaScript it is the plain form it looks.
 */
export class KeptForm extends Interaction {
    static selector = "form.o_om_kept";
    dynamicContent = {
        _root: {
            "t-on-input": () => this.keep(),
            "t-on-change": () => this.keep(),
            "t-on-submit.prevent": (ev) => this.send(ev.submitter),
        },
        // The browser's Back may show this very page again.
        _window: {
            "t-on-pageshow": () => this.lock(false),
            "t-on-online": () => this.waiting && this.send(),
        },
    };

    setup() {
        this.action = new URL(this.el.getAttribute("action"), location.href);
        this.key = `om.form.${user.userId || ""}.${this.action.pathname}`;
        this.sending = false;
        // Whether it waits for a network to be sent by itself.
        this.waiting = false;
        const kept = this.read();
        this.token = kept?.token || makeToken();
        if (kept && this.restore(kept.values)) {
            this.say(_t("What you had not sent yet is here again."), "info", {
                label: _t("Start Anew"),
                act: () => this.clear(),
            });
        }
    }

    destroy() {
        this.message?.remove();
    }

    // ------------------------------------------------------------
    // What was typed
    // ------------------------------------------------------------

    get fields() {
        return [...this.el.elements].filter(
            (field) => field.name && !NEVER_KEPT.includes(field.type)
        );
    }

    get isForDevice() {
        return this.el.dataset.omKept === "device";
    }

    get storage() {
        return this.isForDevice ? localStorage : sessionStorage;
    }

    keep() {
        const values = this.fields.map((field) => [
            field.name,
            ["radio", "checkbox"].includes(field.type)
                ? [field.value, field.checked]
                : field.value,
        ]);
        try {
            this.storage.setItem(this.key, JSON.stringify({ token: this.token, values }));
        } catch {
            // No storage: the form itself still has everything.
        }
    }

    read() {
        try {
            return JSON.parse(this.storage.getItem(this.key));
        } catch {
            return null;
        }
    }

    forget() {
        try {
            this.storage.removeItem(this.key);
        } catch {
            // As above.
        }
    }

    /** Fill in what was kept; tell whether that changed anything. */
    restore(values) {
        let changed = false;
        const fields = this.fields;
        values.forEach(([name, value], index) => {
            const field = fields[index];
            if (field?.name !== name) {
                return;
            }
            if (Array.isArray(value)) {
                changed ||= field.value === value[0] && field.checked !== value[1];
                field.checked = field.value === value[0] ? value[1] : field.checked;
            } else if (field.value !== value) {
                field.value = value;
                changed = true;
            }
        });
        return changed;
    }

    clear() {
        this.forget();
        this.token = makeToken();
        this.el.reset();
        this.message?.remove();
    }

    // ------------------------------------------------------------
    // Sending
    // ------------------------------------------------------------

    async send(submitter) {
        if (this.sending) {
            return;
        }
        this.waiting = false;
        this.keep();
        const data = new FormData(this.el, submitter);
        data.set(TOKEN, this.token);
        this.lock(true);
        this.say(_t("Sending …"), "info");
        try {
            this.take(await this.post(data));
        } catch {
            this.waiting = this.isForDevice;
            this.say(
                this.waiting
                    ? _t("Not sent yet: there is no connection. It is kept here, and sent as soon as there is one.")
                    : _t("Not sent: there is no connection. Everything is still here; try again."),
                "warning"
            );
            this.lock(false);
        }
    }

    lock(locked) {
        this.sending = locked;
        for (const button of this.el.querySelectorAll("button[type=submit]")) {
            button.disabled = locked;
        }
    }

    post(data) {
        return new Promise((resolve, reject) => {
            // Not fetch(): only this tells how much of a photo is sent.
            const request = new XMLHttpRequest();
            request.addEventListener("load", () =>
                resolve({
                    status: request.status,
                    url: new URL(request.responseURL || this.action, location.href),
                    text: request.responseText,
                })
            );
            for (const event of ["error", "abort", "timeout"]) {
                request.addEventListener(event, () => reject(new Error(event)));
            }
            request.upload.addEventListener("progress", ({ loaded, total }) => {
                if (total > 100000 && loaded < total) {
                    this.say(_t("Sending … %s%", Math.floor((100 * loaded) / total)), "info");
                }
            });
            request.open("POST", this.action);
            request.send(data);
        });
    }

    take({ status, url, text }) {
        if (status < 400 && url.pathname !== this.action.pathname && url.pathname !== "/web/login") {
            // Locked until the page is left; what is sent from it later is another one.
            this.forget();
            this.token = makeToken();
            return location.assign(url);
        }
        this.lock(false);
        if (url.pathname === "/web/login") {
            const back = encodeURIComponent(location.pathname + location.search);
            return location.assign(`/web/login?redirect=${back}`);
        }
        if (status < 400 || status === 422) {
            return this.show(text);
        }
        const texts = {
            400: _t("Not sent: this page is too old. Load it again; what you typed comes back."),
            413: _t("Not sent: the files are too large."),
        };
        this.say(
            texts[status] || _t("Not sent (error %s). Everything is still here; try again.", status),
            "warning",
            status === 400 && { label: _t("Load Again"), act: () => location.reload() }
        );
    }

    /** Show the page the server answered with, and leave the chosen files in it. */
    show(text) {
        const main = document.querySelector("#wrapwrap > main");
        const fresh = new DOMParser()
            .parseFromString(text, "text/html")
            .querySelector("#wrapwrap > main");
        const files = [...this.el.elements].filter((field) => field.files?.length);
        const { "public.interactions": interactions } = this.services;
        const path = this.el.getAttribute("action");
        this.forget();
        interactions.stopInteractions(main);
        main.replaceWith(fresh);
        const form = [...fresh.querySelectorAll("form")].find(
            (each) => each.getAttribute("action") === path
        );
        for (const field of files) {
            const place = form?.elements[field.name];
            if (place) {
                place.files = field.files;
            }
        }
        interactions.startInteractions(fresh);
        fresh.querySelector(".is-invalid, [role=alert]")?.scrollIntoView({ block: "center" });
    }

    say(text, tone, button) {
        this.message?.remove();
        this.message = document.createElement("div");
        this.message.className = `o_om_kept_message alert alert-${tone} w-100 py-2 px-3 mt-2 mb-0`;
        this.message.setAttribute("role", tone === "warning" ? "alert" : "status");
        this.message.append(text);
        if (button) {
            const link = document.createElement("button");
            link.type = "button";
            link.className = "btn btn-link py-0 align-baseline";
            link.append(button.label);
            link.addEventListener("click", button.act);
            this.message.append(link);
        }
        this.el.append(this.message);
    }
}

function makeToken() {
    // randomUUID() exists on https only; an office network often has none.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

registry.category("public.interactions").add("om_base.kept_form", KeptForm);
