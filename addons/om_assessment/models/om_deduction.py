from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act
from odoo.addons.om_contract.models.om_deduction import OPEN

from .om_assessment import OPEN as OPEN_SHEETS

_lt = LazyTranslate(__name__)


class OmDeduction(models.Model):
    """A deduction may follow from an assessment that all parties signed."""

    _inherit = "om.deduction"

    _acts = {
        "agree_assessment": Act(
            _lt("Agreed by the Signed Score Sheet"), source=OPEN, target="agreed"
        ),
    }

    @api.model
    def _selection_source(self):
        models_ = self.env["ir.model"]
        return [
            *super()._selection_source(),
            ("om.assessment", models_._get("om.assessment").name),
            ("om.rectification", models_._get("om.rectification").name),
        ]

    def _agree_by_assessment(self, assessment):
        """Agree on these: the parties have signed the sheet that they follow from.

        Superuser, in the act that makes the sheet final.
        """
        today = self.env["agreement"]._get_today()
        contract = assessment.agreement_id
        with self._act("agree_assessment") as deductions:
            deductions.write(
                {
                    "unit_agreed_date": assessment.signed_on,
                    "unit_signatory_id": assessment.unit_id.id,
                    "purchaser_agreed_date": assessment.confirmed_on,
                    "purchaser_signatory_id": contract.partner_id.id,
                    "contractor_agreed_date": today,
                    "contractor_signatory_id": self.company_id.partner_id.id,
                    "agreed_date": today,
                }
            )

    def _drop_for_correction(self, reason):
        """Give up the deductions of sheets that are corrected; superuser, in that act.

        :raises UserError: a part is applied: it goes back first
        """
        applied = self.filtered("line_ids")
        if applied:
            raise UserError(
                self.env._(
                    "“%s” is applied to a payment or a bond: reopen it first, then"
                    " correct the score sheet.",
                    applied[0].display_name,
                )
            )
        agreed = self.filtered(lambda each: each.state == "agreed")
        if agreed:
            with agreed._act("void", reason=reason):
                pass
        (self - agreed).filtered(lambda each: each.state in OPEN)._lapse(reason)


class OmDeductionSourceMixin(models.AbstractModel):
    """No clause deducts for what a signed score sheet deducts for already."""

    _inherit = "om.deduction.source.mixin"

    def _propose_deduction(self):
        sheet = self._get_charged_sheet()
        if sheet:
            raise UserError(
                self.env._(
                    "“%(fact)s” costs points and money in the score sheet “%(sheet)s”"
                    " already. A fact is deducted for once: correct the sheet first, if"
                    " the clause is to deduct.",
                    fact=self.display_name,
                    sheet=sheet.display_name,
                )
            )
        return super()._propose_deduction()

    def _get_charged_sheet(self):
        """The submitted sheet in which this cost money; none where it cost nothing."""
        self.ensure_one()
        # sudo: whether it is deducted for is asked of all sheets.
        lines = (
            self.env["om.assessment.line"]
            .sudo()
            .search(
                [
                    ("assessment_id.agreement_id", "=", self.sudo().agreement_id.id),
                    ("assessment_id.state", "not in", OPEN_SHEETS),
                    ("amount", ">", 0),
                ]
            )
        )
        for line in lines:
            for fact in line.facts or ():
                if (
                    fact["model"] == self._name
                    and self.id in fact["ids"]
                    and not fact["ok"]
                ):
                    return line.assessment_id
        return self.env["om.assessment"]
