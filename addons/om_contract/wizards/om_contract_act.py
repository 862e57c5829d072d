from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.models.om_act_mixin import Paper

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
            ("unit_paper", "Take a Document Back"),
            ("hold", "Hold the Payment"),
            ("release", "Release the Payment"),
        ],
        required=True,
    )
    agreement_id = fields.Many2one("agreement", string="Contract")
    condition_ids = fields.Many2many("om.payment.condition", string="Conditions")
    paper_ids = fields.Many2many("om.unit.paper", string="Documents")
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
    deduction_id = fields.Many2one(
        "om.deduction",
        string="Open Breach",
        domain="[('agreement_id', '=', agreement_id), ('direction', '=', 'contractor'),"
        " ('state', 'in', ('proposed', 'disputed', 'agreed'))]",
    )
    term_value = fields.Integer("Term")
    term_unit = fields.Selection(TERM_UNITS)

    @api.depends("kind", "agreement_id")
    def _compute_is_correction(self):
        for act in self:
            act.is_correction = act.kind == "settle" and act.agreement_id.is_settled

    @api.depends("kind", "agreement_id", "condition_ids", "milestone_id")
    @api.depends_context("uid")
    def _compute_needs_paper(self):
        """Another party's word comes with its paper."""
        # sudo: whose person the user is is no secret to the user.
        user = self.env.user.sudo()
        for act in self:
            sides = {
                "accept": [each._get_purchaser_side() for each in act.agreement_id],
                "confirm": [each._get_word_side() for each in act.condition_ids],
                "hold": [each._get_payer_side() for each in act.milestone_id],
                "release": [each._get_payer_side() for each in act.milestone_id],
            }
            act.needs_paper = not all(
                user._speaks_for(party) for party, _as in sides.get(act.kind, ())
            )

    @api.model
    def _open(self, kind, contract=None, conditions=None, **defaults):
        """Return the dialog for an act on a contract or on payment conditions."""
        labels = self._om_labels("kind")
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

    def _apply_hold(self):
        self.milestone_id.action_hold(
            self.deduction_id, self.date, self.reason, self._make_paper()
        )

    def _apply_release(self):
        self.milestone_id.action_release(self.date, self.reason, self._make_paper())

    def _make_paper(self):
        """The payer's notice, where the payer is another party."""
        if not self.needs_paper:
            return None
        return Paper(self.person, self.date, self._make_scan(self.milestone_id))

    def _apply_unit_paper(self):
        self.paper_ids.action_withdraw(self.reason)

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
