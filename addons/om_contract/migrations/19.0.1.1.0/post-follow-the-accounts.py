"""Judge again what was invoiced and paid: before, a credit note by hand and a loss were
taken for money, terminated contracts asked for it, and drafts owed some."""

from odoo import SUPERUSER_ID, api

FIELDS = {
    "om.payment.milestone": (
        "amount_invoiced",
        "amount_paid",
        "amount_written_off",
        "invoice_date",
        "is_ended",
        "amount",
        "amount_due",
        "amount_residual",
        "state",
        "is_payable",
    ),
    "om.deduction": ("amount_invoiced", "amount_claim_open"),
    "om.bond": ("state", "date_received"),
    "agreement": (
        "amount_invoiced",
        "amount_paid",
        "amount_residual",
        "next_due",
        "bond_date",
    ),
}
DATES = ("date_start", "date_due", "date_expected", "is_date_provisional", "is_delayed")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    everything = {
        name: env[name].with_context(active_test=False).search([]) for name in FIELDS
    }
    for name, records in everything.items():
        for field in FIELDS[name]:
            env.add_to_compute(records._fields[field], records)
    env.flush_all()
    # Only what is not asked for any more loses its day; others keep what decided them.
    ended = everything["om.payment.milestone"].filtered("is_ended")
    for field in DATES:
        env.add_to_compute(ended._fields[field], ended)
    env.flush_all()
    env["agreement"]._cron_expire()
