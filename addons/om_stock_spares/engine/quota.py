"""What a line of a spare list still allows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuotaBalance:
    """The counters of a quota, all in its unit of measure.

    ``cap``: what the contract allows; ``used``: issued less returned; ``reserved``:
    confirmed and not yet issued; ``swap_out`` and ``swap_in``: given up for other parts
    and received for them.
    """

    cap: int
    used: int = 0
    reserved: int = 0
    swap_out: int = 0
    swap_in: int = 0

    @property
    def allowed(self) -> int:
        """The cap after the swaps."""
        return self.cap + self.swap_in - self.swap_out

    @property
    def remaining(self) -> int:
        """What may still be reserved."""
        return self.allowed - self.used - self.reserved

    @property
    def is_sound(self) -> bool:
        """True if nothing is negative and nothing exceeds what is allowed."""
        counters = (self.cap, self.used, self.reserved, self.swap_out, self.swap_in)
        return min(counters) >= 0 and self.remaining >= 0

    def allows(self, quantity: int) -> bool:
        """True if ``quantity`` more may be reserved."""
        return 0 < quantity <= self.remaining
