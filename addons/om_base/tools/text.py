"""Codes from outside, as they are on their labels: from scanners, sheets and forms.

What is on a label is in half-width characters, whatever input method was on when it was
typed or scanned; what a scanner adds (ends of lines, separators of GS1, marks that
nobody sees) is no part of it. Nothing here knows Odoo.
"""

import re
import unicodedata

# Controls, formats such as joiners and marks of direction, halves of characters, and
# what has no meaning at all: nothing of it is printed on a label.
_UNPRINTED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
# What input methods and word processors make of the hyphen.
_DASH = re.compile("[\u2010-\u2015\u2212\ufe58]")


def clean_code(text: str) -> str:
    """Return a code as it is on its label: half-width, in one line, one blank at most
    between its parts. Its case stays.

    >>> clean_code("ＳＮ－ＡＢ１\\r\\n"), clean_code("\\ufeff SN–AB1\\x1d")
    ('SN-AB1', 'SN-AB1')
    """
    printed = "".join(
        each
        for each in unicodedata.normalize("NFKC", text)
        if each.isspace() or unicodedata.category(each) not in _UNPRINTED
    )
    # What stood apart by something unseen may be one character now.
    whole = unicodedata.normalize("NFKC", printed)
    return _DASH.sub("-", " ".join(whole.split()))


def spellings(text: str) -> list[str]:
    """What a code may be stored as, the likeliest first: as it is, and as a keyboard
    with or without Caps Lock gives it.

    >>> spellings(" sn-ab1")
    ['sn-ab1', 'SN-AB1']
    """
    code = clean_code(text)
    return list(dict.fromkeys((code, code.upper(), code.lower())))
