from odoo import models
from odoo.exceptions import UserError


class OmPaymentMilestone(models.Model):
    """The paper with which a payment is asked for."""

    _inherit = "om.payment.milestone"

    def _check_can_apply(self):
        """Raise if for one of these nothing can be applied for."""
        drafts = self.filtered(lambda m: m.contract_state in (False, "draft"))
        if drafts:
            raise UserError(
                self.env._(
                    "The contract of “%s” is a draft: bring it into force before you"
                    " apply for its payments.",
                    drafts[0].display_name,
                )
            )

    def _get_applied_amount(self):
        """What the application asks for: the rest, of a paid one the whole."""
        self.ensure_one()
        return self.amount_due if self.state == "paid" else self.amount_residual

    def action_print_application(self):
        """Return the payment application as a PDF."""
        self._check_can_apply()
        return self.env.ref("om_contract.om_payment_application_report").report_action(
            self
        )

    def _get_report_base_filename(self):
        """The name of the file that the portal hands out."""
        self.ensure_one()
        return f"{self.agreement_id.code} {self.name}"
