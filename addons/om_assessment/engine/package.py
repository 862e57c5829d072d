"""What a settlement asks for, and whether it is there: the rules, without Odoo."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

MISSING, PRESENT, ACCEPTED, NONE = "missing", "present", "accepted", "none"


@dataclass(frozen=True)
class Tally:
    """What the record has of one kind: ``total`` records, of which ``missing`` are not
    there yet and ``accepted`` carry the other side's word."""

    total: int = 0
    missing: int = 0
    accepted: int = 0

    def __post_init__(self):
        if not 0 <= self.missing <= self.total - self.accepted:
            raise ValueError("more missing or accepted than there are")
        if self.accepted < 0:
            raise ValueError("less than none accepted")

    @property
    def found(self) -> int:
        return self.total - self.missing


def judge(tally: Tally, least: int) -> str:
    """Where a requirement stands.

    ``least``: how many there have to be at all; 0 where the contract asks for them
    only if there are any. Nothing of what need not be is no fault and no merit: it is
    a state of its own.
    """
    if tally.missing or tally.found < least:
        return MISSING
    if not tally.total:
        return NONE
    return ACCEPTED if tally.accepted == tally.total else PRESENT


def count_missing(tally: Tally, least: int) -> int:
    """How many are missing: those that are owed, and those nobody planned."""
    return max(tally.missing, least - tally.found, 0)


def fingerprint(stream: BinaryIO, chunk: int = 1 << 20) -> tuple[int, str]:
    """Return the length and the SHA-256 of a file, with one piece of it in memory."""
    digest, length = hashlib.sha256(), 0
    while piece := stream.read(chunk):
        digest.update(piece)
        length += len(piece)
    return length, digest.hexdigest()
