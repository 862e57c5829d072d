from odoo import fields, models


class OmTenderRuleItem(models.Model):
    _name = "om.tender.rule.item"
    _inherit = "om.act.mixin"
    _description = "Certificate That a Rule Asks For"
    _order = "rule_id, id"
    _free_fields = dict.fromkeys(
        (
            "rule_id",
            "type_id",
            "grade",
            "scope",
        )
    )
    _rec_name = "type_id"

    rule_id = fields.Many2one(
        "om.tender.rule", required=True, index=True, ondelete="cascade"
    )
    type_id = fields.Many2one(
        "om.qualification.type", required=True, index=True, ondelete="restrict"
    )
    grade = fields.Integer("Grade or Better", help="1 is the best; 0: any.")
    scope = fields.Char("Scope Contains")

    _type_uniq = models.Constraint(
        "unique(rule_id, type_id)", "A rule asks for each kind of certificate once."
    )
    _grade_not_negative = models.Constraint(
        "CHECK (grade >= 0)", "A grade is 1, 2, 3 and so on, or 0 for any."
    )

    def _get_words(self):
        """What is asked for, as a person would say it."""
        self.ensure_one()
        words = self.type_id.name
        if self.grade:
            words = self.env._(
                "%(certificate)s, grade %(grade)s or better",
                certificate=words,
                grade=self.grade,
            )
        if self.scope:
            words = self.env._(
                "%(certificate)s, scope %(scope)s", certificate=words, scope=self.scope
            )
        return words
