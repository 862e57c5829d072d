"""Begin the ledger of faults and of what belongs to them; each line says that what it
tells was taken over, not seen."""

from odoo.addons.om_base.upgrade import begin_ledgers

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
    begin_ledgers(cr, MODELS)
