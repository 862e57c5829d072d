"""The user guides name what is on the screen, and show it."""

import json
import re
import sys
from pathlib import Path

import polib
import pytest

from .support import standing_shell

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from guide_pictures import DESK, PICTURES  # noqa: E402  (a script, not a package)

GUIDES = sorted((ROOT / "docs/guide").glob("*.md"))
# Bytes; a guide is read on a telephone, too.
LARGEST = 200_000
# What Odoo's own screens say.
ODOO = frozenset(("新建", "支付", "确认", "退回", "打印", "导出", "添加行"))
# Where a name stands that only those see who get the view, the menu or the field.
SHOWN = (
    "model_terms:ir.ui.view",
    "model:ir.ui.menu",
    "model:ir.actions",
    "model:ir.model.fields,field_description",
)
# Whose guide it is; where several roles share one, its headings name them.
READERS = {
    "engineer.zh_CN.md": ("engineer",),
    "dispatcher.zh_CN.md": ("dispatcher",),
    "warehouse.zh_CN.md": ("warehouse",),
    "procurement.zh_CN.md": ("procurement",),
    "manager.zh_CN.md": ("manager", "staffing"),
    "auditor.zh_CN.md": ("auditor",),
}
HEADINGS = {"项目经理": "manager", "人事": "staffing"}


@pytest.fixture(scope="module")
def names():
    """What our screens say, in Chinese, without the marks around it; also where the
    suite words the screens of other add-ons."""
    texts = set(ODOO)
    for path in ROOT.glob("addons/*/i18n*/zh_CN.po"):
        texts.update(entry.msgstr.strip() for entry in polib.pofile(str(path)))
    return {re.sub(r"<[^>]+>", "", text).strip("：: ") for text in texts}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_names_are_on_the_screen(guide, names):
    bold = re.findall(r"\*\*(.+?)\*\*", guide.read_text("utf-8"))
    parts = {part.strip() for text in bold for part in text.split(" > ")}
    assert bold
    assert not sorted(parts - names)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_links_and_pictures(guide):
    targets = re.findall(r"\]\(([^)#:]+)\)", guide.read_text("utf-8"))
    assert targets
    for target in targets:
        path = guide.parent / target
        assert path.is_file(), target
        if path.suffix == ".png":
            assert path.stat().st_size <= LARGEST, target


def test_every_picture_is_shown():
    text = "".join(guide.read_text("utf-8") for guide in GUIDES)
    for picture in (ROOT / "docs/guide/images").glob("*.png"):
        assert f"images/{picture.name}" in text, picture.name


def test_each_day_is_shown_on_a_telephone_and_at_a_desk():
    """Whole screens of each reader, 390 and 1440 pixels wide, in the reader's guide."""
    shown = {}
    for picture in PICTURES:
        if not picture.area:
            width = (picture.viewport or DESK)["width"]
            shown.setdefault(picture.login, {}).setdefault(width, []).append(picture)
    readers = {**READERS, "portal.zh_CN.md": ("unit",)}
    for name, roles in readers.items():
        text = (ROOT / "docs/guide" / name).read_text("utf-8")
        for role in roles:
            for width in (390, 1440):
                assert any(
                    f"images/{picture.name}.png" in text
                    for picture in shown[role].get(width, ())
                ), (name, role, width)


# ------------------------------------------------------------
# What each role really has
# ------------------------------------------------------------


@pytest.fixture(scope="module")
def screens(template):
    """{role: {"menus": paths, "words": words of its views}}, read as that role."""
    script = (ROOT / "scripts/guide_screens.py").read_text("utf-8")
    roles = sorted({role for roles in READERS.values() for role in roles})
    answer = standing_shell(template.name, script, OM_LOGINS=" ".join(roles))
    found = json.loads(answer.strip().splitlines()[-1])
    return {
        role: {
            "menus": set(seen["menus"]),
            "words": {word.strip("：: ") for word in seen["words"]},
        }
        for role, seen in found.items()
    }


@pytest.fixture(scope="module")
def free_words():
    """What is said by the code or by data and not by a view: pages of our own, whose
    buttons no view lists, messages, states. Who sees them is not known from here."""
    texts = set()
    for path in ROOT.glob("addons/*/i18n/zh_CN.po"):
        for entry in polib.pofile(str(path)):
            sources = [source for source, _line in entry.occurrences]
            if any("/static/src/" in source for source in sources) or not any(
                source.startswith(SHOWN) and "portal" not in source
                for source in sources
            ):
                texts.add(entry.msgstr.strip())
    return {re.sub(r"<[^>]+>", "", text).strip("：: ") for text in texts}


def passages(guide):
    """[(role, text)] of a guide: a heading's roles hold until the next heading."""
    roles = READERS[guide.name]
    found = []
    for section in re.split(r"^(?=## )", guide.read_text("utf-8"), flags=re.M):
        heading = section.splitlines()[0]
        named = [role for word, role in HEADINGS.items() if word in heading]
        found += [(role, section) for role in (named or roles[:1])]
    return found


def missing(role, text, screens, free_words):
    """The bold names of a text that the role does not have."""
    seen = screens[role]
    entries = {path.split(" > ")[-1] for path in seen["menus"]}
    for bold in re.findall(r"\*\*(.+?)\*\*", text):
        if " > " in bold:
            if bold not in seen["menus"]:
                yield bold
        elif bold not in seen["words"] | entries | free_words | ODOO:
            yield bold


@pytest.mark.parametrize("name", READERS)
def test_the_reader_has_what_the_guide_names(name, screens, free_words):
    """Menus by their whole path, buttons and pages by the views of that role."""
    absent = {
        (role, word)
        for role, text in passages(ROOT / "docs/guide" / name)
        for word in missing(role, text, screens, free_words)
    }
    assert not sorted(absent)


def test_a_button_of_somebody_else_is_found(screens, free_words):
    """The test can fail: a storekeeper settles no spare list, and has no such menu."""
    text = "点**结算**；见**合同收付 > 扣款**；点**发放**"
    assert list(missing("warehouse", text, screens, free_words)) == [
        "结算",
        "合同收付 > 扣款",
    ]
