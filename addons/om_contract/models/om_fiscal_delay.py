from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.om_base.tools.acts import Fact


class OmFiscalDelay(models.Model):
    """A time in which public funds were held up: nobody is in default meanwhile."""

    _name = "om.fiscal.delay"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Fiscal Delay"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    # It is corrected as more becomes known; each change is on record.
    _free_fields = {
        "agreement_id": ("", "draft"),
        **dict.fromkeys(("date_from", "date_to", "cause", "file", "file_name")),
    }
    _state_field = "contract_state"
    _facts = {
        "contract": Fact("agreement_id"),
        "first_day": Fact("date_from"),
        "last_day": Fact("date_to"),
        "cause": Fact("cause"),
        "evidence": Fact("file"),
    }

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    contract_state = fields.Selection(related="agreement_id.state")
    date_from = fields.Date("From", required=True, tracking=True)
    date_to = fields.Date(
        "To", tracking=True, help="Last day of the delay; empty while it lasts."
    )
    cause = fields.Char(required=True, tracking=True)
    file = fields.Binary("Evidence", attachment=True, copy=False)
    file_name = fields.Char()

    _period_order = models.Constraint(
        "CHECK (date_to >= date_from)", "A delay cannot end before it begins."
    )

    def _check_free(self, names):
        """The paper of a delay in force stays; another one is put beside it."""
        signed = self.filtered(lambda delay: delay.contract_state != "draft")
        # sudo: whether there is a file is asked, not shown.
        if "file" in names and any(signed.sudo().mapped("file")):
            raise UserError(
                self.env._(
                    "Evidence stays as it was handed in: %s. Attach what puts it right"
                    " beside it.",
                    format_list(self.env, signed.mapped("display_name")),
                )
            )
        return super()._check_free(names)

    def _filter_closed_files(self, files):
        """What shows that a delay held payments up stays."""
        signed = self.browse(set(files.mapped("res_id"))).exists()
        signed = signed.filtered(lambda delay: delay.contract_state != "draft")
        return files.filtered(lambda file: file.res_id in signed.ids)

    @api.depends("cause", "date_from", "date_to")
    def _compute_display_name(self):
        for delay in self:
            days = " – ".join(
                str(day) for day in (delay.date_from, delay.date_to) if day
            )
            delay.display_name = f"{delay.cause or ''} {days}".strip()

    @api.constrains("agreement_id", "date_from", "date_to")
    def _check_overlap(self):
        delays = self.search([("agreement_id", "in", self.agreement_id.ids)])
        for ordered in delays.sorted("date_from").grouped("agreement_id").values():
            for one, two in zip(ordered, ordered[1:], strict=False):
                if not one.date_to or two.date_from <= one.date_to:
                    raise ValidationError(
                        self.env._(
                            "The delays “%(one)s” and “%(two)s” of one contract"
                            " overlap: end the first one before the second begins.",
                            one=one.display_name,
                            two=two.display_name,
                        )
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        """A delay decided due dates: it stays with its history."""
        signed = self.filtered(lambda delay: delay.agreement_id.state != "draft")
        if signed:
            raise ValidationError(
                self.env._(
                    "Fiscal delays stay on record; correct their dates instead: %s",
                    format_list(self.env, signed.mapped("display_name")),
                )
            )
