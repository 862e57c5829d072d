import csv

from odoo import fields
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.om_helpdesk.engine import timeline

from ..models.om_ticket_history import FILE
from .common import HistoryCase


@tagged("post_install", "-at_install")
class TestTicketHistory(HistoryCase):
    """The invented faults are what the acts allow, and became what their rows say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open(FILE, "r") as stream:
            cls.rows = list(csv.DictReader(stream))
        data = cls.env["ir.model.data"].search(
            [("module", "=", "om_demo"), ("name", "=like", "demo\\_ticket\\_%")]
        )
        cls.tickets = cls.env["helpdesk.ticket"].browse(data.mapped("res_id"))
        by_name = cls.tickets.grouped("name")
        cls.by_fate = {}
        for row in cls.rows:
            fate = row["fate"].partition(":")[0]
            cls.by_fate.setdefault(fate, cls.tickets.browse())
            cls.by_fate[fate] |= by_name[row["name"]]

    def test_people_have_done_it(self):
        """The system has no desk and drives to nobody."""
        acts = self.env["om.act"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "in", self.tickets.ids)]
        )
        self.assertTrue(acts)
        self.assertNotIn(self.env.ref("base.user_root"), acts.user_id)

    def test_every_row_is_there_once(self):
        self.assertEqual(len(self.tickets), len(self.rows))
        self.assertEqual(len(set(self.tickets.mapped("number"))), len(self.rows))
        self.env["om.ticket.history"]._play()
        self.assertEqual(
            self.env["helpdesk.ticket"].search_count(
                [("name", "in", self.tickets.mapped("name"))]
            ),
            len(self.rows),
        )

    def test_the_ledgers_could_have_happened(self):
        now = fields.Datetime.now()
        for ticket in self.tickets:
            known = []
            for event in ticket.event_ids.sorted(lambda e: (e.at, e.id)):
                step = timeline.Event(event.kind, event.at)
                timeline.check(
                    ticket.reported_at, timeline.replay(known), step, event.entered_on
                )
                self.assertLessEqual(event.entered_on, now)
                known.append(step)

    def test_fates(self):
        for fate in ("kept", "pause", "urgent_kept", "reopened"):
            for ticket in self.by_fate[fate]:
                self.assertFalse(ticket.is_breached, ticket.name)
                self.assertEqual(ticket.state, "confirmed", ticket.name)
        for fate in ("late", "pause_late", "urgent_late"):
            for ticket in self.by_fate[fate]:
                self.assertEqual(ticket.fix_status, "breached", ticket.name)
        for ticket in self.by_fate["respond_late"]:
            self.assertEqual(ticket.respond_status, "breached", ticket.name)
        self.assertEqual(self.by_fate["reopened"].mapped("reopen_count"), [1, 1])
        self.assertEqual(len(self.by_fate["merged"].duplicate_id), 1)
        self.assertEqual(
            set((self.by_fate["merged"] | self.by_fate["cancelled"]).mapped("state")),
            {"cancelled"},
        )
        self.assertEqual(self.by_fate["proposed"].state, "proposed")

    def test_what_was_cancelled_or_merged_has_the_units_word(self):
        for ticket in self.by_fate["merged"] | self.by_fate["cancelled"]:
            proposal = ticket.proposal_ids
            self.assertEqual(proposal.state, "agreed")
            if proposal.way == "paper":
                self.assertTrue(proposal.person and proposal.attachment_ids)
            else:
                unit = proposal.answered_by_id.partner_id.commercial_partner_id
                self.assertEqual(unit, ticket.unit_id)
        merged = self.by_fate["merged"]
        self.assertEqual(merged.duplicate_id.unit_id, merged.unit_id)
        self.assertLess(merged.duplicate_id.reported_at, merged.reported_at)

    def test_stages_severities_and_open_clocks(self):
        states = set(self.tickets.mapped("state"))
        self.assertEqual(len(states), 8, states)
        self.assertEqual(
            set(self.tickets.mapped("severity")),
            {"minor", "general", "serious", "urgent"},
        )
        for ticket in self.tickets:
            self.assertEqual(ticket.stage_id.om_state, ticket.state)
        self.assertTrue(any(self.tickets.mapped("next_deadline")))

    def test_satisfaction_and_downtimes(self):
        rated = self.tickets.filtered("rating_ids")
        self.assertGreater(len(rated), 30)
        self.assertTrue(all(ticket.confirmed_at for ticket in rated))
        downtimes = self.tickets.downtime_ids
        self.assertEqual(
            set(downtimes.mapped("exclusion_state")), {"none", "claimed", "approved"}
        )
