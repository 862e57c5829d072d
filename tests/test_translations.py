"""The translation templates are those of the code: nobody forgot to export."""

import re

import polib
import pytest
from lxml import etree

from .support import ROOT, psql, standing_shell

ADDONS = sorted(path.parent.name for path in ROOT.glob("addons/*/__manifest__.py"))


@pytest.fixture(scope="module")
def exported(template, tmp_path_factory):
    """All templates in one run of the exporter, from the database of the tests."""
    target = tmp_path_factory.mktemp("i18n")
    script = (ROOT / "scripts" / "export_terms.py").read_text("utf-8")
    standing_shell(template.name, script, OM_TERMS=str(target))
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


# Between two texts of records such a mark is no term: nobody translates it.
BARE = re.compile(r"\s*[:;,]\s*")


def bare_marks(path):
    """[(line, mark)] of ASCII marks that stand alone between what a template prints."""
    for node in etree.parse(str(path)).iter(etree.Element):
        outs = node.get("t-out") or node.get("t-field") or node.get("t-esc")
        for text in (node.text, node.tail if outs or node.tag == "t" else None):
            if text and BARE.fullmatch(text):
                yield node.sourceline, text.strip()


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in ("views", "reports", "data")
        for path in sorted(ROOT.glob(f"addons/*/{folder}/*template*.xml"))
    ],
    ids=lambda path: path.name,
)
def test_no_foreign_marks_between_texts(path):
    """A Chinese page sets 、；：, no marks of ours: words or lines part the texts."""
    assert list(bare_marks(path)) == []


def test_a_foreign_mark_is_found(tmp_path):
    page = tmp_path / "templates.xml"
    page.write_text("<odoo><b t-out='a'/>: <t t-if='b'><i t-out='c'/>; </t></odoo>")
    assert [mark for _line, mark in bare_marks(page)] == [":", ";"]


def test_nothing_english_waits_in_discuss(template):
    """Odoo's own channels, first message and canned response have one language."""
    texts = """
        SELECT concat(name, ' ', description) FROM discuss_channel
         WHERE channel_type = 'channel'
        UNION ALL SELECT concat(source, ' ', substitution) FROM mail_canned_response
        UNION ALL SELECT concat(subject, ' ', regexp_replace(body, '<[^>]*>', '', 'g'))
          FROM mail_message WHERE model = 'discuss.channel'
    """
    found = psql(texts, template.name)
    assert "全员" in found
    assert not re.findall(r"[A-Za-z]+", found)
