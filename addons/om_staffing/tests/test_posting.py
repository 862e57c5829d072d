from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.models.om_act_mixin import Paper

from ..models.om_system import FOLLOWING
from .common import PostingCommon


@tagged("post_install", "-at_install")
class TestPosting(PostingCommon):
    def test_seven_days(self):
        early = self._announce("2026-03-08")
        with self.assertRaises(UserError):
            early.action_send()
        change = self._announce("2026-03-09")
        change.action_send()
        self.assertEqual(change.state, "sent")
        self.assertEqual(change.leaver_name, "electrician0")
        self.assertIn(self.unit_user.partner_id, change.message_ids.partner_ids)

    def test_thirty_days_and_a_week(self):
        self.tender.write({"notice_days": 30, "replace_value": 7})
        with self.assertRaises(UserError):
            self._announce("2026-03-31").action_send()
        # Announced on 2 March, the plan handed in on the 25th: there by 1 April
        with self.assertRaises(UserError):
            self._announce("2026-04-02", plan_date="2026-03-25").action_send()
        self._announce("2026-04-01", plan_date="2026-03-25").action_send()

    def test_plan_after_the_consent(self):
        """The emergency centre's way: notice, consent, plan, a week."""
        self.tender.write({"notice_days": 30, "replace_value": 7})
        change = self._announce("2026-04-10")
        self.assertFalse(change.deadline, "no plan is handed in yet")
        change.action_send()
        change.with_user(self.unit_user).action_consent()
        with self.assertRaises(UserError):
            change.plan_date = "2026-04-02"
        change.plan_date = "2026-04-03"
        self.assertEqual(str(change.deadline), "2026-04-10")

    def test_five_working_days_from_the_demand(self):
        """The BDA centre's way: no notice, unfit staff replaced within 5 workdays."""
        self.tender.write(
            {"notice_days": 0, "replace_value": 5, "replace_unit": "workday"}
        )
        late = self._announce("2026-03-10")
        self.assertEqual(str(late.deadline), "2026-03-09")
        with self.assertRaises(UserError):
            late.action_send()
        self._announce("2026-03-09").action_send()

    def test_same_qualification(self):
        self.newcomer.employee_skill_ids.valid_to = "2026-03-08"
        change = self._announce("2026-03-09")
        self.assertTrue(change.lacks)
        with self.assertRaises(UserError):
            change.action_send()

    def test_carried_out(self):
        change = self._announce("2026-03-09")
        change.action_send()
        with self.assertRaises(UserError):
            change.action_apply()
        change.with_user(self.unit_user).action_consent()
        self.assertEqual(change.decided_by, self.unit_user.partner_id)
        with freeze_time("2026-03-08 03:00:00"):
            with self.assertRaises(UserError):
                change.action_apply()
            self.env["om.posting"]._cron_follow()
        self.assertEqual(change.state, "consented")
        with freeze_time("2026-03-09 03:00:00"):
            self.env["om.posting"]._cron_follow()
            self.assertEqual(change.state, "done")
            self.assertEqual(str(self.posting.date_to), "2026-03-08")
            self.assertEqual(self.system.posted_employee_ids, self.newcomer)
        self.assertIn(
            self.newcomer, self.posts["electrician"].assignment_ids.employee_id
        )
        self.assertNotIn(
            self.leaver, self.posts["electrician"].assignment_ids.employee_id
        )

    @mute_logger("odoo.sql_db")
    def test_one_failure_holds_up_nobody(self):
        change = self._announce("2026-03-09")
        change.action_send()
        change.with_user(self.unit_user).action_consent()
        other = self.people["electrician"][1]
        posting = self.env["om.posting"].create(
            {
                "employee_id": other.id,
                "system_id": self.system.id,
                "post_id": self.posts["electrician"].id,
                "date_from": "2026-01-01",
            }
        )
        heir = self._create_employee("heir", ["electrician_low"])
        later = self._announce("2026-03-09", newcomer_id=heir.id, posting_id=posting.id)
        later.action_send()
        later.with_user(self.unit_user).action_consent()
        # In the meantime somebody named the replacement for another post.
        self._assign("repairer", self.newcomer)
        with freeze_time("2026-03-09 03:00:00"):
            self.env["om.posting"]._cron_follow()
            self.env["om.posting"]._cron_follow()
        self.assertEqual((change.state, later.state), ("consented", "done"))
        self.assertEqual(len(change.activity_ids), 1, "asked for once")
        self.assertFalse(self.posting.date_to)
        self.assertIn(heir, self.system.posting_ids.employee_id)

    def test_refused(self):
        change = self._announce("2026-03-09")
        change.action_send()
        change.with_user(self.unit_user).action_refuse()
        with self.assertRaises(UserError):
            change.with_user(self.unit_user).action_consent()
        with self.assertRaises(UserError):
            change.action_apply()

    def test_announcement_stays(self):
        change = self._announce("2026-03-09").with_user(self._create_user("staffing"))
        with self.assertRaises(UserError):
            change.state = "consented"
        for flag in ("om_posting_act", "om_act"):
            with self.assertRaises(UserError):
                change.with_context(**{flag: True}).state = "consented"
        change.action_send()
        for name, value in (
            ("change_date", "2026-03-05"),
            ("newcomer_id", self.leaver.id),
            ("unit_id", self.company.partner_id.id),
            ("decided_on", "2026-03-01 00:00:00"),
        ):
            with self.assertRaises(UserError, msg=name):
                change.write({name: value})
        with self.assertRaises(UserError):
            change.unlink()

    def test_nobody_of_ours_consents(self):
        officer = self._create_user("staffing")
        change = self._announce("2026-03-09").with_user(officer)
        change.action_send()
        day = self.env["om.posting"]._get_today()
        scan = self.env["ir.attachment"].create({"name": "a.pdf", "raw": b"scan"})
        for paper in (
            None,
            Paper("李某", day, None),
            Paper(officer.name, day, scan),
        ):
            with self.assertRaises(UserError):
                change.action_consent(paper)
        action = change.action_consent_paper()
        self.assertEqual(action["context"]["default_party_id"], change.unit_id.id)
        change.action_consent(Paper("李某", day, scan))
        self.assertEqual(change.state, "consented")
        self.assertEqual(change.decided_by, change.unit_id)
        line = self.env["om.act"].search(
            [("res_model", "=", change._name), ("res_id", "=", change.id)], limit=1
        )
        self.assertEqual(line.signature_id.way, "paper")
        self.assertIn("entered by", line.signature_id.display_name)

    def test_no_way_round_the_notice(self):
        staffing = self._create_user("staffing")
        with self.assertRaises(UserError):
            self.posting.with_user(staffing).date_to = "2026-03-03"
        manager = self._create_user("manager")
        self.posting.with_user(manager).date_to = "2026-12-31"

    def test_overlap(self):
        with self.assertRaises(ValidationError):
            self.env["om.posting"].create(
                {
                    "employee_id": self.leaver.id,
                    "system_id": self.system.id,
                    "date_from": "2025-01-01",
                    "date_to": "2026-01-01",
                }
            )

    def test_system_follows(self):
        self.assertEqual(self.system.posted_employee_ids, self.leaver)
        self.assertEqual(self.system.posting_missing, 0)
        self.posting.date_to = "2026-01-31"
        with freeze_time("2026-02-01 03:00:00"):
            self.env["om.posting"]._cron_follow()
        self.assertFalse(self.system.posted_employee_ids)
        self.assertEqual(self.system.posting_missing, 1)

    def test_names_become_postings(self):
        """Whoever names people in a system's list begins and ends postings."""
        system = self._create_system("乙单位系统")
        dispatcher = self._create_user("dispatcher")
        system.with_user(dispatcher).posted_employee_ids = self.newcomer
        self.assertEqual(system.posting_ids.employee_id, self.newcomer)
        self.assertEqual(
            system.posting_ids.date_from, self.env["om.posting"]._get_today()
        )
        system.with_user(dispatcher).posted_employee_ids = False
        self.assertFalse(system.posting_ids, "named by mistake, and never there")
        system.posting_ids = [
            Command.create({"employee_id": self.newcomer.id, "date_from": "2026-02-01"})
        ]
        with freeze_time("2026-03-03 03:00:00"):
            system.with_user(dispatcher).posted_employee_ids = False
        self.assertEqual(str(system.posting_ids.date_to), "2026-03-02")

    def test_names_keep_the_notice(self):
        dispatcher = self._create_user("dispatcher")
        with self.assertRaises(UserError):
            self.system.with_user(dispatcher).posted_employee_ids = self.newcomer

    def test_adopted(self):
        system = self._create_system("乙单位系统")
        # As before there were postings
        quiet = system.with_context(om_following=FOLLOWING)
        quiet.posted_employee_ids = self.newcomer
        self.assertFalse(system.posting_ids)
        self.env["om.posting"]._adopt_posted()
        self.assertEqual(system.posting_ids.employee_id, self.newcomer)
        self.env["om.posting"]._adopt_posted()
        self.assertEqual(len(system.posting_ids), 1)

    def test_safety_training(self):
        Training = self.env["om.safety.training"]
        values = {"name": "用电安全", "company_id": self.company.id}
        january = Training.create({**values, "date": "2026-01-20"})
        self.assertEqual(january.missing_employee_ids, self.leaver)
        as_manager = january.with_user(self._create_user("manager"))
        as_manager.invalidate_recordset()
        self.assertEqual(
            as_manager.missing_employee_ids.mapped("display_name"), [self.leaver.name]
        )
        january.attendee_ids = self.leaver
        self.assertFalse(january.missing_employee_ids)
        february = Training.create({**values, "date": "2026-02-20"})
        self.assertEqual(february.missing_employee_ids, self.leaver)
