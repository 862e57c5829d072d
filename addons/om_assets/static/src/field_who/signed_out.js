// Nobody is signed in where the login page shows: the page of the field, which opens
// without a network, shows nothing of who was. What is not uploaded stays for its login.
try {
    if (location.pathname === "/web/login") {
        Object.keys(localStorage)
            .filter((place) => place.startsWith("om.field.who."))
            .forEach((place) => localStorage.removeItem(place));
    }
} catch {
    // A forbidden storage keeps nothing.
}
