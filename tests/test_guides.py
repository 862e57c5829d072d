"""The user guides name what is on the screen, and show it."""

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDES = sorted((ROOT / "docs/guide").glob("*.md"))
# Bytes; a guide is read on a telephone, too.
LARGEST = 200_000
# What Odoo's own screens say.
ODOO = frozenset(("新建", "支付", "确认", "退回"))


@pytest.fixture(scope="module")
def names():
    """What our screens say, in Chinese, without the marks around it."""
    texts = set(ODOO)
    for path in ROOT.glob("addons/*/i18n/zh_CN.po"):
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
