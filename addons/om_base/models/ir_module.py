from odoo import api, models
from odoo.tools.translate import TranslationImporter

from ..terms import extra_terms


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """The suite's words for terms of other add-ons follow those add-ons' own.

        Whichever of the two is loaded last: the records must be there, and what an
        add-on brings itself must not come back with its next upgrade.
        """
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        modules = set(modules)
        importer = TranslationImporter(self.env.cr, verbose=False)
        for lang in langs:
            for carrier, rows in extra_terms(lang).items():
                wanted = rows
                if carrier not in modules:
                    wanted = [row for row in rows if row["module"] in modules]
                importer._load(wanted, lang)
        importer.save(overwrite=True, force_overwrite=True)
        return result
