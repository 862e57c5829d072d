from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.models.om_act_mixin import Paper

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
    open_parties = fields.Char(
        compute="_compute_open_parties", help="Whose word is still missing."
    )
    needs_paper = fields.Boolean(compute="_compute_needs_paper")
    file = fields.Binary("Scan of the Signed Paper")
    file_name = fields.Char()
    person = fields.Char("Signed By", help="The name on the paper.")
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

    @api.depends("deduction_ids")
    def _compute_open_parties(self):
        """The parties to choose from: a deduction of no system has no user unit, and
        who has agreed is not asked again."""
        for act in self:
            missing = {p for d in act.deduction_ids for p in d._get_missing_parties()}
            act.open_parties = ",".join(p for p, _label in PARTIES if p in missing)

    @api.depends("deduction_ids", "party", "act")
    @api.depends_context("uid")
    def _compute_needs_paper(self):
        """Our own word we give ourselves; everybody else's is on its paper."""
        # sudo: whose person the user is is no secret to the user.
        user = self.env.user.sudo()
        for act in self:
            act.needs_paper = not all(
                user._speaks_for(side) for side, _capacity in act._get_sides()
            )

    def _get_sides(self):
        """Return the sides whose word this is."""
        if self.act == "waive":
            return [each._get_creditor_side() for each in self.deduction_ids]
        if self.act == "agree" and self.party:
            return [each._get_side(self.party) for each in self.deduction_ids]
        return []

    def action_confirm(self):
        """Do what was chosen, for all the deductions or for none."""
        self.ensure_one()
        deductions = self.deduction_ids
        if self.act == "agree":
            if not self.party:
                raise UserError(self.env._("Say which party has agreed."))
            deductions.action_agree(self.party, self.date, self._get_paper())
        elif self.act == "waive":
            deductions.action_waive(self.reason, self._get_paper())
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
                "reopen": deductions.action_reopen,
            }
            acts[self.act](self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _get_paper(self):
        if not self.needs_paper:
            return None
        scan = self.env["ir.attachment"]
        if self.file:
            scan = scan.create(
                {
                    "name": self.file_name or self.env._("Signed paper"),
                    "datas": self.file,
                    "res_model": self.deduction_ids._name,
                    "res_id": self.deduction_ids[:1].id,
                }
            )
        return Paper(self.person or "", self.date, scan)
