"""Begin the ledger of faults and of what belongs to them; each line says that what it
tells was taken over, not seen."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

BATCH = 1000
# What hangs on others after what it hangs on.
MODELS = (
    "om.service.calendar",
    "om.service.calendar.window",
    "om.sla.policy",
    "om.sla.policy.line",
    "helpdesk.ticket",
    "om.ticket.pause",
    "om.ticket.proposal",
    "om.downtime",
    "rating.rating",
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for name in MODELS:
        for ids in split_every(BATCH, env[name].search([], order="id").ids):
            env[name].browse(ids)._take_over()
            env.flush_all()
            env.invalidate_all()
