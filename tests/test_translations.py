"""The translation templates are those of the code: nobody forgot to export."""

import polib
import pytest

from .support import ROOT, odoo_shell

ADDONS = sorted(path.parent.name for path in ROOT.glob("addons/*/__manifest__.py"))


@pytest.fixture(scope="module")
def exported(template, tmp_path_factory):
    """All templates in one run of the exporter, from the database of the tests."""
    target = tmp_path_factory.mktemp("i18n")
    script = (ROOT / "scripts" / "export_terms.py").read_text("utf-8")
    odoo_shell(template.name, script, OM_TERMS=str(target))
    return target


@pytest.mark.parametrize("addon", ADDONS)
def test_template_is_up_to_date(exported, addon):
    """If this fails: ./om i18n, translate the new terms, commit."""

    def terms(path):
        return {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(path))}

    stored = terms(ROOT / "addons" / addon / "i18n" / f"{addon}.pot")
    assert terms(exported / f"{addon}.pot") == stored
