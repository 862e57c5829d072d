"""A long service report is made by a job, and says the same as the short one."""

from io import BytesIO
from unicodedata import normalize
from unittest.mock import patch

from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.models import om_job, om_paper_mixin

from ..reports import om_service_report_told
from .ticket_common import TicketCommon, after

ALL_LONG = {"qweb-pdf": 0, "xlsx": 0}


@tagged("post_install", "-at_install")
class TestLongReport(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["om.job"].search([]).write({"state": "cancelled"})
        cls.other_system.agreement_id = cls.contract
        with freeze_time(after(minutes=10)):
            cls.tickets = cls.env["helpdesk.ticket"].create(
                [
                    {
                        "name": f"=故障 {number}",
                        "description": "x",
                        "system_id": system.id,
                        "severity": severity,
                    }
                    for number, (system, severity) in enumerate(
                        [
                            (cls.system, "urgent"),
                            (cls.system, "minor"),
                            (cls.other_system, "urgent"),
                            (cls.other_system, "serious"),
                            (cls.system, "urgent"),
                        ]
                    )
                ]
            )
            cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.patch(om_paper_mixin, "SHORT", ALL_LONG)
        # Each slice is a step.
        self.patch(om_service_report_told, "SLICE", 2)
        self.patch(om_service_report_told, "STEP", 0.0)
        self.startPatcher(freeze_time(after(hours=30)))

    def _wizard(self, **values):
        return (
            self.env["om.service.report"]
            .with_user(self.dispatcher)
            .create({"date": "2026-03-20", "agreement_id": self.contract.id, **values})
        )

    def _make(self, action):
        """Do the job as the scheduler does; return it."""
        self.assertEqual(action["res_model"], "om.job")
        job = self.env["om.job"].browse(action["res_id"])
        steps = []
        work = type(job)._work

        def count(self):
            steps.append(dict(self.cursor or {}))
            return work(self)

        with (
            patch.object(type(job), "_work", count),
            patch.object(om_job.time, "sleep", lambda _seconds: None),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("om_base.om_job_cron_work").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(job.state, "done", job.message)
        return job, steps

    def _cells(self, content):
        return [
            (page.title, [[cell.value for cell in row] for row in page.iter_rows()])
            for page in load_workbook(BytesIO(content)).worksheets
        ]

    def test_the_spreadsheet_is_the_same(self):
        for units in (self.env["res.partner"], self.unit | self.other_unit):
            wizard = self._wizard(unit_ids=[(6, 0, units.ids)])
            short, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.dispatcher)
                .with_context(lang=self.dispatcher.lang)
                ._render_xlsx("om_helpdesk.om_service_report_xlsx", wizard.ids, {})
            )
            job, steps = self._make(wizard.action_print_xlsx())
            self.assertEqual(
                self._cells(job.attachment_id.sudo().raw), self._cells(short)
            )
            self.assertIn("=故障 0", str(self._cells(short)))
            # Five faults, two at a time.
            read = [step["read"]["next"] for step in steps if step.get("read")]
            self.assertEqual(sorted(set(read)), [0, 1, 2])
            self.assertTrue(job.attachment_id.name.endswith(".xlsx"))
            # The result is its reader's only.
            job.with_user(self.dispatcher).attachment_id.check_access("read")

    def test_the_paper_says_what_the_short_one_says(self):
        wizard = self._wizard()
        job, _steps = self._make(wizard.action_print_pdf())
        reader = PdfReader(BytesIO(job.attachment_id.sudo().raw))
        text = "".join(page.extract_text() for page in reader.pages)
        text = normalize("NFKC", text).replace(" ", "").replace("\n", "")
        (sheet,) = self.env["report.om_helpdesk.om_service_report"]._get_sheets(wizard)
        self.assertEqual(len(sheet["majors"]), 3)
        for row in sheet["majors"] + sheet["breaches"]:
            self.assertIn(row["number"], text)
        self.assertIn(self.contract.name, text)

    def test_a_short_one_is_printed_at_once(self):
        self.patch(om_paper_mixin, "SHORT", {"qweb-pdf": 5, "xlsx": 5})
        for action in (
            self._wizard().action_print_xlsx(),
            self._wizard().action_print_pdf(),
        ):
            self.assertEqual(action["type"], "ir.actions.report")

    def test_asked_twice_is_one_and_another_choice_another(self):
        first = self._wizard().action_print_xlsx()["res_id"]
        self.assertEqual(self._wizard().action_print_xlsx()["res_id"], first)
        units = [(6, 0, self.unit.ids)]
        other = self._wizard(unit_ids=units).action_print_xlsx()["res_id"]
        self.assertNotEqual(other, first)

    def test_made_of_opens_the_dialog_with_what_was_chosen(self):
        wizard = self._wizard(unit_ids=[(6, 0, self.unit.ids)], period="year")
        job = self.env["om.job"].browse(wizard.action_print_xlsx()["res_id"])
        wizard.unlink()
        action = job.with_user(self.dispatcher).action_view_record()
        again = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(again.unit_ids, self.unit)
        self.assertEqual(again.period, "year")

    def test_queries_of_a_slice_do_not_grow(self):
        report = self.env["report.om_helpdesk.om_service_report"]

        def count(tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(report._tell("fault", tickets)), len(tickets))
            return self.env.cr.sql_log_count - before

        copies = [ticket.copy() for _number in range(3) for ticket in self.tickets]
        many = self.tickets.union(*copies)
        count(self.tickets)
        self.assertLessEqual(count(many), count(self.tickets) + 2)
