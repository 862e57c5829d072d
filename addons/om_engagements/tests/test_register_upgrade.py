from odoo.tests import TransactionCase, tagged

from ..models.om_register_loader import REGISTER_FOLDER, SOURCE
from ..tools import register

PREFIX = "om_engagements."


@tagged("post_install", "-at_install")
class TestRegisterUpgrade(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loader = cls.env["om.register.loader"]
        cls.system = cls.env.ref("om_engagements.system_002")

    def setUp(self):
        super().setUp()
        self.units = register.read_table(REGISTER_FOLDER / "units.csv")
        self.rows = register.read_register(REGISTER_FOLDER)

    def _upgrade(self):
        report = self.loader._load_register(self.units, self.rows, PREFIX, SOURCE)
        self.env.flush_all()
        self.env.invalidate_all()
        return report

    def _load_copy(self, rows, prefix):
        """Load a copy of the register; return the number of queries."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.loader._load_register(
            self.units, rows, f"om_test.{prefix}_", prefix, code_prefix=f"{prefix}/"
        )
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_loading_again_changes_nothing(self):
        report = self._upgrade()
        for counts in (report.created, report.updated, report.deleted):
            self.assertEqual(sum(counts.values()), 0)
        self.assertEqual(report.kept, [])

    def test_upgrade_follows_the_data_but_not_over_hands(self):
        self.system.name = "手工更正"
        self.system.hardware_line_ids[0].quantity = 99
        self.rows[1]["name"] = "新数据"
        self.rows[1]["summary"] = "新简介"
        self.rows[1]["hardware"][0].update(qty=7, unit="套")
        self.rows[2]["onsite_staff"] = 3
        self._upgrade()
        self.assertEqual(self.system.name, "手工更正")
        self.assertEqual(self.system.summary, "新简介")
        line = self.system.hardware_line_ids[0]
        self.assertEqual((line.quantity, line.uom_name), (99, "套"))
        self.assertEqual(self.env.ref("om_engagements.system_003").onsite_staff, 3)

    def test_line_deleted_by_hand_stays_deleted(self):
        self.system.hardware_line_ids[0].unlink()
        count = len(self.system.hardware_line_ids)
        self.rows[1]["hardware"][0]["qty"] = 8
        self._upgrade()
        self._upgrade()
        self.assertEqual(len(self.system.hardware_line_ids), count)

    def test_line_added_by_hand_stays(self):
        line = self.system.hardware_line_ids[0].copy({"name": "手工增加"})
        self._upgrade()
        self.assertTrue(line.exists())

    def test_system_that_left_the_data_stays(self):
        kpis = self.system.kpi_ids
        self.rows.pop(1)
        report = self._upgrade()
        self.assertTrue(self.system.exists())
        self.assertFalse(kpis.exists(), "its untouched lines go")
        self.assertIn("om_engagements.system_002", {kept.key for kept in report.kept})

    def test_loading_takes_few_queries(self):
        # Copies of no contract share what is promised to them; it is made once.
        self._load_copy(self.rows, "W")
        small = self._load_copy(self.rows[:15], "S")
        whole = self._load_copy(self.rows, "L")
        self.assertLess(whole, 200)
        # Inserts are cut into statements of bounded size, nothing else may grow.
        self.assertLessEqual(whole, small + 40)

    def test_ten_registers_through_the_same_door(self):
        rows = [
            {**row, "seq": number * 1000 + row["seq"]}
            for number in range(10)
            for row in self.rows[::20]
        ]
        self._load_copy(rows, "X")
        systems = self.env["om.system"].search([("code", "=like", "X/%")])
        self.assertEqual(len(systems), 80)
        devices = sum(
            item["qty"] or 0 for row in self.rows[::20] for item in row["hardware"]
        )
        self.assertEqual(sum(systems.mapped("device_count")), 10 * devices)
