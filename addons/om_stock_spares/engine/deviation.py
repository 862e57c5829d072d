"""Whether a product may take the place of a listed part.

A replacement need not be of the same brand but has to be fully compatible and no worse
(Shunyi's tender, chapter 5, requirement 14). Bids word this parameter by parameter: a
positive deviation (正偏离) is better than asked, none (无偏离) as asked, a negative one
(负偏离) worse; one that is worse rules the product out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Deviation = Literal["positive", "none", "negative"]
# From worst to best.
ORDER: tuple[Deviation, ...] = ("negative", "none", "positive")


def overall(deviations: Iterable[Deviation | None]) -> Deviation | None:
    """The judgement of the whole: negative if one parameter is, positive if at least
    one is and none is negative; None while a parameter is not judged or there is none.

    >>> overall(["none", "positive"])
    'positive'
    >>> overall(["none", None])
    """
    found = list(deviations)
    if not found or None in found:
        return None
    if "negative" in found:
        return "negative"
    return "positive" if "positive" in found else "none"
