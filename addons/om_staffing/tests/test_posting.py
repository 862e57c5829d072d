from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.om_posting import POSTING_ACT
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
        change.decide(True, self.unit_user.partner_id)
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
        change.decide(True, self.unit_user.partner_id)
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
        change.decide(True, self.unit_user.partner_id)
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
        later.decide(True, self.unit_user.partner_id)
        # In the meantime somebody named the replacement for another post.
        self._assign("repairer", self.newcomer)
        self.env["res.lang"]._activate_lang("zh_CN")
        officer = change.company_id._get_staffing_officer()
        officer.lang = "zh_CN"
        job = self.env["om.posting"].with_context(lang="en_US")
        with freeze_time("2026-03-09 03:00:00"):
            job._cron_follow()
            job._cron_follow()
        self.assertEqual((change.state, later.state), ("consented", "done"))
        self.assertEqual(len(change.activity_ids), 1, "asked for once")
        own = change.with_context(lang="zh_CN").env
        self.assertEqual(change.activity_ids.user_id, officer)
        self.assertEqual(
            change.activity_ids.summary,
            own._("The change could not be carried out"),
            "in the language of who reads it",
        )
        self.assertFalse(self.posting.date_to)
        self.assertIn(heir, self.system.posting_ids.employee_id)

    def test_refused(self):
        change = self._announce("2026-03-09")
        change.action_send()
        change.decide(False, self.unit_user.partner_id)
        with self.assertRaises(UserError):
            change.decide(True, self.unit_user.partner_id)
        with self.assertRaises(UserError):
            change.action_apply()

    def test_announcement_stays(self):
        change = self._announce("2026-03-09")
        with self.assertRaises(UserError):
            change.state = "consented"
        with self.assertRaises(UserError):
            change.with_context(om_posting_act=True).state = "consented"
        change.action_send()
        with self.assertRaises(UserError):
            change.change_date = "2026-03-05"
        with self.assertRaises(UserError):
            change.unlink()

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
        quiet = system.with_context(om_posting_act=POSTING_ACT)
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
