from odoo import fields, models


class ResCompany(models.Model):
    """Invoices say their amount in words, as their readers expect (Odoo's setting)."""

    _inherit = "res.company"

    display_invoice_amount_total_words = fields.Boolean(default=True)
