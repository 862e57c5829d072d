"""Chinese numerals for whole numbers: the reading that money and text share.

A number is read in sections of four digits; 万 closes the second section and 亿
everything above eight digits (万亿 and 亿亿 above that). A zero inside is read 零,
several in a row as one.
"""

from __future__ import annotations

LOWER_DIGITS = "零一二三四五六七八九"
LOWER_PLACES = ("千", "百", "十", "")
UPPER_DIGITS = "零壹贰叁肆伍陆柒捌玖"
UPPER_PLACES = ("仟", "佰", "拾", "")


def _read_section(number: int, digits: str, places: tuple[str, ...]) -> str:
    """Words for 1..9999 without a leading zero: 6007 -> 六千零七."""
    words = ""
    gap = False
    for digit, place in zip(f"{number:04d}", places, strict=True):
        if digit == "0":
            gap = bool(words)
            continue
        words += "零" * gap + digits[int(digit)] + place
        gap = False
    return words


def _joint(above: int, section: int, free_zero: str | None) -> str:
    """What is read between ``section`` and the digits ``above`` it."""
    if not above:
        return ""
    if section < 1000:
        return "零"
    if above % 10:
        return ""
    if free_zero is not None:
        return free_zero
    return "" if above % 10**4 else "零"


def read_integer(
    number: int,
    digits: str = LOWER_DIGITS,
    places: tuple[str, ...] = LOWER_PLACES,
    free_zero: str | None = None,
) -> str:
    """Words for a whole number of 0 or more: 107000 -> 一十万七千.

    :param digits: the ten digits, zero first
    :param places: signs of the thousands, hundreds, tens and ones
    :param free_zero: written wherever usage leaves it free to read a zero that
        ends a section (a regular expression when spellings are checked); None
        reads it only where a whole section is zero
    :raises ValueError: a negative number
    """
    if number < 0:
        raise ValueError(f"only numbers of 0 or more are read, not {number}")
    if not number:
        return digits[0]
    high, low = divmod(number, 10**8)
    words = read_integer(high, digits, places, free_zero) + "亿" if high else ""
    for exponent, mark in ((4, "万"), (0, "")):
        section = low // 10**exponent % 10**4
        if section:
            above = number // 10 ** (exponent + 4)
            words += _joint(above, section, free_zero)
            words += _read_section(section, digits, places) + mark
    return words
