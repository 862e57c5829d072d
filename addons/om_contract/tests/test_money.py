"""Money at a glance: every figure is the sum of what it opens; nothing is mixed."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import OmContractCommon


def walk(value):
    """Yield the figures of an answer, wherever they stand."""
    if isinstance(value, dict):
        if "domain" in value:
            yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


@tagged("post_install", "-at_install")
class TestMoney(OmContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_signed("甲合同")

    @classmethod
    def _create_signed(cls, name, domain="sale", **values):
        contract = cls.env["agreement"].create(
            {
                "name": name,
                "code": name,
                "domain": domain,
                "partner_id": (cls.purchaser if domain == "sale" else cls.supplier).id,
                "amount_total": 1000000.00,
                "signature_date": "2026-01-05",
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
                "milestone_ids": [
                    (
                        0,
                        0,
                        {
                            "name": label,
                            "percent": percent,
                            "term_value": term,
                            "term_unit": "day",
                            "sequence": number,
                            "condition_ids": [(0, 0, {"kind": "effective"})],
                        },
                    )
                    for number, (label, percent, term) in enumerate(
                        (("首付", 60, 30), ("中期", 30, 180), ("尾款", 10, 360))
                    )
                ],
                **values,
            }
        )
        contract.action_activate()
        return contract

    def get_money(self, **values):
        self.env.flush_all()
        return self.env["om.money"].get_money(**values)

    def get_parts(self, money, contract):
        [row] = [row for row in money["rows"] if row["id"] == contract.id]
        return {figure["part"]: figure["count"] for figure in row["figures"]}

    @freeze_time("2026-07-20 02:00:00")
    def test_old_money_is_arrears_and_no_forecast(self):
        """30 and 180 days after 5 January are past, 360 days are not."""
        self.assertEqual(
            self.contract.milestone_ids.sorted("date_due").mapped("date_due"),
            [date(2026, 2, 4), date(2026, 7, 6), date(2026, 12, 31)],
        )
        money = self.get_money(contract=self.contract.id)
        self.assertEqual(
            self.get_parts(money, self.contract),
            {
                "arrears": 900000.00,
                "expected": 100000.00,
                "invoiced": 0.0,
                "received": 0.0,
            },
        )
        ages = {figure["key"]: figure["count"] for figure in money["ages"]}
        # 14 days since 6 July; 166 since 4 February.
        self.assertEqual(ages["age-0"], 300000.00)
        self.assertEqual(ages["age-90"], 600000.00)
        self.assertEqual(sum(ages.values()), 900000.00)
        months = {month["month"]: month for month in money["months"]}
        by_part = {
            figure["part"]: figure["count"]
            for figure in months["2026-02-01"]["figures"]
        }
        self.assertEqual((by_part["arrears"], by_part["expected"]), (600000.0, 0.0))
        # What is late promises nothing: only the last part lies ahead.
        self.assertEqual(months["2026-11-01"]["balance"], 0.0)
        self.assertEqual(months["2026-12-01"]["balance"], 100000.00)

    @freeze_time("2026-07-20 02:00:00")
    def test_figures_are_those_of_their_records(self):
        self._create_signed("丙合同", "purchase")
        for direction in ("sale", "purchase"):
            money = self.get_money(direction=direction)
            figures = list(walk(money))
            self.assertGreater(len(figures), 100)
            keys = [figure["key"] for figure in figures]
            self.assertEqual(len(keys), len(set(keys)))
            for figure in figures:
                model = self.env[figure["model"]]
                [(amount, count)] = model._read_group(
                    figure["domain"], aggregates=[figure["measure"], "__count"]
                )
                self.assertAlmostEqual(amount or 0, figure["count"], 2, figure["key"])
                self.assertEqual(count, figure["records"], figure["key"])
                action = self.env.ref(figure["action"])
                self.assertEqual(action.res_model, figure["model"])

    @freeze_time("2026-07-20 02:00:00")
    def test_directions_are_never_added_up(self):
        theirs = self._create_signed("丙合同", "purchase")
        ids = {row["id"] for row in self.get_money()["rows"]}
        self.assertIn(self.contract.id, ids)
        self.assertNotIn(theirs.id, ids)
        money = self.get_money(direction="purchase", contract=theirs.id)
        self.assertEqual([row["id"] for row in money["rows"]], [theirs.id])
        # The running balance goes down by what we have to pay.
        self.assertEqual(money["months"][-1]["balance"], -100000.00)

    def test_bonds_by_their_return(self):
        with freeze_time("2026-03-01 02:00:00"):
            bond = self.env["om.bond"].create(
                {"agreement_id": self.contract.id, "percent": 10}
            )
            bond.action_receive(date="2026-02-01")
        for day, key in (
            ("2026-03-01", "bond-later"),
            ("2026-10-15", "bond-soon"),
            ("2027-01-01", "bond-due"),
        ):
            with freeze_time(f"{day} 02:00:00"):
                money = self.get_money(contract=self.contract.id)
            found = {
                figure["key"]: figure["count"]
                for figure in money["bonds"]
                if figure["count"]
            }
            self.assertEqual(found, {key: 100000.00})

    def test_who_reads_it(self):
        for role in ("manager", "auditor", "procurement"):
            user = self.officer if role == "procurement" else self._create_user(role)
            self.assertTrue(self.env["om.money"].with_user(user).get_money()["tiles"])
        engineer = self._create_user("engineer")
        with self.assertRaises(AccessError):
            self.env["om.money"].with_user(engineer).get_money()

    @freeze_time("2026-07-20 02:00:00")
    def test_many_contracts_cost_no_more(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["om.money"].get_money()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(8):
            self._create_signed(f"丁合同{number}")
        self.assertLessEqual(count(), few + 2)
