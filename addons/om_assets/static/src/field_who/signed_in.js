import { session } from "@web/session";
import { user } from "@web/core/user";

// The page of the field opens, without a network, for who signed in last on a telephone:
// somebody else has signed in now.
try {
    const place = `om.field.who.${session.db}`;
    if (localStorage.getItem(place)) {
        localStorage.setItem(place, JSON.stringify({ id: user.userId, name: user.name }));
    }
} catch {
    // A forbidden storage keeps nothing.
}
