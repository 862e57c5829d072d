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
    def _look_at(self, contract):
        if contract is None:
            mine = self.env.user._get_working_contracts()
            contract = mine.id if len(mine) == 1 else False
        return super()._look_at(contract).with_context(om_contract=contract or False)

    @api.model
    def _get_scoped(self, model, domain):
        domain, is_scoped = super()._get_scoped(model, domain)
        contract = self.env.context.get("om_contract")
        if not contract:
            return domain, is_scoped
        path = self._get_contract_path(model)
        if not path:
            return domain, False
        # An id may come from the address bar: it is no more than a filter.
        return Domain(path, "=", int(contract)) & domain, is_scoped

    @api.model
    def _get_contract_path(self, model):
        """Return where a model's contract stands; empty: it has none."""
        fields_ = self.env[model]._fields
        if "agreement_id" in fields_:
            return "agreement_id"
        return "system_id.agreement_id" if "system_id" in fields_ else ""

    @api.model
    def _get_estate(self):
        contracts = self.env["agreement"].search(
            [("domain", "=", "sale"), ("system_ids", "!=", False)]
        )
        chosen = self.env.context.get("om_contract")
        return {
            **super()._get_estate(),
            "contract": chosen if chosen in contracts.ids else False,
            "contracts": [
                {"id": contract.id, "name": contract.name} for contract in contracts
            ],
        }

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
