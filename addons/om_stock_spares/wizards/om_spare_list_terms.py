from odoo import Command, api, fields, models


class OmSpareListTerms(models.TransientModel):
    """New period, caps or prices of a list in use: by an act, with its reason."""

    _name = "om.spare.list.terms"
    _description = "Change the Terms of a Spare Parts List"

    list_id = fields.Many2one("om.spare.list", required=True, readonly=True)
    currency_id = fields.Many2one(related="list_id.currency_id")
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True)
    line_ids = fields.One2many("om.spare.list.terms.line", "terms_id", "Parts")
    reason = fields.Text(
        required=True, help="It stays on record, such as the supplementary agreement."
    )
    file = fields.Binary("Document It Rests On")
    file_name = fields.Char()

    @api.model
    def default_get(self, fields):
        """The terms as they are."""
        spare_list = self.env["om.spare.list"].browse(
            self.env.context.get("active_id", [])
        )
        return {
            **super().default_get(fields),
            "list_id": spare_list.id,
            "date_from": spare_list.date_from,
            "date_to": spare_list.date_to,
            "line_ids": [
                Command.create(
                    {
                        "quota_id": quota.id,
                        "cap": quota.cap,
                        "price_unit": quota.price_unit,
                    }
                )
                for quota in spare_list.quota_ids
            ],
        }

    def action_change(self):
        """Change what differs."""
        self.ensure_one()
        evidence = self.env["ir.attachment"]
        if self.file:
            evidence = evidence.create(
                [
                    {
                        "name": self.file_name or self.env._("New terms"),
                        "datas": self.file,
                        "res_model": self.list_id._name,
                        "res_id": self.list_id.id,
                    }
                ]
            )
        terms = {line.quota_id: (line.cap, line.price_unit) for line in self.line_ids}
        return self.list_id.action_change_terms(
            self.date_from, self.date_to, terms, self.reason, evidence
        )


class OmSpareListTermsLine(models.TransientModel):
    _name = "om.spare.list.terms.line"
    _description = "New Terms of a Part"

    terms_id = fields.Many2one(
        "om.spare.list.terms", "New Terms", required=True, ondelete="cascade"
    )
    quota_id = fields.Many2one("om.spare.quota", "Part", required=True)
    used = fields.Integer(related="quota_id.used")
    reserved = fields.Integer(related="quota_id.reserved")
    cap = fields.Integer()
    currency_id = fields.Many2one(related="quota_id.currency_id")
    price_unit = fields.Monetary("Unit Price")
