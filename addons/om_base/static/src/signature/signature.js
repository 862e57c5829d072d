import { isMobileOS } from "@web/core/browser/feature_detection";
import { NameAndSignature } from "@web/core/signature/name_and_signature";
import { patch } from "@web/core/utils/patch";

// On a telephone the pad is as wide as the screen, and higher than Odoo's, so that a
// name of three characters fits a finger.
const RATIO_ON_A_TELEPHONE = 1.5;

// A signature is evidence: drawn by hand, never by a font or from a file.
patch(NameAndSignature.prototype, {
    setup() {
        super.setup();
        this.state.signMode = "draw";
        this.state.showSignatureArea = true;
    },

    resizeSignature() {
        if (!isMobileOS()) {
            return super.resizeSignature();
        }
        const width = this.signatureRef.el.clientWidth;
        const height = Math.trunc(width / RATIO_ON_A_TELEPHONE);
        Object.assign(this.signatureRef.el, { width, height });
    },
});
