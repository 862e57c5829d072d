from datetime import date
from decimal import Decimal

from odoo.tests import freeze_time, tagged

from ..models.om_register_loader import ENGAGEMENTS_FOLDER
from ..tools import engagements, register
from .test_engagement_walk import EngagementWalk, beijing


@tagged("post_install", "-at_install")
class TestEmergencyMonth(EngagementWalk):
    """July 2026 at the emergency command centre; the service began on 15 June."""

    NAME = "emergency"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What a demonstration has invented would reach into the cases.
        cls.env["om.key.period"].search([]).unlink()
        cls.important, cls.general = (
            cls.env.ref(f"om_helpdesk.om_sla_policy_emergency_{name}")
            for name in ("important", "general")
        )

    def test_register(self):
        """What the scope names: three systems of conferences with 11 terminals, hall,
        consultation room and machine room, the shared platform, 12 other image systems
        and 23 business systems."""
        self.assertEqual(len(self.systems), 3 + 3 + 1 + 12 + 23)
        self.assertEqual(self.systems.unit_id, self.contract.partner_id)
        terminals = self.systems.hardware_line_ids
        self.assertEqual((terminals.name, terminals.quantity), ("视频会议终端设备", 11))
        names = self.systems.mapped("name")
        self.assertEqual(sum(name.startswith("图像系统") for name in names), 12)
        self.assertEqual(sum(name.startswith("业务系统") for name in names), 23)
        self.assertEqual(self.systems.sla_policy_id, self.important | self.general)
        for system in self.systems:
            self.assertEqual(str(system.service_start), "2026-06-15")
            self.assertEqual(str(system.service_end), "2027-06-14")
            # Which are important the document does not say.
            self.assertIn("示例", system.note)
        numbered = self._system(12)
        self.assertEqual(numbered.name, "图像系统05")
        self.assertIn("以实际接入为准", numbered.note)

    @freeze_time("2026-06-30 16:00:00")
    def test_inspections_of_the_month(self):
        """By day, week and month: 31 days, five weeks that July touches, one month."""
        counts = self._count_month(date(2026, 7, 1), date(2026, 7, 31))
        self.assertEqual(len(self.plans), 3 * 7)
        for number in range(1, 8):
            daily, weekly, monthly = (
                self._plan(f"{number:03d}_{line:02d}") for line in (1, 2, 3)
            )
            self.assertEqual((counts[daily], counts[monthly]), (31, 1))
            weeks = {
                request.inspection_date.isocalendar().week
                for request in weekly.request_ids
            }
            self.assertLessEqual({28, 29, 30}, weeks, "each whole week of July")
        rounds = self._plan("001_01").request_ids.sorted("inspection_date")
        self._do(rounds[:2])
        self.assertEqual(
            rounds[0].result_ids.mapped("name"),
            ["视频输入输出", "音频输入输出", "集中控制", "有线及无线通信"],
        )
        self.assertEqual(rounds[1].inspection_done_on, date(2026, 7, 2))
        with freeze_time("2026-07-04 02:00:00"):
            late = rounds.filtered(
                lambda r: (
                    not r.inspection_done_on
                    and r.inspection_deadline < date(2026, 7, 4)
                )
            )
            self.assertEqual(late.mapped("inspection_date"), [date(2026, 7, 3)])

    def test_faults_and_report(self):
        with freeze_time("2026-07-01 02:00:00"):
            before = self._get_sheet("2026-06-20")["figures"]
        important = self._report(self._system(1), "general", "2026-06-19 02:00")
        self.assertEqual(important.agreement_id, self.contract)
        self.assertEqual(important.sla_policy_id, self.important)
        self.assertEqual(important.respond_deadline, beijing("2026-06-19 04:00"))
        self.assertEqual(important.fix_deadline, beijing("2026-06-19 07:00"))
        general = self._report(self._system(8), "general", "2026-06-16 10:00")
        self.assertEqual(general.sla_policy_id, self.general)
        self.assertEqual(general.respond_deadline, beijing("2026-06-16 10:05"))
        self.assertEqual(general.fix_deadline, beijing("2026-06-16 13:05"))
        # Late by ten minutes, repaired within three hours of that: one breach.
        self._handle(general, responded="2026-06-16 10:15", fixed="2026-06-16 13:14")
        self.assertEqual(general.respond_status, "breached")
        self.assertEqual(general.fix_deadline, beijing("2026-06-16 13:15"))
        self.assertEqual(general.fix_status, "met")
        self._handle(important, responded="2026-06-19 03:00", fixed="2026-06-19 05:59")
        self.assertEqual(important.fix_deadline, beijing("2026-06-19 06:00"))
        self.assertEqual((important.respond_status, important.fix_status), ("met",) * 2)
        # No lunch break, and the moment of the report decides.
        noon = self._report(self._system(1), "urgent", "2026-06-17 12:30")
        self.assertEqual(noon.respond_deadline, beijing("2026-06-17 12:32"))
        closing = self._report(self._system(1), "minor", "2026-06-17 17:59")
        self._handle(closing, responded="2026-06-17 18:01")
        self.assertEqual(closing.fix_deadline, beijing("2026-06-17 19:31"))
        # Another contract's fault of the same days.
        other = self.env.ref("om_engagements.system_001")
        self._report(other, "general", "2026-06-16 10:00")
        with freeze_time("2026-07-01 02:00:00"):
            sheet = self._get_sheet("2026-06-20")
        figures = sheet["figures"]
        self.assertEqual(figures.total - before.total, 4)
        self.assertEqual(
            figures.kept["fix"].breached - before.kept["fix"].breached,
            2,
            "of the two that nobody has repaired",
        )
        self.assertIn(self.contract.name, sheet["contract"])

    def test_posts_and_a_day_of_the_roster(self):
        """At least nine by kind; at least 2 + 1 at every hour and four a day."""
        tender = self.env.ref("om_staffing.tender_emergency")
        self.assertEqual(tender.agreement_id, self.contract)
        posts = tender.post_ids.sorted("sequence")
        video, image, support, manager = posts
        self.assertEqual(posts.mapped("need"), [6, 3, 1, 1])
        self.assertEqual(sum(p.need for p in posts if not p.besides), 9)
        self.assertEqual(sum(posts.mapped("daily_minimum")), 4)
        self.assertEqual((video.constant_minimum, image.constant_minimum), (2, 1))
        self.assertEqual(
            (manager.title, manager.years, manager.manager_years),
            ("intermediate", 5, 1),
        )
        for post in video | image | support:
            self.assertEqual((post.degree, post.years), ("college", 2))
        self.assertEqual(tender.notice_days, 30)
        self.assertEqual((tender.replace_value, tender.replace_unit), (7, "day"))
        self.assertTrue(tender.needs_consent)
        people = {
            post: self.env["hr.employee"].create(
                [{"name": f"示例{post.sequence}{n}"} for n in range(count)]
            )
            for post, count in ((video, 6), (image, 3), (support, 1))
        }
        self.env["om.post.assignment"].create(
            [
                {"post_id": post.id, "employee_id": one.id}
                for post, some in people.items()
                for one in some
            ]
        )
        shifts = []
        for number, hour in enumerate(("00", "08", "16")):
            start = f"2026-07-01 {hour}:00"
            shifts += [
                self._get_shift(video, one, start, 8)
                for one in people[video][2 * number : 2 * number + 2]
            ]
            shifts.append(self._get_shift(image, people[image][number], start, 8))
        shifts.append(self._get_shift(support, people[support], "2026-07-01 09:00", 9))
        roster = self.env["om.roster"].create(
            {
                "tender_id": tender.id,
                "date_from": "2026-07-01",
                "date_to": "2026-07-01",
                "shift_ids": shifts,
            }
        )
        self.assertFalse(roster.gap_count, roster.gap_text)
        roster.shift_ids.filtered(
            lambda shift: shift.employee_id == people[video][0]
        ).unlink()
        self.assertTrue(roster.gap_count)
        self.assertIn("08:00", roster.gap_text)

    def test_payments(self):
        """Nobody pays late who was handed in no invoice."""
        with freeze_time("2027-05-15"):
            self.env.invalidate_all()
            self.assertEqual(len(self.contract.milestone_ids), 3)
            uninvoiced = self.contract.milestone_ids.filtered(
                lambda milestone: milestone.state in ("draft", "waiting")
            )
            self.assertTrue(uninvoiced)
            for milestone in uninvoiced:
                self.assertFalse(milestone.is_overdue)
        (bond,) = self.contract.bond_ids
        self.assertEqual(bond.percent, 10)


@tagged("post_install", "-at_install")
class TestChangningMonth(EngagementWalk):
    """October 2024 at the library, under a contract of the first of September."""

    NAME = "changning"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phone, cls.mail = (
            cls.env.ref(f"om_helpdesk.helpdesk_ticket_channel_{name}")
            for name in ("phone", "email")
        )
        with freeze_time("2024-09-01 02:00:00"):
            # The first day is an example: the quotation prints the last one only.
            cls.contract.write(
                {
                    "signature_date": "2024-09-01",
                    "effective_date": "2024-09-01",
                    "start_date": "2024-09-01",
                }
            )
            cls.contract.action_activate()
            cls.systems.service_start = "2024-09-01"
            cls.systems.action_start()

    def test_quotation(self):
        """Hardware 39,000 + 17,000 + 3,000, and person-months at 20,000."""
        lines = register.read_table(ENGAGEMENTS_FOLDER / "changning" / "quotation.csv")
        amounts, months = {}, {}
        for line in lines:
            seq = line["seq"]
            amounts[seq] = amounts.get(seq, 0) + engagements.get_amount(line)
            if line["uom"] == "人月":
                self.assertEqual(line["price"], 20000)
                months.setdefault(seq, []).append(line["quantity"])
        self.assertEqual(
            [amounts[seq] for seq in range(1, 7)],
            [39000, 17000, 3000, 102000, 82000, 4000],
        )
        self.assertEqual(
            months,
            {4: [1, 1, 1, 1, 1, 0.1], 5: [0.2, 0.2, 2.5, 1, 0.2], 6: [0.2]},
        )
        self.assertEqual(sum(amounts.values()), Decimal(247000))
        self.assertEqual(
            self.systems.mapped("annual_fee"),
            [39000.0, 17000.0, 3000.0, 102000.0, 82000.0, 4000.0],
        )
        self.assertEqual(self.contract.amount_total, 247000.0)
        self.assertEqual(self.contract.fee_total, 247000.0)
        self.assertFalse(self.contract.fee_difference)
        self.assertIn("2.5 人月 × 20,000.00 = 50,000.00", self.systems[4].note)

    def test_faults_and_report(self):
        with freeze_time("2024-11-01 02:00:00"):
            before = self._get_sheet("2024-10-15")["figures"].total
        system = self._system(1)
        # A plain Saturday; 12 October 2024 is worked.
        hotline = self._report(system, "general", "2024-10-19 12:30")
        hotline.channel_id = self.phone
        self.assertEqual(hotline.respond_deadline, beijing("2024-10-19 15:00"))
        mail = self._report(system, "general", "2024-10-19 12:30")
        mail.channel_id = self.mail
        self.assertEqual(mail.respond_deadline, beijing("2024-10-21 11:00"))
        self.assertFalse(hotline.onsite_deadline, "nobody was sent yet")
        # A small fault within three days.
        self.assertEqual(hotline.fix_deadline, beijing("2024-10-22 22:00"))
        for severity, due in (
            ("urgent", "2024-10-19 19:00"),
            ("general", "2024-10-21 00:00"),
        ):
            sent = self._report(system, severity, "2024-10-19 14:00")
            with freeze_time(beijing("2024-10-19 15:00")):
                sent.user_id = self.engineer
            self.assertEqual(sent.onsite_deadline, beijing(due))
        # A major part: a plan within two days, and no three days for the repair.
        self._handle(mail, responded="2024-10-19 13:30", broken="2024-10-19 14:00")
        self.assertEqual(mail.plan_deadline, beijing("2024-10-21 22:00"))
        self.assertFalse(mail.fix_deadline)
        self._handle(mail, planned="2024-10-21 21:59")
        self.assertEqual(mail.plan_status, "met")
        self._handle(hotline, responded="2024-10-19 15:01", fixed="2024-10-20 10:00")
        self.assertEqual(
            (hotline.respond_status, hotline.fix_status), ("breached", "met")
        )
        other = self.env.ref("om_engagements.system_001")
        self._report(other, "general", "2024-10-19 12:30")
        with freeze_time("2024-11-01 02:00:00"):
            sheet = self._get_sheet("2024-10-15")
        self.assertEqual(sheet["figures"].total - before, 4)
        self.assertEqual(sheet["figures"].kept["plan"].met, 1)
        self.assertIn(self.contract.name, sheet["contract"])

    def test_no_rounds_no_posts(self):
        """The quotation prints neither: nothing is made up."""
        self.assertFalse(self.plans)
        self.assertFalse(
            self.env["om.tender"].search([("agreement_id", "=", self.contract.id)])
        )
        (report,) = self.systems.report_ids
        self.assertFalse(report.per)

    def test_payments(self):
        with freeze_time("2025-03-15"):
            self.env.invalidate_all()
            (payment,) = self.contract.milestone_ids
            self.assertFalse(payment.is_overdue)
