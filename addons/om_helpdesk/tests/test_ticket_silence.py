from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .ticket_common import TicketCommon, after

# Five working days after Wednesday 2026-03-11 are over when Wednesday 03-18 is; three
# days would end on a Saturday, so they end with the Monday (Civil Code, article 203).
FIVE_WORKDAYS = datetime(2026, 3, 18, 16, 0)
THREE_DAYS = datetime(2026, 3, 16, 16, 0)
CLAUSE = "第六条第三款（示例）"


@tagged("post_install", "-at_install")
class TestTicketSilence(TicketCommon):
    """A repair counts as accepted by silence only where the contract says so."""

    def _agree(self, days=5, unit="workday"):
        self.contract.sudo().write(
            {"silence_days": days, "silence_unit": unit, "silence_clause": CLAUSE}
        )

    def _fixed(self):
        ticket = self._report("urgent")
        self._at(after(minutes=5), ticket, "action_take")
        self._at(after(minutes=20), ticket, "_om_act", self.engineer, "fixed")
        return ticket

    def _run(self, moment):
        with freeze_time(moment):
            self.env["helpdesk.ticket"]._cron_accept_silence()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_off_by_default(self):
        ticket = self._fixed()
        self.assertFalse(ticket.objection_by)
        self._run(after(days=300))
        self.assertEqual(ticket.state, "fixed")

    def test_on_the_day_that_the_contract_says(self):
        self._agree()
        ticket = self._fixed()
        self.assertEqual(ticket.objection_by, FIVE_WORKDAYS)
        self._run(datetime(2026, 3, 18, 15, 59))
        self.assertEqual(ticket.state, "fixed")
        self._run(FIVE_WORKDAYS)
        self.assertEqual(ticket.state, "confirmed")
        self.assertEqual(ticket.confirmed_at, FIVE_WORKDAYS)
        line = ticket.act_ids.sorted("position")[-1]
        self.assertEqual(line.act, "unopposed")
        self.assertIn(CLAUSE, line.reason)
        self.assertFalse(line.signature_id, "silence is nobody's word")
        found = self.env["om.signature"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertFalse(found)
        faults = self.env["om.act"]._find_faults(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertFalse(list(faults))

    def test_days_that_end_on_a_rest_day(self):
        self._agree(3, "day")
        self.assertEqual(self._fixed().objection_by, THREE_DAYS)

    def test_a_rule_of_later_binds_nobody_before(self):
        ticket = self._fixed()
        self._agree()
        self._run(after(days=300))
        self.assertEqual(ticket.state, "fixed")
        self._at(
            after(days=301), ticket, "_om_act", self.dispatcher, "reopened", None, "x"
        )
        self._at(after(days=302), ticket, "_om_act", self.engineer, "fixed")
        self.assertGreater(ticket.objection_by, after(days=302))

    def test_who_answers_is_not_silent(self):
        self._agree()
        ticket = self._fixed()
        person = self._create_portal_user("portal_user_unit", self.unit)
        with freeze_time(after(hours=3)):
            ticket.with_user(person).sudo().message_post(
                author_id=person.partner_id.id,
                body="好像还有点暗",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.env.flush_all()
        self.assertFalse(ticket.objection_by)
        self._run(after(days=300))
        self.assertEqual(ticket.state, "fixed")

    def test_the_contract_names_the_clause(self):
        with self.assertRaises(ValidationError):
            self.contract.sudo().write({"silence_days": 5, "silence_clause": False})
        with self.assertRaises(UserError):
            self._fixed().with_user(self.manager).objection_by = FIVE_WORKDAYS

    def test_the_same_for_many(self):
        self._agree()
        counts = []
        for number in (2, 12):
            tickets = self.env["helpdesk.ticket"].union(
                *(self._fixed() for _each in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._run(FIVE_WORKDAYS)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(tickets.mapped("state")), {"confirmed"})
        self.assertLessEqual(counts[1], counts[0] + 3)
