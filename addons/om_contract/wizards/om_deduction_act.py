from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.om_deduction_decision import PARTIES


class OmDeductionAct(models.TransientModel):
    """One decision about deductions: agree, dispute, waive, reopen, apply."""

    _name = "om.deduction.act"
    _description = "Decide About Deductions"

    deduction_ids = fields.Many2many(
        "om.deduction",
        string="Deductions",
        required=True,
        default=lambda self: self._default_deductions(),
    )
    act = fields.Selection(
        [
            ("agree", "Agree"),
            ("dispute", "Dispute"),
            ("waive", "Waive"),
            ("reopen", "Reopen"),
            ("apply", "Apply"),
            ("settle", "Claim Settled"),
        ],
        required=True,
        default="agree",
        readonly=True,
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["agreement"]._get_today()
    )
    party = fields.Selection(
        PARTIES,
        compute="_compute_party",
        store=True,
        readonly=False,
        help="Who has signed the record of the deduction.",
    )
    party_ids = fields.Many2many(
        "res.partner", string="Bodies of the Party", compute="_compute_party_ids"
    )
    signatory_id = fields.Many2one(
        "res.partner",
        string="Signed By",
        domain="[('commercial_partner_id', 'in', party_ids),"
        " ('is_company', '=', False)]",
        help="A person of the party. Left empty: the party itself.",
    )
    reason = fields.Text()
    agreement_id = fields.Many2one(
        "agreement", compute="_compute_agreement_id", string="Contract"
    )
    target = fields.Selection(
        [
            ("auto", "Bonds First, Then the Payments in Order"),
            ("bond", "One Bond"),
            ("milestone", "One Payment"),
        ],
        string="Take From",
        default="auto",
        required=True,
    )
    bond_id = fields.Many2one("om.bond", domain="[('agreement_id', '=', agreement_id)]")
    milestone_id = fields.Many2one(
        "om.payment.milestone",
        string="Payment",
        domain="[('agreement_id', '=', agreement_id),"
        " ('state', 'not in', ('paid', 'ended'))]",
    )
    claim = fields.Boolean(
        "The Rest Is a Claim",
        help="What finds no room does not wait for another payment but is claimed.",
    )

    @api.model
    def _default_deductions(self):
        """The deductions from whose form or list this was opened."""
        if self.env.context.get("active_model") != "om.deduction":
            return []
        return self.env.context.get("active_ids", [])

    @api.depends("deduction_ids")
    def _compute_agreement_id(self):
        for act in self:
            contracts = act.deduction_ids.agreement_id
            act.agreement_id = contracts if len(contracts) == 1 else False

    @api.depends("deduction_ids")
    def _compute_party(self):
        for act in self:
            missing = [d._get_missing_parties() for d in act.deduction_ids]
            first = [parties[0] for parties in missing if parties]
            act.party = first[0] if first else act.party

    @api.depends("deduction_ids", "party")
    def _compute_party_ids(self):
        """The bodies whose people may sign for the chosen party."""
        for act in self:
            act.party_ids = self.env["res.partner"].union(
                *(
                    deduction._get_signatory(act.party, None).commercial_partner_id
                    for deduction in act.deduction_ids
                    if act.party
                )
            )

    def action_confirm(self):
        """Do what was chosen, for all the deductions or for none."""
        self.ensure_one()
        deductions = self.deduction_ids
        if self.act == "agree":
            if not self.party:
                raise UserError(self.env._("Say which party has agreed."))
            deductions.action_agree(self.party, self.date, self.signatory_id)
        elif self.act == "apply":
            deductions.action_apply(
                milestone=self.target == "milestone" and self.milestone_id,
                bond=self.target == "bond" and self.bond_id,
                claim=self.claim,
                date=self.date,
            )
        elif self.act == "settle":
            deductions.action_settle_claim(self.date, self.reason)
        else:
            acts = {
                "dispute": deductions.action_dispute,
                "waive": deductions.action_waive,
                "reopen": deductions.action_reopen,
            }
            acts[self.act](self.reason)
        return {"type": "ir.actions.act_window_close"}
