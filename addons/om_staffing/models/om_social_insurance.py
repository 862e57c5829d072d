from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OmSocialInsurance(models.Model):
    _name = "om.social.insurance"
    _description = "Month of Social Insurance"
    _order = "month desc, employee_id"
    _rec_name = "month"

    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="employee_id.company_id", store=True, index=True
    )
    employer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company.partner_id,
        domain="[('is_company', '=', True)]",
        help="Who paid. Only months paid by the bidder count for a bid.",
    )
    month = fields.Date(required=True, index=True, help="First day of the month.")
    proof = fields.Char(help="Number of the bureau's proof, or the file it came in.")

    _month_uniq = models.Constraint(
        "unique(employee_id, employer_id, month)",
        "This month is on record already for this employee and employer.",
    )
    _first_day = models.Constraint(
        "CHECK (extract(day from month) = 1)",
        "A month of insurance is given by its first day.",
    )

    @api.depends("employee_id.name", "month")
    def _compute_display_name(self):
        for record in self:
            month = record.month.strftime("%Y-%m") if record.month else ""
            record.display_name = f"{record.employee_id.name or ''} {month}".strip()

    @api.onchange("month")
    def _onchange_month(self):
        """Any day of the month chosen in the calendar stands for the month."""
        if self.month:
            self.month = self.month.replace(day=1)

    @api.constrains("month")
    def _check_month(self):
        today = fields.Date.context_today(self.with_context(tz="Asia/Shanghai"))
        coming = self.filtered(lambda record: record.month > today)
        if coming:
            raise ValidationError(
                self.env._(
                    "Insurance cannot be on record for a month to come: %s",
                    ", ".join(coming.mapped("display_name")),
                )
            )
