"""Begin the ledger of what is older than it: facts change by declared acts now."""

from odoo.addons.om_base.upgrade import begin_ledgers

MODELS = (
    "om.system",
    "om.inspection.plan",
    "om.system.deadline",
    "om.system.hardware",
    "om.system.kpi",
    "om.key.period",
    "om.mlps.assessment",
    "om.register.import",
    "maintenance.equipment",
    "maintenance.request",
)


def migrate(cr, version):
    begin_ledgers(cr, MODELS)
