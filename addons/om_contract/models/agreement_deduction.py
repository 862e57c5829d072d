from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.acts import Fact

from .om_notice_terms import NOTICE_TERMS

DEDUCTION_GROUPS = (
    "om_base.group_procurement,om_base.group_manager,"
    "om_base.group_auditor,om_base.group_administrator"
)


class Agreement(models.Model):
    """Bonds and deductions of a contract."""

    _name = "agreement"
    _inherit = ["agreement", "om.notice.terms"]
    _free_fields = dict.fromkeys(NOTICE_TERMS, ("draft",))
    _facts = {name: Fact(name) for name in NOTICE_TERMS}

    bond_ids = fields.One2many(
        "om.bond", "agreement_id", string="Bonds", groups=DEDUCTION_GROUPS
    )
    bond_balance = fields.Monetary(
        "Bonds Held", compute="_compute_bond_balance", groups=DEDUCTION_GROUPS
    )
    clause_ids = fields.One2many(
        "om.deduction.clause",
        "agreement_id",
        string="Deduction Clauses",
        groups=DEDUCTION_GROUPS,
    )
    deduction_ids = fields.One2many(
        "om.deduction",
        "agreement_id",
        string="Deductions",
        groups=DEDUCTION_GROUPS,
    )
    deduction_count = fields.Integer(
        compute="_compute_deduction_figures", groups=DEDUCTION_GROUPS
    )
    amount_deducted = fields.Monetary(
        "Deducted",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="Taken from payments and bonds.",
    )
    amount_to_deduct = fields.Monetary(
        "Agreed, Not Yet Applied",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
    )
    amount_in_review = fields.Monetary(
        "Shown to the Review",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="Reductions that the reviewed amount contains; they are not subtracted a"
        " second time.",
    )
    amount_claimed = fields.Monetary(
        "Claimed by the Purchaser",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="What neither payments nor bonds could cover.",
    )
    amount_our_claims = fields.Monetary(
        "Claimed from the Purchaser",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="Agreed interest and other amounts that the purchaser bears.",
    )

    @api.depends(
        "bond_ids.amount",
        "bond_ids.date_received",
        "bond_ids.replaces_id",
        "effective_date",
    )
    def _compute_bond_date(self):
        for contract in self:
            # A letter that replaces another asks for nothing new.
            bonds = contract.bond_ids.filtered(lambda bond: not bond.replaces_id)
            # A bond of nothing is there as soon as the contract is.
            days = [
                bond.date_received if bond.amount else contract.effective_date
                for bond in bonds
            ]
            contract.bond_date = bool(days) and all(days) and max(days)

    @api.depends("bond_ids.balance")
    def _compute_bond_balance(self):
        for contract in self:
            contract.bond_balance = sum(contract.bond_ids.mapped("balance"))

    @api.depends(
        "deduction_ids.state",
        "deduction_ids.amount",
        "deduction_ids.line_ids.amount",
        "deduction_ids.line_ids.target",
        "deduction_ids.direction",
        "deduction_ids.in_review",
    )
    def _compute_deduction_figures(self):
        counts = dict(
            self.env["om.deduction"]._read_group(
                [("agreement_id", "in", self._origin.ids)],
                ["agreement_id"],
                ["__count"],
            )
        )
        taken = {
            (contract, direction): amount
            for contract, direction, amount in self.env["om.deduction"]._read_group(
                [("agreement_id", "in", self._origin.ids)],
                ["agreement_id", "direction"],
                ["amount_claimed:sum"],
            )
        }
        targets = {
            (contract, target): amount
            for contract, target, amount in self.env["om.deduction.line"]._read_group(
                [("agreement_id", "in", self._origin.ids)],
                ["agreement_id", "target"],
                ["amount:sum"],
            )
        }
        waiting = dict(
            self.env["om.deduction"]._read_group(
                [
                    ("agreement_id", "in", self._origin.ids),
                    ("state", "=", "agreed"),
                    ("in_review", "=", False),
                    ("direction", "=", "contractor"),
                ],
                ["agreement_id"],
                ["amount_open:sum"],
            )
        )
        shown = dict(
            self.env["om.deduction"]._read_group(
                [
                    ("agreement_id", "in", self._origin.ids),
                    ("state", "!=", "waived"),
                    ("in_review", "=", True),
                ],
                ["agreement_id"],
                ["amount:sum"],
            )
        )
        for contract in self:
            own = contract._origin
            contract.deduction_count = counts.get(own, 0)
            contract.amount_deducted = targets.get((own, "milestone"), 0) + targets.get(
                (own, "bond"), 0
            )
            contract.amount_to_deduct = waiting.get(own, 0.0)
            contract.amount_in_review = shown.get(own, 0.0)
            contract.amount_claimed = taken.get((own, "contractor"), 0.0)
            contract.amount_our_claims = taken.get((own, "purchaser"), 0.0)

    # ------------------------------------------------------------
    # From the template
    # ------------------------------------------------------------

    def action_make_milestones(self):
        result = super().action_make_milestones()
        self._copy_clauses()
        self._copy_notice_terms()
        self._make_bonds()
        return result

    def action_copy_clauses(self):
        """Take the deduction clauses of the payment template over into contracts that
        have none.

        :raises UserError: no template, or one without clauses
        """
        for contract in self:
            if not contract.payment_template_id.clause_ids:
                raise UserError(
                    self.env._(
                        "“%s” has no payment template with deduction clauses: choose"
                        " one, or enter the clauses of the contract.",
                        contract.display_name,
                    )
                )
        self._copy_clauses()
        return True

    def _copy_clauses(self):
        bare = self.filtered(lambda contract: not contract.clause_ids)
        bare = bare._in_own_language()
        self.env["om.deduction.clause"].create(
            [
                {"agreement_id": contract.id, **clause._prepare_copy()}
                for contract in bare
                for clause in contract.payment_template_id.clause_ids
            ]
        )

    def _copy_notice_terms(self):
        for contract in self:
            if not any(contract[name] for name in NOTICE_TERMS):
                template = contract.payment_template_id
                contract.write({name: template[name] for name in NOTICE_TERMS})

    def _make_bonds(self):
        """Expect the bond that the payment template asks for."""
        self.env["om.bond"].create(
            [
                {"agreement_id": contract.id, "percent": percent}
                for contract in self
                if (percent := contract.payment_template_id.bond_percent)
                and not contract.bond_ids
            ]
        )

    def _is_bond_received(self):
        """True if every bond that the contract asks for was received in full."""
        self.ensure_one()
        return bool(self.bond_date)

    # ------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------

    def _get_open_matters(self):
        """A contract is closed when its bonds are back and its deductions applied."""
        matters = super()._get_open_matters()
        money = self.currency_id.format
        matters += [
            self.env._(
                "“%(bond)s” still holds %(amount)s",
                bond=bond.display_name,
                amount=money(bond.balance),
            )
            for bond in self.bond_ids
            if bond.balance
        ]
        matters += [
            self.env._("deduction “%s” is not settled", deduction.display_name)
            for deduction in self.deduction_ids
            if deduction.state not in ("waived", "applied")
        ]
        matters += [
            self.env._(
                "“%(name)s”: the claim of %(amount)s is open",
                name=deduction.display_name,
                amount=money(deduction.amount_claim_open),
            )
            for deduction in self.deduction_ids
            if deduction.has_open_claim
        ]
        return matters

    def action_view_deductions(self):
        """Return the list of the deductions of these contracts."""
        return self.deduction_ids._get_list_action(
            domain=[("agreement_id", "in", self.ids)],
            context={"default_agreement_id": self.id} if len(self) == 1 else {},
        )

    def action_view_bonds(self):
        """Return the bonds of these contracts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_contract.om_bond_action"
        )
        action["domain"] = [("agreement_id", "in", self.ids)]
        if len(self) == 1:
            action["context"] = {"default_agreement_id": self.id}
        return action
