"""How Chinese names are typed without an input method: pinyin and initials."""

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# A run of characters, or what is typed as it stands; brackets, dashes and spaces are
# typed by nobody.
PART = re.compile(r"(?P<characters>[\u3400-\u9fff\U00020000-\U000323af]+)|\w+?")


def readings(*names: str) -> str:
    """What people type to find these names, in lower case and without tones.

    For each name its pinyin in one word and the initials of its characters, as
    ``caizhengju czj`` for 财政局; ü is typed v. Characters with several readings take
    the one of the word they stand in. Names without a Chinese character have none.
    """
    found = []
    for name in names:
        if name.isascii():
            continue
        parts = [
            _read(part[0]) if part["characters"] else (part[0].lower(),) * 2
            for part in PART.finditer(name)
        ]
        found += ["".join(typed) for typed in zip(*parts, strict=True)]
    return " ".join(dict.fromkeys(found))


@lru_cache(maxsize=50_000)
def _read(characters: str) -> tuple[str, str]:
    """Names of devices end in numbers: the words before them are few."""
    return tuple(
        "".join(lazy_pinyin(characters, style))
        for style in (Style.NORMAL, Style.FIRST_LETTER)
    )
