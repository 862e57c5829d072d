from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.om_base.tests.common import new_test_user

from .ticket_common import TicketCommon

# What of a fault its outside parties may read beside Odoo's own fields: what their page
# shows, and what it is sorted and linked by.
SHOWN = frozenset(
    """
    act_ids arrived_at assess_deadline assess_status assessed_at broken_at
    kind service_item_id request_form request_start request_stop ready_by room_id
    check_ids ordered_on
    cancelled_at confirmed_at dispatched_at downtime_ids equipment_ids event_ids
    fix_deadline fix_status fixed_at follows_id has_breach is_breached major_report_due
    next_deadline objection_by onsite_deadline onsite_status partner_phone
    parts_deadline parts_status pause_ids plan_deadline plan_status planned_at
    proposal_ids reopen_count reported_at request_ids respond_deadline respond_status
    responded_at service_flag severity sla_is_far sla_key_period sla_policy_id
    sla_rule_id sla_source solution state supplied_at system_id third_party_id
    unit_id user_signature user_signed_by user_signed_on
    """.split()
)


@tagged("post_install", "-at_install")
class TestTicketAccess(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Ticket = cls.env["helpdesk.ticket"]
        common = {"description": "Test", "severity": "general"}
        cls.other_team = cls.env["helpdesk.ticket.team"].create({"name": "Others"})
        cls.mine = Ticket.create(
            {
                "name": "Of the first unit",
                "system_id": cls.system.id,
                "team_id": cls.team.id,
                **common,
            }
        )
        cls.theirs = Ticket.create(
            {
                "name": "Of the other unit",
                "system_id": cls.other_system.id,
                "team_id": cls.other_team.id,
                **common,
            }
        )
        cls.nobodys = Ticket.create({"name": "Of no team", **common})
        for ticket in cls.mine | cls.theirs:
            cls.env["om.ticket.pause"].create(
                {"ticket_id": ticket.id, "kind": "user", "reason": "closed"}
            )
            cls.env["om.downtime"].create(
                {
                    "ticket_id": ticket.id,
                    "system_id": ticket.system_id.id,
                    "date_from": ticket.reported_at,
                }
            )
            ticket.user_id = cls.manager
            cls.env["om.escalation.notice"].create(
                {
                    "ticket_id": ticket.id,
                    "target": "fix",
                    "percent": 50,
                    "at": ticket.reported_at,
                }
            )

    def _seen(self, user, model="helpdesk.ticket", field="id"):
        return self.env[model].with_user(user).search([])

    def test_outside_parties_read_what_is_theirs(self):
        """What we note for ourselves is closed, and a field of ours that is added is
        decided on here: a page shows it, or it gets its group."""
        ours = {
            "helpdesk.ticket": {
                *("followup_result", "followup_note", "followup_on", "cause"),
                *("followup_user_id", "notice_ids", "next_escalation_at"),
                "access_token",
            },
            "om.ticket.event": {"reason", "void_reason", "voided_by_id"},
            "om.ticket.pause": {"void_reason", "voided_by_id"},
        }
        for role, party in (
            ("portal_user_unit", self.unit),
            ("portal_purchaser", self.purchaser),
        ):
            user = self._create_portal_user(role, party)
            for model, closed in ours.items():
                read = self.env[model].with_user(user).fields_get()
                self.assertFalse(closed & read.keys(), (role, model))
            ticket = self.mine.with_user(user)
            self.assertTrue(ticket.read(["number", "state", "solution"]))
            for name in ours["helpdesk.ticket"]:
                with self.assertRaises(AccessError):
                    ticket.read([name])
                with self.assertRaises(AccessError):
                    ticket.search([(name, "!=", False)])
            with self.assertRaises(AccessError):
                ticket.search([("event_ids.reason", "!=", False)])
            added = {
                name
                for name, field in self.mine._fields.items()
                if field.store
                and (field._modules or ("",))[0].startswith("om_")
                and name in ticket.fields_get()
            }
            self.assertFalse(added - SHOWN, "decide whether a page shows these")

    def test_engineers_see_their_teams_and_nobodys(self):
        seen = self._seen(self.engineer)
        self.assertIn(self.mine, seen)
        self.assertIn(self.nobodys, seen)
        self.assertNotIn(self.theirs, seen)
        pauses = self._seen(self.engineer, "om.ticket.pause")
        self.assertIn(self.mine, pauses.ticket_id)
        self.assertNotIn(self.theirs, pauses.ticket_id)
        with self.assertRaises(AccessError):
            self.theirs.with_user(self.engineer).read(["name"])

    def test_following_gives_no_right_to_change(self):
        self.theirs.message_subscribe(self.engineer.partner_id.ids)
        self.theirs.with_user(self.engineer).read(["name"])
        with self.assertRaises(AccessError):
            self.theirs.with_user(self.engineer).name = "x"

    def test_dispatchers_see_all(self):
        everything = self.mine | self.theirs | self.nobodys
        for user in (self.dispatcher, self.manager):
            self.assertLessEqual(everything, self._seen(user))
        self.theirs.with_user(self.dispatcher).name = "Changed"

    def test_readers_read(self):
        for role in ("auditor", "warehouse", "procurement"):
            user = self._create_user(role)
            self.assertIn(self.theirs, self._seen(user))
            for values in ({"name": "x"}, {"severity": "minor"}):
                with self.assertRaises(AccessError):
                    self.theirs.with_user(user).write(values)
            with self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(user).create(
                    {"name": "x", "description": "x"}
                )

    def test_staffing_sees_none(self):
        self.assertFalse(
            self._seen(self._create_user("staffing")) & (self.mine | self.theirs)
        )

    def test_the_ledger_is_nobodys_to_write(self):
        event = self.mine.event_ids[:1]
        self.assertTrue(event)
        for user in (self.engineer, self.dispatcher, self.manager):
            with self.assertRaises(AccessError):
                event.with_user(user).at = "2026-01-01"
            with self.assertRaises(AccessError):
                event.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["om.ticket.event"].with_user(user).create(
                    {"ticket_id": self.mine.id, "kind": "fixed", "at": "2026-01-01"}
                )

    def test_units_see_their_own(self):
        user = self._create_portal_user("portal_user_unit", self.unit)
        self.assertEqual(self._seen(user), self.mine)
        for model in ("om.ticket.event", "om.ticket.pause", "om.downtime"):
            tickets = self._seen(user, model).ticket_id
            self.assertEqual(tickets, self.mine, model)
        with self.assertRaises(AccessError):
            self.theirs.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self.mine.with_user(user).name = "x"
        for model in ("om.escalation.notice", "om.escalation.rule", "om.ticket.act"):
            with self.assertRaises(AccessError):
                self._seen(user, model)

    def test_following_does_not_open_it_to_another_unit(self):
        """The stock rule shows a ticket to the whole company of any follower."""
        user = self._create_portal_user("portal_user_unit", self.unit)
        self.theirs.message_subscribe(user.partner_id.ids)
        self.theirs.partner_id = user.partner_id
        self.assertEqual(self._seen(user), self.mine)
        with self.assertRaises(AccessError):
            self.theirs.with_user(user).read(["name"])

    def test_own_reports_without_a_system(self):
        user = self._create_portal_user("portal_user_unit", self.unit)
        self.nobodys.partner_id = user.partner_id
        self.assertEqual(self._seen(user), self.mine | self.nobodys)

    def test_purchasers_and_supervisors_see_their_contract(self):
        for role, party in (
            ("portal_purchaser", self.purchaser),
            ("portal_supervisor", self.supervisor),
        ):
            user = self._create_portal_user(role, party)
            self.assertEqual(self._seen(user), self.mine, role)
            for model in ("om.ticket.event", "om.ticket.pause", "om.downtime"):
                self.assertEqual(self._seen(user, model).ticket_id, self.mine)
        # A user unit's login does not become a purchaser's by being named so.
        stranger = self._create_portal_user("portal_user_unit", self.purchaser)
        self.assertFalse(self._seen(stranger))

    def test_visitors_do_not_write_stages(self):
        public = self.env.ref("base.public_user")
        stage = self.mine.stage_id
        with self.assertRaises(AccessError):
            stage.with_user(public).name = "x"
        plain = new_test_user(self.env, "om_helpdesk_plain", "base.group_user")
        with self.assertRaises(AccessError):
            stage.with_user(plain).name = "x"

    def test_no_stage_closes_from_the_portal(self):
        """/ticket/close of the stock add-on lets everybody close every ticket."""
        stages = self.env["helpdesk.ticket.stage"].search([("om_state", "!=", False)])
        self.assertEqual(len(stages), 8)
        self.assertFalse(any(stages.mapped("close_from_portal")))

    def test_clients_cannot_say_that_they_correct(self):
        ticket = self.mine.with_user(self.manager)
        ticket._om_act("fixed")
        self.mine.with_user(self.dispatcher)._om_act("confirmed")
        for forged in (True, "CORRECTING", {}, object()):
            with self._refused("confirmed"):
                ticket.with_context(om_correcting=forged).write({"severity": "minor"})

    def test_rules_are_the_managers(self):
        rule = self.env["om.escalation.rule"].search([], limit=1)
        with self.assertRaises(AccessError):
            rule.with_user(self.dispatcher).percent = 60
        rule.with_user(self.manager).percent = 60
