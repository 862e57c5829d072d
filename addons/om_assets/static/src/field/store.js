/**
 * What is kept on the telephone: a database of its own for each login of each server.
 */

const ENTRIES = "entries";
const PAGES = "pages";

function wait(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/** Resolves when what was written is on the disk. */
function finish(transaction) {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
}

export function getName(db, uid) {
    return `om.field.${db}.${uid}`;
}

export class Store {
    constructor(db, uid) {
        this.name = getName(db, uid);
    }

    async open() {
        const request = indexedDB.open(this.name, 1);
        request.onupgradeneeded = () => {
            request.result.createObjectStore(ENTRIES, { keyPath: "seq", autoIncrement: true });
            request.result.createObjectStore(PAGES);
        };
        this.base = await wait(request);
        // Another page of this login wipes it, or a newer page needs it.
        this.base.onversionchange = () => this.base.close();
    }

    async write(name, work) {
        const transaction = this.base.transaction(name, "readwrite", { durability: "strict" });
        const request = work(transaction.objectStore(name));
        await finish(transaction);
        return request?.result;
    }

    /** The entries in the order in which they were added. */
    getEntries() {
        return wait(this.base.transaction(ENTRIES).objectStore(ENTRIES).getAll());
    }

    /** Keep an entry and return its place in the queue. */
    add(entry) {
        return this.write(ENTRIES, (entries) => entries.add(entry));
    }

    put(entry) {
        return this.write(ENTRIES, (entries) => entries.put(entry));
    }

    delete(seqs) {
        return this.write(ENTRIES, (entries) => {
            seqs.forEach((seq) => entries.delete(seq));
        });
    }

    getDay() {
        return wait(this.base.transaction(PAGES).objectStore(PAGES).get("day"));
    }

    putDay(day) {
        return this.write(PAGES, (pages) => pages.put(day, "day"));
    }

    /** Forget what was shown; what was not uploaded stays. */
    async wipe() {
        const unsent = (await this.getEntries()).some((entry) => entry.state !== "sent");
        if (unsent) {
            await this.write(PAGES, (pages) => pages.clear());
            this.base.close();
            return;
        }
        this.base.close();
        await wait(indexedDB.deleteDatabase(this.name));
    }
}

/** Forget what is kept of other logins of this server and is uploaded. */
export async function wipeOthers(db, uid) {
    // Not every browser lists its databases; they hold nothing that this login reads.
    const bases = (await indexedDB.databases?.()) || [];
    for (const { name } of bases) {
        if (name.startsWith(getName(db, "")) && name !== getName(db, uid)) {
            const store = new Store(db, name.slice(getName(db, "").length));
            await store.open();
            await store.wipe();
        }
    }
}
