from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools import seal
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.swap import SwapError, SwapLine, check_swap, swap_difference

_lt = LazyTranslate(__name__)

DRAFT = ("draft",)
KEEPERS = ("om_base.group_procurement", "om_base.group_manager")


class OmSpareSwap(models.Model):
    """Unused quota given up for other parts of the same total price."""

    _name = "om.spare.swap"
    _inherit = ["om.act.mixin", "om.portal.mixin", "portal.mixin", "mail.thread"]
    _description = "Spare Part Swap"
    _order = "id desc"
    _portal_path = "/my/swaps"
    _portal_answers = {
        "agree": Answer("action_agree"),
        "refuse": Answer("action_refuse", "reason"),
    }

    _free_fields = {"list_id": DRAFT, "reason": DRAFT, "line_ids": DRAFT}
    _acts = {
        "ask": Act(_lt("Asked For"), source=DRAFT, target="asked", groups=KEEPERS),
        "agree": Act(
            _lt("Agreed"),
            source=("asked",),
            target="agreed",
            groups=KEEPERS,
            party="_get_purchaser",
        ),
        "refuse": Act(
            _lt("Refused"),
            source=("asked",),
            target="refused",
            groups=KEEPERS,
            party="_get_purchaser",
            reason=True,
        ),
    }
    _facts = {
        "number": Fact("name"),
        "list": Fact("list_id"),
        "reason": Fact("reason"),
        "parts": Fact("parts_told", sealed=("asked", "agreed", "refused")),
        # As they were at the act: prices may change afterwards.
        "given": Fact("amount_given", sealed=()),
        "taken": Fact("amount_taken", sealed=()),
        "state": Fact("state"),
        "agreed_on": Fact("agreed_on"),
    }

    name = fields.Char("Number", readonly=True, copy=False)
    list_id = fields.Many2one(
        "om.spare.list", required=True, index=True, ondelete="restrict"
    )
    agreement_id = fields.Many2one(related="list_id.agreement_id", store=True)
    company_id = fields.Many2one(related="list_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="list_id.currency_id")
    reason = fields.Text(required=True)
    line_ids = fields.One2many("om.spare.swap.line", "swap_id", string="Parts")
    amount_given = fields.Monetary("Given Up", compute="_compute_amounts")
    amount_taken = fields.Monetary("Taken", compute="_compute_amounts")
    difference = fields.Monetary(compute="_compute_amounts")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("asked", "Waiting for Consent"),
            ("agreed", "Agreed"),
            ("refused", "Refused"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    parts_told = fields.Char(compute="_compute_parts_told")
    agreed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_on = fields.Datetime(readonly=True, copy=False)

    @api.depends("line_ids.amount", "line_ids.side")
    def _compute_amounts(self):
        for swap in self:
            given = swap.line_ids.filtered(lambda line: line.side == "given")
            taken = swap.line_ids - given
            swap.amount_given = sum(given.mapped("amount"))
            swap.amount_taken = sum(taken.mapped("amount"))
            swap.difference = float(swap_difference(*swap._get_sides()))

    @api.depends("line_ids.side", "line_ids.quota_id", "line_ids.quantity")
    def _compute_parts_told(self):
        for swap in self:
            swap.parts_told = seal.canonical(
                [
                    [line.side, line.quota_id.id, line.quantity]
                    for line in swap.line_ids.sorted("id")
                ]
            )

    def _get_sides(self):
        """Return (given, taken) as the engine takes them."""
        self.ensure_one()
        sides = {"given": [], "taken": []}
        for line in self.line_ids:
            sides[line.side].append(
                SwapLine(
                    line.quantity,
                    Decimal(f"{line.price_unit:.2f}"),
                    line.quota_id.remaining if line.side == "given" else None,
                )
            )
        return sides["given"], sides["taken"]

    @api.model
    def _complete_new(self, vals_list):
        numbers = self.env["ir.sequence"]
        return [
            {**vals, "name": numbers.next_by_code("om.spare.swap")}
            if not vals.get("name")
            else vals
            for vals in super()._complete_new(vals_list)
        ]

    def action_ask(self):
        """Put the swaps to the purchaser.

        :raises UserError: the sides differ, or more is given up than is left
        """
        with self._act("ask") as swaps:
            for swap in swaps:
                swap._check_sides()
        return True

    def _check_sides(self):
        """Raise in words unless both sides have the same price and are there."""
        self.ensure_one()
        try:
            check_swap(*self._get_sides())
        except SwapError as error:
            raise UserError(self._get_swap_text(error)) from error

    def _get_swap_text(self, error):
        self.ensure_one()
        given = self.line_ids.filtered(lambda line: line.side == "given")
        lines = given + (self.line_ids - given)
        part = lines[error.line].quota_id.name if error.line is not None else ""
        return {
            "empty": self.env._("A swap gives something up and takes something."),
            "quantity": self.env._("The quantity of “%s” is not above zero.", part),
            "price": self.env._("“%s” has no unit price.", part),
            "unused": self.env._(
                "More of “%(part)s” is given up than the %(left)s that are unused.",
                part=part,
                left=lines[error.line].quota_id.remaining
                if error.line is not None
                else 0,
            ),
            "total": self._get_difference_text(),
        }[error.reason]

    def _get_difference_text(self):
        """Say by how much the sides differ, and which one is dearer."""
        amount = self.currency_id.format(abs(self.difference))
        if self.difference < 0:
            return self.env._(
                "The parts taken cost %s less than those given up; both sides have to"
                " be the same to the cent.",
                amount,
            )
        return self.env._(
            "The parts taken cost %s more than those given up; both sides have to be"
            " the same to the cent.",
            amount,
        )

    @api.private
    def action_agree(self, paper=None):
        """The purchaser's consent: the quotas change, all at once or not at all.

        :param paper: its signed paper, as ours enter it
        :raises AccessError: not the purchaser of the contract
        :raises UserError: meanwhile more was used than this swap gives up
        """
        self.ensure_one()
        self._check_is_purchaser(paper)
        with self._act("agree", paper=paper) as swap:
            swap._check_sides()
            swap.env["om.spare.quota"]._book_all(
                {
                    line.quota_id: {
                        "swap_out" if line.side == "given" else "swap_in": line.quantity
                    }
                    for line in swap.line_ids
                }
            )
            swap.write(
                {
                    "state": "agreed",
                    "agreed_by_id": self.env.uid,
                    "agreed_on": fields.Datetime.now(),
                }
            )
        return True

    @api.private
    def action_refuse(self, reason, paper=None):
        """The purchaser's refusal, with its reason."""
        self.ensure_one()
        self._check_is_purchaser(paper)
        with self._act("refuse", reason=reason, paper=paper) as swap:
            swap.message_post(body=self.env._("Refused: %s", reason))
        return True

    def action_enter_paper(self):
        """Open the dialog for the purchaser's paper; which one, the button says."""
        return self._open_paper(self.env.context.get("om_paper"))

    def _check_is_purchaser(self, paper=None):
        """Raise unless the purchaser's people act, or ours with its paper."""
        self.check_access("read")
        user = self.env.user
        own = user.has_group(
            "om_base.group_portal_purchaser"
        ) and user.sudo()._speaks_for(self._get_purchaser()[0])
        if not own and not (paper and not user.share):
            raise AccessError(
                self.env._("Only the purchaser of the contract agrees to a swap.")
            )

    def _get_purchaser(self):
        """Whose word the consent is, and in which capacity."""
        # sudo: whose contract it is is no secret to who reads the swap.
        return self.sudo().agreement_id.partner_id.commercial_partner_id, "purchaser"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(swap.state != "draft" for swap in self):
            raise UserError(self.env._("Swaps that were asked for stay on record."))


class OmSpareSwapLine(models.Model):
    _name = "om.spare.swap.line"
    _inherit = ["om.spare.line.mixin"]
    _description = "Part of a Swap"
    _order = "side, id"
    _document_field = "swap_id"

    _free_fields = {
        "swap_id": DRAFT,
        "side": DRAFT,
        "quota_id": DRAFT,
        "quantity": DRAFT,
    }

    swap_id = fields.Many2one(
        "om.spare.swap", required=True, index=True, ondelete="cascade"
    )
    side = fields.Selection(
        [("given", "Given Up"), ("taken", "Taken")], required=True, default="given"
    )
    quota_id = fields.Many2one(
        "om.spare.quota", required=True, index=True, ondelete="restrict"
    )
    quantity = fields.Integer(required=True, default=1)
    price_unit = fields.Monetary(related="quota_id.price_unit", aggregator=None)
    currency_id = fields.Many2one(related="swap_id.currency_id")
    amount = fields.Monetary(compute="_compute_amount")
    remaining = fields.Integer(related="quota_id.remaining", string="Unused")

    _quota_uniq = models.Constraint(
        "unique(swap_id, quota_id)", "A part stands once in a swap."
    )

    @api.depends("quantity", "price_unit")
    def _compute_amount(self):
        for line in self:
            line.amount = line.quantity * line.price_unit

    @api.depends("side", "quota_id.name", "quantity")
    @api.depends_context("lang")
    def _compute_display_name(self):
        sides = self._om_labels("side")
        for line in self:
            name = f"{line.quota_id.name or ''} × {line.quantity}"
            line.display_name = f"{sides.get(line.side, '')} {name}"
