"""The translation templates are those of the code: nobody forgot to export."""

import re

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


def words_of_records(path):
    """{(kind, record): word}: a record of another add-on is known by several names."""
    words = {}
    for entry in polib.pofile(str(path)):
        for place, _line in entry.occurrences:
            found = re.fullmatch(r"model:(ir\.model[\w.]*,\w+):\w+\.(.+)", place)
            if found:
                words[found.groups()] = entry.msgstr
    return words


def test_no_extra_term_takes_the_place_of_our_own_label():
    """A field of another add-on that ours names anew keeps our name in Chinese."""
    ours = {}
    for path in ROOT.glob("addons/*/i18n/zh_CN.po"):
        ours |= words_of_records(path)
    for path in ROOT.glob("addons/*/i18n_extra/zh_CN.po"):
        extra = words_of_records(path)
        assert extra
        assert {
            key: (word, ours[key])
            for key, word in extra.items()
            if ours.get(key, word) != word
        } == {}, path
