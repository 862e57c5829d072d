"""Amounts in words come with the total of the invoice, by Odoo's setting."""


def migrate(cr, version):
    cr.execute("UPDATE res_company SET display_invoice_amount_total_words = TRUE")
