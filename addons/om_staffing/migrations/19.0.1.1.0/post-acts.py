"""Begin the ledger of what is older than it: facts change by declared acts now."""

from odoo.addons.om_base.upgrade import begin_ledgers

MODELS = (
    "om.tender",
    "om.post.assignment",
    "om.bid.evaluation",
    "om.posting",
    "om.posting.change",
    "om.roster",
    "om.qualification",
    "om.reference",
    "om.safety.training",
    "om.social.insurance",
    "hr.employee.skill",
)


def migrate(cr, version):
    begin_ledgers(cr, MODELS)
