from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.tools.acts import Act, Fact
from odoo.addons.om_contract.models.agreement import LATE

from ..engine.package import Tally, count_missing, judge

_lt = LazyTranslate(__name__)

OPEN = ("open",)
KEEPERS = ("om_base.group_procurement", "om_base.group_manager")
# A supervisor sees what is there, and no price.
PRICED = "base.group_user,om_base.group_portal_purchaser"


class OmSettlement(models.Model):
    """The settlement of a contract: what the review wants to see and whether it is
    there, and what the review made of the price, system by system.

    What is there is asked of the record whenever the index is looked at. The reviewed
    amount goes to the contract, whose last payment follows from it.
    """

    _name = "om.settlement"
    _inherit = ["mail.thread", "om.act.mixin", "om.portal.mixin"]
    _description = "Settlement"
    _portal_path = "/my/contract-settlements"
    _order = "id desc"
    _rec_name = "agreement_id"

    _free_fields = {
        "agreement_id": (),
        **dict.fromkeys(("item_ids", "line_ids"), OPEN),
        "note": None,
    }
    _acts = {
        "review": Act(
            _lt("Review Passed"),
            source=OPEN,
            target="reviewed",
            groups=KEEPERS,
            locks=("agreement_id",),
            late=LATE,
        ),
        "correct": Act(
            _lt("Review To Be Corrected"),
            source=("reviewed",),
            target="open",
            groups=KEEPERS,
            reason=True,
        ),
    }
    _facts = {
        "contract": Fact("agreement_id"),
        "state": Fact("state"),
        "claimed": Fact("amount_claimed", sealed=("reviewed",)),
        "reviewed": Fact("amount_reviewed", sealed=("reviewed",)),
    }

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        ondelete="restrict",
        domain="[('domain', '=', 'sale'), ('state', '!=', 'draft'),"
        " ('settlement_ids', '=', False)]",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    contract_state = fields.Selection(
        related="agreement_id.state", string="State of the Contract"
    )
    state = fields.Selection(
        [("open", "Being Put Together"), ("reviewed", "Review Entered")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        copy=False,
    )
    item_ids = fields.One2many("om.settlement.item", "settlement_id", string="Index")
    line_ids = fields.One2many(
        "om.settlement.line", "settlement_id", string="Review by System"
    )
    item_count = fields.Integer("Requirements", compute="_compute_standing")
    missing_count = fields.Integer("Missing", compute="_compute_standing")
    amount_claimed = fields.Monetary(
        "Asked For", compute="_compute_amounts", store=True, groups=PRICED
    )
    amount_reviewed = fields.Monetary(
        "Reviewed", compute="_compute_amounts", store=True, groups=PRICED
    )
    amount_difference = fields.Monetary(
        "Difference", compute="_compute_amounts", store=True, groups=PRICED
    )
    final_milestone_id = fields.Many2one(
        "om.payment.milestone",
        string="Last Payment",
        compute="_compute_final",
        groups="base.group_user",
    )
    final_amount = fields.Monetary(
        "To Be Paid Last", compute="_compute_final", groups=PRICED
    )
    note = fields.Text(groups="base.group_user")
    can_review = can_act()
    can_correct = can_act()

    _one_per_contract = models.Constraint(
        "unique(agreement_id)", "This contract has a settlement: go on with that one."
    )

    @api.depends("item_ids.standing")
    def _compute_standing(self):
        for settlement in self:
            items = settlement.item_ids
            settlement.item_count = len(items)
            settlement.missing_count = len(
                items.filtered(lambda item: item.standing == "missing")
            )

    @api.depends("line_ids.amount_claimed", "line_ids.amount_reviewed", "currency_id")
    def _compute_amounts(self):
        for settlement in self:
            # A new one's contract may have no currency yet.
            currency = settlement.currency_id or self.env.company.currency_id
            claimed = sum(settlement.line_ids.mapped("amount_claimed"))
            reviewed = sum(settlement.line_ids.mapped("amount_reviewed"))
            settlement.amount_claimed = currency.round(claimed)
            settlement.amount_reviewed = currency.round(reviewed)
            settlement.amount_difference = currency.round(reviewed - claimed)

    @api.depends("agreement_id.milestone_ids.amount_due")
    def _compute_final(self):
        for settlement in self:
            last = settlement.agreement_id._get_measured() if settlement.id else None
            settlement.final_milestone_id = last
            settlement.final_amount = last.amount_due if last else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        settlements = super().create(vals_list)
        drafts = settlements.filtered(lambda each: each.contract_state == "draft")
        if drafts:
            raise UserError(
                self.env._(
                    "“%s” is a draft: bring the contract into force first.",
                    drafts[0].agreement_id.display_name,
                )
            )
        settlements._take_requirements()
        settlements._draw_up_lines()
        return settlements

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(settlement.state != "open" for settlement in self):
            raise UserError(self.env._("A reviewed settlement stays on record."))

    # ------------------------------------------------------------
    # Drawing up
    # ------------------------------------------------------------

    def _take_requirements(self):
        """Ask for what the contract's terms of payment ask for."""
        # Their names are kept, in the language of who keeps the contract.
        language = self.agreement_id._in_own_language().env.lang
        none = self.env["om.settlement.requirement"].with_context(lang=language)
        templates = self.agreement_id.payment_template_id
        asked = none.search([("payment_template_id", "in", templates.ids)]).grouped(
            "payment_template_id"
        )
        self.env["om.settlement.item"].create(
            [
                {
                    "settlement_id": settlement.id,
                    **requirement.with_context(lang=language)._copy_asked(),
                }
                for settlement in self
                for requirement in asked.get(
                    settlement.agreement_id.payment_template_id, none
                )
            ]
        )

    def action_export_failures(self):
        """Download what was not reached, for a publication in OCDS."""
        return {
            "type": "ir.actions.act_url",
            "url": f"/om/settlements/{self.ensure_one().id}/performance-failures.json",
            "target": "self",
        }

    def action_draw_up(self):
        """Take what is asked for of each system from the contract anew."""
        self.check_access("write")
        closed = self.filtered(lambda each: each.state != "open")
        if closed:
            raise UserError(
                self.env._(
                    "“%s” is reviewed; its sheet stays as it is.",
                    closed[0].display_name,
                )
            )
        self._draw_up_lines()
        return True

    def _draw_up_lines(self):
        """A line for each system with its fee less what it did not earn, and one for
        what of the price belongs to no system. What the review said stays."""
        lines = self.env["om.settlement.line"]
        # sudo: that the user may draw up was asked.
        stops = (
            self.env["om.deduction"]
            .sudo()
            ._read_group(
                [
                    ("agreement_id", "in", self.agreement_id.ids),
                    ("in_review", "=", True),
                    ("state", "!=", "waived"),
                ],
                ["agreement_id", "system_id"],
                ["amount:sum"],
            )
        )
        lost = {(contract, system): amount for contract, system, amount in stops}
        for settlement in self:
            contract = settlement.agreement_id
            systems = contract.with_context(active_test=False).system_ids
            fees = {system: system.annual_fee for system in systems}
            rest = contract.currency_id.round(
                contract.amount_total - sum(fees.values())
            )
            if rest:
                fees[self.env["om.system"]] = rest
            known = {line.system_id: line for line in settlement.line_ids}
            new = []
            for system, fee in fees.items():
                claimed = contract.currency_id.round(
                    fee - lost.get((contract, system), 0.0)
                )
                line = known.get(system)
                if not line:
                    new.append(
                        {
                            "settlement_id": settlement.id,
                            "system_id": system.id,
                            "amount_claimed": claimed,
                            "amount_reviewed": claimed,
                        }
                    )
                elif line.amount_claimed != claimed:
                    was_cut = line.amount_reviewed != line.amount_claimed
                    line.sudo().write(  # sudo: what is asked for follows the contract
                        {
                            "amount_claimed": claimed,
                            **({} if was_cut else {"amount_reviewed": claimed}),
                        }
                    )
            lines.sudo().create(new)  # sudo: as above

    # ------------------------------------------------------------
    # The review
    # ------------------------------------------------------------

    def action_review(self, date, evidence, scan, reason=None):
        """Enter what the finance bureau's review left of each system.

        The contract gets the sum; its last payment follows from it.

        :param date: the day on which it passed
        :param evidence: number or title of the review's paper
        :param scan: the paper, an attachment
        :raises UserError: no paper, a contract whose service is not over, or what the
            contract itself refuses
        """
        self.ensure_one()
        if not scan:
            raise UserError(self.env._("Add the scan of the review's paper."))
        with self._act(
            "review",
            reason=reason or evidence,
            happened_at=self._get_moment(date),
            evidence=scan,
        ) as settlement:
            settlement.agreement_id.action_record_settlement(
                settlement.amount_reviewed, date, evidence, reason
            )
        return True

    def action_correct(self, reason=None):
        """Open a review that was entered wrongly, to enter it anew."""
        with self._act("correct", reason=reason):
            return True

    def action_open_review(self):
        """Return the dialog for the review's day and paper."""
        return self._open_dialog("review", self.env._("Enter the Review"))

    def action_open_correct(self):
        """Return the dialog for the reason of the correction."""
        return self._open_dialog("correct", self.env._("Correct the Review"))

    def _open_dialog(self, kind, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "om.settlement.act",
            "view_mode": "form",
            "target": "new",
            "context": {"default_settlement_id": self.id, "default_kind": kind},
        }

    def action_print_index(self):
        """Print the index: what is there, what is missing, who owes it."""
        return self.env.ref("om_assessment.om_settlement_report").report_action(self)

    def _get_owed_by(self, user):
        """What is missing and owed by the party for which a person speaks: its role in
        this contract, not the person's."""
        self.ensure_one()
        contract = self.agreement_id
        # sudo: whose person one is is no secret
        mine = user.sudo().om_party_ids
        owners = {
            owner
            for owner, party in (
                ("purchaser", contract.partner_id),
                ("supervisor", contract.supervisor_id),
            )
            if party.commercial_partner_id & mine
        }
        return self.item_ids.filtered(
            lambda item: item.standing == "missing" and item.owner in owners
        )

    def action_view_contract(self):
        """Open the contract."""
        self.ensure_one()
        return self.agreement_id.get_formview_action()

    def _get_file_name(self):
        return self.env._(
            "Settlement package %s", self.agreement_id.code or self.agreement_id.name
        )


class OmSettlementItem(models.Model):
    """One thing that a settlement asks for, and where it stands."""

    _name = "om.settlement.item"
    _inherit = ["om.settlement.requirement.mixin"]
    _description = "Requirement of a Settlement"

    _state_field = "settlement_state"
    _free_fields = dict.fromkeys(
        (
            "settlement_id",
            "sequence",
            "name",
            "clause",
            "source",
            "least",
            "owner",
            "document_kind",
            "obligation_kind",
            "obligation_per",
            "document_words",
        ),
        OPEN,
    )
    _facts = {
        "settlement": Fact("settlement_id"),
        "asked": Fact("name"),
        "clause": Fact("clause"),
        "owner": Fact("owner"),
        "least": Fact("least"),
    }

    settlement_id = fields.Many2one(
        "om.settlement", required=True, index=True, ondelete="cascade"
    )
    agreement_id = fields.Many2one(related="settlement_id.agreement_id")
    company_id = fields.Many2one(
        related="settlement_id.company_id", store=True, index=True, precompute=True
    )
    settlement_state = fields.Selection(
        related="settlement_id.state", string="State of the Settlement"
    )
    standing = fields.Selection(
        [
            ("missing", "Missing"),
            ("present", "Present"),
            ("accepted", "Accepted"),
            ("none", "Nothing of This Kind"),
        ],
        compute="_compute_standing",
    )
    found_count = fields.Integer("There", compute="_compute_standing")
    missing_count = fields.Integer("Still Missing", compute="_compute_standing")
    what_is_missing = fields.Char(compute="_compute_standing")

    @api.depends(
        "source",
        "least",
        "owner",
        "document_kind",
        "document_words",
        "obligation_kind",
        "obligation_per",
    )
    @api.depends_context("lang")
    def _compute_standing(self):
        asked = self.filtered(lambda item: item.source and item.settlement_id.id)
        found = self.env["om.settlement.source"]._find(asked)
        for item in self:
            tally, names = found.get(item, (Tally(), []))
            # A paper that another side issued is that side's word.
            if item.source == "document" and item.owner != "contractor":
                tally = Tally(tally.total, tally.missing, tally.found)
            missing = count_missing(tally, item.least)
            item.standing = judge(tally, item.least)
            item.found_count = tally.found
            item.missing_count = missing
            item.what_is_missing = item._word_missing(missing, names)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(item.settlement_state == "reviewed" for item in self):
            raise UserError(self.env._("A reviewed settlement stays on record."))

    def _word_missing(self, missing, names):
        if not missing:
            return False
        if not names:
            return self.env._("%s to be added", missing)
        named = format_list(self.env, names)
        if missing <= len(names):
            return named
        return self.env._("%(names)s and others", names=named)

    def action_view_records(self):
        """Open the records that answer this."""
        self.ensure_one()
        source = self.env["om.settlement.source"]
        declared = source._get_sources()[self.source]
        domain = source._get_domain(source._get_key(self), self.agreement_id)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": declared.model,
            "view_mode": "list,form",
            "domain": list(domain),
            "context": {"create": False},
        }


class OmSettlementLine(models.Model):
    """What was asked for a system, and what the review left of it."""

    _name = "om.settlement.line"
    _inherit = ["om.act.mixin"]
    _description = "Review of a System"
    _order = "system_sequence, id"

    _state_field = "settlement_state"
    _free_fields = dict.fromkeys(("amount_reviewed", "remark"), OPEN)
    _facts = {
        "settlement": Fact("settlement_id"),
        "system": Fact("system_id"),
        "claimed": Fact("amount_claimed"),
        "reviewed": Fact("amount_reviewed"),
        "remark": Fact("remark"),
    }

    settlement_id = fields.Many2one(
        "om.settlement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="settlement_id.company_id", store=True, index=True, precompute=True
    )
    settlement_state = fields.Selection(
        related="settlement_id.state", string="State of the Settlement"
    )
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    system_id = fields.Many2one(
        "om.system",
        string="Information System",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    system_sequence = fields.Integer(
        related="system_id.sequence_no", store=True, precompute=True, aggregator=False
    )
    unit_id = fields.Many2one(related="system_id.unit_id", string="User Unit")
    name = fields.Char("System", compute="_compute_name")
    amount_claimed = fields.Monetary("Asked For", readonly=True)
    amount_reviewed = fields.Monetary("Reviewed")
    amount_difference = fields.Monetary("Difference", compute="_compute_difference")
    remark = fields.Char("Reason of the Review")

    _reviewed_not_negative = models.Constraint(
        "CHECK (amount_reviewed >= 0)", "A reviewed amount cannot be negative."
    )
    _one_per_system = models.UniqueIndex(
        "(settlement_id, system_id)", "Each system has one line."
    )

    @api.depends("system_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            line.name = line.system_id.name or self.env._("Not of one system")

    @api.depends("amount_claimed", "amount_reviewed", "currency_id")
    def _compute_difference(self):
        for line in self:
            currency = line.currency_id or self.env.company.currency_id
            line.amount_difference = currency.round(
                line.amount_reviewed - line.amount_claimed
            )
