"""Export each add-on's translation template; run in an Odoo shell.

``OM_TERMS``: the folder that gets ``<add-on>.pot`` files; without it they go to the
add-ons' own ``i18n`` folders and each ``zh_CN.po`` is merged with the new terms.
"""

import io
import os
from pathlib import Path

import polib

from odoo.modules.module import get_module_path
from odoo.tools.translate import trans_export


def export(env, addon):
    """The add-on's template without what changes at each export."""
    buffer = io.BytesIO()
    trans_export(False, [addon], buffer, "po", env)
    template = polib.pofile(buffer.getvalue().decode("utf-8"))
    for name in ("POT-Creation-Date", "PO-Revision-Date"):
        template.metadata.pop(name, None)
    for entry in [
        entry for entry in template if is_invented(entry, addon) or is_chinese(entry)
    ]:
        template.remove(entry)
    return template


def is_invented(entry, addon):
    """Names in the invented history are Chinese already; their ids start with demo_."""
    mark = f":{addon}.demo_"
    return all(f":{source}".find(mark) >= 0 for source, _line in entry.occurrences)


def is_chinese(entry):
    """What a contract's document says is Chinese at its source."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in entry.msgid) and all(
        source.startswith("model:om.") for source, _line in entry.occurrences
    )


def merge(template, path):
    """New terms come in untranslated, terms that are gone go."""
    chinese = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {(entry.msgctxt, entry.msgid): entry for entry in chinese}
    merged = polib.POFile()
    merged.metadata = {**template.metadata, "Language": "zh_CN"}
    for entry in template:
        old = known.get((entry.msgctxt, entry.msgid))
        entry.msgstr = old.msgstr if old else ""
        merged.append(entry)
    merged.save(str(path))


def export_all(env):
    target = os.environ.get("OM_TERMS")
    addons = env["ir.module.module"].search(
        [("name", "=like", "om\\_%"), ("state", "=", "installed")], order="name"
    )
    for addon in addons.mapped("name"):
        folder = Path(target) if target else Path(get_module_path(addon)) / "i18n"
        folder.mkdir(exist_ok=True)
        template = export(env, addon)
        template.save(str(folder / f"{addon}.pot"))
        if not target:
            merge(template, folder / "zh_CN.po")


export_all(env)  # noqa: F821  (the shell provides it)
