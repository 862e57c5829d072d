from odoo import api, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name a way of paying in the user's language unless somebody named it.

        Odoo copies the English name of the method when a journal is made.
        """
        result = super()._compute_display_name()
        english = {
            method.id: method.name
            for method in self.payment_method_id.with_context(lang="en_US")
        }
        for line in self:
            method = line.payment_method_id
            if method and line.name == english[method.id]:
                line.display_name = (line.display_name or line.name).replace(
                    line.name, method.name
                )
        return result
