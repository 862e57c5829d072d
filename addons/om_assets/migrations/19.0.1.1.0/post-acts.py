"""Begin the ledger of what is older than it: facts change by declared acts now."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

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
# Documents at once: bounds the memory, not the result.
BATCH = 2000


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for name in MODELS:
        for ids in split_every(BATCH, env[name].search([], order="id").ids):
            env[name].browse(ids)._take_over()
            env.flush_all()
            env.invalidate_all()
