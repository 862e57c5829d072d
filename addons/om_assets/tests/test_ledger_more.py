from datetime import date

from psycopg2 import IntegrityError

from odoo.tests import freeze_time, tagged, warmup
from odoo.tools import mute_logger

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
class TestLedger(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.Equipment = cls.env["maintenance.equipment"].with_user(cls.dispatcher)
        cls.servers, cls.switches = cls.system.hardware_line_ids
        cls.system.code = "T/001"

    def _make_ledger(self, systems=None):
        return (systems or self.system).with_user(self.dispatcher)._make_ledger()

    def _devices(self):
        return self.Equipment.search([("system_id", "=", self.system.id)])

    def test_devices_without_number_get_one(self):
        device = self.Equipment.create({"name": "旧", "system_id": self.system.id})
        self.assertFalse(device.ledger_number)
        device.hardware_line_id = self.servers
        self.assertEqual(device.ledger_number, "T/001-01-0001")

    def test_a_number_belongs_to_one_device(self):
        self._make_ledger()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["maintenance.equipment"].create(
                {
                    "name": "x",
                    "system_id": self.system.id,
                    "ledger_number": "T/001-01-0001",
                }
            )

    @freeze_time("2026-03-31 08:00:00")
    def test_scrapping_a_batch_keeps_earlier_days(self):
        self._make_ledger()
        first, second, third = self._devices()
        first.scrap_date = "2026-03-01"
        (first | second | third).om_state = "scrapped"
        self.assertEqual(first.scrap_date, date(2026, 3, 1))
        self.assertEqual(second.scrap_date, date(2026, 3, 31))
        third.om_state = "removed"
        (first | third).scrap_date = False
        self.assertEqual(first.om_state, "in_use")
        self.assertEqual(third.om_state, "removed")

    def test_name_tells_devices_apart(self):
        self._make_ledger()
        device = self._devices().sorted("ledger_number")[0]
        self.assertEqual(device.display_name, "服务器 T/001-01-0001")
        device.serial_no = "SN1"
        self.assertEqual(device.display_name, "服务器/SN1")
        for text in ("01-0001", "SN1"):
            found = self.Equipment.name_search(text, [("id", "in", device.ids)])
            self.assertEqual([row[0] for row in found], device.ids)

    def test_office_devices_keep_their_owner(self):
        device = self.env["maintenance.equipment"].create(
            {"name": "笔记本", "equipment_assign_to": "other"}
        )
        self.assertEqual(device.owner_user_id, self.env.user)


@tagged("post_install", "-at_install")
class TestLedgerQueries(OmAssetsCommon):
    """The number of queries grows with batches of rows, not with devices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.systems = cls.env["om.system"].create(
            [
                {
                    "name": f"系统 {number}",
                    "unit_id": cls.unit.id,
                    "hardware_line_ids": [
                        (0, 0, {"name": f"设备 {line}", "quantity": 10})
                        for line in range(5)
                    ],
                }
                for number in range(41)
            ]
        )

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @warmup
    def test_online_rates(self):
        systems = self.systems.with_user(self.dispatcher)
        systems[:9]._make_ledger()
        devices = systems.equipment_ids

        def report(records, day):
            self.env["om.equipment.online"].with_user(self.dispatcher).create(
                [
                    {"equipment_id": device.id, "date": day, "rate": 99}
                    for device in records
                ]
            )

        report(devices[:1], "2026-03-01")
        small = self._count(lambda: report(devices[:40], "2026-03-02"))
        large = self._count(lambda: report(devices[:400], "2026-03-03"))
        self.assertLessEqual(large, small + 4 * 3)
