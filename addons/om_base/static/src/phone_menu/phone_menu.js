import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { NavBar } from "@web/webclient/navbar/navbar";
import { useState } from "@odoo/owl";

const APP = "om_base.om_menu_root";
// A telephone shows so many entries without scrolling.
const MOST = 8;

/** On a telephone Odoo lists every entry of an app at once; ours opens by sections. */
patch(NavBar.prototype, {
    setup() {
        super.setup();
        this.omMenu = useState({ open: false });
    },

    get isOmApp() {
        return this.currentApp?.xmlid === APP;
    },

    /** The sections, the last ones as one where there are more than fit. */
    get omSections() {
        const sections = this.currentAppSections;
        if (sections.length <= MOST) {
            return sections;
        }
        const rest = sections.slice(MOST - 1);
        return [
            ...sections.slice(0, MOST - 1),
            { id: "more", name: _t("More"), xmlid: "om_base.more", childrenTree: rest },
        ];
    },

    async onOmSection(section) {
        const { childrenTree } = section;
        if (!childrenTree.length) {
            await this._onMenuClicked(section);
        } else if (childrenTree.length === 1 && !childrenTree[0].childrenTree.length) {
            await this._onMenuClicked(childrenTree[0]);
        } else {
            this.omMenu.open = this.omMenu.open === section.id ? false : section.id;
        }
    },

    _closeAppMenuSidebar() {
        super._closeAppMenuSidebar();
        this.omMenu.open = false;
    },
});
