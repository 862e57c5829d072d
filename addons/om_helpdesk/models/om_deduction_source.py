from odoo import models

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_contract.engine.calculation import Step

# {target: the moment that ends it}
ENDED = {"respond": "responded_at", "onsite": "arrived_at", "fix": "fixed_at"}


class HelpdeskTicket(models.Model):
    """A fault whose deadline was missed may be deducted for."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "om.deduction.source.mixin"]

    def _get_breach(self):
        missed = [target for target in ENDED if self[f"{target}_status"] == "breached"]
        if not missed:
            return super()._get_breach()
        first = min(self[f"{target}_deadline"] for target in missed)
        steps = [Step(self.env._("Reported at"), self._format_step(self.reported_at))]
        for target in missed:
            label = self._fields[f"{target}_deadline"]._description_string(self.env)
            ended = self[ENDED[target]]
            steps.append(
                Step(
                    label,
                    self._format_step(self[f"{target}_deadline"]),
                    self.env._("in fact %s", self._format_step(ended))
                    if ended
                    else self.env._("not yet"),
                )
            )
        return (
            "deadline",
            beijing.day_of(first),
            steps,
        )

    def _format_step(self, moment):
        return beijing.word(moment)


class OmDowntime(models.Model):
    """A downtime that the purchaser has not excluded may be deducted for."""

    _name = "om.downtime"
    _inherit = ["om.downtime", "om.deduction.source.mixin"]

    def _get_breach(self):
        if self.exclusion_state == "approved" or not self.date_to:
            return super()._get_breach()
        day = beijing.day_of(self.date_from)
        hours = (self.date_to - self.date_from).total_seconds() / 3600

        return (
            "downtime",
            day,
            [
                Step(
                    self.env._("Without service"),
                    f"{beijing.word(self.date_from)} – {beijing.word(self.date_to)}",
                    self.env._("%s hours", f"{hours:.2f}"),
                )
            ],
        )
