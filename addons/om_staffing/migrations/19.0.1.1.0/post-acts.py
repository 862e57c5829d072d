"""Begin the ledger of what is older than it: facts change by declared acts now."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

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
# Documents at once: bounds the memory, not the result.
BATCH = 2000


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for name in MODELS:
        for ids in split_every(BATCH, env[name].search([], order="id").ids):
            env[name].browse(ids)._take_over()
            env.flush_all()
            env.invalidate_all()
