from odoo import api, models
from odoo.tools.translate import TranslationImporter

from ..terms import PREFIX, extra_terms


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """Take the suite's words, its own and those for terms of other add-ons.

        Odoo keeps the translation that a database has: a word that the suite changes
        would never reach a database made before. Its words for other add-ons follow
        theirs, whichever of the two is loaded last: the records must be there, and what
        an add-on brings itself must not come back with its next upgrade.
        """
        ours = [name for name in modules if name.startswith(PREFIX)]
        others = [name for name in modules if name not in ours]
        super()._load_module_terms(others, langs, overwrite=overwrite)
        loaded = super()._load_module_terms(ours, langs, overwrite=True)
        modules = set(modules)
        importer = TranslationImporter(self.env.cr, verbose=False)
        for lang in langs:
            for carrier, rows in extra_terms(lang).items():
                wanted = rows
                if carrier not in modules:
                    wanted = [row for row in rows if row["module"] in modules]
                importer._load(wanted, lang)
        importer.save(overwrite=True, force_overwrite=True)
        return loaded

    @api.model
    def _load_extra_terms(self, langs):
        """Take the suite's words for terms of other add-ons once more, when all are
        there: a word of one add-on may hang on a record that another brought later."""
        importer = TranslationImporter(self.env.cr, verbose=False)
        for lang in langs:
            for rows in extra_terms(lang).values():
                importer._load(rows, lang)
        importer.save(overwrite=True, force_overwrite=True)
