from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)


class OmSocialInsurance(models.Model):
    """A month that somebody's employer paid: evidence of bids.

    It is entered once and stays. A month entered by mistake is withdrawn with the
    reason: it counts no more, and stays on record.
    """

    _name = "om.social.insurance"
    _inherit = "om.act.mixin"
    _description = "Month of Social Insurance"
    _order = "month desc, employee_id"
    _rec_name = "month"
    _free_fields = {"employee_id": (), "employer_id": (), "month": (), "proof": ()}
    _acts = {"withdraw": Act(_lt("Withdrawn"), reason=True)}
    _facts = {
        "employee": Fact("employee_id"),
        "employer": Fact("employer_id"),
        "month": Fact("month"),
        "proof": Fact("proof"),
        "counts": Fact("active"),
    }

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

    active = fields.Boolean(default=True, readonly=True)

    _counted_month_uniq = models.UniqueIndex(
        "(employee_id, employer_id, month) WHERE active",
        "This month is on record already for this employee and employer.",
    )
    _first_day = models.Constraint(
        "CHECK (extract(day from month) = 1)",
        "A month of insurance is given by its first day.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Months of insurance are evidence of bids and stay on record."
                    " Withdraw what was entered by mistake."
                )
            )

    def action_withdraw(self):
        """Return the dialog that asks why the months do not count."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw Months of Insurance"),
            "res_model": "om.social.insurance.withdraw",
            "view_mode": "form",
            "target": "new",
            "context": {"default_insurance_ids": self.ids},
        }

    def _withdraw(self, reason):
        with self._act("withdraw", reason=reason) as months:
            months.write({"active": False})

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
        today = beijing.today()
        coming = self.filtered(lambda record: record.month > today)
        if coming:
            raise ValidationError(
                self.env._(
                    "Insurance cannot be on record for a month to come: %s",
                    format_list(self.env, coming.mapped("display_name")),
                )
            )
