from odoo import fields, models


class OmSystemReport(models.Model):
    _name = "om.system.report"
    _inherit = "om.system.line"
    _description = "Report to Hand In"
    _free_fields = dict.fromkeys(("name", "per", "due"))

    name = fields.Char("Report", required=True)
    per = fields.Selection(
        [
            ("day", "Daily"),
            ("week", "Weekly"),
            ("month", "Monthly"),
            ("quarter", "Quarterly"),
            ("year", "Yearly"),
            ("once", "Once"),
        ],
        string="Frequency",
        help="Empty: the contract does not say.",
    )
    due = fields.Char()
