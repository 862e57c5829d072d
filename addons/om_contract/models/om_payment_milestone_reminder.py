from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .om_payment_milestone import SETTLED

# A payment is asked after, or made, in time only if somebody thinks of it in time.
REMIND_DAYS = 7


class OmPaymentMilestone(models.Model):
    """Reminders before the due dates."""

    _inherit = "om.payment.milestone"

    date_reminded = fields.Date(
        copy=False,
        readonly=True,
        help="The due date of which somebody was reminded.",
    )

    @api.model
    def _cron_remind_due(self):
        """Remind of the payments that are due within a week, once for each due date.

        A reminder that was done does not come back, unless the due date moves; one that
        is open moves with the due date, and goes when the payment is there. Finding the
        payments and making their reminders takes the same number of queries, however
        many there are.
        """
        self._follow_reminders()
        limit = self.env["agreement"]._get_today() + relativedelta(days=REMIND_DAYS)
        due = self.search(
            [
                ("state", "not in", SETTLED),
                ("contract_state", "not in", ("draft", "closed")),
                ("date_due", "<=", limit),
            ]
        ).filtered(lambda milestone: milestone.date_reminded != milestone.date_due)
        self._make_reminders(due)
        for day, milestones in due.grouped("date_due").items():
            milestones.date_reminded = day

    def _get_open_reminders(self):
        """Return the reminders that nobody has done yet."""
        kind = self.env.ref("om_contract.mail_activity_type_payment")
        return self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("activity_type_id", "=", kind.id)]
        )

    def _follow_reminders(self):
        """Let open reminders follow what has happened to their payments."""
        reminders = self._get_open_reminders()
        payments = self.browse(reminders.mapped("res_id")).exists()
        by_id = {milestone.id: milestone for milestone in payments}
        idle = reminders.filtered(
            lambda reminder: (
                not (milestone := by_id.get(reminder.res_id))
                or milestone.state in SETTLED
                or not milestone.date_due
            )
        )
        moved = {}
        for reminder in reminders - idle:
            milestone = by_id[reminder.res_id]
            if reminder.date_deadline != milestone.date_due:
                moved[reminder] = milestone
        idle.unlink()
        for reminder, milestone in moved.items():
            reminder.write(
                {
                    "date_deadline": milestone.date_due,
                    "summary": milestone._get_reminder(reminder.user_id),
                }
            )
            milestone.date_reminded = milestone.date_due

    def _make_reminders(self, milestones):
        if not milestones:
            return
        kind = self.env.ref("om_contract.mail_activity_type_payment")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": milestone.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "date_deadline": milestone.date_due,
                    "summary": milestone._get_reminder(user),
                }
                for milestone in milestones
                if (user := milestone.agreement_id.user_id or milestone.create_uid)
            ]
        )

    def _get_reminder(self, user):
        """Return what a reminder of this payment says to ``user``."""
        self.ensure_one()
        own = self.with_context(lang=user.lang)
        return own.env._(
            "“%(payment)s” is due on %(day)s: %(amount)s open",
            payment=own.name,
            day=fields.Date.to_string(self.date_due),
            amount=own.currency_id.format(self.amount_residual),
        )
