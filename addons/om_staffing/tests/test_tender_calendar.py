"""The dates that Shunyi's tender prints or that follow from it; price alarms."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, TransactionCase, tagged

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.scoring import low_price_alarms
from ..engine.tender_calendar import Facts, Terms, security_back, tender_days

PURE = settings(deadline=None, derandomize=True, database=None, max_examples=200)
CLOSE = date(2026, 1, 4)
CEILING = Decimal("77133300.00")


def days(**facts):
    entries = tender_days(Terms(), Facts(**facts), WorkdayCalendar({}))
    return {entry.key: entry.day for entry in entries}


@tagged("post_install", "-at_install")
class TestTenderCalendar(BaseCase):
    def test_validity_is_not_moved_off_a_rest_day(self):
        self.assertEqual(date(2026, 4, 4).weekday(), 5)
        self.assertEqual(days(close=CLOSE)["validity"], date(2026, 4, 4))

    def test_security_comes_back(self):
        """5 working days after the contract; to the others after the notice."""
        won = days(notified=date(2026, 1, 8), signed=date(2026, 1, 20), is_ours=True)
        self.assertEqual(won["security"], date(2026, 1, 27))
        # Friday, then five working days of the week after.
        lost = days(notified=date(2026, 1, 9), is_ours=False)
        self.assertEqual(lost["security"], date(2026, 1, 16))
        self.assertNotIn("fee", lost)
        self.assertEqual(won["fee"], date(2026, 1, 8))
        unknown = days(notified=date(2026, 1, 9))
        self.assertNotIn("security", unknown)

    def test_an_unpaid_fee_comes_off_the_security(self):
        """Of the winner alone, and only while it is not paid (notes to 12.7.2)."""
        security, fee = Decimal("800000.00"), Decimal("213456.78")
        for is_ours, is_paid, back in (
            (True, False, "586543.22"),
            (True, True, "800000.00"),
            (False, False, "800000.00"),
        ):
            self.assertEqual(
                security_back(security, fee, is_ours=is_ours, is_paid=is_paid),
                Decimal(back),
            )
        # No more than there is.
        self.assertEqual(security_back(fee, security, is_ours=True, is_paid=False), 0)

    def test_what_is_printed(self):
        found = days(
            documents_until=date(2025, 12, 18), visit=date(2025, 12, 19), close=CLOSE
        )
        self.assertEqual(found["documents"], date(2025, 12, 18))
        self.assertEqual(found["visit"], date(2025, 12, 19))
        self.assertEqual(found["close"], CLOSE)
        self.assertEqual(found["clarify"], date(2025, 12, 20))

    def test_an_answer_takes_three_working_days(self):
        # Tuesday 30 December: Wednesday, then the make-up Sunday after New Year's
        # holidays (1 to 3 January), then Monday.
        found = days(asked=date(2025, 12, 30))
        self.assertEqual(found["answer"], date(2026, 1, 5))

    def test_award(self):
        # Decided on a Tuesday, announced on Thursday for one working day (Friday);
        # seven working days more to challenge it; 30 days end on Saturday 7 February.
        found = days(decided=date(2026, 1, 6), notified=date(2026, 1, 8))
        self.assertEqual(found["notice"], date(2026, 1, 8))
        self.assertEqual(found["challenge"], date(2026, 1, 20))
        self.assertEqual(found["contract"], date(2026, 2, 9))

    def test_a_term_that_is_not_printed_has_no_day(self):
        terms = Terms(clarify_days=0, validity_days=0)
        entries = tender_days(terms, Facts(close=CLOSE), WorkdayCalendar({}))
        self.assertEqual([entry.key for entry in entries], ["close"])

    @PURE
    @given(st.dates(date(2024, 1, 1), date(2026, 6, 30)))
    def test_days_are_in_order_and_none_before_its_cause(self, day):
        entries = tender_days(
            Terms(),
            Facts(close=day, decided=day, notified=day, signed=day, is_ours=True),
            WorkdayCalendar({}),
        )
        self.assertEqual(entries, sorted(entries, key=lambda entry: entry.day))
        for entry in entries:
            if entry.key != "clarify":
                self.assertGreaterEqual(entry.day, entry.since)


@tagged("post_install", "-at_install")
class TestLowPrices(BaseCase):
    def get_kinds(self, price, *others, ceiling=CEILING):
        own = Decimal(price)
        passed = [own, *map(Decimal, others)]
        return [alarm.kind for alarm in low_price_alarms(own, passed, ceiling)]

    def test_ceiling(self):
        """45 % of 77,133,300.00 is 34,709,985.00: on it is not below it."""
        self.assertEqual(self.get_kinds("34709985.00"), [])
        [alarm] = low_price_alarms(Decimal("34709984.99"), [], CEILING)
        self.assertEqual(alarm.kind, "ceiling")
        self.assertEqual(alarm.threshold, Decimal("34709985.00"))

    def test_mean(self):
        # 40, 100 and 100 million: the mean is 80, half of it 40.
        none = Decimal(0)
        self.assertEqual(
            self.get_kinds("40000000", "100000000", "100000000", ceiling=none),
            ["second"],
        )
        # 40, 130 and 79: the mean is 83, half of it 41.5; half of 79 is 39.5.
        self.assertEqual(
            self.get_kinds("40000000", "130000000", "79000000", ceiling=none), ["mean"]
        )

    def test_second_lowest(self):
        none = Decimal(0)
        self.assertEqual(self.get_kinds("50", "100", ceiling=none), [])
        self.assertEqual(self.get_kinds("49.99", "100", ceiling=none), ["second"])

    def test_one_bid_alone(self):
        self.assertEqual(self.get_kinds("1", ceiling=Decimal(0)), [])


@tagged("post_install", "-at_install")
class TestTenderRecord(TransactionCase):
    def test_shunyi(self):
        agreement = self.env["agreement"].create(
            {
                "name": "示例合同",
                "code": "示例-投标-1",
                "domain": "sale",
                "signature_date": "2026-01-20",
            }
        )
        tender = self.env["om.tender"].create(
            {
                "name": "示例招标",
                "bid_date": "2026-01-04",
                "notified_on": "2026-01-08",
                "security_amount": 800000.00,
                "agreement_id": agreement.id,
            }
        )
        self.assertEqual(tender.validity_end, date(2026, 4, 4))
        self.assertEqual(tender.security_return, date(2026, 1, 27))
        self.assertIn("2026-04-04", tender.timetable)
        self.assertIn("800,000.00", tender.timetable)
        tender.fee_amount = 213456.78
        self.assertIn("586,543.22", tender.timetable)
        tender.is_fee_paid = True
        self.assertNotIn("586,543.22", tender.timetable)
        tender.is_lost = True
        self.assertEqual(tender.security_return, date(2026, 1, 15))

    def test_security_is_a_bond_of_the_tender(self):
        """800,000.00, handed in before the close, back 5 working days after the
        contract of 20 January 2026: by 27 January."""
        purchaser = self.env["res.partner"].create(
            {"name": "示例采购人", "is_company": True, "om_role": "purchaser"}
        )
        tender = self.env["om.tender"].create(
            {
                "name": "示例招标",
                "code": "示例-投标-2",
                "bid_date": "2026-01-04",
                "security_amount": 800000.00,
                "partner_id": purchaser.id,
            }
        )
        bond = self.env["om.bond"].browse(tender.action_open_security()["res_id"])
        self.assertEqual(bond.amount, 800000.00)
        self.assertEqual(bond.date_due, date(2026, 1, 4))
        self.assertEqual(bond.direction, "sale")
        self.assertEqual(bond.partner_id, purchaser)
        self.assertEqual(bond.company_id, tender.company_id)
        self.assertIn("示例-投标-2", bond.display_name)
        bond.action_receive(date="2026-01-03")
        self.assertEqual(tender.security_held, 800000.00)
        contract = self.env["agreement"].create(
            {
                "name": "示例合同",
                "code": "示例-投标-2",
                "domain": "sale",
                "signature_date": "2026-01-20",
            }
        )
        tender.agreement_id = contract
        self.assertEqual(bond.date_back, date(2026, 1, 27))
        # It is no bond of the contract: no payment waits for it.
        self.assertFalse(contract.bond_ids)
        bond.action_return(date="2026-01-27")
        self.assertEqual(bond.state, "released")
        self.assertEqual(
            self.env["om.bond"].browse(tender.action_open_security()["res_id"]), bond
        )

    def test_a_bond_stands_for_something(self):
        with self.assertRaises(ValidationError):
            self.env["om.bond"].create({"amount": 1.0})

    def test_alarms_are_told_beside_the_prices(self):
        tender = self.env["om.tender"].create(
            {"name": "示例招标", "bid_date": "2026-01-04", "ceiling": 77133300.00}
        )
        evaluation = self.env["om.bid.evaluation"].create(
            {
                "tender_id": tender.id,
                "offer_ids": [
                    (0, 0, {"name": "我方", "is_ours": True, "price": 34709984.99}),
                    (0, 0, {"name": "甲", "price": 60000000.00}),
                ],
            }
        )
        alarms = evaluation._prepare_price()["alarms"]
        self.assertEqual(len(alarms), 1)
        self.assertIn("34,709,985.00", alarms[0])
        evaluation.offer_ids.filtered("is_ours").price = 34709985.00
        self.assertEqual(evaluation._prepare_price()["alarms"], [])
