from odoo import fields, models


class OmRegisterBaseline(models.Model):
    _name = "om.register.baseline"
    _description = "Last Loaded Values of a Register Record"
    _order = "source, id"

    name = fields.Char(
        "External Identifier", required=True, export_string_translation=False
    )
    source = fields.Char(
        required=True,
        index=True,
        export_string_translation=False,
        help="The data set the record comes from.",
    )
    model = fields.Char(required=True, export_string_translation=False)
    values = fields.Json(export_string_translation=False)

    _name_uniq = models.UniqueIndex("(name)")
