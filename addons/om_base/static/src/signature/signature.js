import { NameAndSignature } from "@web/core/signature/name_and_signature";
import { patch } from "@web/core/utils/patch";

// A signature is evidence: drawn by hand, never by a font or from a file.
patch(NameAndSignature.prototype, {
    setup() {
        super.setup();
        this.state.signMode = "draw";
    },
});
