from odoo import fields, models


class OmRegisterImportProblem(models.Model):
    _name = "om.register.import.problem"
    _inherit = "om.act.mixin"
    _description = "Mistake in a Spreadsheet of the Register"
    _order = "import_id, id"

    import_id = fields.Many2one(
        "om.register.import", required=True, index=True, ondelete="cascade"
    )
    sheet = fields.Char(readonly=True)
    row = fields.Integer(readonly=True, aggregator=False)
    column = fields.Char(readonly=True)
    message = fields.Char("What Is Wrong", readonly=True)
