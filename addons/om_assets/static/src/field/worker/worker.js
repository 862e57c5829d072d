/* global VERSION, FILES */
// The page of the field and its files, kept for places without a network. Nothing that
// belongs to anybody is in here: that is in the page's own store, apart for each login.

const CACHE = `om.field.${VERSION}`;
const PAGE = "/om/field?shell=1";
const PATIENCE = 4000;

async function install() {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
    const page = await fetch(PAGE, { cache: "reload" });
    if (!page.ok || page.redirected) {
        throw new Error("not signed in");
    }
    await cache.put(PAGE, page);
    await self.skipWaiting();
}

async function activate() {
    for (const name of await caches.keys()) {
        if (name.startsWith("om.field.") && name !== CACHE) {
            await caches.delete(name);
        }
    }
    await self.clients.claim();
}

async function getPage(request) {
    let timer;
    const late = new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error("late")), PATIENCE);
    });
    try {
        return await Promise.race([fetch(request), late]);
    } catch (error) {
        const kept = await caches.match(PAGE);
        if (!kept) {
            throw error;
        }
        return kept;
    } finally {
        clearTimeout(timer);
    }
}

async function getFile(request) {
    return (await caches.match(request)) || fetch(request);
}

self.addEventListener("install", (ev) => ev.waitUntil(install()));
self.addEventListener("activate", (ev) => ev.waitUntil(activate()));
self.addEventListener("fetch", (ev) => {
    const { request } = ev;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== location.origin) {
        return;
    }
    if (request.mode === "navigate" && url.pathname === "/om/field") {
        ev.respondWith(getPage(request));
    } else if (FILES.includes(url.pathname + url.search)) {
        ev.respondWith(getFile(request));
    }
});
