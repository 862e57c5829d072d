import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";
import { shrink } from "@om_assets/field/photo";

/** Photos of a public form go out small: an hour's data of a telephone is not for one. */
export class ShrunkPhotos extends Interaction {
    static selector = "form.o_om_photos input[type=file]";
    dynamicContent = { _root: { "t-on-change": () => this.shrinkAll() } };

    async shrinkAll() {
        const files = [...this.el.files];
        const small = await this.waitFor(Promise.all(files.map(shrink)));
        // Chosen anew meanwhile: that has its own turn.
        if (files.some((file, index) => this.el.files[index] !== file)) {
            return;
        }
        try {
            const kept = new DataTransfer();
            files.forEach((file, index) => {
                const made = small[index];
                const smaller = made && made.blob.size < file.size;
                kept.items.add(
                    smaller ? new File([made.blob], made.name, { type: "image/jpeg" }) : file
                );
            });
            this.el.files = kept.files;
        } catch {
            // An old browser sends them as they are.
        }
    }
}

registry.category("public.interactions").add("om_assets.shrunk_photos", ShrunkPhotos);
