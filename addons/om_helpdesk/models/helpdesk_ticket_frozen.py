from odoo import fields, models

from odoo.addons.om_base.tools import beijing

from ..engine.policy import TARGETS


class HelpdeskTicket(models.Model):
    """A confirmed result keeps the rule that it was reached by.

    Whatever becomes of the promise, its calendar, the holidays or the key periods:
    result and explanation of a confirmed ticket stay. Corrected facts are judged by
    the rule that was kept; a reopened ticket by the promise as it is then.
    """

    _inherit = "helpdesk.ticket"

    # Without an index: rules that are kept stay, and nobody looks for their faults.
    sla_rule_id = fields.Many2one(
        "om.sla.rule",
        string="Rule as Confirmed",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    sla_key_period = fields.Boolean(
        "In a Key Period as Confirmed", readonly=True, copy=False
    )
    sla_is_far = fields.Boolean("Far as Confirmed", readonly=True, copy=False)

    def _om_keep_rule(self):
        """Keep the rules as they are now, for the tickets that are confirmed."""
        if not self:
            return
        self.filtered("sla_rule_id").write({"sla_rule_id": False})
        choices = self._om_choose_policies()
        in_key_period = self._om_in_key_period()
        wanted = {
            ticket: (choices[ticket][0], ticket._om_years())
            for ticket in self
            if ticket.confirmed_at and choices[ticket][0]
        }
        # superuser: who confirms need not see promises; nothing is told
        kept = self.env["om.sla.rule"].sudo()._keep(dict.fromkeys(wanted.values()))
        groups = {}
        for ticket, key in wanted.items():
            is_far = ticket._om_is_far(choices[ticket][0])
            group = (kept[key].id, in_key_period[ticket], is_far)
            groups[group] = groups.get(group, self.browse()) | ticket
        for (rule_id, is_key, is_far), tickets in groups.items():
            tickets.write(
                {
                    "sla_rule_id": rule_id,
                    "sla_key_period": is_key,
                    "sla_is_far": is_far,
                }
            )

    def _om_years(self):
        """Return the years that the clocks of a ticket touch."""
        self.ensure_one()
        moments = [self.reported_at, self.confirmed_at]
        moments += [self[f"{target}_deadline"] for target in TARGETS]
        years = [beijing.day_of(moment).year for moment in moments if moment]
        return tuple(range(min(years), max(years) + 1))

    def _om_get_rule(self):
        """Return the rule that a confirmed ticket keeps; empty: the promise holds."""
        self.ensure_one()
        none = self.env["om.sla.rule"]
        if not self.confirmed_at or not self.sla_rule_id:
            return none
        rule = self.sla_rule_id.sudo()  # readable like the promises themselves
        covered = any(
            (self.severity, target) in rule._get_engine_policy().lines
            for target in TARGETS
        )
        return rule if covered else none
