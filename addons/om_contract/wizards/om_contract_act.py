from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.om_payment_template_line import TERM_UNITS


class OmContractAct(models.TransientModel):
    """Asks for the day and the evidence or reason of an act, and has it done."""

    _name = "om.contract.act"
    _description = "Act on a Contract"

    kind = fields.Selection(
        [
            ("confirm", "Confirm Conditions"),
            ("withdraw", "Take Confirmations Back"),
            ("systems", "Choose Systems"),
            ("accept", "Acceptance"),
            ("settle", "Settlement Review"),
            ("terminate", "Terminate"),
            ("draft", "Back to Draft"),
            ("term", "Change the Term"),
        ],
        required=True,
    )
    agreement_id = fields.Many2one("agreement", string="Contract")
    condition_ids = fields.Many2many("om.payment.condition", string="Conditions")
    company_id = fields.Many2one(related="agreement_id.company_id")
    system_ids = fields.Many2many("om.system", string="Systems")
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    date = fields.Date(default=lambda self: self.env["agreement"]._get_today())
    amount = fields.Monetary("Reviewed Amount")
    is_correction = fields.Boolean(compute="_compute_is_correction")
    evidence = fields.Char(help="Title or number of the document that says so.")
    reason = fields.Text()
    file = fields.Binary("Document")
    file_name = fields.Char()
    person = fields.Char("Signed By", help="The name on the purchaser's paper.")
    needs_paper = fields.Boolean(compute="_compute_needs_paper")
    milestone_id = fields.Many2one("om.payment.milestone", string="Payment")
    term_value = fields.Integer("Term")
    term_unit = fields.Selection(TERM_UNITS)

    @api.depends("kind", "agreement_id")
    def _compute_is_correction(self):
        for act in self:
            act.is_correction = act.kind == "settle" and act.agreement_id.is_settled

    @api.depends("kind", "agreement_id", "condition_ids")
    @api.depends_context("uid")
    def _compute_needs_paper(self):
        """The purchaser's word comes with its paper, unless the purchaser is us."""
        # sudo: whose person the user is is no secret to the user.
        user = self.env.user.sudo()
        for act in self:
            said = {"accept": act.agreement_id, "confirm": act.condition_ids}
            act.needs_paper = not all(
                user._speaks_for(record._get_purchaser_side()[0])
                for record in said.get(act.kind, ())
            )

    @api.model
    def _open(self, kind, contract=None, conditions=None, **defaults):
        """Return the dialog for an act on a contract or on payment conditions."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        values = {"kind": kind, **defaults}
        if contract:
            values["agreement_id"] = contract.ensure_one().id
        if conditions:
            values["condition_ids"] = conditions.ids
        return {
            "type": "ir.actions.act_window",
            "name": labels[kind],
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def action_apply(self):
        """Do what was asked for."""
        self.ensure_one()
        getattr(self, f"_apply_{self.kind}")()
        return {"type": "ir.actions.act_window_close"}

    def _apply_confirm(self):
        scan = self._make_scan(self.condition_ids[:1])
        self.condition_ids.action_confirm(self.date, self.evidence, scan, self.person)

    def _make_scan(self, record):
        """Return the uploaded file as an attachment of ``record``."""
        scan = self.env["ir.attachment"]
        if not self.file:
            return scan
        return scan.create(
            {
                "name": self.file_name or self.env._("Evidence"),
                "datas": self.file,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def _apply_term(self):
        self.milestone_id.action_change_term(
            self.term_value, self.term_unit, self.reason
        )

    def _apply_withdraw(self):
        self.condition_ids.action_withdraw(self.reason)

    def _apply_systems(self):
        self.system_ids.write({"agreement_id": self.agreement_id.id})

    def _apply_accept(self):
        scan = self._make_scan(self.agreement_id)
        self.agreement_id.action_accept(self.date, self.evidence, scan, self.person)
        self._keep_document("acceptance")

    def _apply_settle(self):
        if not self.date:
            raise UserError(self.env._("Say on which day the review passed."))
        self.agreement_id.action_record_settlement(
            self.amount, self.date, self.evidence, self.reason
        )
        self._keep_document("settlement")

    def _apply_terminate(self):
        self.agreement_id.action_terminate(self.date, self.reason)
        self._keep_document("letter")

    def _apply_draft(self):
        self.agreement_id.action_back_to_draft(self.reason)

    def _keep_document(self, kind):
        """Put the uploaded paper among the contract's documents."""
        if self.file:
            self.env["om.contract.document"].create(
                {
                    "agreement_id": self.agreement_id.id,
                    "kind": kind,
                    "name": self.evidence or self.file_name,
                    "date": self.date,
                    "file": self.file,
                    "file_name": self.file_name,
                }
            )
