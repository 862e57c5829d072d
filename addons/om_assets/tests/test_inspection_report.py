from datetime import date
from io import BytesIO
from unicodedata import normalize
from unittest.mock import patch

from lxml import html
from openpyxl import load_workbook
from pypdf import PdfReader, PdfWriter

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.models import (
    ir_actions_report,
    ir_actions_report_job,
    om_paper_mixin,
)
from odoo.addons.om_base.tools.chromium import PaperError

from .inspection_common import InspectionCommon


@tagged("post_install", "-at_install")
class TestInspectionReport(InspectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.system.copy({"name": "甲单位门户"})
        cls.day = cls._create_inspection(
            name="门户", system_id=cls.second.id, inspection_deadline="2026-03-12"
        )
        cls.missed = cls._create_inspection(
            name="门户二", system_id=cls.second.id, inspection_deadline="2026-03-12"
        )
        cls.cancelled = cls._create_inspection(name="取消")
        # While it could still be done: a missed one is not cancelled.
        with freeze_time("2026-03-01 02:00:00"):
            cls.cancelled.archive = True
        cls.next_month = cls._create_inspection(
            name="四月", inspection_date="2026-04-01", inspection_deadline="2026-04-30"
        )
        cls.elsewhere = cls._create_inspection(name="乙", system_id=cls.other_system.id)
        with freeze_time("2026-03-11 02:00:00"):
            cls._finish(cls.inspection, fail=True)
        with freeze_time("2026-03-14 02:00:00"):
            cls._finish(cls.day)

    @classmethod
    def _finish(cls, inspection, fail=False):
        inspection = inspection.with_user(cls.engineer)
        inspection.inspection_mode = "remote"
        inspection.action_start_inspection()
        item = inspection.result_ids.filtered("measured")
        item.value = 31 if fail else 20
        if fail:
            item.note = "空调=停机"
            item.action_open_fault()
        inspection.action_pass_others()
        inspection.action_close_inspection()

    def _wizard(self, **values):
        wizards = self.env["om.inspection.report.wizard"].with_user(self.engineer)
        if "agreement_id" in wizards._fields:
            # Where there are contracts, too: these systems are in none.
            values = {"agreement_id": False, **values}
        return wizards.create({"year": 2026, "month": "3", **values})

    def _sheets(self, wizard):
        with freeze_time("2026-03-20 02:00:00"):
            return (
                self.env["report.om_assets.om_inspection_monthly"]
                .with_user(self.engineer)
                ._get_sheets(wizard)
            )

    def test_figures_of_a_unit(self):
        sheets = self._sheets(self._wizard(unit_ids=self.unit.ids))
        self.assertEqual(len(sheets), 1)
        figures = sheets[0]["figures"]
        self.assertEqual(
            (figures.planned, figures.in_time, figures.late, figures.missed),
            (3, 1, 1, 1),
        )
        self.assertEqual((figures.failed, figures.open), (1, 0))
        by_name = {
            system["system"].name: system["figures"] for system in sheets[0]["systems"]
        }
        self.assertEqual(by_name["甲单位办公系统"].in_time, 1)
        self.assertEqual(by_name["甲单位门户"].late, 1)
        self.assertEqual(by_name["甲单位门户"].missed, 1)
        fails = sheets[0]["fails"]
        self.assertEqual(len(fails), 1)
        self.assertEqual(fails[0]["day"], date(2026, 3, 11))
        self.assertEqual(fails[0]["measured"], "31 ℃")
        self.assertEqual(
            fails[0]["follow_up"], self.inspection.result_ids.fault_id.stage_id.name
        )

    def test_follow_up_of_a_repaired_fault(self):
        fault = self.inspection.result_ids.fault_id
        with freeze_time("2026-03-15 02:00:00"):
            fault.stage_id = self.env["maintenance.stage"].search(
                [("done", "=", True)], limit=1
            )
        sheets = self._sheets(self._wizard(unit_ids=self.unit.ids))
        self.assertIn("2026-03-15", sheets[0]["fails"][0]["follow_up"])

    def test_all_units_or_one_report_per_system(self):
        units = [sheet["unit"] for sheet in self._sheets(self._wizard())]
        self.assertIn(self.unit, units)
        self.assertIn(self.other_unit, units)
        sheets = self._sheets(self._wizard(unit_ids=self.unit.ids, layout="system"))
        self.assertEqual(
            [sheet["system"].name for sheet in sheets],
            ["甲单位办公系统", "甲单位门户"],
        )
        self.assertEqual([sheet["figures"].planned for sheet in sheets], [1, 2])
        sheets = self._sheets(self._wizard(system_ids=self.second.ids))
        self.assertEqual([sheet["figures"].planned for sheet in sheets], [2])

    def test_month_without_inspections(self):
        with self.assertRaisesRegex(UserError, "2025-01-01"):
            self._wizard(
                year=2025, month="1", unit_ids=self.unit.ids
            ).action_print_pdf()
        with self.assertRaisesRegex(UserError, "year"):
            self._wizard(year=26)

    def test_paper(self):
        wizard = self._wizard(unit_ids=self.unit.ids)
        self.assertEqual(wizard.action_print_pdf()["report_type"], "qweb-pdf")
        with freeze_time("2026-03-20 02:00:00"):
            page = (
                self.env["ir.actions.report"]
                .with_user(self.engineer)
                ._render_qweb_html("om_assets.om_inspection_monthly", wizard.ids)[0]
            )
        text = html.fromstring(page).text_content()
        for wanted in ("甲单位", "甲单位门户", "空调=停机", "31 ℃", "33.3%", "甲11"):
            self.assertIn(wanted, text)
        self.assertNotIn("乙单位", text)

    def test_spreadsheet(self):
        wizard = self._wizard(unit_ids=self.unit.ids)
        with freeze_time("2026-03-20 02:00:00"):
            content, kind = (
                self.env["ir.actions.report"]
                .with_user(self.engineer)
                ._render_xlsx("om_assets.om_inspection_monthly_xlsx", wizard.ids, {})
            )
        self.assertEqual(kind, "xlsx")
        book = load_workbook(BytesIO(content))
        systems, units, inspections, fails = book.worksheets
        self.assertEqual(
            [row[3:8] for row in systems.iter_rows(min_row=2, values_only=True)],
            [(1, 1, 1, 0, 0), (2, 1, 0, 1, 1)],
        )
        self.assertEqual(
            next(units.iter_rows(min_row=2, max_row=2, values_only=True))[:6],
            ("甲单位", 3, 2, 1, 1, 1),
        )
        self.assertEqual(inspections.max_row, 4)
        self.assertEqual(fails["E2"].value, "空调=停机")
        self.assertEqual(fails["E2"].data_type, "s")

    def test_queries_do_not_grow_with_units(self):
        def count(wizard):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for sheet in self._sheets(wizard):
                for row in sheet["rows"]:
                    self.assertTrue(row["system"].name)
            return self.env.cr.sql_log_count - before

        for number in range(10):
            unit = self._create_unit(f"单位 {number}")
            system = self.env["om.system"].create(
                {"name": f"系统 {number}", "unit_id": unit.id}
            )
            self._create_inspection(name=str(number), system_id=system.id)
        one = self._wizard(unit_ids=self.unit.ids)
        everybody = self._wizard()
        count(one)
        self.assertLessEqual(count(everybody), count(one) + 5)

    # ------------------------------------------------------------
    # All units in one volume
    # ------------------------------------------------------------

    def _print_volume(self, wizard):
        with freeze_time("2026-03-20 02:00:00"):
            content, kind = (
                self.env["ir.actions.report"]
                .with_user(self.engineer)
                ._render_qweb_pdf("om_assets.om_inspection_volume_report", wizard.ids)
            )
        self.assertEqual(kind, "pdf")
        return PdfReader(BytesIO(content))

    def test_volume_has_every_unit_and_its_spreadsheet(self):
        wizard = self._wizard()
        action = wizard.action_print_volume()
        self.assertEqual(action["report_name"], "om_assets.om_inspection_volume")
        reader = self._print_volume(wizard)
        titles = [item.title for item in reader.outline if not isinstance(item, list)]
        units = {sheet["unit"].name for sheet in self._sheets(wizard)}
        for unit in units:
            self.assertTrue(any(title.startswith(unit) for title in titles), unit)
        (name,) = reader.attachments
        self.assertTrue(name.endswith(".xlsx"))
        book = load_workbook(BytesIO(reader.attachments[name][0]))
        shown = {row[0].value for row in book.worksheets[1].iter_rows(min_row=2)}
        self.assertEqual(shown, units)

    def test_volume_says_what_the_papers_say(self):
        wizard = self._wizard(unit_ids=self.unit.ids)
        text = "".join(page.extract_text() for page in self._print_volume(wizard).pages)
        text = normalize("NFKC", text).replace(" ", "").replace("\n", "")
        for words in ("2026-03-11", "31°C", "空调=停机", "甲单位门户", "33.3%"):
            self.assertIn(words, text)
        self.assertNotIn(self.elsewhere.name + self.other_unit.name, text)

    def test_volume_costs_the_same_queries_for_more_units(self):
        report = self.env["report.om_assets.om_inspection_volume"]
        one = self._wizard(unit_ids=self.unit.ids)
        report.with_user(self.engineer)._get_volume(one)

        def count_queries(wizard):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report.with_user(self.engineer)._get_volume(wizard)
            return self.env.cr.sql_log_count - before

        few = count_queries(one)
        many = count_queries(self._wizard(unit_ids=(self.unit | self.other_unit).ids))
        self.assertLessEqual(many, few + 2)

    def test_volume_that_is_not_made_says_so(self):
        """Whoever prints is told which program it was, and loses nothing."""
        wizard = self._wizard()
        for kind in ("hung", "died", "refused"):
            with (
                patch.object(
                    ir_actions_report, "print_volume", side_effect=PaperError(kind)
                ),
                self.assertLogs(ir_actions_report.__name__, "WARNING"),
                self.assertRaisesRegex(UserError, "volume"),
            ):
                self._print_volume(wizard)

    # ------------------------------------------------------------
    # A long one, as a job
    # ------------------------------------------------------------

    def _work(self, action):
        self.env["om.job"].search([("id", "!=", action["res_id"])]).write(
            {"state": "cancelled"}
        )
        with (
            freeze_time("2026-03-20 02:00:00"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("om_base.om_job_cron_work").method_direct_trigger()
        self.env.invalidate_all()
        job = self.env["om.job"].browse(action["res_id"])
        self.assertEqual(job.state, "done", job.message)
        return job.attachment_id.sudo().raw

    def test_long_papers_are_printed_unit_by_unit(self):
        """One paper of each unit, put together in the order of the one of all."""
        self.patch(om_paper_mixin, "SHORT", {"qweb-pdf": 0})
        self.patch(ir_actions_report_job, "STEP", 0.0)
        printed = []

        def render(reports, report, ids):
            dialog = reports.env["om.inspection.report.wizard"].browse(ids)
            (sheet,) = reports.env[
                "report.om_assets.om_inspection_monthly"
            ]._get_sheets(dialog)
            printed.append(sheet["unit"].name)
            blank = PdfWriter()
            for _number in range(len(printed)):
                blank.add_blank_page(100, 100)
            content = BytesIO()
            blank.write(content)
            return content.getvalue(), "pdf"

        reports = type(self.env["ir.actions.report"])
        with patch.object(reports, "_render_qweb_pdf", render):
            paper = self._work(self._wizard().action_print_pdf())
        units = [sheet["unit"].name for sheet in self._sheets(self._wizard())]
        self.assertEqual(printed, units)
        self.assertEqual(len(units), 2)
        reader = PdfReader(BytesIO(paper))
        self.assertEqual([item.title for item in reader.outline], units)
        self.assertEqual(len(reader.pages), 3)

    def test_long_volume_and_spreadsheet(self):
        self.patch(om_paper_mixin, "SHORT", {"qweb-pdf": 0, "xlsx": 0})
        with freeze_time("2026-03-20 02:00:00"):
            short, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.engineer)
                .with_context(lang=self.engineer.lang)
                ._render_xlsx(
                    "om_assets.om_inspection_monthly_report_xlsx",
                    self._wizard().ids,
                    {},
                )
            )
        long = self._work(self._wizard().action_print_xlsx())
        cells = [
            [
                [[cell.value for cell in row] for row in page.iter_rows()]
                for page in load_workbook(BytesIO(content)).worksheets
            ]
            for content in (short, long)
        ]
        self.assertEqual(*cells)
        pages = PdfReader(
            BytesIO(self._work(self._wizard().action_print_volume()))
        ).pages
        self.assertEqual(len(pages), len(self._print_volume(self._wizard()).pages))
