from collections import Counter
from datetime import date, datetime, timedelta

import pytz

from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.om_assets.tests.inspection_common import SIGNATURE
from odoo.addons.om_base.tests.common import new_test_user

BEIJING = pytz.timezone("Asia/Shanghai")


def beijing(text):
    """Return a moment of Beijing as the database has it."""
    moment = BEIJING.localize(datetime.fromisoformat(text))
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


class EngagementWalk(TransactionCase):
    """A month of an engagement, from its register to its report."""

    NAME = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.contract = cls.env["om.engagement.loader"]._get(cls.NAME)
        cls.systems = cls.contract.system_ids.sorted("code")
        cls.plans = cls.systems.inspection_plan_ids
        cls.engineer = new_test_user(
            cls.env, f"walk_{cls.NAME}", groups="om_base.group_engineer"
        )
        cls.manager = new_test_user(
            cls.env, f"walk_manager_{cls.NAME}", groups="om_base.group_manager"
        )
        # What a demonstration has invented for these plans.
        cls.plans.generated_until = False
        cls.env.flush_all()
        if cls.plans:
            cls.env.cr.execute(
                "DELETE FROM maintenance_request WHERE inspection_plan_id IN %s",
                [tuple(cls.plans.ids)],
            )
        cls.env.invalidate_all()

    def _plan(self, number):
        """The plan of this line of the file ``inspections``."""
        return self.env.ref(f"om_engagements.{self.NAME}_inspection_{number}")

    def _system(self, number):
        return self.env.ref(f"om_engagements.{self.NAME}_system_{number:03d}")

    def _do(self, requests):
        """Do inspections on their day, every item of the checklist passed."""
        for request in requests.sorted("inspection_date"):
            with freeze_time(f"{request.inspection_date} 02:00:00"):
                request.user_id = self.engineer
                mine = request.with_user(self.engineer)
                mine.action_start_inspection()
                mine.result_ids.result = "pass"
                mine.inspector_signature = SIGNATURE
                mine.action_close_inspection()

    def _report(self, system, severity, at):
        with freeze_time(beijing(at)):
            return self.env["helpdesk.ticket"].create(
                {
                    "name": "示例故障",
                    "description": "示例",
                    "system_id": system.id,
                    "severity": severity,
                    "reported_at": beijing(at),
                    "partner_id": system.unit_id.id,
                }
            )

    def _handle(self, ticket, **moments):
        """Enter what was done, at moments of Beijing."""
        for kind, at in moments.items():
            with freeze_time(beijing(at)):
                ticket.user_id = self.engineer
                ticket.with_user(self.engineer)._om_act(kind)

    def _get_sheet(self, day):
        """The sheet of the service report of this contract alone."""
        wizard = self.env["om.service.report"].create(
            {"date": day, "agreement_id": self.contract.id}
        )
        (sheet,) = self.env["report.om_helpdesk.om_service_report"]._get_sheets(wizard)
        return sheet

    def _count_month(self, first, last):
        """{plan: inspections of the month}"""
        self.plans._generate(first, last)
        return Counter(
            request.inspection_plan_id
            for request in self.plans.request_ids
            if first <= request.inspection_date <= last
        )

    def _get_shift(self, post, employee, start, hours):
        moment = beijing(start)
        return (
            0,
            0,
            {
                "post_id": post.id,
                "employee_id": employee.id,
                "start": moment,
                "stop": moment + timedelta(hours=hours),
            },
        )


@tagged("post_install", "-at_install")
class TestBdaMonth(EngagementWalk):
    """June 2024 at BDA's service hall; its holiday is the 8th to the 10th."""

    NAME = "bda"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2024-06-01"):
            # The service had not ended then.
            cls.contract._follow_end()
        assert cls.contract.state == "in_force"

    def test_register(self):
        self.assertEqual(len(self.systems), 9)
        self.assertEqual(self.systems.unit_id, self.contract.partner_id)
        office = self.systems.filtered(
            lambda s: (
                s.sla_policy_id == self.env.ref("om_helpdesk.om_sla_policy_bda_office")
            )
        )
        low_voltage = self.systems - office
        self.assertEqual(
            low_voltage.sla_policy_id,
            self.env.ref("om_helpdesk.om_sla_policy_bda_low_voltage"),
        )
        self.assertEqual(len(low_voltage), 5)
        self.assertFalse(
            any(self.systems.hardware_line_ids.mapped("quantity")),
            "the contract prints no number of devices",
        )
        (satisfaction,) = self._system(1).kpi_ids.filtered(
            lambda kpi: kpi.name == "维护服务满意率"
        )
        self.assertEqual((satisfaction.operator, satisfaction.value), (">=", 90))

    @freeze_time("2024-03-15 16:00:00")
    def test_rounds_of_the_year(self):
        """248 working days; 45 Saturdays off, without the four that are worked and the
        four in holidays; the days before and at the end of each holiday as the State
        Council announced them."""
        self.plans._generate(date(2024, 3, 16), date(2025, 3, 15))
        counts = Counter(
            request.inspection_plan_id for request in self.plans.request_ids
        )
        self.assertEqual(
            [counts[self._plan(f"001_{line:02d}")] for line in range(1, 5)],
            [248, 248, 248, 45],
        )
        for line, expected in (
            (
                5,
                "2024-04-03 2024-04-30 2024-06-07 2024-09-14 2024-09-30 2024-12-31"
                " 2025-01-27",
            ),
            (
                6,
                "2024-04-06 2024-05-05 2024-06-10 2024-09-17 2024-10-07 2025-01-01"
                " 2025-02-04",
            ),
        ):
            days = self._plan(f"001_{line:02d}").request_ids.mapped("inspection_date")
            self.assertEqual(sorted(map(str, days)), expected.split())

    @freeze_time("2024-05-31 16:00:00")
    def test_inspections_of_the_month(self):
        counts = self._count_month(date(2024, 6, 1), date(2024, 6, 30))
        self.assertEqual(
            [counts[self._plan(f"001_{line:02d}")] for line in range(1, 7)],
            [19, 19, 19, 5, 1, 1],
        )
        opening = self._plan("001_02").request_ids.sorted("inspection_date")
        self._do(opening[:3])
        first = opening[0]
        self.assertEqual(first.inspection_done_on, date(2024, 6, 3))
        self.assertEqual(
            first.result_ids.mapped("name"),
            [
                "通用工作台、帮办工作台、互动查询屏",
                "各类屏幕",
                "自助导办服务区设备",
                "自助导办服务区打印机",
                "网络",
            ],
            "the opening round looks at what its checklist names",
        )
        with freeze_time("2024-06-11 02:00:00"):
            late = self.plans.request_ids.filtered(
                lambda r: (
                    not r.inspection_done_on
                    and r.inspection_deadline < date(2024, 6, 4)
                )
            )
            self.assertEqual(
                {request.inspection_plan_id for request in late},
                {self._plan("001_01"), self._plan("001_03"), self._plan("001_04")},
                "the rounds of the 3rd that nobody did, and Saturday the 1st",
            )

    def test_faults_and_report(self):
        before = self._get_sheet("2024-06-15")["figures"]
        simple = self._report(self._system(2), "general", "2024-06-14 17:58")
        self.assertEqual(simple.agreement_id, self.contract)
        self.assertEqual(simple.respond_deadline, beijing("2024-06-17 08:33"))
        self.assertEqual(simple.fix_deadline, beijing("2024-06-17 09:28"))
        self._handle(
            simple,
            responded="2024-06-17 08:32",
            arrived="2024-06-17 08:40",
            fixed="2024-06-17 09:30",
        )
        self.assertEqual(simple.respond_status, "met")
        self.assertEqual(simple.fix_status, "breached")
        part = self._report(self._system(5), "serious", "2024-03-22 10:00")
        self.assertEqual(part.fix_deadline, beijing("2024-04-02 18:00"))
        office = self._report(self._system(3), "serious", "2024-06-03 09:00")
        # Five working days: the fifth after Monday the 3rd is Tuesday the 11th.
        self.assertEqual(office.fix_deadline, beijing("2024-06-11 18:00"))
        # Another contract's fault of the same days.
        other = self.env.ref("om_engagements.system_001")
        self._report(other, "general", "2024-06-14 17:58")
        with freeze_time("2024-07-01 02:00:00"):
            sheet = self._get_sheet("2024-06-15")
            figures = sheet["figures"]
            self.assertEqual(figures.total - before.total, 2)
            self.assertEqual(
                figures.kept["fix"].breached - before.kept["fix"].breached, 2
            )
            self.assertIn(self.contract.name, sheet["contract"])

    def test_major_matter(self):
        """Half an hour to report it to the purchaser (五、2(6))."""
        major = self._report(self._system(4), "urgent", "2024-06-14 10:00")
        self.assertEqual(major.major_report_due, beijing("2024-06-14 10:30"))

    def test_posts(self):
        tender = self.env.ref("om_staffing.tender_bda")
        self.assertEqual(tender.agreement_id, self.contract)
        self.assertEqual(tender.post_ids.sorted("sequence").mapped("need"), [1, 3, 1])
        self.assertEqual((tender.replace_value, tender.replace_unit), (5, "workday"))

    def test_payments(self):
        """Nothing is overdue while no invoice was handed in."""
        with freeze_time("2024-07-01"):
            self.env.invalidate_all()
            first, last = self.contract.milestone_ids
            self.assertFalse(first.is_overdue)
            self.assertFalse(last.is_overdue)
            self.assertFalse(first.date_due, "the term runs from the invoice")


@tagged("post_install", "-at_install")
class TestTongzhouMonth(EngagementWalk):
    """July 2026 in Tongzhou's spaces, under a contract of the 10th of February."""

    NAME = "tongzhou"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-02-10 02:00:00"):
            if cls.contract.state == "draft":
                # The price is an example: the document prints none.
                cls.contract.write(
                    {
                        "signature_date": "2026-02-10",
                        "effective_date": "2026-02-10",
                        "start_date": "2026-02-10",
                        "amount_total": 2680000.0,
                    }
                )
                cls.contract.action_activate()
            drafts = cls.systems.filtered(lambda system: system.state == "draft")
            drafts.service_start = "2026-02-10"
            drafts.action_start()

    def test_register(self):
        """27 spaces: eleven kinds of devices whose numbers the document does not
        print, and five terminals, one of each."""
        spaces = self.systems.filtered(lambda s: s.sequence_no <= 27)
        self.assertEqual(len(spaces), 27)
        self.assertEqual(len(set(spaces.mapped("name"))), 27)
        for space in spaces:
            quantities = space.hardware_line_ids.sorted("sequence").mapped("quantity")
            self.assertEqual(quantities, [0] * 11 + [1] * 5)
            self.assertEqual(space.support_hours, "7x24")
        self.assertEqual(self.systems.unit_id, self.contract.partner_id)
        self.assertEqual(
            {str(day) for day in self.systems.mapped("service_end")}, {"2026-12-31"}
        )
        self.assertEqual(self.systems - spaces, self._system(28))

    @freeze_time("2026-06-30 16:00:00")
    def test_inspections_of_the_month(self):
        counts = self._count_month(date(2026, 7, 1), date(2026, 7, 31))
        self.assertEqual(
            [counts[self._plan(f"028_{line:02d}")] for line in range(1, 4)], [31] * 3
        )
        for line in (4, 5):
            weeks = {
                request.inspection_date.isocalendar().week
                for request in self._plan(f"028_{line:02d}").request_ids
                if request.inspection_date.month == 7
            }
            self.assertLessEqual({28, 29, 30}, weeks, "each whole week of July")
        backups = self._plan("028_02").request_ids.sorted("inspection_date")
        self._do(backups[:2])
        self.assertEqual(
            backups[0].result_ids.mapped("name"),
            ["数据库状态", "数据库备份"],
        )
        self.assertEqual(backups[0].inspection_done_on, date(2026, 7, 1))

    def test_fault_without_promise_and_report(self):
        with freeze_time("2026-07-31 02:00:00"):
            before = self._get_sheet("2026-07-15")["figures"].total
        fault = self._report(self._system(1), "general", "2026-07-08 02:00")
        self.assertEqual(fault.agreement_id, self.contract)
        self.assertFalse(fault.respond_deadline)
        self.assertFalse(fault.fix_deadline)
        self.assertEqual(fault.sla_source, "none")
        self._handle(
            fault,
            responded="2026-07-08 02:05",
            arrived="2026-07-08 08:00",
            fixed="2026-07-08 09:00",
        )
        self.assertEqual((fault.respond_status, fault.fix_status), ("none", "none"))
        # The control room calls the reader back.
        fault.write({"followup_result": "satisfied"})
        other = self.env.ref("om_engagements.system_001")
        self._report(other, "general", "2026-07-08 02:00")
        with freeze_time("2026-07-31 02:00:00"):
            sheet = self._get_sheet("2026-07-15")
        self.assertEqual(sheet["figures"].total - before, 1)

    def test_control_room_round_the_clock(self):
        """One on watch at every hour; who is missing is named with the hours."""
        tender = self.env.ref("om_engagements.tender_tongzhou")
        watch = self.env.ref("om_engagements.tongzhou_post_watch")
        self.assertEqual(tender.post_ids, watch)
        self.assertEqual(watch.constant_minimum, 1)
        people = self.env["hr.employee"].create(
            [{"name": f"示例{n}"} for n in "甲乙丙"]
        )
        self.env["om.post.assignment"].create(
            [{"post_id": watch.id, "employee_id": one.id} for one in people]
        )
        starts = ("2026-07-01 00:00", "2026-07-01 08:00", "2026-07-01 16:00")
        roster = self.env["om.roster"].create(
            {
                "tender_id": tender.id,
                "date_from": "2026-07-01",
                "date_to": "2026-07-01",
                "shift_ids": [
                    self._get_shift(watch, one, start, 8)
                    for one, start in zip(people, starts, strict=True)
                ],
            }
        )
        self.assertFalse(roster.gap_count, roster.gap_text)
        roster.shift_ids[1].unlink()
        self.assertEqual(roster.gap_count, 1)
        self.assertIn("08:00", roster.gap_text)
        self.assertIn("16:00", roster.gap_text)

    def test_payments(self):
        """The progress payment waits for its papers: nobody is late without them."""
        with freeze_time("2026-12-15"):
            self.env.invalidate_all()
            for milestone in self.contract.milestone_ids[1:]:
                self.assertFalse(milestone.is_overdue)
                self.assertEqual(milestone.state, "waiting")
        (bond,) = self.contract.bond_ids
        self.assertEqual(bond.percent, 10)
