from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact


class OmSystemKpi(models.Model):
    _name = "om.system.kpi"
    _inherit = "om.system.line"
    _description = "Service Indicator"
    _log_on_system = True
    _free_fields = dict.fromkeys(("name", "operator", "value", "uom_name"))
    _facts = {
        "system": Fact("system_id"),
        "name": Fact("name"),
        "operator": Fact("operator"),
        "value": Fact("value"),
    }

    name = fields.Char("Indicator", required=True)
    operator = fields.Selection([(">=", "≥"), ("<=", "≤")], required=True, default=">=")
    value = fields.Float("Target", digits=(16, 2))
    uom_name = fields.Char("Unit")
    target_text = fields.Char("Promise", compute="_compute_target_text")

    @api.depends("operator", "value", "uom_name")
    def _compute_target_text(self):
        signs = dict(self._fields["operator"].selection)
        for kpi in self:
            sign = signs.get(kpi.operator, "")
            kpi.target_text = f"{sign} {kpi.value:g} {kpi.uom_name or ''}".strip()

    @api.depends("name", "target_text")
    def _compute_display_name(self):
        for kpi in self:
            kpi.display_name = f"{kpi.name or ''} {kpi.target_text}"
