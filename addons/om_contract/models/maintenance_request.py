from odoo import models


class MaintenanceRequest(models.Model):
    """An inspection is work under the contract of its system at that time."""

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "om.contract.work.mixin"]
