from odoo import fields, models


class OmQualificationType(models.Model):
    _name = "om.qualification.type"
    _inherit = "om.act.mixin"
    _description = "Kind of Enterprise Certificate"
    _order = "sequence, name"
    _free_fields = dict.fromkeys(
        (
            "sequence",
            "name",
            "is_graded",
            "active",
        )
    )

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    is_graded = fields.Boolean(
        "Has Grades", help="Grade 1 is the best: grade A, first grade."
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "unique(name)", "There is a kind of certificate with this name already."
    )

    def copy_data(self, default=None):
        """Kinds are told apart by their names."""
        return [
            {
                **vals,
                "name": (default or {}).get("name") or self.env._("%s (copy)", name),
            }
            for name, vals in zip(
                self.mapped("name"), super().copy_data(default), strict=True
            )
        ]
