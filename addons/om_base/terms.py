"""Chinese for terms that other add-ons leave untranslated or word badly.

``i18n_extra/zh_CN.po`` of an add-on of this suite holds such terms, of the add-ons that
it builds on. They take the place of what those add-ons bring: terms kept in records
(views, labels, choices) when they are loaded (``ir.module.module``), terms in code when
Odoo looks them up (``overlay_code_terms``).
"""

from functools import lru_cache

from odoo.modules.module import Manifest
from odoo.tools.misc import file_open
from odoo.tools.translate import (
    CodeTranslations,
    code_translations,
    get_base_langs,
    translation_file_reader,
)

PREFIX = "om_"


@lru_cache
def extra_terms(lang):
    """``{add-on of the suite: extra terms}`` as Odoo's reader gives them; read once."""
    names = {each.name for each in Manifest.all_addon_manifests()}
    terms = {}
    for name in sorted(name for name in names if name.startswith(PREFIX)):
        rows = []
        for code in get_base_langs(lang):
            try:
                with file_open(f"{name}/i18n_extra/{code}.po", mode="rb") as stream:
                    rows += translation_file_reader(stream, fileformat="po")
            except FileNotFoundError:
                continue
        terms[name] = rows
    return terms


def overlay_code_terms():
    """Let Odoo find the suite's words for terms in the code of other add-ons.

    Called when this add-on is loaded, once in a process. Odoo offers no hook: its
    reader of code translations is one function, wrapped here; what it has read is
    dropped.
    """
    original = CodeTranslations._get_code_translations
    if getattr(original, "is_overlaid", False):
        return

    def with_extra_terms(module_name, lang, filter_func):
        terms = original(module_name, lang, filter_func)
        for rows in extra_terms(lang).values():
            for row in rows:
                wanted = row["type"] == "code" and row["module"] == module_name
                if wanted and filter_func(row):
                    terms[row["src"]] = row["value"]
        return terms

    with_extra_terms.is_overlaid = True
    CodeTranslations._get_code_translations = staticmethod(with_extra_terms)
    code_translations.python_translations.clear()
    code_translations.web_translations.clear()
