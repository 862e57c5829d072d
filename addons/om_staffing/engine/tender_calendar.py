"""The days of a tender: until when what has to be asked, handed in, signed, given back.

Source: Shunyi's tender, instructions to bidders: questions are answered within 3
working days (26.1.2), bids stay valid for 90 calendar days from the close (13.1, the
notes say calendar days, so that the last day is not moved off a rest day), the award is
announced and notified within 2 working days of the decision for 1 working day (23.1),
the contract is signed within 30 days of the notice (25.1), a challenge within 7 working
days (26.2.1), the security comes back within 5 working days of the signature or, to who
did not win, of the notice (12.6), the agency's fee is paid when the notice is fetched.
Changes of the documents 15 days before the close: Regulation of the Ministry of Finance
87, article 27. Other tenders print other terms: they are arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol


class Workdays(Protocol):
    """The part of a working-day calendar that is needed here."""

    def add_workdays(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``."""

    def roll_forward(self, day: date) -> date:
        """``day``, or the first working day after it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a tender prints; 0 where it prints nothing."""

    clarify_days: int = 15
    answer_workdays: int = 3
    validity_days: int = 90
    notice_workdays: int = 2
    announce_workdays: int = 1
    contract_days: int = 30
    challenge_workdays: int = 7
    return_workdays: int = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """What has happened or is fixed; None: not known yet.

    :param asked: the day of a question of ours that waits for its answer
    :param decided: the day on which the winner was determined
    :param notified: the day of the announcement and the notice of award
    :param signed: the day on which the contract was signed
    :param is_ours: whether we won; None: not known
    """

    documents_until: date | None = None
    visit: date | None = None
    asked: date | None = None
    close: date | None = None
    decided: date | None = None
    notified: date | None = None
    signed: date | None = None
    is_ours: bool | None = None


class Entry(NamedTuple):
    """A day of the calendar.

    :param since: the day it is counted from; the same day where it is printed as it is
    """

    key: str
    day: date
    since: date


def security_back(
    security: Decimal, fee: Decimal, *, is_ours: bool, is_paid: bool
) -> Decimal:
    """What comes back of a bid's security: all of it, or less the agency's fee where we
    won and have not paid it (Shunyi's tender, notes to 12.7.2).

    >>> security_back(Decimal(800000), Decimal(200000), is_ours=True, is_paid=False)
    Decimal('600000')
    """
    if not is_ours or is_paid:
        return security
    return max(security - fee, Decimal(0))


def tender_days(terms: Terms, facts: Facts, calendar: Workdays) -> list[Entry]:
    """Return the days that follow from what is known, in their order.

    >>> from odoo.addons.om_base.tools.workdays import WorkdayCalendar
    >>> days = tender_days(Terms(), Facts(close=date(2026, 1, 4)), WorkdayCalendar())
    >>> [(entry.key, entry.day.isoformat()) for entry in days]
    [('clarify', '2025-12-20'), ('close', '2026-01-04'), ('validity', '2026-04-04')]
    """
    entries: list[Entry] = []

    def fix(key: str, day: date | None) -> None:
        if day:
            entries.append(Entry(key, day, day))

    def count(key: str, since: date | None, number: int, unit: str) -> None:
        if not since or not number:
            return
        if unit == "workday":
            day = calendar.add_workdays(since, number)
        else:
            day = since + timedelta(days=number)
            if unit == "day":
                # Civil Code, article 203: a last day that is a rest day moves.
                day = calendar.roll_forward(day)
        entries.append(Entry(key, day, since))

    fix("documents", facts.documents_until)
    fix("visit", facts.visit)
    count("answer", facts.asked, terms.answer_workdays, "workday")
    if facts.close and terms.clarify_days:
        # Counted backwards: the last day before the period, whatever day it is.
        day = facts.close - timedelta(days=terms.clarify_days)
        entries.append(Entry("clarify", day, facts.close))
    fix("close", facts.close)
    count("validity", facts.close, terms.validity_days, "calendar day")
    count("notice", facts.decided, terms.notice_workdays, "workday")
    fix("fee", facts.notified if facts.is_ours else None)
    count("contract", facts.notified, terms.contract_days, "day")
    if facts.notified:
        # What the result does to somebody is known when its announcement is over.
        known = calendar.add_workdays(facts.notified, terms.announce_workdays)
        count("challenge", known, terms.challenge_workdays, "workday")
    released = facts.notified if facts.is_ours is False else facts.signed
    count("security", released, terms.return_workdays, "workday")
    return sorted(entries, key=lambda entry: entry.day)
