from odoo import api, fields, models
from odoo.exceptions import UserError


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

    @api.depends("kind", "agreement_id")
    def _compute_is_correction(self):
        for act in self:
            act.is_correction = act.kind == "settle" and act.agreement_id.is_settled

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
        attachments = self.env["ir.attachment"]
        if self.file:
            attachments = attachments.create(
                {
                    "name": self.file_name or self.env._("Evidence"),
                    "datas": self.file,
                    "res_model": "om.payment.condition",
                    "res_id": self.condition_ids[:1].id,
                }
            )
        self.condition_ids.action_confirm(self.date, self.evidence, attachments)

    def _apply_withdraw(self):
        self.condition_ids.action_withdraw(self.reason)

    def _apply_systems(self):
        self.system_ids.write({"agreement_id": self.agreement_id.id})

    def _apply_accept(self):
        self.agreement_id.action_accept(self.date, self.evidence)
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
