from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .ticket_common import TicketCommon, after


@tagged("post_install", "-at_install")
class TestDeductionProposal(TicketCommon):
    """A breach proposes the deduction that its contract's clause names, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.write(
            {
                "amount_total": 1000000.0,
                "signature_date": "2026-01-05",
                "payment_template_id": cls.env.ref(
                    "om_contract.om_payment_template_review"
                ).id,
            }
        )
        cls.contract.action_make_milestones()
        cls.system.annual_fee = 1000000.0
        cls.contract.action_activate()
        cls.officer = cls._create_user("procurement")
        cls.clause = cls.contract.clause_ids.filtered(lambda c: c.fact == "deadline")

    def _propose(self, record, at):
        with freeze_time(at):
            record.invalidate_recordset()
            action = record.with_user(self.officer).action_propose_deduction()
        return self.env["om.deduction"].browse(action["res_id"])

    def test_a_missed_deadline_proposes_one(self):
        """Reported 10:00, respond in 30 minutes; answered at 11:00: 0.1 percent of
        1,000,000.00 is 1,000.00."""
        self.assertEqual(len(self.clause), 1)
        ticket = self._report()
        self._at(after(hours=1), ticket, "action_take")
        deduction = self._propose(ticket, after(hours=2))
        self.assertEqual(deduction.clause_id, self.clause)
        self.assertEqual(deduction.source, ticket)
        self.assertEqual(str(deduction.date), "2026-03-11")
        self.assertEqual(f"{deduction.amount:.2f}", "1000.00")
        self.assertEqual(deduction.state, "proposed")
        self.assertFalse(
            self.contract.amount_deducted or self.contract.amount_to_deduct
        )
        steps = deduction._get_calculation().steps
        told = " ".join(f"{step.value} {step.note}" for step in steps)
        for words in ("2026-03-11 10:00", "2026-03-11 10:30", "2026-03-11 11:00"):
            self.assertIn(words, told)
        self.assertEqual(self._propose(ticket, after(hours=3)), deduction)

    def test_nothing_broken_proposes_nothing(self):
        ticket = self._report()
        with freeze_time(after(minutes=5)), self._refused("broke nothing"):
            ticket.with_user(self.officer).action_propose_deduction()

    def test_no_clause_for_this_kind_of_fact(self):
        """Shunyi's clauses name no deduction for downtime."""
        down = self.env["om.downtime"].create(
            {
                "system_id": self.system.id,
                "date_from": after(hours=0),
                "date_to": after(hours=5),
            }
        )
        with self.assertRaisesRegex(UserError, "Proposed By"):
            self._propose(down, after(hours=6))
        self.clause.fact = "downtime"
        deduction = self._propose(down, after(hours=6))
        steps = deduction._get_calculation().steps
        self.assertIn("5.00", " ".join(step.note for step in steps))
