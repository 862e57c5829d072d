from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, Form, tagged

from odoo.addons.om_base.tools.pasted import PastedRow, read_table, split
from odoo.addons.om_base.tools.sheets import parse_date

from .common import OmAssetsCommon

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=100)
TITLES = {"名称": "name", "序列号": "serial_no"}
ORDER = ("name", "serial_no")


@tagged("post_install", "-at_install")
class TestPastedRows(BaseCase):
    def test_titles_give_the_columns(self):
        rows = read_table("序列号\t备注\t名 称\nSN1\tx\t甲\n\n\tx\t乙", TITLES, ORDER)
        self.assertEqual(
            rows,
            [
                PastedRow(2, {"serial_no": "SN1", "name": "甲"}),
                PastedRow(4, {"name": "乙"}),
            ],
        )

    def test_without_titles_the_order_does(self):
        self.assertEqual(
            read_table("名称\tSN1\n甲\tSN2\t多余", TITLES, ORDER),
            [
                PastedRow(1, {"name": "名称", "serial_no": "SN1"}),
                PastedRow(2, {"name": "甲", "serial_no": "SN2"}),
            ],
        )

    def test_days_as_spreadsheets_show_them(self):
        for text in ("2026-01-05", "2026/1/5", "2026.1.5", "２０２６年1月5日"):
            self.assertEqual(parse_date(text), date(2026, 1, 5))
        for text in ("", "2026-02-30", "46027", "5.1.2026"):
            self.assertIsNone(parse_date(text))

    @PROPERTY
    @given(st.text())
    def test_whatever_is_pasted(self, text):
        rows = read_table(text, TITLES, ORDER)
        self.assertLessEqual(len(rows), len(split(text)))
        for row in rows:
            self.assertTrue(all(map(str.strip, row.values.values())))


@tagged("post_install", "-at_install")
class TestDevicePaste(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.line = cls.system.hardware_line_ids[0]

    def _paste(self, text):
        action = self.system.action_open_device_paste()
        form = Form(
            self.env["om.device.paste"]
            .with_user(self.dispatcher)
            .with_context(**action["context"])
        )
        form.text = text
        return form

    def test_devices_are_read_before_they_are_entered(self):
        form = self._paste(
            f"{self.line.name}\tR740\tＰＡＳＴＥ－1\t机房\t10.1.2.3\t2026/1/5\n"
            "示例交换机\t\tPASTE-2"
        )
        self.assertFalse(form.problems)
        self.assertEqual((form.found_count, form.declared_count), (2, 1))
        before = self.system.equipment_ids
        action = form.save().action_apply()
        made = self.env["maintenance.equipment"].search(action["domain"])
        self.assertEqual(self.system.equipment_ids - before, made)
        first = made.filtered("hardware_line_id")
        self.assertEqual(first.hardware_line_id, self.line)
        self.assertEqual(
            (first.serial_no, first.location, first.install_date),
            ("PASTE-1", "机房", date(2026, 1, 5)),
        )
        self.assertEqual(made.system_id, self.system)

    def test_nothing_is_entered_with_a_mistake(self):
        self._paste("甲\t\tPASTE-3").save().action_apply()
        paste = self._paste(
            "乙\t\tpaste-3\n\tR740\n丙\t\tPASTE-4\n丁\t\tPASTE-4\n戊\t\t\t\t10.1\t昨天"
        ).save()
        self.assertEqual(len(paste.problems.split("\n")), 5)
        with self.assertRaisesRegex(UserError, "paste-3"):
            paste.action_apply()
        self.assertFalse(
            self.env["maintenance.equipment"].search([("serial_no", "=", "PASTE-4")])
        )
