from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.ocds import to_contract
from .om_assessment import SIGNED


class Agreement(models.Model):
    """A contract leads to its settlement."""

    _inherit = "agreement"

    _free_fields = {"capital_rate": None}

    capital_rate = fields.Float(
        "Cost of Money (% a Year)",
        digits=(6, 4),
        groups="base.group_user",
        help="What money that comes late costs us: what the list of missing signatures"
        " reckons with. It is our own figure and stands in no contract.",
    )
    settlement_ids = fields.One2many(
        "om.settlement",
        "agreement_id",
        readonly=True,
        groups="om_base.group_procurement,om_base.group_manager,"
        "om_base.group_auditor,om_base.group_administrator",
    )

    def action_accept(self, date=None, evidence=None, scan=None, person=None):
        """Refuse the acceptance while a month of the contract is not reviewed.

        The core area's contract is accepted on its twelve monthly reviews (service
        months, from the 15th to the 14th); where units sign their own sheets, payments
        wait for these, not the acceptance.
        """
        for contract in self:
            months = contract._get_unreviewed_months()
            if months:
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be accepted: the review of these months has"
                        " not passed: %(months)s.",
                        name=contract.name,
                        months=format_list(self.env, months),
                    )
                )
        return super().action_accept(date, evidence, scan, person)

    @api.constrains("capital_rate")
    def _check_capital_rate(self):
        if any(not 0 <= contract.capital_rate <= 100 for contract in self):
            raise UserError(
                self.env._("The cost of money lies between 0 and 100 percent a year.")
            )

    def _get_unreviewed_months(self):
        """The service months of a contract that is assessed as a whole whose sheet is
        not there, or without the purchaser's confirmation."""
        self.ensure_one()
        owed = self.env["om.settlement.source"]._get_months_without_sheet(
            self, only_whole=True
        )
        # sudo: whether it is reviewed is asked, not shown.
        sheets = self.env["om.assessment"].sudo()
        unsigned = sheets.search(
            [
                ("agreement_id", "=", self.id),
                ("unit_id", "=", False),
                ("state", "not in", SIGNED),
            ]
        )
        open_months = (f"{each.period_start} – {each.period_end}" for each in unsigned)
        return sorted({*owed.get(self.id, ()), *open_months})

    def action_open_om_settlement(self):
        """Open the settlement of this contract, a new one if there is none yet."""
        self.ensure_one()
        settlements = self.env["om.settlement"]
        settlement = settlements.search([("agreement_id", "=", self.id)])
        if not settlement:
            settlement = settlements.create({"agreement_id": self.id})
        return settlement.get_formview_action()

    def _get_performance_failures(self):
        """Return what the final score sheets of one contract say was not reached, as
        OCDS publishes it (:mod:`engine.ocds`)."""
        self.ensure_one()
        lines = self.env["om.assessment.line"].search(
            [
                ("assessment_id.agreement_id", "=", self.id),
                ("assessment_id.state", "=", "final"),
                ("state", "=", "measured"),
                ("is_kept", "=", False),
            ],
            order="period_start, id",
        )
        return to_contract(
            self.code or str(self.id),
            self.name,
            [line._get_failure() for line in lines],
        )
