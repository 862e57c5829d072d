"""Begin the ledger of acts for the contracts that are older than it: what they say now
is what later acts and checks go by."""

from odoo.addons.om_base.upgrade import begin_ledgers

MODELS = (
    "agreement",
    "om.payment.milestone",
    "om.payment.condition",
    "om.bond",
    "om.bond.move",
    "om.deduction",
    "om.deduction.line",
    "om.deduction.clause",
    "om.contract.amendment",
    "om.contract.amendment.line",
    "om.contract.document",
    "om.fiscal.delay",
)


def migrate(cr, version):
    begin_ledgers(cr, MODELS)
