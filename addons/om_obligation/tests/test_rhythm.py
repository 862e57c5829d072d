from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.rhythm import Rhythm, RhythmError, Span, UndecidedError, periods

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=100)
CALENDAR = WorkdayCalendar()
DAY = timedelta(days=1)
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
TONGZHOU = Span(date(2026, 2, 10), date(2026, 12, 31))
EMERGENCY = Span(date(2026, 6, 15), date(2027, 6, 14))
BDA = Span(date(2024, 3, 16), date(2025, 3, 15))

spans = st.builds(
    lambda first, length: Span(first, first + timedelta(days=length)),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(0, 800),
)
rhythms = st.builds(
    Rhythm,
    st.sampled_from(
        ["day", "week", "ten_days", "month", "quarter", "half_year", "year"]
    ),
    st.sampled_from(["calendar", "service"]),
    st.just(1),
    st.sampled_from(["whole", "pro_rata"]),
)


def walk(span):
    return (span.first + timedelta(days=number) for number in range(span.days))


def naive_calendar_name(per, day):
    """What a calendar's period is called, told from the printed calendar."""
    return {
        "day": (day,),
        "week": day.isocalendar()[:2],
        "ten_days": (day.year, day.month, "上中下"[min((day.day - 1) // 10, 2)]),
        "month": (day.year, day.month),
        "quarter": (day.year, "JFMAMJJASOND"[day.month - 1], (day.month + 2) // 3)[::2],
        "half_year": (day.year, day.month <= 6),
        "year": (day.year,),
    }[per]


@tagged("post_install", "-at_install")
class TestRhythm(BaseCase):
    def _spans(self, per, service, **values):
        return [
            each.served for each in periods(Rhythm(per, **values), service, service)
        ]

    def test_months_of_the_calendar(self):
        """From 10 February: February is cut, and 11 months are touched."""
        months = self._spans("month", TONGZHOU)
        self.assertEqual(len(months), 11)
        self.assertEqual(months[0], Span(date(2026, 2, 10), date(2026, 2, 28)))
        self.assertEqual(months[-1], Span(date(2026, 12, 1), date(2026, 12, 31)))

    def test_days_of_tongzhou(self):
        """325 daily backups; 47 weeks are touched."""
        self.assertEqual(len(self._spans("day", TONGZHOU)), 325)
        self.assertEqual(len(self._spans("week", TONGZHOU)), 47)

    def test_year_of_the_emergency_centre(self):
        """365 daily reports, 12 by month of service and 13 by that of the calendar."""
        self.assertEqual(len(self._spans("day", EMERGENCY)), 365)
        months = self._spans("month", EMERGENCY, basis="service")
        self.assertEqual(len(months), 12)
        self.assertEqual(months[0], Span(date(2026, 6, 15), date(2026, 7, 14)))
        self.assertEqual(months[-1], Span(date(2027, 5, 15), date(2027, 6, 14)))
        self.assertEqual(len(self._spans("month", EMERGENCY)), 13)
        self.assertEqual(len(self._spans("week", EMERGENCY, basis="service")), 53)

    def test_thirds_of_a_month(self):
        """旬: three in each month, the last to its end."""
        thirds = self._spans("ten_days", YEAR)
        self.assertEqual(len(thirds), 36)
        self.assertEqual(thirds[5], Span(date(2026, 2, 21), date(2026, 2, 28)))

    def test_halves(self):
        halves = self._spans("half_year", YEAR)
        self.assertEqual([each.last for each in halves], [date(2026, 6, 30), YEAR.last])

    def test_months_keep_the_31st(self):
        service = Span(date(2026, 1, 31), date(2026, 5, 30))
        firsts = [each.first for each in self._spans("month", service, basis="service")]
        self.assertEqual(
            firsts,
            [
                date(2026, 1, 31),
                date(2026, 2, 28),
                date(2026, 3, 31),
                date(2026, 4, 30),
            ],
        )

    def test_workdays(self):
        """248 working days of the BDA centre's year."""
        found = periods(Rhythm("workday"), BDA, BDA, CALENDAR.is_workday)
        self.assertEqual(len(found), 248)
        self.assertEqual(len({each.key for each in found}), 248)

    def test_twelve_a_year(self):
        """Of a whole year twelve, a month each."""
        found = periods(Rhythm("year", times=12), YEAR, YEAR)
        self.assertEqual(len(found), 12)
        self.assertEqual({each.served.days for each in found}, {30, 31})

    def test_twelve_in_a_part_of_a_year(self):
        """From 10 May: all twelve, or 12 x 236/365, so eight; nobody chooses here."""
        service = Span(date(2026, 5, 10), date(2026, 12, 31))
        with self.assertRaises(UndecidedError) as raised:
            periods(Rhythm("year", times=12), service, service)
        self.assertEqual(raised.exception.period.share, Fraction(236, 365))
        for partial, number in (("whole", 12), ("pro_rata", 8)):
            rhythm = Rhythm("year", times=12, partial=partial)
            self.assertEqual(len(periods(rhythm, service, service)), number)

    def test_quantity_of_a_part(self):
        """What a cut month owes of a quantity is asked, of a single paper it is not."""
        with self.assertRaises(UndecidedError):
            periods(Rhythm("month"), TONGZHOU, TONGZHOU, has_quantity=True)
        rhythm = Rhythm("month", partial="pro_rata")
        first, *_rest = periods(rhythm, TONGZHOU, TONGZHOU, has_quantity=True)
        self.assertEqual(first.share, Fraction(19, 28))

    def test_once(self):
        (once,) = periods(Rhythm("once"), BDA, BDA)
        self.assertEqual((once.key, once.served), ("once", BDA))
        self.assertEqual(periods(Rhythm("event"), BDA, BDA), [])

    def test_nonsense(self):
        for rhythm in (
            Rhythm("month", times=0),
            Rhythm("day", times=2),
            Rhythm("fortnight"),
            Rhythm("workday"),
        ):
            with self.assertRaises(RhythmError):
                periods(rhythm, YEAR, YEAR)

    @PROPERTY
    @given(rhythms, spans)
    def test_periods_cover_the_service(self, rhythm, service):
        """Every day of service lies in one period, and no other day does."""
        found = [each.served for each in periods(rhythm, service, service)]
        covered = [day for span in found for day in walk(span)]
        self.assertEqual(covered, list(walk(service)))

    @PROPERTY
    @given(rhythms.filter(lambda one: one.basis == "calendar"), spans)
    def test_calendar_periods_are_the_calendars(self, rhythm, service):
        names = [
            {naive_calendar_name(rhythm.per, day) for day in walk(each.served)}
            for each in periods(rhythm, service, service)
        ]
        self.assertTrue(all(len(each) == 1 for each in names))
        self.assertEqual(len(names), len(set.union(*names)))

    @PROPERTY
    @given(rhythms, spans, st.integers(0, 400), st.integers(0, 400))
    def test_what_is_asked_does_not_matter(self, rhythm, service, skip, length):
        """A part of the service has the same periods as the whole has there."""
        first = service.first + timedelta(days=skip)
        asked = Span(first, first + timedelta(days=length))
        part = periods(rhythm, service, asked)
        whole = [each for each in periods(rhythm, service, service)]
        self.assertEqual(part, [each for each in whole if each.served & asked])

    @PROPERTY
    @given(spans, st.integers(1, 24), st.sampled_from(["month", "quarter", "year"]))
    def test_parts_divide_a_period(self, service, times, per):
        """The parts follow each other without a gap and are nearly of one length."""
        rhythm = Rhythm(per, times=times, partial="whole")
        found = periods(rhythm, service, service)
        self.assertEqual(
            [day for each in found for day in walk(each.served)], list(walk(service))
        )
        by_period = {}
        for each in found:
            by_period.setdefault(each.key.split("/")[0], []).append(each.served.days)
        for lengths in by_period.values():
            self.assertLessEqual(max(lengths) - min(lengths), 1)
            self.assertLessEqual(len(lengths), times)
