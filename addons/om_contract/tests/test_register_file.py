"""A new engagement from one file: units, systems, prices and the contract; undone."""

import base64
import io
from datetime import date

import openpyxl

from odoo.tests import TransactionCase, tagged

from odoo.addons.om_base.tests.common import new_test_user

REPORT = "om_assets.om_register_report_xlsx"
SYSTEMS, CONTRACTS = "Systems", "New Contracts"
UNITS = ("首日测试医院门诊部", "首日测试医院信息科")


@tagged("post_install", "-at_install")
class TestRegisterFile(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "首日测试公司"})
        cls.manager = new_test_user(
            cls.env,
            "om_file_manager",
            groups="om_base.group_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.env = cls.env(user=cls.manager, context={"lang": "en_US"})
        cls.template = cls.env["om.payment.template"].search([], limit=1)

    def fill(self, count=12, fee=100000.00, sheets=None):
        """Return the empty form, filled in for ``count`` systems of a hospital."""
        content = self.env["ir.actions.report"]._render_xlsx(
            REPORT, [], {"prices": True}
        )[0]
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = {
            SYSTEMS: [
                {
                    "Code": f"HS-{number:03}",
                    "Name": f"示例系统{number}",
                    "User Unit": UNITS[number % 2],
                    "State": "In Service",
                    "Service Start": date(2026, 1, 1),
                    "Service End": date(2026, 12, 31),
                    "Contract": "HS-2026",
                    "Annual Fee": fee,
                }
                for number in range(count)
            ],
            CONTRACTS: [
                {
                    "Code": "HS-2026",
                    "Name": "示例医院运维合同",
                    "Partner": "首日测试医院",
                    "Signature Date": date(2026, 1, 5),
                    "Start Date": date(2026, 1, 1),
                    "End Date": date(2026, 12, 31),
                    "Payment Template": self.template.name,
                }
            ],
            **(sheets or {}),
        }
        for title, lines in rows.items():
            sheet = book[title]
            columns = {cell.value: cell.column for cell in sheet[1]}
            for at, line in enumerate(lines, 2):
                for heading, value in line.items():
                    sheet.cell(at, columns[heading]).value = value
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def upload(self, content, **values):
        record = self.env["om.register.import"].create(
            {
                "name": "t.xlsx",
                "file": base64.b64encode(content),
                "create_bodies": True,
                **values,
            }
        )
        record.action_read()
        return record

    def get_systems(self):
        return self.env["om.system"].search([("company_id", "=", self.company.id)])

    def get_contracts(self):
        return self.env["agreement"].search([("company_id", "=", self.company.id)])

    def test_a_new_engagement(self):
        record = self.upload(self.fill())
        self.assertEqual(record.problem_ids.mapped("message"), [])
        kinds = record.change_ids.mapped("model")
        self.assertEqual(kinds.count("om.system"), 12)
        self.assertEqual(kinds.count("res.partner"), 3)
        self.assertEqual(kinds.count("agreement"), 1)
        # Nothing is there before it is applied.
        self.assertFalse(self.get_systems() | self.get_contracts().system_ids)
        record.action_apply()
        contract = self.get_contracts()
        self.assertEqual(contract.code, "HS-2026")
        self.assertEqual(contract.state, "draft")
        self.assertEqual(contract.partner_id.om_role, "purchaser")
        # 12 x 100,000.00, and the parts of the template
        self.assertEqual(contract.amount_total, 1200000.00)
        self.assertEqual(contract.fee_total, 1200000.00)
        self.assertEqual(
            contract.milestone_ids.mapped("name"), self.template.line_ids.mapped("name")
        )
        self.assertEqual(len(contract.system_ids), 12)
        self.assertEqual(set(contract.system_ids.unit_id.mapped("name")), set(UNITS))
        self.assertEqual(
            set(contract.system_ids.unit_id.mapped("om_role")), {"user_unit"}
        )
        self.assertEqual(contract.system_ids.purchaser_id, contract.partner_id)
        contract.action_activate()
        self.assertEqual(contract.state, "in_force")

    def test_classes_come_with_the_systems(self):
        """A real start has none: the first register brings its own."""
        content = self.fill(count=3)
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book[SYSTEMS]
        columns = {cell.value: cell.column for cell in sheet[1]}
        for row, name in ((2, "示例分类甲"), (3, "示例分类乙"), (4, "示例分类甲")):
            sheet.cell(row, columns["Class"]).value = name
        stream = io.BytesIO()
        book.save(stream)
        refused = self.upload(stream.getvalue(), create_bodies=False)
        self.assertIn("示例分类甲", "".join(refused.problem_ids.mapped("message")))
        record = self.upload(stream.getvalue())
        self.assertFalse(record.problem_ids)
        classes = record.change_ids.filtered(
            lambda each: each.model == "om.system.category"
        )
        self.assertEqual(classes.mapped("record_name"), ["示例分类甲", "示例分类乙"])
        record.action_apply()
        systems = self.get_systems().sorted("code")
        self.assertEqual(
            systems.mapped(lambda system: system.category_id.name),
            ["示例分类甲", "示例分类乙", "示例分类甲"],
        )
        made = systems.category_id
        record.action_undo()
        self.assertFalse(made.exists())

    def test_what_a_row_leaves_open_begins_as_by_hand(self):
        content = self.fill(
            sheets={
                "Inspection Plans": [
                    {
                        "System Code": "HS-000",
                        "Scope": "Software",
                        "Every": 1,
                        "Period": "Month",
                        "Times": 1,
                        "In Key Periods": "As Usual",
                    }
                ]
            }
        )
        self.upload(content).action_apply()
        plan = self.get_systems().inspection_plan_ids
        self.assertEqual(
            plan.short_year, plan.default_get(["short_year"])["short_year"]
        )

    def test_undone_it_leaves_nothing(self):
        record = self.upload(self.fill())
        record.action_apply()
        made = {
            model: self.env[model].browse(
                record.change_ids.filtered(
                    lambda each, model=model: each.model == model
                ).mapped("res_id")
            )
            for model in ("res.partner", "agreement", "om.system")
        }
        record.action_undo()
        self.assertEqual(record.state, "undone")
        for records in made.values():
            self.assertFalse(records.exists())

    def test_what_was_signed_since_is_not_undone(self):
        record = self.upload(self.fill())
        record.action_apply()
        self.get_contracts().action_activate()
        with self.assertRaisesRegex(Exception, "is signed"):
            record.action_undo()
        self.assertEqual(len(self.get_systems()), 12)

    def test_read_again_it_changes_nothing(self):
        content = self.fill()
        self.upload(content).action_apply()
        again = self.upload(content)
        self.assertEqual(again.state, "ready")
        self.assertFalse(again.change_ids)

    def test_new_names_are_mistakes_unless_asked_for(self):
        record = self.upload(self.fill(), create_bodies=False)
        self.assertEqual(record.state, "faulty")
        # Each name once: two units and the purchaser.
        self.assertEqual(len(record.problem_ids), 3)

    def test_a_purchaser_that_uses_systems_is_one_body(self):
        content = self.fill(
            sheets={
                CONTRACTS: [
                    {"Code": "HS-2026", "Name": "示例合同", "Partner": UNITS[0]}
                ]
            }
        )
        self.upload(content).action_apply()
        contract = self.get_contracts()
        self.assertIn(contract.partner_id, contract.system_ids.unit_id)
        self.assertEqual(contract.partner_id.om_role, "purchaser")

    def test_a_contract_that_nobody_brings(self):
        content = self.fill(sheets={CONTRACTS: []})
        record = self.upload(content)
        self.assertEqual(record.state, "faulty")
        self.assertEqual(set(record.problem_ids.mapped("column")), {"Contract"})

    def test_a_signed_contract_is_not_changed_by_a_file(self):
        self.upload(self.fill()).action_apply()
        self.get_contracts().action_activate()
        record = self.upload(self.fill(fee=90000.00))
        self.assertEqual(record.state, "faulty")
        self.assertIn("is signed", record.problem_ids[0].message)

    def test_prices_of_a_draft_follow_the_file(self):
        self.upload(self.fill()).action_apply()
        record = self.upload(self.fill(fee=90000.00))
        self.assertEqual(set(record.change_ids.mapped("kind")), {"changed"})
        record.action_apply()
        self.assertEqual(self.get_contracts().fee_total, 1080000.00)

    def test_a_file_for_other_parties_tells_no_prices(self):
        self.upload(self.fill()).action_apply()
        content = self.env["ir.actions.report"]._render_xlsx(
            REPORT, self.get_systems().ids, {}
        )[0]
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertNotIn(CONTRACTS, book.sheetnames)
        head = [cell.value for cell in book[SYSTEMS][1]]
        self.assertNotIn("Contract", head)
        # And says nothing of them when it is read in again.
        self.assertFalse(self.upload(content).change_ids)
        self.assertEqual(self.get_contracts().fee_total, 1200000.00)

    def test_required_columns_are_marked(self):
        content = self.env["ir.actions.report"]._render_xlsx(
            REPORT, [], {"prices": True}
        )[0]
        book = openpyxl.load_workbook(io.BytesIO(content))
        marked = {cell.value for cell in book[SYSTEMS][1] if "*" in cell.number_format}
        self.assertEqual(marked, {"Name", "User Unit", "State"})

    def test_queries_do_not_grow_with_the_rows(self):
        def count(number, code):
            content = self.fill(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record = self.upload(content)
            queries = self.env.cr.sql_log_count - before
            self.assertEqual(record.state, "ready", code)
            return queries

        few = count(4, "few")
        self.assertLessEqual(count(60, "many"), few + 60)
