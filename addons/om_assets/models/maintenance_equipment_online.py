import json

from odoo import api, fields, models
from odoo.tools import SQL

# Days that the little chart on a device shows.
CHART_DAYS = 30


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    online_ids = fields.One2many(
        "om.equipment.online", "equipment_id", string="Online Rates"
    )
    online_date = fields.Date(
        "Online Rate Of",
        compute="_compute_online_latest",
        store=True,
        compute_sudo=True,
        help="Day of the last online rate. Empty: none was ever reported.",
    )
    online_rate = fields.Float(
        "Online Rate (%)",
        digits=(5, 2),
        aggregator="avg",
        compute="_compute_online_latest",
        store=True,
        compute_sudo=True,
        help="The last online rate that was reported.",
    )
    online_chart = fields.Text(compute="_compute_online_chart")

    @api.depends("online_ids.date", "online_ids.rate")
    def _compute_online_latest(self):
        latest = {}
        if ids := self.ids:
            Online = self.env["om.equipment.online"]
            Online.flush_model(["equipment_id", "date", "rate"])
            latest = {
                equipment_id: (date, rate)
                for equipment_id, date, rate in self.env.execute_query(
                    SQL(
                        "SELECT DISTINCT ON (equipment_id) equipment_id, date, rate"
                        " FROM om_equipment_online WHERE equipment_id = ANY(%s)"
                        " ORDER BY equipment_id, date DESC",
                        ids,
                    )
                )
            }
        for equipment in self:
            equipment.online_date, equipment.online_rate = latest.get(
                equipment._origin.id, (False, 0.0)
            )

    @api.depends("online_ids.date", "online_ids.rate")
    @api.depends_context("lang")
    def _compute_online_chart(self):
        for equipment in self:
            rates = equipment.online_ids.sorted("date")[-CHART_DAYS:]
            equipment.online_chart = json.dumps(
                [
                    {
                        "key": self.env._("Online rate (%)"),
                        "values": [
                            {"x": rate.date.strftime("%m-%d"), "y": rate.rate}
                            for rate in rates
                        ],
                        "is_sample_data": False,
                    }
                ]
            )

    def action_view_online(self):
        """Return the curve of the online rates of this device."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_equipment_online_action"
        )
        action["domain"] = [("equipment_id", "=", self.id)]
        action["context"] = {"default_equipment_id": self.id}
        return action
