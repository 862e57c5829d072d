from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.assessment import (
    MISSING,
    NOT_APPLICABLE,
    Band,
    Fact,
    Line,
    Measure,
    Money,
    Scheme,
    SchemeError,
    Served,
    budget,
    evaluate,
    forecast,
    period_fee,
    split,
)

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=150)


def share(numerator, denominator):
    return Measure("measured", Decimal(numerator), Decimal(denominator))


def events(*keys, claimed=()):
    return Measure(
        "measured",
        facts=tuple(Fact(key, key.split(":")[0], key in claimed) for key in keys),
    )


# ------------------------------------------------------------
# Schemes and months of all kinds
# ------------------------------------------------------------

points = st.decimals(0, 20, places=2)
FEE = Decimal("530678.00")


@st.composite
def schemes(draw):
    basis = draw(st.sampled_from(["minus", "weights"]))
    lines = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["share", "count"]))
        bonus = draw(st.integers(0, 5)) == 0
        lines.append(
            Line(
                key=str(number),
                kind=kind,
                operator=">=" if kind == "share" else "<=",
                target=draw(st.decimals(50, 100, places=1))
                if kind == "share"
                else Decimal(draw(st.integers(0, 2))),
                rule=draw(st.sampled_from(["all", "unit"])),
                points=draw(points),
                rounding=draw(st.sampled_from(["exact", "started", "whole"])),
                most=draw(points) + 1,
                bonus=bonus,
                veto=not bonus and draw(st.integers(0, 6)) == 0,
            )
        )
    if all(line.bonus for line in lines):
        lines.append(Line(key="w", most=Decimal(10)))
    lows = sorted(draw(st.sets(st.integers(0, 100), min_size=1, max_size=4)))
    shares = sorted(draw(st.lists(st.integers(0, 100), min_size=4, max_size=4)))
    money = Money(
        rule=draw(st.sampled_from(["none", "point", "fee_point", "band", "withhold"])),
        value=draw(st.decimals(0, 100, places=2)),
        free=draw(points),
        threshold=Decimal(draw(st.integers(0, 100))),
        cap=draw(st.none() | st.decimals(0, 5000, places=2)),
        cap_fee=draw(st.none() | st.decimals(0, 30, places=1)),
        cap_total=draw(st.none() | st.decimals(0, 9000, places=2)),
    )
    return Scheme(
        tuple(lines),
        basis=basis,
        bonus_most=draw(points),
        bands=tuple(
            Band(Decimal(low), str(low), Decimal(part))
            for low, part in zip(lows, shares, strict=False)
        ),
        money=money,
    )


@st.composite
def months(draw):
    """A scheme and what was found for its lines."""
    scheme = draw(schemes())
    measures = {}
    for line in scheme.lines:
        state = draw(st.sampled_from(["measured"] * 5 + ["na", "missing"]))
        if state == "na":
            measures[line.key] = NOT_APPLICABLE
        elif state == "missing":
            measures[line.key] = MISSING
        elif line.kind == "share":
            whole = draw(st.integers(1, 60))
            measures[line.key] = share(draw(st.integers(0, whole)), whole)
        else:
            keys = draw(st.lists(st.integers(1, 12), max_size=8))
            measures[line.key] = Measure(
                "measured",
                facts=tuple(
                    Fact(f"t{key}:fix", f"t{key}", draw(st.integers(0, 4)) == 0)
                    for key in keys
                ),
            )
    return scheme, measures


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def _one(self, line, measure, **values):
        return evaluate(Scheme((line,), **values), {line.key: measure})

    def test_running_time(self):
        """Row 129: 2,400 camera-days, 60 offline; clause 七-12 takes 15 of them."""
        line = Line("running", target=Decimal(98), rule="all", most=Decimal(2))
        found = self._one(line, share(2340, 2400)).lines[0]
        self.assertEqual((found.value, found.is_kept), (Decimal("97.5"), False))
        found = self._one(line, share(2355, 2400)).lines[0]
        self.assertEqual((found.value, found.is_kept), (Decimal("98.125"), True))

    def test_error_budget(self):
        """The tender's devices over 30 days, all running: row 29, 10,330 at 98 %; row
        142, 327 at 95 %; row 22, 4,326 at 98 %. Hours that may still fail."""
        for devices, target, hours in (
            (10330, 98, 148752),
            (327, 95, 11772),
            (4326, 98, 62294),
        ):
            line = Line("running", target=Decimal(target))
            left = budget(line, Decimal(100), Decimal(devices * 30))
            self.assertEqual(int(left * 24), hours)
        # Row 129: 2,400 camera-days; 48 may fail, 60 did.
        line = Line("running", target=Decimal(98))
        self.assertEqual(budget(line, Decimal("97.5"), Decimal(2400)), -12)
        line = Line("events", kind="count", operator="<=", target=Decimal(2))
        self.assertEqual(budget(line, Decimal(3), Decimal(0)), -1)

    @PROPERTY
    @given(months())
    def test_a_budget_is_left_if_and_only_if_the_target_is_kept(self, month):
        scheme, measures = month
        result = evaluate(scheme, measures)
        for line, found in zip(scheme.lines, result.lines, strict=True):
            if found.state != "measured":
                continue
            left = budget(line, found.value, measures[line.key].denominator)
            self.assertEqual(left >= 0, found.is_kept)

    def test_satisfaction(self):
        """BDA: 23 of 26 are 88.46 %, less than 90."""
        line = Line("satisfied", target=Decimal(90), rule="all", most=Decimal(5))
        found = self._one(line, share(23, 26)).lines[0]
        self.assertEqual(round(found.value, 2), Decimal("88.46"))
        self.assertFalse(found.is_kept)
        self.assertTrue(self._one(line, share(9, 10)).lines[0].is_kept)

    def test_units(self):
        """98 % wanted, 96.7 % there: 1.3 units, 2 started, 1 whole."""
        for rounding, lost in (("exact", "1.3"), ("started", "2"), ("whole", "1")):
            line = Line("x", target=Decimal(98), rounding=rounding)
            found = self._one(line, share(967, 1000))
            self.assertEqual(found.lines[0].lost, Decimal(lost), rounding)
            self.assertEqual(found.score, 100 - Decimal(lost))

    def test_hotline(self):
        """Video surveillance: half a point for each percentage point below 90 %."""
        line = Line("x", target=Decimal(90), points=Decimal("0.5"))
        self.assertEqual(self._one(line, share(80, 100)).score, Decimal(95))

    def test_bands(self):
        """Above 90 full, 80-89 90 %, 70-79 80 %, below 60 %: the low end is in."""
        bands = tuple(
            Band(Decimal(low), grade, Decimal(share_))
            for low, grade, share_ in (
                (90, "优", 100),
                (80, "良", 90),
                (70, "中", 80),
                (0, "差", 60),
            )
        )
        line = Line("x", kind="count", operator="<=", target=Decimal(0))
        scheme = Scheme((line,), bands=bands, money=Money("band"))
        fee = Decimal("1000.00")
        for number, grade, money in (
            (0, "优", "0"),
            (10, "优", "0"),
            (11, "良", "100"),
            (20, "良", "100"),
            (21, "中", "200"),
            (31, "差", "400"),
        ):
            found = evaluate(
                scheme, {"x": events(*(f"t{n}:fix" for n in range(number)))}, fee
            )
            self.assertEqual((found.grade, found.money), (grade, Decimal(money)))

    def test_caps(self):
        line = Line("x", kind="count", operator="<=", target=Decimal(0))
        facts = {"x": events(*(f"t{n}" for n in range(10)))}

        def cost(charged=0, **caps):
            money = Money("point", value=Decimal(300), **caps)
            return evaluate(
                Scheme((line,), money=money), facts, Decimal(10000), Decimal(charged)
            ).money

        self.assertEqual(cost(), 3000)
        self.assertEqual(cost(free=Decimal(6)), 1200)
        self.assertEqual(cost(cap=Decimal(2500)), 2500)
        self.assertEqual(cost(cap_fee=Decimal(20)), 2000)
        self.assertEqual(cost(4000, cap_total=Decimal(5000)), 1000)
        self.assertEqual(cost(6000, cap_total=Decimal(5000)), 0)

    def test_share_of_the_fee(self):
        """Half a percent of the unit's fee for each point: 3 points of 44,223.17."""
        line = Line("x", kind="count", operator="<=", target=Decimal(0))
        scheme = Scheme((line,), money=Money("fee_point", value=Decimal("0.5")))
        found = evaluate(scheme, {"x": events("a", "b", "c")}, Decimal("44223.17"))
        self.assertEqual(found.money, Decimal("663.35"))

    def test_not_applicable_is_neither_full_nor_nothing(self):
        lines = (
            Line("a", rule="all", most=Decimal(60)),
            Line("b", rule="all", most=Decimal(40)),
        )
        scheme = Scheme(lines, basis="weights")
        found = evaluate(scheme, {"a": share(1, 2), "b": NOT_APPLICABLE})
        self.assertEqual(found.score, 0)
        found = evaluate(scheme, {"a": NOT_APPLICABLE, "b": share(1, 1)})
        self.assertEqual(found.score, 100)
        found = evaluate(scheme, {"a": share(1, 2), "b": share(1, 1)})
        self.assertEqual(found.score, 40)
        found = evaluate(scheme, {"a": NOT_APPLICABLE, "b": NOT_APPLICABLE})
        self.assertEqual((found.score, found.money), (None, 0))

    def test_missing_is_not_kept(self):
        line = Line("a", rule="all", most=Decimal(7))
        found = self._one(line, MISSING)
        self.assertEqual(found.score, 93)
        self.assertFalse(found.is_complete)
        self.assertFalse(evaluate(Scheme((line,)), {}).is_complete)

    def test_what_is_certain_apart_from_what_is_not_judged(self):
        """Two late faults of a point each are certain; the report that nobody has
        judged yet, worth 5, is not: 400 CNY a point."""
        scheme = Scheme(
            (
                Line("late", kind="count", operator="<=", target=Decimal(0)),
                Line("reported", kind="amount", operator="<=", points=Decimal(5)),
            ),
            money=Money("point", Decimal(400)),
        )
        found = forecast(scheme, {"late": events("a", "b"), "reported": MISSING})
        self.assertEqual((found.certain, found.pending), (800, 2000))
        self.assertEqual(found.score, 98)
        self.assertEqual(found.pending_parts, {"late": 0, "reported": 2000})
        self.assertEqual(found.certain_parts, {"late": 800, "reported": 0})

    def test_a_cap_leaves_less_to_come(self):
        """Of a month that costs 1,000 at most 800 are certain: 200 can come."""
        scheme = Scheme(
            (
                Line("late", kind="count", operator="<=", target=Decimal(0)),
                Line("reported", kind="amount", operator="<=", points=Decimal(5)),
            ),
            money=Money("point", Decimal(400), cap=Decimal(1000)),
        )
        found = forecast(scheme, {"late": events("a", "b"), "reported": MISSING})
        self.assertEqual((found.certain, found.pending), (800, 200))

    @PROPERTY
    @given(months())
    def test_certain_and_pending_are_the_sheet(self, month):
        scheme, measures = month
        sheet = evaluate(scheme, measures, FEE)
        found = forecast(scheme, measures, FEE)
        self.assertEqual(found.certain + found.pending, sheet.money)
        self.assertEqual(sum(found.certain_parts.values()), found.certain)
        self.assertEqual(sum(found.pending_parts.values()), found.pending)
        parts = [*found.certain_parts.values(), *found.pending_parts.values()]
        self.assertGreaterEqual(min(parts), 0)
        if sheet.is_complete:
            self.assertEqual(found.pending, 0)
            self.assertEqual(found.score, sheet.score)

    @PROPERTY
    @given(months(), st.data())
    def test_nothing_that_is_judged_later_costs_less(self, month, data):
        """Whatever the missing lines turn out to be, what is certain stays due."""
        scheme, measures = month
        certain = forecast(scheme, measures, FEE).certain
        for line in scheme.lines:
            if measures[line.key].state != "missing" or line.bonus:
                continue
            if line.kind == "share":
                whole = data.draw(st.integers(1, 60))
                found = share(data.draw(st.integers(0, whole)), whole)
            else:
                found = events(
                    *(f"new{line.key}{n}" for n in range(data.draw(st.integers(0, 5))))
                )
            measures = {**measures, line.key: found}
        self.assertGreaterEqual(evaluate(scheme, measures, FEE).money, certain)

    def test_nothing_of_nothing(self):
        """A share of nothing does not apply."""
        line = Line("a", rule="all", most=Decimal(7))
        self.assertEqual(self._one(line, share(0, 0)).lines[0].state, "na")

    def test_veto(self):
        lines = (
            Line("a", target=Decimal(98)),
            Line("v", kind="count", operator="<=", target=Decimal(0), veto=True),
        )
        scheme = Scheme(lines, floor=Decimal(0))
        found = evaluate(scheme, {"a": share(97, 100), "v": events("leak")})
        self.assertEqual(found.score, 0)
        self.assertEqual([line.lost for line in found.lines], [1, 99])

    def test_a_fact_counts_once(self):
        """In the first line that names it, and not beside a clause's penalty."""
        late = Line("late", kind="count", operator="<=", target=Decimal(0))
        scheme = Scheme((late, Line("again", "count", "<=", Decimal(0))))
        found = evaluate(
            scheme,
            {
                "late": events("t1:fix", "t1:fix", "t2:fix", claimed=("t2:fix",)),
                "again": events("t1:fix", "t2:fix", "t3:fix"),
            },
        )
        self.assertEqual([line.value for line in found.lines], [1, 1])
        self.assertEqual(found.lines[0].claimed, ("t2:fix",))
        self.assertEqual(found.lines[1].facts, ("t3:fix",))

    def test_bonus(self):
        lines = (
            Line("late", kind="count", operator="<=", target=Decimal(0)),
            Line("help", "count", ">=", Decimal(0), points=Decimal(2), bonus=True),
        )
        found = evaluate(
            Scheme(lines, bonus_most=Decimal(5)),
            {"late": events("a", "b"), "help": events("x", "y", "z")},
        )
        self.assertEqual(found.score, 103)
        self.assertEqual(found.lines[1].bonus, 5)

    def test_refused_schemes(self):
        line = Line("a")
        band = Band(Decimal(0), "x", Decimal(50))
        for code, scheme in (
            ("no_lines", Scheme(())),
            ("floor", Scheme((line,), floor=Decimal(101))),
            ("negative", Scheme((Line("a", points=Decimal(-1)),))),
            ("negative", Scheme((Line("a", step=Decimal(0)),))),
            ("most", Scheme((Line("a", rule="all"),))),
            ("weights", Scheme((line,), basis="weights")),
            ("most", Scheme((line, Line("b", most=Decimal(1))), basis="weights")),
            ("bands", Scheme((line,), bands=(band, band))),
            # The worse score would pay more.
            (
                "bands",
                Scheme((line,), bands=(band, Band(Decimal(90), "y", Decimal(40)))),
            ),
            ("bands", Scheme((line,), money=Money("band"))),
        ):
            with self.assertRaises(SchemeError) as caught:
                evaluate(scheme, {})
            self.assertEqual(caught.exception.code, code)

    # ------------------------------------------------------------
    # Properties
    # ------------------------------------------------------------

    @PROPERTY
    @given(months())
    def test_score_within_bounds(self, month):
        scheme, measures = month
        found = evaluate(scheme, measures, FEE)
        if found.score is not None:
            self.assertLessEqual(scheme.floor, found.score)
            self.assertLessEqual(found.score, scheme.full + scheme.bonus_most)

    @PROPERTY
    @given(months())
    def test_parts_add_up(self, month):
        """Points and money of the lines are those of the sheet, to the cent."""
        scheme, measures = month
        found = evaluate(scheme, measures, FEE)
        self.assertEqual(sum(line.money for line in found.lines), found.money)
        if found.score is not None:
            lost = sum(line.lost for line in found.lines)
            bonus = sum(line.bonus for line in found.lines)
            self.assertEqual(scheme.full - lost + bonus, found.score)
        self.assertTrue(all(line.lost >= 0 <= line.money for line in found.lines))

    @PROPERTY
    @given(months(), st.decimals(0, 9000, places=2))
    def test_caps_hold(self, month, charged):
        scheme, measures = month
        money = evaluate(scheme, measures, FEE, charged).money
        rules = scheme.money
        if rules.cap is not None:
            self.assertLessEqual(money, rules.cap)
        if rules.cap_fee is not None:
            self.assertLessEqual(money, FEE * rules.cap_fee / 100)
        if rules.cap_total is not None:
            self.assertLessEqual(money, max(rules.cap_total - charged, 0))

    @PROPERTY
    @given(months(), st.randoms(use_true_random=False))
    def test_order_of_facts_does_not_matter(self, month, random):
        scheme, measures = month
        shuffled = {}
        for key in random.sample(sorted(measures), len(measures)):
            measure = measures[key]
            # A fact is what it is, however often it is told.
            known = {fact.key: fact for fact in measure.facts}
            facts = list(known.values())
            measures[key] = Measure(
                measure.state,
                measure.numerator,
                measure.denominator,
                measure.excluded,
                tuple(facts),
            )
            random.shuffle(facts)
            shuffled[key] = Measure(
                measure.state,
                measure.numerator,
                measure.denominator,
                measure.excluded,
                tuple(facts),
            )
        self.assertEqual(
            evaluate(scheme, measures, FEE), evaluate(scheme, shuffled, FEE)
        )

    @PROPERTY
    @given(months(), st.data())
    def test_one_more_failure_never_pays_more(self, month, data):
        scheme, measures = month
        before = evaluate(scheme, measures, FEE)
        able = [
            line
            for line in scheme.lines
            if measures[line.key].state == "measured"
            and not line.bonus
            and (line.kind == "count" or measures[line.key].numerator)
        ]
        if not able:
            return
        line = data.draw(st.sampled_from(able))
        measure = measures[line.key]
        worse = (
            Measure("measured", facts=(*measure.facts, Fact("new:fix", "new")))
            if line.kind == "count"
            else share(measure.numerator - 1, measure.denominator)
        )
        after = evaluate(scheme, {**measures, line.key: worse}, FEE)
        self.assertLessEqual(after.score, before.score)
        self.assertGreaterEqual(after.money, before.money)

    @PROPERTY
    @given(months())
    def test_a_fact_is_in_one_line(self, month):
        scheme, measures = month
        found = evaluate(scheme, measures, FEE)
        seen = [key for line in found.lines for key in (*line.facts, *line.claimed)]
        self.assertEqual(len(seen), len(set(seen)))

    @PROPERTY
    @given(
        st.decimals(0, 100000, places=2),
        st.lists(st.decimals(0, 50, places=3), min_size=1, max_size=8),
    )
    def test_split(self, total, shares):
        parts = split(total, shares)
        if any(shares):
            self.assertEqual(sum(parts), total)
            whole = sum(shares)
            for part, one in zip(parts, shares, strict=True):
                self.assertLessEqual(abs(part - total * one / whole), Decimal("0.01"))


@tagged("post_install", "-at_install")
class TestPeriodFee(BaseCase):
    def test_row_5(self):
        """Stopped on 2026-10-01 of 189 days from 06-26: 97 of them are earned, 92 are
        not; what is not is the reduction of the contract, 258,319.45."""
        first, last = date(2026, 6, 26), date(2026, 12, 31)
        served = Served(FEE, first, last, first, date(2026, 9, 30))
        self.assertEqual((last - first).days + 1, 189)
        self.assertEqual(period_fee([served]), FEE - Decimal("258319.45"))

    def test_nothing_served(self):
        first, last = date(2026, 6, 26), date(2026, 12, 31)
        none = Served(FEE, first, last, date(2026, 10, 1), date(2026, 9, 30))
        self.assertEqual(period_fee([none]), 0)

    @PROPERTY
    @given(
        st.decimals(0, 10_000_000, places=2),
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.integers(0, 400),
        st.integers(1, 28),
    )
    def test_months_add_up_to_the_fee(self, fee, first, length, month_day):
        last = first + timedelta(days=length)
        total, since = Decimal(0), first
        while since <= last:
            turn = since.replace(day=month_day)
            if turn <= since:
                turn = (since.replace(day=28) + timedelta(days=4)).replace(
                    day=month_day
                )
            until = min(turn - timedelta(days=1), last)
            total += period_fee([Served(fee, first, last, since, until)])
            since = until + timedelta(days=1)
        self.assertEqual(total, fee)
