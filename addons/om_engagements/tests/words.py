"""Latin words in what people read, outside the list of those that belong there."""

import re
from functools import cache
from html import unescape

from lxml import etree

from odoo.tools.translate import TRANSLATED_ATTRS, is_text

from .allowed_words import ALLOWED

WORD = re.compile(r"[A-Za-z]{2,}")
# What a text carries that nobody reads as words: addresses, markup, names of columns.
UNREAD = re.compile(
    r"""https?://\S+ | [0-9a-f]*:[0-9a-f:]+ | [\w.+-]+@[\w.-]+ | <[^>]*> | &\w+;
    | %\(\w+\)[a-z]? | %[sdr]
    | \{\{.*?\}\} | \#\{.*?\} | \{[\w.]*\}""",
    re.VERBOSE,
)
# Attributes that a client shows.
SHOWN = {name for name in TRANSLATED_ATTRS if not name.startswith("t-")}
HIDDEN_TAGS = ("script", "style", "title", "t-set")


def latin_words(text, known=frozenset()):
    """The Latin words of a text that are neither allowed nor known as data."""
    return [word for word in _find_latin(str(text or "")) if word.lower() not in known]


# Every role reads the same labels again.
@cache
def _find_latin(text):
    found = WORD.findall(UNREAD.sub(" ", unescape(text)))
    return [word for word in found if word.lower() not in ALLOWED]


def texts_of(arch):
    """What a view shows of its own: texts and the attributes that are shown."""
    for node in arch.iter(etree.Element):
        if node.tag in HIDDEN_TAGS:
            continue
        for name, value in node.attrib.items():
            if name in SHOWN and is_text(value):
                yield f"{node.tag} {name}", value
        hidden = node.get("t-esc") or node.get("t-out") or node.get("t-field")
        if node.text and is_text(node.text) and not hidden:
            yield node.tag, node.text
    for node in arch.iter(etree.Element):
        if node.tail and is_text(node.tail):
            yield node.tag, node.tail


def texts_of_fields(fields):
    """Labels, helps and choices, as ``get_views`` tells them to the client."""
    for name, field in fields.items():
        yield f"{name} label", field.get("string")
        yield f"{name} help", field.get("help")
        if isinstance(field.get("selection"), list | tuple):
            for value, label in field["selection"]:
                yield f"{name} choice {value}", label
