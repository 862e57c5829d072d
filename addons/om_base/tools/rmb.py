"""Amounts of renminbi in words, as bills and contracts are filled in.

Source of the rules: People's Bank of China, Measures for Payment and Settlement
(支付结算办法), annex 1, "Basic rules for correctly filling in bills and settlement
vouchers". In short:

* 整 (or 正) ends an amount in yuan, may end one in jiao, never one in fen;
* a zero inside the figure is written 零, several in a row as one;
* where the yuan (or ten-thousands) digit is zero but the following place is not,
  零 may be written or left out;
* where jiao is zero and fen is not, 零 is written after 元.

Where the rules leave a choice ``amount_to_words`` writes 零 between yuan and jiao
(it guards against alteration) and leaves it out behind 万 and 亿;
``words_to_amount`` accepts either.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from .numerals import UPPER_DIGITS, UPPER_PLACES, read_integer

# 9999 万亿 9999 亿 ... : sixteen digits before the decimal point.
LIMIT = 10**16
# The rules ask banks to take these forms too.
_VARIANTS = str.maketrans("貳陸萬億圓圆正", "贰陆万亿元元整")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_SECTION = r"[壹贰叁肆伍陆柒捌玖零拾佰仟]*"
_SHAPE = re.compile(
    rf"(?P<sign>负)?"
    rf"(?:(?:(?P<s3>{_SECTION})万(?P<s2>{_SECTION})亿|(?P<t2>{_SECTION})亿)?"
    rf"(?:(?P<s1>{_SECTION})万)?(?P<s0>{_SECTION})元)?"
    rf"(?:零?(?P<jiao>[{UPPER_DIGITS[1:]}])角)?(?:零?(?P<fen>[{UPPER_DIGITS[1:]}])分)?整?"
)


class RmbError(ValueError):
    """An amount cannot be written, or words are not an amount by the rules."""


def _to_decimal(amount: Decimal | int | str) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int | str):
        raise TypeError(
            f"an amount is a Decimal, an int or a string, not {type(amount).__name__}"
        )
    if isinstance(amount, str) and _GROUPED.fullmatch(amount.strip()):
        amount = amount.replace(",", "")
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise RmbError(f"not an amount: {amount!r}") from None
    if not value.is_finite():
        raise RmbError(f"not an amount: {amount}")
    return value


def _to_fen(amount: Decimal | int | str) -> int:
    value = _to_decimal(amount)
    if abs(value) >= LIMIT:
        raise RmbError(f"{amount} is too large: amounts stay below {LIMIT}")
    fen = int(value.scaleb(2))
    if Decimal(fen).scaleb(-2) != value:
        raise RmbError(f"{amount} is finer than one fen")
    return fen


def _spell(fen: int, strict: bool) -> str:
    """The canonical spelling, or a pattern of every spelling the rules allow."""
    sign = "负" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    jiao, rest = divmod(cents, 10)
    words = ""
    if yuan or not cents:
        free_zero = None if strict else "零?"
        words = read_integer(yuan, UPPER_DIGITS, UPPER_PLACES, free_zero) + "元"
    elif not strict:
        words = "(?:零元)?"
    if jiao:
        if yuan and yuan % 10 == 0:
            words += "零" if strict else "零?"
        words += UPPER_DIGITS[jiao] + "角"
    elif rest and yuan:
        words += "零"
    elif rest and not strict:
        words += "零?"
    if rest:
        words += UPPER_DIGITS[rest] + "分"
    elif jiao and not strict:
        words += "整?"
    else:
        words += "整"
    return sign + words


def amount_to_words(amount: Decimal | int | str) -> str:
    """The amount (yuan) in words: 1409.50 -> 壹仟肆佰零玖元伍角整.

    Negative amounts begin with 负, zero is 零元整.

    :param amount: yuan, at most two decimals, below LIMIT; a string may carry
        thousands separators. Floats are refused because they are not exact
    :raises TypeError: a float or something else that is not an exact number
    :raises RmbError: not a number, too large, or finer than one fen
    """
    return _spell(_to_fen(amount), strict=True)


def _read_section(words: str) -> int:
    """The number that a section's characters stand for, 0 for an empty one.

    :raises RmbError: digits and places out of order
    """
    number = 0
    for place, weight in zip(UPPER_PLACES, (1000, 100, 10, 1), strict=True):
        match = re.match(rf"零*([{UPPER_DIGITS[1:]}]){place}(?![拾佰仟])", words)
        if match:
            number += UPPER_DIGITS.index(match[1]) * weight
            words = words[match.end() :]
    if words.strip("零"):
        raise RmbError(words)
    return number


def words_to_amount(text: str) -> Decimal:
    """The amount in yuan that ``text`` states, with two decimals.

    Accepts what the rules allow: 正 for 整, 圆 for 元, the optional 零, the
    traditional 貳陸萬億圓, blanks, and a leading 人民币.

    :raises RmbError: not an amount, or not written by the rules (a missing zero,
        lower-case numerals, 整 behind 分, ...)
    """
    words = re.sub(r"\s+", "", text).translate(_VARIANTS)
    words = re.sub(r"^人民币[:：]?", "", words)
    match = _SHAPE.fullmatch(words)
    if not match or not words:
        raise RmbError(f"not an amount in words: {text!r}")
    try:
        sections = [
            _read_section(match[name] or "") for name in ("s3", "s2", "t2", "s1", "s0")
        ]
    except RmbError:
        raise RmbError(f"digits out of order: {text!r}") from None
    s3, s2, t2, s1, s0 = sections
    yuan = (s3 * 10**4 + s2 + t2) * 10**8 + s1 * 10**4 + s0
    fen = yuan * 100
    fen += UPPER_DIGITS.index(match["jiao"] or "零") * 10
    fen += UPPER_DIGITS.index(match["fen"] or "零")
    if match["sign"]:
        fen = -fen
    if not re.fullmatch(_spell(fen, strict=False), words):
        expected = amount_to_words(Decimal(fen).scaleb(-2))
        raise RmbError(f"not written by the rules: {text!r}, expected {expected!r}")
    return Decimal(fen).scaleb(-2)
