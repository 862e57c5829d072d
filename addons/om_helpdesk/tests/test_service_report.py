import doctest
from datetime import date, timedelta
from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, freeze_time, tagged, warmup

from ..engine import service_report
from ..engine.service_report import Fault, account, bounds
from .ticket_common import REPORTED, TicketCommon, after


class TestServiceReportRules(BaseCase):
    def test_examples_of_the_documentation(self):
        self.assertEqual(doctest.testmod(service_report).failed, 0)

    def test_periods(self):
        day = date(2026, 2, 14)
        for period, first, last in (
            ("day", day, day),
            ("week", date(2026, 2, 9), date(2026, 2, 15)),
            ("month", date(2026, 2, 1), date(2026, 2, 28)),
            ("ten_days", date(2026, 2, 11), date(2026, 2, 20)),
            ("quarter", date(2026, 1, 1), date(2026, 3, 31)),
            ("half_year", date(2026, 1, 1), date(2026, 6, 30)),
            ("year", date(2026, 1, 1), date(2026, 12, 31)),
        ):
            self.assertEqual(bounds(period, day), (first, last))

    def test_periods_share_the_year(self):
        """Each day lies in its period, and the next one begins the day after."""
        days = {date(2028, 1, 1) + timedelta(days=number) for number in range(366)}
        for period, number in (
            ("ten_days", 36),
            ("month", 12),
            ("quarter", 4),
            ("half_year", 2),
            ("year", 1),
        ):
            with self.subTest(period=period):
                found = {bounds(period, day) for day in days}
                self.assertEqual(len(found), number)
                covered = [
                    first + timedelta(days=each)
                    for first, last in found
                    for each in range((last - first).days + 1)
                ]
                self.assertEqual(len(covered), 366)
                self.assertEqual(set(covered), days)

    def test_figures(self):
        figures = account(
            [
                Fault("urgent", "A", {"respond": "met", "fix": "breached"}, stars=5),
                Fault("urgent", "A", {"respond": "met", "fix": "running"}, stars=3),
                Fault("minor", "B", {"respond": "breached"}, followup="satisfied"),
                Fault("minor", "B", {}, followup="unreached", is_closed=True),
            ]
        )
        self.assertEqual((figures.total, figures.closed), (4, 1))
        self.assertEqual(figures.by_severity, {"urgent": 2, "minor": 2})
        self.assertEqual(figures.kept["respond"].rate, 2 / 3)
        self.assertEqual(figures.kept["fix"].rate, 0)
        self.assertIsNone(figures.kept["onsite"].rate)
        self.assertEqual(figures.satisfaction, 2 / 3)
        self.assertFalse(figures.is_satisfying)
        self.assertIsNone(account([]).satisfaction)


@tagged("post_install", "-at_install")
class TestServiceReport(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_system.agreement_id = cls.contract

    def _report(self, count=1, system=None):
        return self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "=1+1",
                    "description": "x",
                    "system_id": (system or self.system).id,
                    "severity": "urgent",
                    "reported_at": REPORTED,
                }
                for _number in range(count)
            ]
        )

    def _wizard(self, **values):
        return (
            self.env["om.service.report"]
            .with_user(self.dispatcher)
            .create({"date": "2026-03-20", "agreement_id": self.contract.id, **values})
        )

    def _sheets(self, wizard):
        return (
            self.env["report.om_helpdesk.om_service_report"]
            .with_user(self.dispatcher)
            ._get_sheets(wizard)
        )

    def test_one_month_of_a_unit(self):
        with freeze_time(after(minutes=10)):
            kept, late = self._report(2)
            self._report(system=self.other_system)
            kept.with_user(self.dispatcher).user_id = self.engineer
            kept.with_user(self.engineer)._om_act("responded")
        with freeze_time(after(hours=30)):
            wizard = self._wizard(unit_ids=[(6, 0, self.unit.ids)])
            (sheet,) = self._sheets(wizard)
        figures = sheet["figures"]
        self.assertEqual(figures.total, 2)
        self.assertEqual(figures.kept["respond"].met, 1)
        self.assertEqual(figures.kept["respond"].breached, 1)
        # Eight hours for the repair are over for both.
        self.assertEqual(figures.kept["fix"].breached, 2)
        self.assertEqual(
            {row["number"] for row in sheet["breaches"]}, {kept.number, late.number}
        )
        self.assertEqual(len(sheet["majors"]), 2)

    def test_paper_and_spreadsheet(self):
        with freeze_time(after(minutes=10)):
            ticket = self._report()
        with freeze_time(after(hours=30)):
            wizard = self._wizard(unit_ids=[(6, 0, self.unit.ids)])
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "om_helpdesk.om_service_report_pdf", wizard.ids
            )
            self.assertIn(ticket.number, html.decode())
            content, _kind = self.env["ir.actions.report"]._render_xlsx(
                "om_helpdesk.om_service_report_xlsx", wizard.ids, {}
            )
        book = load_workbook(BytesIO(content))
        cells = {
            cell.value: cell.data_type for row in book.worksheets[0] for cell in row
        }
        self.assertEqual(cells[ticket.number], "s")
        self.assertEqual(cells["=1+1"], "s", "text, whatever it looks like")

    @freeze_time("2026-11-29 04:00:00")
    def test_each_kind_of_report_begins_with_its_own_last_period(self):
        form = Form(self.env["om.service.report"])
        self.assertEqual(str(form.date), "2026-10-31")
        for period, first, last in (
            ("week", "2026-11-16", "2026-11-22"),
            ("day", "2026-11-28", "2026-11-28"),
            ("ten_days", "2026-11-11", "2026-11-20"),
            ("quarter", "2026-07-01", "2026-09-30"),
            ("half_year", "2026-01-01", "2026-06-30"),
            ("year", "2025-01-01", "2025-12-31"),
            ("month", "2026-10-01", "2026-10-31"),
        ):
            form.period = period
            self.assertEqual((str(form.date_from), str(form.date_to)), (first, last))

    def test_a_period_ahead_is_refused(self):
        with freeze_time(after(hours=1)), self.assertRaises(UserError):
            self._wizard(date="2027-03-20").action_print_pdf()

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.env["om.service.report"].with_user(self.engineer).create({})

    @warmup
    def test_many_faults_cost_no_more_queries(self):
        def cost():
            wizard = self._wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._sheets(wizard)
            return self.env.cr.sql_log_count - before

        with freeze_time(after(hours=30)):
            self._report(5)
            cost()
            few = cost()
            self._report(60)
            self.assertLessEqual(cost(), few + 2)

    def test_nothing_of_another_contract(self):
        """The report that a purchaser pays by draws no other purchaser's faults."""
        following = self.contract.copy({"code": "FAULTS-NEXT"})
        with freeze_time(after(hours=3)):
            (mine,) = self._report()
            (theirs,) = self._report(system=self.other_system)
            downtimes = self.env["om.downtime"].create(
                [
                    {
                        "system_id": system.id,
                        "date_from": REPORTED,
                        "date_to": after(hours=2),
                    }
                    for system in (self.system, self.other_system)
                ]
            )
            # The draft was the wrong contract: what it has follows its systems.
            self.other_system.agreement_id = following
        self.assertEqual(theirs.agreement_id, following)
        self.assertEqual(downtimes.agreement_id, self.contract | following)
        with freeze_time(after(hours=30)):
            (own,) = self._sheets(self._wizard())
            (other,) = self._sheets(self._wizard(agreement_id=following.id))
            (lonely,) = self._sheets(self._wizard(agreement_id=False))
            (of_unit,) = self._sheets(self._wizard(unit_ids=self.other_unit.ids))
        self.assertEqual([row["number"] for row in own["faults"]], [mine.number])
        self.assertEqual([row["system"] for row in own["down"]], [self.system.name])
        self.assertIn(self.contract.code, own["contract"])
        self.assertEqual([row["number"] for row in other["faults"]], [theirs.number])
        self.assertEqual(len(other["down"]), 1)
        numbers = [row["number"] for row in lonely["faults"]]
        self.assertFalse({mine.number, theirs.number} & set(numbers))
        self.assertFalse(of_unit["faults"], "the unit's system is in another contract")
        name = self._wizard(agreement_id=following.id)._get_file_name()
        self.assertIn("FAULTS-NEXT", name)

    def test_last_year_stays_last_years(self):
        """A system that went on to the next contract is still in the old report."""
        with freeze_time(after(minutes=10)):
            (fault,) = self._report()
        self.contract.sudo().state = "expired"
        following = self.contract.copy({"code": "FAULTS-NEXT"})
        with self.contract._act("amend", reason="甲") as contract:
            self.system.with_context(**contract.env.context).agreement_id = following
        with freeze_time(after(hours=30)):
            (old,) = self._sheets(self._wizard())
            (new,) = self._sheets(self._wizard(agreement_id=following.id))
        self.assertIn(fault.number, [row["number"] for row in old["faults"]])
        self.assertFalse(new["faults"])

    def test_a_contract_has_to_be_chosen(self):
        form = Form(self.env["om.service.report"].with_user(self.dispatcher))
        form.agreement_id = self.env["agreement"]
        with self.assertRaisesRegex(AssertionError, "agreement_id"):
            form.save()
        form.agreement_id = self.contract
        form.unit_ids.add(self.unit)
        form.agreement_id = self.contract.copy({"code": "FAULTS-NEXT"})
        self.assertFalse(form.unit_ids[:], "no units of another contract")

    def test_lost_time_never_reads_as_none(self):
        report = self.env["report.om_helpdesk.om_service_report"]
        for percent, text in (
            (None, "–"),
            (100, "100 %"),
            (99.9999, "99.999 %"),
            (99.5, "99.500 %"),
            (0, "0.000 %"),
        ):
            self.assertEqual(report._format_availability(percent), text)

    def test_downtimes_and_units(self):
        with freeze_time(after(hours=9)):
            self._report(2)
            self._report(system=self.other_system)
            self.env["om.downtime"].create(
                {
                    "system_id": self.system.id,
                    "date_from": REPORTED,
                    "date_to": after(hours=2),
                    "excluded_cause": "power",
                }
            ).action_claim()
            (sheet,) = self._sheets(self._wizard(unit_ids=[(6, 0, self.unit.ids)]))
            (whole,) = self._sheets(
                self._wizard(system_ids=[(6, 0, (self.system | self.other_system).ids)])
            )
        (down,) = sheet["down"]
        self.assertEqual(down["from"], "2026-03-11 10:00")
        self.assertEqual(down["to"], "2026-03-11 12:00")
        # What is only claimed counts: 2 of the 259 hours since the first of March.
        self.assertEqual(round(down["percent"], 3), round(100 * 257 / 259, 3))
        self.assertEqual(
            whole["units"], [(self.unit.name, 2, 2), (self.other_unit.name, 1, 1)]
        )
        self.assertEqual(len(whole["faults"]), 3)
