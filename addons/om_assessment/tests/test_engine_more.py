from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.assessment import Line, Measure, Money, Scheme, evaluate
from ..engine.dispute import decided, weigh
from ..engine.repairs import weigh as weigh_repair
from ..engine.repairs import weigh_deadline
from ..engine.waiting import carrying_cost, free_since, held_days
from .test_engine import FEE, PROPERTY, events, months, share

LATE = Line("late", kind="count", operator="<=", target=Decimal(0))


@tagged("post_install", "-at_install")
class TestDisputeEngine(BaseCase):
    def _late(self, cap=None):
        """Five late faults, a point of 400 CNY each."""
        scheme = Scheme((LATE,), money=Money("point", Decimal(400), cap=cap))
        keys = ("a", "b", "c", "d", "e")

        def measure(granted):
            return {"late": events(*(key for key in keys if key not in granted))}

        return scheme, measure

    def test_each_alone_and_together(self):
        scheme, measure = self._late()
        found = weigh(scheme, measure, ["a", "b"])
        self.assertEqual((found.before.money, found.after.money), (2000, 1200))
        self.assertEqual(found.alone, {"a": 400, "b": 400})
        self.assertEqual(found.together, 800)
        self.assertTrue(found.adds_up)

    def test_under_a_cap_two_save_what_one_does_not(self):
        """2,000 capped at 1,600: one claim saves nothing, two save 400, where each
        alone saves 0."""
        scheme, measure = self._late(cap=Decimal(1600))
        found = weigh(scheme, measure, ["a", "b"])
        self.assertEqual(found.alone, {"a": 0, "b": 0})
        self.assertEqual(found.together, 400)
        self.assertFalse(found.adds_up)

    def test_decisions_about_a_line(self):
        """BDA: 23 of 26 is 88.46 %, short of 90 by 1.54 points; agreed to be 92 it is
        kept, agreed to be 80 it costs ten."""
        line = Line("satisfied", target=Decimal(90))
        scheme = Scheme((line,), money=Money("point", Decimal(100)))
        plain = {"satisfied": share(23, 26)}
        for decision, value, money in (
            ("kept", 0, 0),
            ("na", 0, 0),
            ("value", 92, 0),
            ("value", 80, 1000),
        ):
            found = decided(line, decision, Decimal(value))
            self.assertEqual(evaluate(scheme, {"satisfied": found}).money, money)
        self.assertEqual(evaluate(scheme, plain).money, 154)
        two = decided(LATE, "value", Decimal(2))
        self.assertEqual(len(two.facts), 2)
        self.assertEqual(decided(LATE, "kept").facts, ())

    @PROPERTY
    @given(months(), st.data())
    def test_a_fact_that_is_no_fault_never_costs(self, month, data):
        """Whatever is granted: it is no dearer than before, alone or together, and no
        claim saves more than all."""
        scheme, measures = month
        keys = sorted(
            {fact.key for found in measures.values() for fact in found.facts}
            | {f"share {line.key}" for line in scheme.lines if line.kind == "share"}
        )
        claims = data.draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []

        def measure(granted):
            found = {}
            for line in scheme.lines:
                old = measures[line.key]
                if old.state == "measured" and line.kind == "count":
                    old = Measure(
                        "measured",
                        facts=tuple(f for f in old.facts if f.key not in granted),
                    )
                elif (
                    old.state == "measured"
                    and f"share {line.key}" in granted
                    and old.numerator < old.denominator
                    and old.denominator > 1
                ):
                    old = share(old.numerator, old.denominator - 1)
                found[line.key] = old
            return found

        # More events of a bonus are better: taking them away is no claim of ours.
        if any(line.bonus for line in scheme.lines):
            return
        found = weigh(scheme, measure, claims, FEE)
        self.assertGreaterEqual(min([*found.alone.values(), found.together]), 0)
        self.assertGreaterEqual(found.together, max(found.alone.values(), default=0))
        self.assertEqual(found.before, evaluate(scheme, measures, FEE))
        self.assertEqual(found.before.money - found.together, found.after.money)


@tagged("post_install", "-at_install")
class TestRepairEngine(BaseCase):
    def test_row_129(self):
        """2,400 camera-days at 98 %: 48 may fail. With 60 the target is missed, a
        repair that saves 15 leaves 3 and the half point's 50 CNY."""
        line = Line("running", target=Decimal(98))
        scheme = Scheme((line,), money=Money("point", Decimal(100)))
        found = weigh_repair(scheme, {}, line, share(2340, 2400), share(2355, 2400))
        self.assertEqual(found.saved, 15)
        self.assertEqual((found.left, found.left_if_done), (-12, 3))
        self.assertEqual(found.money, 50)

    def test_a_deadline(self):
        """9 of 9 in time at 95 %: one more that is late is 90 %, five points."""
        line = Line("fix", target=Decimal(95))
        scheme = Scheme((line,), money=Money("point", Decimal(100)))
        found = weigh_deadline(scheme, {"fix": share(9, 9)}, line)
        self.assertEqual((found.saved, found.money), (1, 500))
        self.assertEqual(found.left_if_done, Decimal("0.5"))
        found = weigh_deadline(scheme, {"fix": Measure("na")}, line)
        self.assertEqual(found.money, 9500, "the only one of the month")
        scheme = Scheme((LATE,), money=Money("point", Decimal(400)))
        found = weigh_deadline(scheme, {"late": events("a")}, LATE)
        self.assertEqual((found.saved, found.money), (1, 400))
        self.assertEqual((found.left, found.left_if_done), (-2, -1))
        nothing = weigh_repair(scheme, {}, line, Measure("na"), Measure("na"))
        self.assertEqual(nothing.money, 0)

    @PROPERTY
    @given(months(), st.integers(1, 500), st.data())
    def test_no_repair_costs(self, month, whole, data):
        """Whatever else the month holds: a repair buys nothing or more, and its budget
        grows by what it saves."""
        scheme, measures = month
        line = Line(
            "running", target=Decimal(data.draw(st.integers(0, 100))), most=Decimal(5)
        )
        scheme = Scheme(
            (*scheme.lines, line), scheme.basis, bands=scheme.bands, money=scheme.money
        )
        low = data.draw(st.integers(0, whole))
        high = data.draw(st.integers(low, whole))
        found = weigh_repair(
            scheme, measures, line, share(low, whole), share(high, whole), FEE
        )
        self.assertGreaterEqual(found.money, 0)
        self.assertEqual(found.saved, high - low)
        self.assertAlmostEqual(
            float(found.left_if_done - found.left), float(found.saved), 6
        )


@tagged("post_install", "-at_install")
class TestWaitingEngine(BaseCase):
    def test_the_second_payment(self):
        """30,853,320.00 at 3.65 % a year: a ten-thousandth a day."""
        payment, rate = Decimal("30853320.00"), Decimal("3.65")
        self.assertEqual(carrying_cost(payment, rate, 1), Decimal("3085.33"))
        self.assertEqual(carrying_cost(payment, rate, 30), Decimal("92559.96"))
        self.assertEqual(carrying_cost(payment, Decimal(0), 30), 0)

    def test_since_when(self):
        day = date(2027, 1, 1)
        later = day + timedelta(days=4)
        self.assertEqual(free_since([day, later]), later)
        self.assertIsNone(free_since([day, None]))
        self.assertEqual(held_days(later, date(2027, 1, 15)), 10)
        self.assertEqual(held_days(later, day), 0, "not yet")
        self.assertEqual(held_days(None, day), 0)

    @PROPERTY
    @given(
        st.decimals(0, 10**8, places=2),
        st.decimals(0, 20, places=2),
        st.integers(0, 2000),
        st.integers(0, 2000),
    )
    def test_days_add_up(self, amount, rate, some, more):
        """To the cent, and never less for more days."""
        both = carrying_cost(amount, rate, some + more)
        parts = carrying_cost(amount, rate, some) + carrying_cost(amount, rate, more)
        self.assertLessEqual(abs(both - parts), Decimal("0.01"))
        self.assertGreaterEqual(both, carrying_cost(amount, rate, some))
