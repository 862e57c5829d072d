from odoo import models
from odoo.tools import format_list

# Of this transaction: {id of a milestone: its due date before the first change}.
MOVED = "om_contract.due_dates"
# What of the context the end of a transaction has to do with.
KEPT = {"lang", "tz", "allowed_company_ids"}


class OmPaymentMilestone(models.Model):
    """Invoices follow the due dates of their milestones, posted ones too.

    Accounting leaves the due date of a posted invoice open to change: neither amounts
    nor accounts nor what is locked depend on it.
    """

    _inherit = "om.payment.milestone"

    def _compute_field_value(self, field):
        if field.compute == "_compute_dates":
            self._note_due_dates()
        return super()._compute_field_value(field)

    def _note_due_dates(self):
        """Remember the due dates that may change; the end of the transaction, when all
        is computed, brings the invoices in step."""
        precommit = self.env.cr.precommit
        if MOVED not in precommit.data:
            precommit.add(self.browse()._follow_due_dates)
        before = precommit.data.setdefault(MOVED, {})
        for milestone in self.filtered("id"):
            before.setdefault(milestone.id, milestone.date_due)

    def _follow_due_dates(self):
        before = self.env.cr.precommit.data.pop(MOVED, {})
        # Whose change it was need not be an accountant, and may have been made in the
        # midst of an invoice's own, with the flags of that.
        context = {key: self.env.context[key] for key in KEPT & set(self.env.context)}
        env = self.env(su=True, context=context)
        milestones = env[self._name].browse(before).exists()
        moved = milestones.filtered(lambda m: m.date_due != before[m.id])
        moved._bring_invoices_in_step()
        self.env.flush_all()

    def _bring_invoices_in_step(self):
        """Give the open invoices of these the due dates of these, and say so on both.

        An invoice cannot be without a due date: while a fiscal delay holds a payment
        up, it keeps its own. Where accountants chose a payment term, theirs counts.
        """
        moves = self.invoice_ids.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "in_invoice")
                and move.state != "cancel"
                and move.payment_state in ("not_paid", "partial")
                and not move.invoice_payment_term_id
                and move.invoice_date_due != move.om_milestone_id.date_due
            )
        )
        dated = moves.filtered("om_milestone_id.date_due")
        held = (moves - dated).filtered("om_milestone_id.is_delayed")
        moves._message_log_batch(
            bodies={
                **{move.id: self._get_held_text(move) for move in held},
                **{move.id: self._get_moved_text(move) for move in dated},
            }
        )
        dated.om_milestone_id._message_log_batch(
            bodies={
                milestone.id: self.env._(
                    "Due on %(day)s now, as this payment is: %(invoices)s.",
                    day=milestone.date_due,
                    invoices=format_list(self.env, ours.mapped("display_name")),
                )
                for milestone, ours in dated.grouped("om_milestone_id").items()
            }
        )
        quiet = dated.with_context(skip_is_manually_modified=True)
        for day, ours in quiet.grouped(lambda m: m.om_milestone_id.date_due).items():
            ours.invoice_date_due = day

    def _get_held_text(self, move):
        return self.env._(
            "A fiscal delay holds up “%s”: nothing is overdue before it ends.",
            move.om_milestone_id.display_name,
        )

    def _get_moved_text(self, move):
        milestone = move.om_milestone_id
        return self.env._(
            "Due on %(day)s instead of %(before)s, as “%(milestone)s” is.",
            day=milestone.date_due,
            before=move.invoice_date_due,
            milestone=milestone.display_name,
        )
