"""Begin the ledger of acts for the contracts that are older than it: what they say now
is what later acts and checks go by."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

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
AT_ONCE = 1000


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in MODELS:
        documents = env[name].with_context(active_test=False)
        for ids in split_every(AT_ONCE, documents.search([], order="id").ids):
            documents.browse(ids)._take_over()
            env.flush_all()
            env.invalidate_all()
