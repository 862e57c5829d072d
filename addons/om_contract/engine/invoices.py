"""What the accounting facts say of one milestone or claim: invoiced, paid, neither.

An accountant works with the buttons of the accounting application: credits by hand or
by the wizard, duplicates, pays several invoices at once, writes off, takes matchings
apart. Whatever the order, what follows is read from the documents that stand and from
what they are matched with:

* money is what came through a bank or cash journal, and nothing else: neither a credit
  note nor a write-off pays an invoice;
* a credit note reduces what it is matched with; what of it is not matched with another
  debt reduces the debt that it was made for;
* a draft is on the way to become an invoice: it keeps a second one from being made, as
  far as it could be posted at all.

Amounts are ``Decimal`` in the contract's currency with two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ZERO = Decimal("0.00")

# What faces the invoice or credit note in a matching:
# money: an entry of a bank or cash journal, ``money`` of it came in or went out;
# own: another document of the same debt; other: one of another debt of ours;
# loose: a document that says neither by its debt nor by what it credits where it
# belongs; foreign: a document of something else; entry: any other journal entry.
Other = Literal["money", "own", "other", "loose", "foreign", "entry"]


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, or a credit note, of the debt."""

    amount: Decimal
    is_credit: bool = False
    is_posted: bool = True


@dataclass(frozen=True, slots=True)
class Matching:
    """A part of a posted document that is matched with something."""

    amount: Decimal
    other: Other
    is_credit: bool = False
    money: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Books:
    """``invoiced``: posted invoices less credit notes; ``drafts``: on the way;
    ``cash``: money that came in and was not paid back; ``closed``: what the accounts
    hold for settled though no money came in, a loss or a set-off."""

    invoiced: Decimal
    drafts: Decimal
    cash: Decimal
    closed: Decimal

    def get_invoiced(self, due: Decimal) -> Decimal:
        """What is invoiced or being invoiced of ``due``.

        A draft beyond what is due cannot be posted: it is a duplicate that somebody
        will delete, and nothing is invoiced by it.
        """
        room = max(due - max(self.invoiced, ZERO), ZERO)
        return max(self.invoiced, ZERO) + min(self.drafts, room)


def keep_books(documents: Iterable[Document], matchings: Iterable[Matching]) -> Books:
    """Return what stands of a debt after everything that was done to its documents.

    >>> one = Document(Decimal("100.00"))
    >>> keep_books([one], [Matching(Decimal("100.00"), "loose")]).invoiced
    Decimal('0.00')
    >>> paid = Matching(Decimal("100.00"), "money", money=Decimal("90.00"))
    >>> books = keep_books([one], [paid])
    >>> str(books.cash), str(books.closed)
    ('90.00', '10.00')
    """
    invoiced = drafts = cash = closed = ZERO
    for document in documents:
        if document.is_posted:
            invoiced += -document.amount if document.is_credit else document.amount
        elif not document.is_credit:
            drafts += document.amount
    for match in matchings:
        if match.is_credit:
            if match.other == "money":
                cash -= match.money
            elif match.other == "other":
                # It reduces that debt instead of this.
                invoiced += match.amount
            elif match.other == "foreign":
                # Money of this debt has gone to pay something else.
                cash -= match.amount
        elif match.other == "money":
            cash += match.money
            closed += match.amount - match.money
        elif match.other in ("other", "loose"):
            invoiced -= match.amount
        elif match.other in ("foreign", "entry"):
            closed += match.amount
    return Books(invoiced, drafts, cash, closed)


def share_money(money: Decimal, matched_before: Decimal, amount: Decimal) -> Decimal:
    """Return how much of a matching of ``amount`` is money, where the entry that it is
    matched with brought ``money`` and writes off the rest.

    The money goes to what was matched first; together the parts are exactly the money.

    >>> share_money(Decimal("90.00"), Decimal("60.00"), Decimal("40.00"))
    Decimal('30.00')
    """
    return min(max(money - matched_before, ZERO), amount)
