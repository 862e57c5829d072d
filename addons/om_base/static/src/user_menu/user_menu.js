import "@web/webclient/user_menu/user_menu_items";
import { registry } from "@web/core/registry";

/** What leads to Odoo's own company, where nobody of ours has an account or a contract. */
const FOREIGN = ["support", "odoo_account"];

for (const name of FOREIGN) {
    registry.category("user_menuitems").remove(name);
}
