from odoo import fields, models


class OmRegisterBaseline(models.Model):
    _name = "om.register.baseline"
    _inherit = "om.act.mixin"
    _description = "Last Loaded Values of a Register Record"
    _order = "source, id"

    name = fields.Char("External Identifier", required=True)
    source = fields.Char(
        required=True,
        index=True,
        help="The data set the record comes from.",
    )
    model = fields.Char(required=True)
    values = fields.Json()

    _name_uniq = models.UniqueIndex("(name)")
