from datetime import date
from doctest import DocTestSuite
from ipaddress import ip_address

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, freeze_time, tagged, warmup
from odoo.tools import mute_logger

from ..engine import fault_report, ledger
from .common import OmAssetsCommon

fixed = settings(deadline=None, derandomize=True, database=None, max_examples=200)
COUNTS = st.integers(0, 50000)


class TestLedgerRules(BaseCase):
    def test_examples_of_the_documentation(self):
        for module in (ledger, fault_report):
            result = DocTestSuite(module).run(self.defaultTestResult())
            self.assertFalse(result.failures + result.errors)

    @fixed
    @given(COUNTS, COUNTS)
    def test_missing_and_percent_agree(self, declared, registered):
        lacking = ledger.missing(declared, registered)
        self.assertGreaterEqual(registered + lacking, declared)
        self.assertEqual(
            ledger.percent(declared, registered) == 100,
            declared > 0 and lacking == 0,
        )

    def test_percent_is_never_rounded_up(self):
        self.assertEqual(ledger.percent(1000, 999), 99)
        self.assertEqual(ledger.percent(3, 1), 33)
        self.assertEqual(ledger.percent(0, 5), 0)
        self.assertEqual(ledger.percent(5, 9), 100)

    def test_numbers_grow_beyond_their_padding(self):
        self.assertEqual(ledger.format_number("X1", 1, 1), "X1-01-0001")
        self.assertEqual(ledger.format_number("X1", 123, 43294), "X1-123-43294")

    @fixed
    @given(st.integers(0, 2**32 - 1), COUNTS)
    def test_addresses_keep_their_meaning(self, number, _count):
        try:
            text = ledger.normalize_ip(f"  {ip_address(number)} ")
        except ValueError:
            # 0.0.0.0 and 224.0.0.0/4 belong to no single device (RFC 1122, 5771).
            self.assertTrue(number == 0 or 0xE0000000 <= number <= 0xEFFFFFFF)
        else:
            self.assertEqual(int(ip_address(text)), number)

    def test_addresses_that_are_none(self):
        for text in (
            "10.1.2",
            "10.1.2.256",
            "10.1.2.3/24",
            "a.b.c.d",
            "::g",
            "0.0.0.0",
        ):
            with self.subTest(text=text), self.assertRaises(ValueError):
                ledger.normalize_ip(text)
        self.assertEqual(ledger.normalize_ip(" "), "")
        self.assertEqual(ledger.normalize_ip("2001:0DB8:0:0:0:0:0:1"), "2001:db8::1")

    def test_bounds_of_the_earth(self):
        for point in ((90, 180), (-90, -180), (0, 0), (40.13, 116.65)):
            ledger.check_point(*point)
        for point, swapped in (
            ((90.1, 0), True),
            ((0, 180.1), False),
            ((116.65, 40.13), True),
            ((-200, 0), False),
        ):
            with self.subTest(point=point):
                with self.assertRaises(ledger.PlaceError) as caught:
                    ledger.check_point(*point)
                self.assertEqual(caught.exception.swapped, swapped)


@tagged("post_install", "-at_install")
class TestDeviceLedger(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.engineer = cls._create_user("engineer")
        cls.line = cls.system.hardware_line_ids[0]
        cls.uncounted = cls.system.hardware_line_ids[1]
        cls.Equipment = cls.env["maintenance.equipment"].with_user(cls.dispatcher)

    def _make(self, systems=None):
        systems = self.system if systems is None else systems
        return systems.with_user(self.dispatcher)._make_ledger()

    def _numbers(self, line):
        return line.equipment_ids.sorted("id").mapped("ledger_number")

    # ------------------------------------------------------------
    # Entries from the declared quantities
    # ------------------------------------------------------------

    def test_entries_of_the_declared_quantities(self):
        self.assertEqual((self.line.equipment_count, self.line.ledger_percent), (0, 0))
        self.assertEqual(self._make(), 3)
        devices = self.line.equipment_ids
        code = self.system.code
        self.assertEqual(
            self._numbers(self.line),
            [f"{code}-01-0001", f"{code}-01-0002", f"{code}-01-0003"],
        )
        self.assertEqual(set(devices.mapped("name")), {"服务器"})
        self.assertEqual(devices.system_id, self.system)
        self.assertEqual(set(devices.mapped("om_state")), {"in_use"})
        self.assertTrue(all(devices.mapped("to_complete")))
        self.assertTrue(all(devices.mapped("active")))
        self.assertFalse(devices.owner_user_id, "nobody of ours owns them")
        self.assertEqual(set(devices.mapped("effective_date")), {date(2026, 1, 1)})
        self.assertFalse(self.uncounted.equipment_ids, "no number, no entries")
        self.assertEqual(self.line.ledger_percent, 100)
        self.assertEqual(self.system.ledger_percent, 100)
        self.assertEqual(self.system.to_complete_count, 3)

    def test_a_second_run_makes_nothing(self):
        self._make()
        before = self._numbers(self.line)
        self.assertEqual(self._make(), 0)
        self.assertEqual(self._numbers(self.line), before)
        self.assertEqual(
            self.system.with_user(self.dispatcher).action_make_ledger()["params"][
                "type"
            ],
            "info",
        )

    def test_only_the_missing_are_made(self):
        own = self.Equipment.create(
            {"name": "服务器 A", "hardware_line_id": self.line.id, "location": "A01"}
        )
        self.assertEqual(own.ledger_number, f"{self.system.code}-01-0001")
        self.assertEqual(self.line.ledger_missing, 2)
        self.assertEqual(self.line.ledger_percent, 33)
        self.assertEqual(self._make(), 2)
        self.assertFalse(own.to_complete)
        self.assertEqual(own.location, "A01")
        self.line.quantity = 5
        self.assertEqual(self._make(), 2)
        self.assertEqual(self._numbers(self.line)[-1], f"{self.system.code}-01-0005")

    def test_a_number_is_never_given_again(self):
        self._make()
        devices = self.line.equipment_ids.sorted("id")
        devices[2].unlink()
        devices[1].with_user(self.dispatcher).om_state = "removed"
        self.assertEqual(self.line.equipment_count, 1)
        self.assertEqual(self._make(), 2)
        self.assertEqual(
            [number[-4:] for number in self._numbers(self.line)],
            ["0001", "0002", "0004", "0005"],
        )

    def test_surplus_of_one_line_does_not_hide_the_gap_of_another(self):
        self.uncounted.quantity = 1
        self.Equipment.create(
            [
                {"name": f"交换机 {number}", "hardware_line_id": self.uncounted.id}
                for number in range(4)
            ]
        )
        self.assertEqual(self.system.ledger_count, 4)
        self.assertEqual(self.system.device_count, 4)
        self.assertEqual(self.system.ledger_missing, 3)
        self.assertEqual(self.system.ledger_percent, 25)

    def test_lines_keep_their_number_when_they_are_sorted_anew(self):
        self._make()
        self.line.sequence = 99
        self.uncounted.write({"sequence": 1, "quantity": 1})
        self._make()
        self.assertEqual(self._numbers(self.uncounted), [f"{self.system.code}-02-0001"])

    def test_stopped_systems_get_no_entries(self):
        self.system.write({"state": "stopped", "stop_date": "2026-03-01"})
        self.system.with_user(self.dispatcher).action_make_ledger()
        self.assertFalse(self.line.equipment_ids)

    def test_search_of_what_is_incomplete(self):
        System = self.env["om.system"].with_user(self.engineer)
        domain = [
            ("id", "in", (self.system | self.other_system).ids),
            ("ledger_missing", ">", 0),
        ]
        Line = self.env["om.system.hardware"].with_user(self.engineer)
        missing = [("system_id", "=", self.system.id), ("ledger_missing", ">", 0)]
        self.assertEqual(System.search(domain), self.system)
        self.assertEqual(Line.search(missing), self.line)
        self._make()
        self.assertFalse(System.search(domain))
        self.assertFalse(Line.search(missing))
        self.assertEqual(
            Line.search(
                [("system_id", "=", self.system.id), ("ledger_missing", "=", 0)]
            ),
            self.line | self.uncounted,
        )
        self.line.equipment_ids[0].active = False
        self.assertEqual(System.search(domain), self.system)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_only_those_who_keep_the_register_make_entries(self):
        for role in ("procurement", "auditor"):
            user = self._create_user(role)
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.system.with_user(user).action_make_ledger()
        with self.assertRaises(AccessError):
            self.system.with_user(self.engineer).action_make_ledger()
        self.assertFalse(self.line.equipment_ids)

    def _system_declaring(self, quantities):
        return self.env["om.system"].create(
            {
                "name": f"Many {quantities}",
                "unit_id": self.unit.id,
                "hardware_line_ids": [
                    (0, 0, {"name": f"设备 {number}", "quantity": quantity})
                    for number, quantity in enumerate(quantities)
                ],
            }
        )

    @warmup
    def test_queries_do_not_grow_with_the_devices(self):
        def count(systems):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._make(systems)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self._make(self._system_declaring([2]))
        small = count(self._system_declaring([10]))
        large = count(self._system_declaring([100] * 5))
        # PostgreSQL gets its rows by the hundred or so, whatever Odoo does.
        self.assertLessEqual(large, small + 20)

    @warmup
    def test_the_ledger_columns_are_read_in_a_batch(self):
        systems = self.env["om.system"].browse()
        for number in range(1, 21):
            systems |= self._system_declaring([number])
        fields = {"ledger_missing": {}, "ledger_percent": {}, "to_complete_count": {}}

        def count(number):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            systems[:number].with_user(self.engineer).web_read(fields)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(20), count(2))

    # ------------------------------------------------------------
    # One device
    # ------------------------------------------------------------

    def _device(self, **values):
        return self.Equipment.create(
            {"name": "摄像机", "system_id": self.system.id, **values}
        )

    def test_ip_address(self):
        device = self._device(ip_address=" 2001:0db8::0001 ")
        self.assertEqual(device.ip_address, "2001:db8::1")
        with self.assertRaisesRegex(ValidationError, "10.1.2.300"):
            device.ip_address = "10.1.2.300"

    def test_coordinates(self):
        device = self._device(latitude=40.13, longitude=116.65)
        with self.assertRaisesRegex(ValidationError, "swapped"):
            device.write({"latitude": 116.65, "longitude": 40.13})
        with self.assertRaisesRegex(ValidationError, "no place on earth"):
            device.longitude = 181

    @freeze_time("2026-03-09 17:00:00")
    def test_state_and_day_of_scrapping_agree(self):
        device = self._device()
        device.om_state = "scrapped"
        self.assertEqual(device.scrap_date, date(2026, 3, 10), "the day in Beijing")
        with freeze_time("2026-05-01"):
            device.write({"om_state": "scrapped"})
        self.assertEqual(device.scrap_date, date(2026, 3, 10))
        device.om_state = "in_use"
        self.assertFalse(device.scrap_date)
        device.scrap_date = "2026-02-01"
        self.assertEqual(device.om_state, "scrapped")
        device.scrap_date = False
        self.assertEqual(device.om_state, "in_use")
        with self.assertRaisesRegex(ValidationError, "摄像机"):
            device.write({"om_state": "faulty", "scrap_date": "2026-02-01"})

    def test_form_shows_the_day_of_scrapping(self):
        form = Form(self._device())
        form.om_state = "scrapped"
        self.assertTrue(form.scrap_date)
        form.om_state = "faulty"
        self.assertFalse(form.scrap_date)

    def test_completing_asks_for_a_place(self):
        self._make()
        first, second, third = self.line.equipment_ids.with_user(self.dispatcher)
        first.location = "A01"
        second.write({"latitude": 40.1, "longitude": 116.6})
        with self.assertRaisesRegex(UserError, "1 in all"):
            (first | second | third).action_complete()
        self.assertTrue(first.to_complete, "all or nothing")
        (first | second).action_complete()
        self.assertEqual(self.system.to_complete_count, 1)

    def test_photos_are_seen_by_every_reader(self):
        photo = (
            self.env["ir.attachment"]
            .with_user(self.dispatcher)
            .create({"name": "现场.png", "raw": b"x"})
        )
        device = self._device(photo_ids=[(6, 0, photo.ids)])
        self.assertEqual(
            (photo.res_model, photo.res_id), ("maintenance.equipment", device.id)
        )
        self.assertEqual(photo.with_user(self.engineer).raw, b"x")

    def test_copies_get_their_own_number(self):
        device = self._device(
            hardware_line_id=self.line.id, ip_address="10.0.0.1", om_state="faulty"
        )
        copy = device.copy()
        self.assertEqual(copy.ledger_number, f"{self.system.code}-01-0002")
        self.assertEqual(copy.om_state, "in_use")
        self.assertFalse(copy.ip_address)

    # ------------------------------------------------------------
    # Online rates
    # ------------------------------------------------------------

    def test_the_latest_online_rate(self):
        device, other = self._device(), self._device()
        Online = self.env["om.equipment.online"].with_user(self.engineer)
        Online.create(
            [
                {"equipment_id": device.id, "date": "2026-03-02", "rate": 90},
                {"equipment_id": device.id, "date": "2026-03-01", "rate": 99.5},
            ]
        )
        self.assertEqual(device.online_date, date(2026, 3, 2))
        self.assertEqual(device.online_rate, 90)
        self.assertFalse(other.online_date)
        low = [
            ("id", "in", (device | other).ids),
            ("online_date", "!=", False),
            ("online_rate", "<", 95),
        ]
        self.assertEqual(self.Equipment.search(low), device)
        device.online_ids.filtered(lambda rate: rate.rate == 90).sudo().unlink()
        self.assertEqual(device.online_date, date(2026, 3, 1))
        self.assertEqual(device.online_rate, 99.5)

    @mute_logger("odoo.sql_db")
    def test_online_rates_are_percents_once_a_day(self):
        device = self._device()
        Online = self.env["om.equipment.online"]
        for rate in (-0.1, 100.1):
            with self.subTest(rate=rate), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    Online.create(
                        {"equipment_id": device.id, "date": "2026-03-01", "rate": rate}
                    )
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            for rate in (1, 2):
                Online.create(
                    {"equipment_id": device.id, "date": "2026-03-01", "rate": rate}
                )

    # ------------------------------------------------------------
    # Reporting a fault
    # ------------------------------------------------------------
