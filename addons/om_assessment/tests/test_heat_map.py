from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .test_assessment import MonthCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02 04:00:00")
class TestHeatMap(MonthCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls._create_scheme(
            {"name": "超时", "source": "missed", "operator": "<=", "target": 0},
            {
                "name": "通报",
                "source": "manual_amount",
                "operator": "<=",
                "target": 0,
                "points": 5,
            },
            money_rule="point",
            money_value=400,
        )

    def _get_map(self, user=None, **values):
        self.env.flush_all()
        sheets = self.env["om.assessment"].with_user(user or self.manager)
        return sheets.get_heat_map(self.contract.id, **values)

    def _get_row(self, found, label):
        (row,) = [each for each in found["rows"] if each["label"] == label]
        return dict(zip((*found["months"], "all"), row["cells"], strict=True))

    def test_units_by_months(self):
        """November, submitted: 2 points, 800 CNY. December, two faults late and one
        indicator not judged: what is certain is 4 points less, 1,600 CNY."""
        self._create_tickets(2, fix_status="breached")
        november = self._submit(self._draw(self.scheme))
        self._create_tickets(
            2, day="2026-12-01", fix_status="breached", onsite_status="breached"
        )
        december = self._draw_again(date(2026, 12, 1))
        found = self._get_map()
        self.assertEqual(found["months"][0], "2026-11-01", "the first sheet's")
        self.assertEqual(found["months"][-1], "2027-10-01")
        found = self._get_map(last="2026-12-31")
        self.assertEqual(found["months"][0], "2026-01-01")
        row = self._get_row(found, self.unit.name)
        self.assertFalse(row["2026-10-01"])
        cell = row["2026-11-01"]
        self.assertEqual(cell["ids"], november.ids)
        self.assertEqual((cell["score"], cell["amount"]), (98, 800))
        self.assertEqual((cell["state"], cell["is_pending"]), ("submitted", False))
        cell = row["2026-12-01"]
        self.assertEqual(cell["ids"], december.ids)
        self.assertEqual((cell["score"], cell["amount"]), (96, 1600))
        self.assertEqual((cell["state"], cell["is_pending"]), ("draft", True))
        self.assertEqual(december.amount, 3600, "as if it were submitted now")
        whole = row["all"]
        self.assertEqual((whole["score"], whole["amount"]), (97, 2400))
        self.assertEqual(whole["state"], "draft", "what most has to be done about")
        self.assertEqual(found["most"], 1600)
        self.assertEqual(found["total"]["cells"][-1], whole)

    def test_the_contract_as_a_row(self):
        """003 is judged as a whole: from the 15th on, in the month in which it begins;
        a month in which nothing was to be judged has no score."""
        scheme = self._create_scheme({"name": "修复", "source": "fix"}, first_day=15)
        sheet = self._draw(
            scheme,
            day=date(2026, 11, 14),
            unit=self.env["res.partner"],
            systems=self.env["om.system"],
        )
        row = self._get_row(self._get_map(), self.contract.name)
        self.assertEqual(row["2026-10-01"]["ids"], sheet.ids)
        self.assertIsNone(row["2026-10-01"]["score"])
        self.assertIsNone(row["2026-10-01"]["share"])

    def test_other_months_and_contracts(self):
        self._draw(self.scheme)
        found = self._get_map(last="2025-12-31")
        self.assertEqual(found["months"][0], "2025-01-01")
        self.assertEqual((found["rows"], found["most"]), ([], 0))
        everything = self.env["om.assessment"].get_heat_map(False)
        self.assertIn(self.unit.name, [row["label"] for row in everything["rows"]])
        self.assertIn(
            self.contract.id, [each["id"] for each in everything["contracts"]]
        )

    def test_only_for_our_people(self):
        self._draw(self.scheme)
        self.assertTrue(self._get_map(self.users["auditor"])["rows"])
        with self.assertRaises(AccessError):
            self._get_map(self.unit_user)

    def test_queries_do_not_grow(self):
        def count(units):
            for number in range(units):
                unit = self._create_partner(f"示例单位{units}-{number}", "user_unit")
                system = self._create_system("示例系统", unit, agreement_id=False)
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE om_system SET agreement_id = %s WHERE id = %s",
                    [self.contract.id, system.id],
                )
                self.env.invalidate_all()
                self._create_memorandum(
                    unit=unit, systems=system, scheme_id=self.scheme.id
                )
            for month in (9, 10, 11):
                self._draw_again(date(2026, month, 15))
            self._get_map()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self._get_map()
            self.assertGreaterEqual(len(found["rows"]), units)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(10))
