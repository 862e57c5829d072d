from odoo import fields, models


class OmRegisterImportChange(models.Model):
    _name = "om.register.import.change"
    _inherit = "om.act.mixin"
    _description = "Difference Between a Spreadsheet and the Register"
    _order = "import_id, id"

    import_id = fields.Many2one(
        "om.register.import", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Changed"),
            ("stopped", "Stopped"),
            ("removed", "Removed"),
        ],
        required=True,
        readonly=True,
    )
    sheet = fields.Char(readonly=True)
    row = fields.Integer(readonly=True, aggregator=False)
    system_code = fields.Char(readonly=True)
    system_name = fields.Char("System", readonly=True)
    record_name = fields.Char("Entry", readonly=True)
    field_label = fields.Char("Column", readonly=True)
    old_text = fields.Text("In the Register", readonly=True)
    new_text = fields.Text("In the File", readonly=True)

    # What the undoing needs.
    model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True, aggregator=False)
    payload = fields.Json(readonly=True)
