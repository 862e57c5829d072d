import base64
import io
from datetime import date

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, warmup

from odoo.addons.om_base.tests.common import new_test_user
from odoo.addons.om_base.tests.written import CASES, rows_of, write_and_read

from .common import OmAssetsCommon

REPORT = "om_assets.om_register_report_xlsx"


class RegisterImportCommon(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own: what else the database holds does not matter.
        cls.company = cls.env["res.company"].create({"name": "Import Test"})
        (cls.system | cls.other_system).company_id = cls.company
        cls.system.write(
            {"code": "T/1", "sequence_no": 1, "state": "in_service", "summary": "a\nb"}
        )
        cls.other_system.write({"code": "T/2", "sequence_no": 2})
        cls.manager = cls._create_user(
            "manager", company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)]
        )
        cls.env = cls.env(user=cls.manager)
        cls.env = cls.env(context={"lang": "en_US"})
        cls.system = cls.system.with_env(cls.env)
        cls.other_system = cls.other_system.with_env(cls.env)

    def export(self, systems=None, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.manager)
        return report._render_xlsx(REPORT, systems.ids if systems else [], {})[0]

    def edit(self, *cells, content=None, drop=()):
        """Return an export in which cells were changed: (sheet, row, heading, value);
        ``drop`` lists (sheet, row) to delete."""
        book = openpyxl.load_workbook(io.BytesIO(content or self.export()))
        for sheet, row, heading, value in cells:
            columns = {cell.value: cell.column for cell in book[sheet][1]}
            book[sheet].cell(row, columns[heading]).value = value
        for sheet, row in drop:
            book[sheet].delete_rows(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def upload(self, content, **values):
        record = self.env["om.register.import"].create(
            {"name": "t.xlsx", "file": base64.b64encode(content), **values}
        )
        record.action_read()
        return record

    def changes(self, record):
        return [
            (each.kind, each.sheet, each.system_code, each.field_label)
            for each in record.change_ids
        ]


@tagged("post_install", "-at_install")
class TestRegisterImport(RegisterImportCommon):
    def test_the_menu_exports_all(self):
        """The client adds the number of what it stands on, unless it is told not to."""
        action = self.env["om.register.export"].create({}).action_export()
        self.assertIs(action["context"]["active_ids"], False)

    def test_what_is_written_is_read(self):
        """Each sheet of the register, those of other add-ons too."""
        tables = self.env["om.register.sheet"]._get_tables(self.company)

        @CASES
        @given(st.data())
        def check(data):
            for table in tables:
                rows = data.draw(rows_of(table))
                self.assertEqual(write_and_read(table, rows), (rows, []), table.key)

        check()

    def test_export_is_readable(self):
        book = openpyxl.load_workbook(io.BytesIO(self.export()))
        self.assertEqual(
            book.sheetnames,
            [
                "Systems",
                "Hardware",
                "Inspection Plans",
                "Deadlines",
                "Indicators",
                "Reports",
                "Spare Parts",
                "Choices",
            ],
        )
        sheet = book["Systems"]
        head = [cell.value for cell in sheet[1]]
        row = dict(zip(head, [cell.value for cell in sheet[2]], strict=True))
        self.assertEqual(len(head), len(set(head)))
        self.assertEqual(row["Code"], "T/1")
        self.assertEqual(row["User Unit"], "甲单位")
        self.assertEqual(row["State"], "In Service")
        self.assertEqual(row["Service Start"].date(), date(2026, 1, 1))
        self.assertEqual(sheet.freeze_panes, "D2")
        self.assertTrue(sheet.auto_filter.ref)
        self.assertTrue(sheet.data_validations.dataValidation)
        self.assertEqual(book["Choices"].sheet_state, "hidden")
        self.assertEqual(book["Hardware"].max_row, 3)

    def test_export_of_chosen_systems(self):
        book = openpyxl.load_workbook(io.BytesIO(self.export(self.other_system)))
        self.assertEqual(book["Systems"].max_row, 2)
        self.assertEqual(book["Systems"]["A2"].value, "T/2")

    def test_export_keeps_remarks_and_formulas_to_itself(self):
        self.system.write({"note": "secret", "name": "=1+1"})
        content = self.export()
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Systems"]
        values = [cell.value for row in sheet for cell in row]
        self.assertNotIn("secret", values)
        self.assertEqual(sheet["C2"].data_type, "s")
        self.assertFalse(self.upload(content).change_ids)

    def test_unchanged(self):
        record = self.upload(self.export())
        self.assertEqual(record.state, "ready")
        self.assertFalse(record.change_ids)
        self.assertFalse(record.ignored)
        with self.assertRaises(UserError):
            record.action_apply()

    def test_a_code_is_one_however_it_is_typed(self):
        """Input methods, Caps Lock and marks that nobody sees change no register."""
        for sheet, heading in (("Systems", "Code"), ("Hardware", "System Code")):
            for typed in ("ｔ／１", "Ｔ／１", "t/1", " T/1\u200b", "\ufeffT/1"):
                record = self.upload(self.edit((sheet, 2, heading, typed)))
                with self.subTest(sheet=sheet, typed=ascii(typed)):
                    self.assertEqual(record.problem_ids.mapped("message"), [])
                    self.assertFalse(record.change_ids)
        content = self.edit(
            ("Systems", 4, "Code", "Ｔ／３"),
            ("Systems", 4, "Name", "丙系统"),
            ("Systems", 4, "User Unit", "乙单位"),
            ("Systems", 4, "State", "In Service"),
            ("Systems", 4, "Service Start", date(2027, 1, 1)),
            ("Hardware", 4, "System Code", "t/3"),
            ("Hardware", 4, "Device", "防火墙"),
            ("Hardware", 4, "Quantity", 2),
        )
        self.upload(content).action_apply()
        system = self.env["om.system"].search([("code", "=", "T/3")])
        self.assertEqual(system.device_count, 2)

    def test_three_cells(self):
        content = self.edit(
            ("Systems", 2, "Name", "甲单位新系统"),
            ("Systems", 2, "Service End", date(2027, 6, 30)),
            ("Hardware", 2, "Quantity", 9),
        )
        record = self.upload(content)
        self.assertEqual(
            [(c.field_label, c.old_text, c.new_text) for c in record.change_ids],
            [
                ("Name", "甲单位办公系统", "甲单位新系统"),
                ("Service End", "2026-12-31", "2027-06-30"),
                ("Quantity", "3", "9"),
            ],
        )
        self.assertEqual(self.system.name, "甲单位办公系统")
        record.action_apply()
        self.assertEqual(record.state, "applied")
        self.assertEqual(record.applied_by, self.manager)
        self.assertEqual(self.system.name, "甲单位新系统")
        self.assertEqual(self.system.service_end, date(2027, 6, 30))
        self.assertEqual(self.system.hardware_line_ids[0].quantity, 9)
        self.assertEqual(self.system.device_count, 9)
        self.assertIn("甲单位新系统", self.system.message_ids[0].body)
        self.assertFalse(self.upload(content).change_ids)
        record.action_undo()
        self.assertEqual(record.state, "undone")
        self.assertEqual(self.system.name, "甲单位办公系统")
        self.assertEqual(self.system.service_end, date(2026, 12, 31))
        self.assertEqual(self.system.hardware_line_ids[0].quantity, 3)
        with self.assertRaises(UserError):
            record.action_undo()

    def test_new_system_with_lines(self):
        content = self.edit(
            ("Systems", 4, "Code", "T/3"),
            ("Systems", 4, "Name", "丙系统"),
            ("Systems", 4, "User Unit", "乙单位"),
            ("Systems", 4, "State", "In Service"),
            ("Systems", 4, "Service Start", date(2027, 1, 1)),
            ("Hardware", 4, "System Code", "T/3"),
            ("Hardware", 4, "Device", "防火墙"),
            ("Hardware", 4, "Quantity", 2),
        )
        record = self.upload(content)
        self.assertEqual([c.kind for c in record.change_ids], ["new", "new"])
        record.action_apply()
        system = self.env["om.system"].search([("code", "=", "T/3")])
        self.assertEqual(system.unit_id, self.other_unit)
        self.assertEqual(system.company_id, self.company)
        self.assertEqual(system.device_count, 2)
        self.assertFalse(self.upload(content).change_ids)
        record.action_undo()
        self.assertFalse(system.exists())

    def test_system_without_code(self):
        content = self.edit(
            ("Systems", 3, "Code", None),
            ("Systems", 4, "Name", "丁系统"),
            ("Systems", 4, "User Unit", "甲单位"),
            ("Systems", 4, "State", "Draft"),
        )
        record = self.upload(content)
        # The name and the unit say which one row 3 is; row 4 is nobody yet.
        self.assertEqual([(c.kind, c.row) for c in record.change_ids], [("new", 4)])
        record.action_apply()
        self.assertTrue(self.env["om.system"].search([("name", "=", "丁系统")]).code)

    def test_removed_line_comes_back_with_what_was_counted_for_it(self):
        line = self.system.hardware_line_ids[0]
        device = self.env["maintenance.equipment"].create(
            {"name": "甲01", "system_id": self.system.id, "hardware_line_id": line.id}
        )
        record = self.upload(self.edit(drop=[("Hardware", 2)]))
        self.assertEqual(self.changes(record), [("removed", "Hardware", "T/1", "")])
        record.action_apply()
        self.assertFalse(line.exists())
        self.assertFalse(device.hardware_line_id)
        record.action_undo()
        line = device.hardware_line_id
        self.assertEqual((line.name, line.quantity), ("服务器", 3))
        self.assertEqual(line.system_id, self.system)
        self.assertEqual(len(self.system.hardware_line_ids), 2)

    def test_missing_systems(self):
        content = self.export(self.other_system)
        record = self.upload(content)
        self.assertFalse(record.change_ids)
        self.assertEqual(record.left_count, 1)
        record = self.upload(content, stop_missing=True, stop_date="2026-07-01")
        self.assertEqual([c.kind for c in record.change_ids], ["stopped"])
        self.assertEqual(record.change_ids.system_code, "T/1")
        record.action_apply()
        self.assertEqual(self.system.state, "stopped")
        self.assertEqual(self.system.stop_date, date(2026, 7, 1))
        self.assertTrue(self.system.hardware_line_ids)
        record.action_undo()
        self.assertEqual(self.system.state, "in_service")
        self.assertFalse(self.system.stop_date)

    def test_missing_systems_need_a_day_of_service(self):
        content = self.export(self.other_system)
        for day in (False, "2025-01-01"):
            record = self.upload(content, stop_missing=True, stop_date=day)
            self.assertEqual(record.state, "faulty")

    def test_mistakes_name_sheet_row_and_column(self):
        for cell, message in (
            (("Systems", 2, "User Unit", "不存在"), "“不存在” is not known"),
            (("Systems", 2, "Class", "不存在"), "“不存在” is not known"),
            (("Systems", 3, "Code", "T/1"), "“T/1” is in the sheet more than once"),
            (("Systems", 2, "Service End", date(2025, 1, 1)), "ends before it starts"),
            (("Systems", 2, "Service End", "2026.1.1"), "entered as text"),
            (("Hardware", 2, "Quantity", "9"), "entered as text"),
            (("Hardware", 2, "Quantity", "=1+1"), "This is a formula"),
            (("Hardware", 2, "System Code", "T/9"), "no system with the code “T/9”"),
            (("Hardware", 2, "Line No. (Keep)", 2**31 - 1), "has no line"),
            (("Hardware", 2, "System Code", "T/2"), "belongs to another system"),
            (("Inspection Plans", 2, "Times", 0), "“0” is less than one"),
        ):
            with self.subTest(cell=cell):
                record = self.upload(self.edit(cell))
                self.assertEqual(record.state, "faulty")
                self.assertFalse(record.change_ids)
                sheet, row, column, _value = cell
                found = [
                    (each.sheet, each.row, each.column) for each in record.problem_ids
                ]
                self.assertIn((sheet, row), [each[:2] for each in found])
                if "another system" not in message:
                    self.assertEqual(found, [(sheet, row, column)])
                self.assertTrue(
                    any(message in each.message for each in record.problem_ids),
                    record.problem_ids.mapped("message"),
                )
                with self.assertRaises(UserError):
                    record.action_apply()

    def test_files_that_are_none(self):
        for content in (b"a;b\n1;2", b"%PDF-1.4", b"\xd0\xcf\x11\xe0", b"PK\x03\x04"):
            record = self.upload(content)
            self.assertEqual(record.state, "faulty")
            self.assertEqual(len(record.problem_ids), 1)
        book = openpyxl.load_workbook(io.BytesIO(self.export()))
        del book["Deadlines"]
        book["Hardware"].delete_cols(5)
        stream = io.BytesIO()
        book.save(stream)
        record = self.upload(stream.getvalue())
        self.assertEqual(
            [(each.sheet, each.column) for each in record.problem_ids],
            [("Hardware", "Quantity"), ("Deadlines", "")],
        )

    def test_units_of_one_name(self):
        self.env["res.partner"].sudo().create(
            {"name": "甲单位", "is_company": True, "om_role": "user_unit"}
        )
        record = self.upload(self.export())
        self.assertEqual((record.state, len(record.change_ids)), ("ready", 0))
        record = self.upload(self.edit(("Systems", 2, "User Unit", "甲单位")))
        self.assertIn("More than one", record.problem_ids.message)

    def test_preview_that_is_no_longer_true(self):
        content = self.edit(("Systems", 2, "Name", "x"))
        record = self.upload(content)
        self.system.name = "y"
        with self.assertRaisesRegex(UserError, "Read the file again"):
            record.action_apply()
        record.action_read()
        record.action_apply()
        self.assertEqual(self.system.name, "x")

    def test_undo_refused_after_a_change(self):
        record = self.upload(self.edit(("Systems", 2, "Name", "x")))
        record.action_apply()
        self.system.summary = "by hand"
        with self.assertRaisesRegex(UserError, "was changed since"):
            record.action_undo()
        self.assertEqual(self.system.name, "x")
        self.system.summary = "a\nb"
        record.action_undo()
        self.assertEqual(self.system.name, "甲单位办公系统")

    def test_undo_refused_when_something_was_built_on_it(self):
        content = self.edit(
            ("Systems", 4, "Code", "T/3"),
            ("Systems", 4, "Name", "丙系统"),
            ("Systems", 4, "User Unit", "乙单位"),
            ("Systems", 4, "State", "Draft"),
        )
        record = self.upload(content)
        record.action_apply()
        system = self.env["om.system"].search([("code", "=", "T/3")])
        device = self.env["maintenance.equipment"].create(
            {"name": "乙02", "system_id": system.id}
        )
        with self.assertRaisesRegex(UserError, "丙系统: 1 entries"):
            record.action_undo()
        device.sudo().unlink()
        message = system.message_post(body="seen", message_type="comment")
        with self.assertRaisesRegex(UserError, "丙系统: 1 entries"):
            record.action_undo()
        message.sudo().unlink()
        record.action_undo()
        self.assertFalse(system.exists())

    def test_applied_import_stays_on_record(self):
        record = self.upload(self.edit(("Systems", 2, "Name", "x")))
        with self.assertRaises(UserError):
            record.state = "applied"
        with self.assertRaises(UserError):
            self.env["om.register.import"].create(
                {"file": base64.b64encode(b"x"), "state": "applied"}
            )
        record.action_apply()
        with self.assertRaises(UserError):
            record.unlink()
        with self.assertRaises(UserError):
            record.file = base64.b64encode(b"x")
        with self.assertRaises(UserError):
            record.action_read()

    def test_another_file_is_read_anew(self):
        record = self.upload(self.edit(("Systems", 2, "Name", "x")))
        record.file = base64.b64encode(self.export())
        self.assertEqual((record.state, len(record.change_ids)), ("draft", 0))
        with self.assertRaises(UserError):
            record.action_apply()


@tagged("post_install", "-at_install")
class TestRegisterImportAccess(RegisterImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {}
        for role in ("auditor", "dispatcher", "engineer", "warehouse"):
            cls.users[role] = new_test_user(
                cls.env(su=True),
                login=f"import_{role}",
                groups=f"om_base.group_{role}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
        cls.users["portal"] = new_test_user(
            cls.env(su=True),
            login="import_portal",
            groups="om_base.group_portal_user_unit",
        )
        cls.stranger = new_test_user(
            cls.env(su=True),
            login="import_stranger",
            groups="om_base.group_administrator",
            company_id=cls.env.ref("base.main_company").id,
            company_ids=[(6, 0, cls.env.ref("base.main_company").ids)],
        )

    def test_auditor_exports_and_looks(self):
        record = self.upload(self.edit(("Systems", 2, "Name", "x")))
        auditor = self.users["auditor"]
        self.assertTrue(self.export(user=auditor))
        seen = record.with_user(auditor)
        self.assertEqual(seen.change_ids.new_text, "x")
        for method in ("action_read", "action_apply", "action_undo"):
            with self.assertRaises(AccessError):
                getattr(seen, method)()
        with self.assertRaises(AccessError):
            seen.create({"file": base64.b64encode(b"x")})

    def test_others_neither_export_nor_import(self):
        record = self.upload(self.export())
        for role in ("dispatcher", "engineer", "warehouse", "portal"):
            user = self.users[role]
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self.export(user=user)
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])

    def test_differences_are_not_edited(self):
        record = self.upload(self.edit(("Systems", 2, "Name", "x")))
        with self.assertRaises(AccessError):
            record.change_ids.new_text = "y"
        with self.assertRaises(AccessError):
            record.change_ids.unlink()

    def test_other_company(self):
        record = self.upload(self.export())
        with self.assertRaises(AccessError):
            record.with_user(self.stranger).read(["name"])


@tagged("post_install", "-at_install")
class TestRegisterImportQueries(RegisterImportCommon):
    """The number of queries belongs to the file, not to its rows."""

    def _edit_all(self, count, year):
        book = openpyxl.load_workbook(io.BytesIO(self.export()))
        head = {cell.value: cell.column for cell in book["Systems"][1]}
        for row in range(2, 2 + count):
            name = book["Systems"].cell(row, head["Name"])
            name.value = f"{name.value} {year}"
            book["Hardware"].cell(row, 5).value = row
        for row in range(count):
            line = book["Systems"].max_row + 1
            book["Systems"].cell(line, head["Code"]).value = f"N{year}/{row}"
            book["Systems"].cell(line, head["Name"]).value = f"新 {row}"
            book["Systems"].cell(line, head["User Unit"]).value = "甲单位"
            book["Systems"].cell(line, head["State"]).value = "Draft"
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @warmup
    def test_constant(self):
        self.env["om.system"].create(
            [
                {
                    "name": f"系统 {number}",
                    "code": f"Q/{number:03}",
                    "unit_id": self.unit.id,
                    "hardware_line_ids": [(0, 0, {"name": "设备", "quantity": 1})],
                    "inspection_plan_ids": [(0, 0, {"per": "month"})],
                }
                for number in range(60)
            ]
        )
        counts = {}
        for count, year in ((3, 2026), (10, 2027), (50, 2028)):
            content = self._edit_all(count, year)
            record = self.env["om.register.import"].create(
                {"name": "t.xlsx", "file": base64.b64encode(content)}
            )
            counts[count] = [
                self._count(record.action_read),
                self._count(record.action_apply),
                self._count(record.action_undo),
            ]
            self.assertEqual(len(record.change_ids), 3 * count)
        for small, large in zip(counts[10], counts[50], strict=True):
            self.assertLessEqual(large, small + 5, counts)
