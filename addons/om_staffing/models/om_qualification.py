from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact


class OmQualification(models.Model):
    _name = "om.qualification"
    _inherit = ["mail.thread", "mail.activity.mixin", "om.expiry.mixin", "om.act.mixin"]
    _description = "Enterprise Certificate"
    _order = "type_id, valid_to desc, id desc"
    _free_fields = dict.fromkeys(
        (
            "type_id",
            "company_id",
            "grade",
            "number",
            "issuer",
            "scope",
            "valid_from",
            "valid_to",
            "scan",
            "scan_name",
        )
    )
    _facts = {
        "kind": Fact("type_id"),
        "grade": Fact("grade"),
        "number": Fact("number"),
        "first_day": Fact("valid_from"),
        "last_day": Fact("valid_to"),
        "scan": Fact("scan"),
    }
    _rec_name = "type_id"
    _rec_names_search = ["type_id.name", "number"]

    type_id = fields.Many2one(
        "om.qualification.type",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    is_graded = fields.Boolean(related="type_id.is_graded")
    grade = fields.Integer(
        tracking=True, help="1 is the best: grade A or first grade; 2: B or second."
    )
    number = fields.Char("Certificate Number", tracking=True, copy=False)
    issuer = fields.Char(tracking=True)
    scope = fields.Text(tracking=True, help="The certified scope, as printed.")
    valid_from = fields.Date(tracking=True, copy=False)
    valid_to = fields.Date(
        tracking=True, help="Last day. Empty: does not expire.", copy=False
    )
    scan = fields.Binary(attachment=True, copy=False)
    scan_name = fields.Char()

    _grade_not_negative = models.Constraint(
        "CHECK (grade >= 0)", "A grade is 1, 2, 3 and so on, or 0 for none."
    )
    _valid_to_after_from = models.Constraint(
        "CHECK (valid_to >= valid_from)", "A certificate cannot end before it begins."
    )

    @api.depends("type_id.name", "number")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.type_id.name or ''} {record.number or ''}"
