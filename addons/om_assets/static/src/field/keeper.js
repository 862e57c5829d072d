import { reactive } from "@odoo/owl";
import { toTime } from "./clock";
import { Failed, Lost, post, sendPiece } from "./link";
import {
    classify,
    forgetSent,
    getNext,
    getOvertaking,
    getPause,
    getUnsent,
    makeEntry,
    REFUSED,
    SENT,
    toNote,
    WAITING,
} from "./queue";
import { Store, wipeOthers } from "./store";
import { _t } from "./words";

const REFRESH = 120000;
// What a lost connection costs at most.
const PIECE = 128 * 1024;

/**
 * Keeps what the engineer has and does on the telephone, and brings it to the server.
 *
 * What was done is first on the disk, then shown, then sent. Only the person takes an
 * entry out of the queue that the server has not done.
 */
export class Keeper {
    constructor(db, user) {
        this.db = db;
        this.user = user;
        this.store = new Store(db, user.id);
        this.state = reactive({
            entries: [],
            day: null,
            offline: false,
            failed: "",
            signedOut: false,
            sending: null,
            progress: 0,
            // Rows that could not be kept or made: {row: why}
            problems: {},
            difference: null,
        });
        this.attempts = 0;
        this.running = null;
    }

    async open() {
        await this.store.open();
        this.state.entries = await this.store.getEntries();
        this.state.day = (await this.store.getDay()) || null;
        this.state.difference = this.state.day?.difference ?? null;
        navigator.storage?.persist?.().catch(() => {});
        window.addEventListener("online", () => this.kick());
        document.addEventListener("visibilitychange", () => {
            if (document.visibilityState === "visible") {
                this.kick();
            }
        });
        this.timer = setInterval(() => this.kick(), REFRESH);
        this.kick();
    }

    get unsent() {
        return getUnsent(this.state.entries);
    }

    /** Now, by the server's clock. */
    get now() {
        return Date.now() + (this.state.difference || 0) * 1000;
    }

    // ------------------------------------------------------------
    // What is done
    // ------------------------------------------------------------

    /** Keep what was done, now or at ``at``; it is sent as soon as there is a network. */
    async record(document, kind, values, words, at = Date.now()) {
        const entry = makeEntry(document, kind, values, words, {
            uid: this.user.id,
            at,
            difference: this.state.difference,
        });
        try {
            entry.seq = await this.store.add(this.toPlain(entry));
        } catch {
            this.state.problems[document.row || "page"] = _t(
                "The telephone has no room to keep this. Make room, then do it again."
            );
            return false;
        }
        delete this.state.problems[document.row || "page"];
        // A reading of the whole queue may have found it already.
        if (!this.state.entries.some((other) => other.seq === entry.seq)) {
            this.state.entries.push(entry);
        }
        this.kick();
        return true;
    }

    async change(entry, values) {
        Object.assign(entry, values);
        await this.store.put(this.toPlain(entry));
    }

    /** As it is written: Owl's own wrapping cannot be. */
    toPlain(entry) {
        const { blob, ...values } = entry.values;
        const plain = { ...JSON.parse(JSON.stringify({ ...entry, values })) };
        if (blob) {
            plain.values.blob = blob;
        }
        return plain;
    }

    /** Send a refused entry again; the person has read what others did. */
    async retry(entry) {
        await this.change(entry, { state: WAITING, reason: "", overwrite: true });
        await this.kick();
    }

    async drop(entry) {
        this.state.entries = this.state.entries.filter((other) => other.seq !== entry.seq);
        await this.store.delete([entry.seq]);
        await this.kick();
    }

    async keepAsNote(entry) {
        await this.change(entry, toNote(entry));
        await this.kick();
    }

    // ------------------------------------------------------------
    // Sending and asking
    // ------------------------------------------------------------

    /** Send what waits, then ask anew; one at a time, also with several pages open. */
    kick() {
        clearTimeout(this.next);
        if (this.running) {
            this.again = true;
            return this.running;
        }
        this.running = this.run().finally(() => {
            this.running = null;
            if (this.again) {
                this.again = false;
                this.kick();
            }
        });
        return this.running;
    }

    async run() {
        const work = async (lock) => {
            if (lock === null) {
                // Another page of this login is at it.
                this.next = setTimeout(() => this.kick(), 5000);
                return;
            }
            await this.readEntries();
            try {
                await this.sendAll();
                await this.load();
                this.attempts = 0;
                this.state.offline = this.state.signedOut = false;
                this.state.failed = "";
            } catch (error) {
                this.fail(error);
            } finally {
                this.state.sending = null;
            }
        };
        if (navigator.locks) {
            await navigator.locks.request(this.store.name, { ifAvailable: true }, work);
        } else {
            await work();
        }
    }

    async readEntries() {
        this.state.entries = await this.store.getEntries();
    }

    fail(error) {
        if (error instanceof Failed && classify(error.error) === "signed_out") {
            this.state.signedOut = true;
            return;
        }
        this.state.offline = error instanceof Lost;
        this.state.failed = this.state.offline ? "" : _t("The server failed: %s", error.message);
        this.attempts += 1;
        this.next = setTimeout(() => this.kick(), getPause(this.attempts) * 1000);
    }

    async sendAll() {
        let entry;
        while ((entry = getNext(this.state.entries))) {
            await this.send(entry);
        }
    }

    async send(entry) {
        const { blob, ...values } = entry.values;
        const { key, uid, doc, id, kind, at, difference, overwrite } = entry;
        const params = { uid, doc, id, kind, at, difference, overwrite, values };
        try {
            if (blob) {
                await this.upload(entry);
                values.size = blob.size;
            }
            this.state.sending = key;
            this.state.progress = blob ? 1 : 0;
            await post(
                "/om/field/take",
                { entry: { ...params, sent: new Date().toISOString() } },
                { once: key }
            );
        } catch (error) {
            if (!(error instanceof Failed) || classify(error.error) === "signed_out") {
                throw error;
            }
            const refused = classify(error.error) === "refused";
            await this.change(entry, {
                state: REFUSED,
                reason: refused ? error.message : _t("The server failed: %s", error.message),
            });
            return;
        }
        // What was sent is small from now on.
        await this.change(entry, {
            state: SENT,
            sentAt: Date.now(),
            values: { ...entry.values, blob: undefined, drawing: undefined },
        });
    }

    /**
     * Bring a photo to the server by pieces, from where an earlier try was lost. Between
     * them goes what does not belong to the photo's document.
     */
    async upload(entry) {
        const { blob, upload } = entry.values;
        const show = (done) => {
            this.state.sending = entry.key;
            this.state.progress = done / blob.size;
        };
        let held = await post("/om/field/held", { upload });
        while (held < blob.size) {
            show(held);
            const piece = blob.slice(held, held + PIECE);
            const start = held;
            held = await sendPiece(upload, start, piece, (share) =>
                show(start + share * piece.size)
            );
            let other;
            while ((other = getOvertaking(this.state.entries, entry))) {
                await this.send(other);
            }
        }
    }

    /** Ask for the day, and keep it. */
    async load() {
        const asked = Date.now();
        const day = await post("/om/field/day", {}, { patience: 30000 });
        if (day.user.id !== this.user.id) {
            // Somebody else has signed in on this telephone meanwhile.
            location.reload();
            throw new Lost("another login");
        }
        const middle = (asked + Date.now()) / 2;
        // The server tells whole seconds.
        day.difference = (toTime(day.now) + 500 - middle) / 1000;
        const entries = forgetSent(this.state.entries, asked);
        const gone = this.state.entries.filter((entry) => !entries.includes(entry));
        await this.store.putDay(day);
        await this.store.delete(gone.map((entry) => entry.seq));
        this.state.difference = day.difference;
        this.state.day = day;
        this.state.entries = this.state.entries.filter((entry) => !gone.includes(entry));
        await wipeOthers(this.db, this.user.id);
    }

    /** Leave: what is uploaded is wiped, what is not stays for this login. */
    async leave() {
        clearInterval(this.timer);
        clearTimeout(this.next);
        await this.store.wipe();
    }
}
