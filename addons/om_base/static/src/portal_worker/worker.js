// What a party's browser is notified of while the portal is shut.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (ev) => {
    const { title, options } = ev.data.json();
    ev.waitUntil(self.registration.showNotification(title, options));
});
self.addEventListener("notificationclick", (ev) => {
    ev.notification.close();
    const { model, res_id } = ev.notification.data || {};
    // Odoo leads from there to the document's page in the portal.
    const path = model ? `/mail/view?${new URLSearchParams({ model, res_id })}` : "/my";
    ev.waitUntil(self.clients.openWindow(path));
});
