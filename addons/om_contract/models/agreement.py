from odoo import models


class Agreement(models.Model):
    _inherit = "agreement"
