from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

PAYMENTS = "om_contract.om_payment_milestone_action"
PAYABLES = "om_contract.om_payment_milestone_payable_action"
DEDUCTIONS = "om_contract.om_deduction_action"


class OmDashboard(models.AbstractModel):
    """Money: what purchasers owe us and what we owe suppliers are never added up, nor
    are drafts, nor amounts in another currency than the company's."""

    _inherit = "om.dashboard"

    @api.model
    def _get_areas(self, today, month):
        areas = super()._get_areas(today, month)
        if self._may_read("procurement", "manager"):
            areas.append(
                {
                    "key": "money",
                    "label": self.env._("Money"),
                    # Who keeps contracts and sends nobody begins with the money.
                    "order": 20 if self._may_read("dispatcher") else 5,
                    "figures": [
                        *self._get_money_figures(today, month),
                        *self._get_deduction_figures(),
                    ],
                }
            )
        return areas

    @api.model
    def _get_money_figures(self, today, month):
        end = month + relativedelta(months=1, days=-1)
        signed = (
            Domain("contract_state", "!=", "draft")
            & Domain("state", "!=", "paid")
            & Domain("currency_id", "=", self.env.company.currency_id.id)
        )
        due = Domain("date_due", ">=", today) & Domain("date_due", "<=", end)
        late = Domain("is_overdue", "=", True)
        ready = Domain("state", "=", "ready")
        receivable = signed & Domain("direction", "=", "sale")
        payable = signed & Domain("direction", "=", "purchase")
        rows = [
            (
                "receivable-late",
                self.env._("To receive, overdue"),
                receivable & late,
                "danger",
            ),
            (
                "receivable-due",
                self.env._("To receive by the end of the month"),
                receivable & due,
                "body",
            ),
            (
                "receivable-ready",
                self.env._("To invoice now"),
                receivable & ready,
                "warning",
            ),
            ("payable-late", self.env._("To pay, overdue"), payable & late, "danger"),
            (
                "payable-due",
                self.env._("To pay by the end of the month"),
                payable & due,
                "body",
            ),
        ]
        return [
            self._sum(
                key,
                label,
                PAYABLES if key.startswith("payable") else PAYMENTS,
                "om.payment.milestone",
                domain,
                "amount_residual",
                level=level,
            )
            for key, label, domain, level in rows
        ]

    @api.model
    def _get_deduction_figures(self):
        return [
            self._count(
                "deductions-proposed",
                self.env._("Deductions to decide"),
                DEDUCTIONS,
                "om.deduction",
                Domain("state", "in", ["proposed", "disputed"]),
                level="warning",
            ),
            self._count(
                "deductions-agreed",
                self.env._("Deductions agreed, to apply"),
                DEDUCTIONS,
                "om.deduction",
                Domain("state", "in", ["agreed"]),
                level="body",
            ),
        ]
