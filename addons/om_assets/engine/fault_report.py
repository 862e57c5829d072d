"""What somebody without an account may send to report a fault of a device.

The label on a device is public: whoever stands before it can send something. What
comes in is checked and cut to size here, before anything is stored.

>>> parse_report({"reporter": "甲01", "contact": "ext. 8801", "text": "no picture"})
FaultReport(reporter='甲01', contact='ext. 8801', text='no picture')
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

MAX_NAME = 40
MAX_CONTACT = 80
MAX_TEXT = 1000
MIN_TEXT = 4
# Reports that one label may bring in a day, answered ones included.
MAX_A_DAY = 3

# Line feeds structure a text; other control characters only confuse its readers.
_CONTROL = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DIGITS = re.compile(r"\d")
# Short internal extensions have four digits at least.
MIN_DIGITS = 4


class FaultReport(NamedTuple):
    """A report that may be stored."""

    reporter: str
    contact: str
    text: str


class ReportError(ValueError):
    """A report that may not be stored; ``problems`` is {field name: reason}.

    Reasons: ``missing``, ``too_short``, ``too_long``, ``not_a_contact``, ``robot``.
    """

    def __init__(self, problems: dict[str, str]):
        super().__init__(", ".join(f"{k}: {v}" for k, v in problems.items()))
        self.problems = problems


def parse_report(values: Mapping[str, object]) -> FaultReport:
    """Return the report that a form sent.

    ``website`` is a field that people do not see: whoever fills it in is a program.

    :raises ReportError: naming every field that is wrong
    """
    if str(values.get("website") or "").strip():
        raise ReportError({"website": "robot"})
    report = FaultReport(
        _line(values.get("reporter")),
        _line(values.get("contact")),
        _text(values.get("text")),
    )
    problems = {}
    for name, value, longest in (
        ("reporter", report.reporter, MAX_NAME),
        ("contact", report.contact, MAX_CONTACT),
        ("text", report.text, MAX_TEXT),
    ):
        if not value:
            problems[name] = "missing"
        elif len(value) > longest:
            problems[name] = "too_long"
    if "text" not in problems and len(report.text) < MIN_TEXT:
        problems["text"] = "too_short"
    if "contact" not in problems and not is_contact(report.contact):
        problems["contact"] = "not_a_contact"
    if problems:
        raise ReportError(problems)
    return report


def is_contact(text: str) -> bool:
    """Tell whether somebody can be reached with it: a telephone number or e-mail."""
    return bool(_MAIL.search(text)) or len(_DIGITS.findall(text)) >= MIN_DIGITS


def first_line(text: str, length: int = 40) -> str:
    """Return the start of a text for a title."""
    line = text.strip().split("\n", 1)[0].strip()
    return line if len(line) <= length else line[: length - 1] + "…"


def _line(value: object) -> str:
    return " ".join(_text(value).split())


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
