from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .test_ticket_portal import SILENT, TicketPortalCommon
from .ticket_common import REPORTED, after

SECRET = "机密乙单位"
MONTH = "2026-03"


@tagged("post_install", "-at_install")
class TestServicePortal(TicketPortalCommon):
    """The month's report and the downtimes, each for whom they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_system.name = f"{SECRET}系统"
        cls.third_system = cls._create_system("丙单位系统", cls.other_unit)
        cls.third_system.agreement_id = cls.contract
        with freeze_time(after(hours=1)):
            cls.mine, cls.theirs, cls.third = cls.env["helpdesk.ticket"].create(
                [
                    {
                        "name": name,
                        "description": "x",
                        "system_id": system.id,
                        "severity": "urgent",
                        "reported_at": REPORTED,
                    }
                    for name, system in (
                        ("甲方故障", cls.system),
                        (f"{SECRET}故障", cls.other_system),
                        ("丙方故障", cls.third_system),
                    )
                ]
            )
            cls.downtimes = cls.env["om.downtime"].create(
                [
                    {
                        "system_id": system.id,
                        "date_from": REPORTED,
                        "date_to": after(minutes=30),
                        "excluded_cause": "power",
                        "note": f"证明 {system.name}",
                    }
                    for system in (cls.system, cls.other_system)
                ]
            )
            cls.downtimes.action_claim()

    def _cells(self, user, **arguments):
        self._login(user)
        query = "&".join(f"{name}={value}" for name, value in arguments.items())
        answer = self.url_open(f"/my/service-report/xlsx?month={MONTH}&{query}")
        self.assertEqual(answer.status_code, 200)
        book = load_workbook(BytesIO(answer.content))
        return {cell.value for page in book for row in page for cell in row}

    def test_the_unit_downloads_its_own(self):
        with freeze_time(after(hours=30)):
            cells = self._cells(self.user)
        self.assertIn("甲方故障", cells)
        self.assertNotIn("丙方故障", cells)
        self.assertFalse([cell for cell in cells if SECRET in str(cell)])

    def test_the_purchaser_downloads_the_contract_or_a_unit(self):
        with freeze_time(after(hours=30)):
            cells = self._cells(self.buyer)
            self.assertLessEqual({"甲方故障", "丙方故障"}, cells)
            self.assertFalse([cell for cell in cells if SECRET in str(cell)])
            cells = self._cells(self.buyer, unit=self.other_unit.id)
            self.assertIn("丙方故障", cells)
            self.assertNotIn("甲方故障", cells)
            # Of that unit only what lies in the purchaser's contracts.
            self.assertFalse([cell for cell in cells if SECRET in str(cell)])
            self.assertIn("甲方故障", self._cells(self.overseer))

    @mute_logger(*SILENT)
    def test_not_for_others(self):
        with freeze_time(after(hours=30)):
            self._login(self.user)
            for path in (
                f"/my/service-report/pdf?month={MONTH}&unit={self.other_unit.id}",
                f"/my/service-report?month={MONTH}&unit={self.other_unit.id}",
                f"/my/service-report/html?month={MONTH}",
                "/my/service-report/pdf?month=2019-01",
                "/my/service-report/pdf?month=x",
            ):
                self.assertEqual(self.url_open(path).status_code, 404, path)
            stranger = self._create_login(
                "stranger", "portal_supervisor", self._create_party("丁", "supervisor")
            )
            self._login(stranger)
            answer = self.url_open(f"/my/service-report?month={MONTH}")
            self.assertEqual(answer.status_code, 404)
            self.authenticate(None, None)
            answer = self.url_open(f"/my/service-report/pdf?month={MONTH}")
            self.assertIn("/web/login", answer.url)

    def test_page_and_paper(self):
        with freeze_time(after(hours=30)):
            self._login(self.user)
            page = self.url_open(f"/my/service-report?month={MONTH}").text
            self.assertIn(self.mine.number, page)
            self.assertNotIn(SECRET, page)
            paper = self.url_open(f"/my/service-report/pdf?month={MONTH}")
        self.assertEqual(paper.headers["Content-Type"], "application/pdf")
        # In tests the report engine answers with the page it would print.
        self.assertIn(self.mine.number, paper.text)
        self.assertNotIn(SECRET, paper.text)

    def test_nobody_makes_a_report_of_all_over_rpc(self):
        for user in (self.user, self.buyer, self.overseer):
            with self.assertRaises(AccessError):
                self.env["om.service.report"].with_user(user).create({})

    def test_the_purchaser_decides(self):
        mine, theirs = self.downtimes
        self._login(self.buyer)
        page = self.url_open("/my/downtimes").text
        self.assertIn(mine.note, page)
        self.assertNotIn(SECRET, page)
        self._post(f"/my/downtimes/{mine.id}/approve", reason="凭停电通知同意")
        mine.invalidate_recordset()
        self.assertEqual(mine.exclusion_state, "approved")
        self.assertEqual(mine.approved_by_id, self.buyer.partner_id)
        self.assertIn("凭停电通知同意", str(mine.message_ids.mapped("body")))
        again = self._post(f"/my/downtimes/{mine.id}/refuse")
        self.assertIn("alert-danger", again.text)
        self.assertEqual(mine.exclusion_state, "approved")
        for path in (
            f"/my/downtimes/{theirs.id}/approve",
            f"/my/downtimes/{mine.id}/forget",
        ):
            self.assertEqual(self._post(path).status_code, 404)
        self.assertEqual(theirs.exclusion_state, "claimed")

    def test_others_look_on(self):
        mine = self.downtimes[0]
        for user in (self.user, self.overseer):
            self._login(user)
            page = self.url_open("/my/downtimes").text
            self.assertIn(mine.note, page)
            self.assertNotIn(f"/my/downtimes/{mine.id}/approve", page)
            answer = self._post(f"/my/downtimes/{mine.id}/approve")
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(mine.exclusion_state, "claimed")
