from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Fact

_lt = LazyTranslate(__name__)


class OmContractAmendmentLine(models.Model):
    """What an amendment changes of one system."""

    _name = "om.contract.amendment.line"
    _inherit = ["om.act.mixin"]
    _description = "Amended System"
    _order = "amendment_id, id"
    _check_company_auto = True
    _state_field = "amendment_state"
    _free_fields = dict.fromkeys(
        ("amendment_id", "change", "system_id", "date", "fee_new"), ("draft",)
    )
    _shut_hint = _lt("An applied amendment stays as it is.")
    _facts = {
        "amendment": Fact("amendment_id"),
        "change": Fact("change"),
        "system": Fact("system_id"),
        "from_day": Fact("date"),
        "fee_before": Fact("fee_old"),
        "fee": Fact("fee_new"),
    }

    amendment_id = fields.Many2one(
        "om.contract.amendment", required=True, index=True, ondelete="cascade"
    )
    amendment_state = fields.Selection(related="amendment_id.state")
    company_id = fields.Many2one(
        related="amendment_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="amendment_id.currency_id")
    change = fields.Selection(
        [("add", "Join"), ("stop", "Stop"), ("fee", "Change of Fee")],
        required=True,
        default="fee",
    )
    system_id = fields.Many2one(
        "om.system", required=True, index=True, ondelete="restrict", check_company=True
    )
    date = fields.Date("Effective From", help="First day with the change.")
    fee_old = fields.Monetary("Fee Before", readonly=True, copy=False)
    fee_new = fields.Monetary("New Fee")

    _system_unique = models.Constraint(
        "unique(amendment_id, system_id)",
        "An amendment says one thing of a system; this one is in it twice.",
    )
    _fee_not_negative = models.Constraint(
        "CHECK (fee_new >= 0)", "A yearly fee cannot be negative."
    )
    _stop_dated = models.Constraint(
        "CHECK (change != 'stop' OR date IS NOT NULL)",
        "Say from which day a system is stopped.",
    )

    @api.depends("change", "system_id", "fee_new", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = self._om_labels("change")
        for line in self:
            name = f"{labels.get(line.change, '')}: {line.system_id.name or ''}"
            if line.change == "stop":
                name = f"{name} ({line.date})"
            elif line.currency_id:
                name = f"{name} ({line.currency_id.format(line.fee_new)})"
            line.display_name = name

    @api.onchange("change", "system_id")
    def _onchange_system(self):
        """Begin with the fee as it is: what is agreed is told from it."""
        if self.change == "fee":
            self.fee_new = self.system_id.annual_fee

    @api.constrains("amendment_id")
    def _check_draft(self):
        if any(line.amendment_state == "applied" for line in self):
            raise UserError(self.env._(self._shut_hint))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        self._check_draft()

    def _apply(self):
        """Change the systems; the amendment has checked that it may."""
        for line in self:
            contract, system = line.amendment_id.agreement_id, line.system_id
            line._check_system(contract)
            line.fee_old = system.annual_fee
            # The amendment is the notice by which a system joins, ends or changes;
            # who may apply it needs no right to the register.
            system = system.sudo()
            if line.change == "add":
                system.write({"agreement_id": contract.id, "annual_fee": line.fee_new})
            elif line.change == "fee":
                system.write({"annual_fee": line.fee_new})
            else:
                system._stop(line.date, line.amendment_id.reason)

    def _check_system(self, contract):
        self.ensure_one()
        other = self.system_id.agreement_id
        if self.change == "add" and other:
            raise UserError(
                self.env._(
                    "“%(system)s” belongs to “%(contract)s” already.",
                    system=self.system_id.name,
                    contract=other.display_name,
                )
            )
        if self.change != "add" and other != contract:
            raise UserError(
                self.env._(
                    "“%(system)s” is no system of “%(contract)s”.",
                    system=self.system_id.name,
                    contract=contract.display_name,
                )
            )
