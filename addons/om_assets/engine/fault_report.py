"""What somebody without an account may send to report a fault of a device.

The label on a device is public: whoever stands before it can send something. What
comes in is checked and cut to size here, before anything is stored.

>>> parse_report({"reporter": "甲01", "contact": "ext. 8801", "text": "no picture"})
FaultReport(reporter='甲01', contact='ext. 8801', text='no picture', is_other=False)
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

MAX_NAME = 40
MAX_CONTACT = 80
MAX_TEXT = 1000
MIN_TEXT = 4
# Reports that one label may bring in a day, answered ones included.
MAX_A_DAY = 3
# Reports in a day from one address, such as an office behind one router.
MAX_FROM_ADDRESS = 10
MAX_PHOTOS = 3
# A shrunk photo has some 600 kB; one straight from a camera has less than this.
MAX_PHOTO_SIZE = 12 * 1024 * 1024
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")

# What is read out and typed: nothing that looks or sounds like something else.
CODE_CHARACTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8

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
    # Another fault than the one that was reported of the same device and is still open.
    is_other: bool = False


class ReportError(ValueError):
    """A report that may not be stored; ``problems`` is {field name: reason}.

    Reasons: ``missing``, ``too_short``, ``too_long``, ``not_a_contact``, ``robot``, and
    of photos ``too_many``, ``too_large``, ``no_picture``.
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
        clean_text(values.get("text")),
        bool(values.get("other")),
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


def check_photos(contents: Sequence[bytes]) -> None:
    """Refuse what is no photo, too large, or too much of it.

    :raises ReportError: saying so of ``photos``
    """
    if len(contents) > MAX_PHOTOS:
        raise ReportError({"photos": "too_many"})
    if any(len(content) > MAX_PHOTO_SIZE for content in contents):
        raise ReportError({"photos": "too_large"})
    if not all(content.startswith(_PICTURES) for content in contents):
        raise ReportError({"photos": "no_picture"})


def make_code() -> str:
    """Return a code by which a report is followed: some 39 random bits.

    >>> len(make_code())
    8
    """
    return "".join(secrets.choice(CODE_CHARACTERS) for _each in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """Return the code of a cleaned text, with or without what parts it; "" if it is
    none.

    >>> read_code("abcd-2345"), read_code("ABCD234")
    ('ABCD2345', '')
    """
    code = text.upper().replace("-", "").replace(" ", "")
    whole = len(code) == CODE_LENGTH and not set(code) - set(CODE_CHARACTERS)
    return code if whole else ""


def show_code(code: str) -> str:
    """Return a code as it is read out.

    >>> show_code("ABCD2345")
    'ABCD-2345'
    """
    return f"{code[:4]}-{code[4:]}"


def is_contact(text: str) -> bool:
    """Tell whether somebody can be reached with it: a telephone number or e-mail."""
    return bool(_MAIL.search(text)) or len(_DIGITS.findall(text)) >= MIN_DIGITS


def first_line(text: str, length: int = 40) -> str:
    """Return the start of a text for a title."""
    line = text.strip().split("\n", 1)[0].strip()
    return line if len(line) <= length else line[: length - 1] + "…"


def _line(value: object) -> str:
    return " ".join(clean_text(value).split())


def clean_text(value: object) -> str:
    """Return what somebody typed: lines, and nothing that only confuses readers."""
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
