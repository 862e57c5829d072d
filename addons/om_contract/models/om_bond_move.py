from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)


class OmBondMove(models.Model):
    """An entry in a bond's ledger. Entries are never changed: a wrong one is cancelled
    with its reason and stays readable."""

    _name = "om.bond.move"
    _inherit = ["om.act.mixin"]
    _description = "Bond Ledger Entry"
    _order = "date, id"
    _rec_names_search = ["bond_id.agreement_id.code", "note"]
    _acts = {
        "cancel": Act(_lt("Cancel an Entry"), reason=True, locks=("bond_id",)),
    }
    _facts = {
        "bond": Fact("bond_id"),
        "kind": Fact("kind"),
        "amount": Fact("amount"),
        "date": Fact("date"),
        "document": Fact("note"),
        "deduction": Fact("deduction_id"),
        "cancelled": Fact("is_cancelled"),
    }

    bond_id = fields.Many2one(
        "om.bond", required=True, index=True, ondelete="restrict", readonly=True
    )
    agreement_id = fields.Many2one(
        related="bond_id.agreement_id", store=True, index=True
    )
    company_id = fields.Many2one(related="bond_id.company_id", store=True)
    currency_id = fields.Many2one(related="bond_id.currency_id")
    kind = fields.Selection(
        [("received", "Handed In"), ("drawn", "Taken"), ("returned", "Given Back")],
        required=True,
        readonly=True,
    )
    act_name = fields.Char("Entry", compute="_compute_act_name")
    amount = fields.Monetary(required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    note = fields.Char(readonly=True)
    deduction_id = fields.Many2one(
        "om.deduction", index="btree_not_null", readonly=True, ondelete="restrict"
    )
    is_cancelled = fields.Boolean("Cancelled", readonly=True)
    cancel_reason = fields.Char("Reason", readonly=True)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An entry has an amount above zero."
    )
    _cancelled_for_reason = models.Constraint(
        "CHECK (NOT is_cancelled OR cancel_reason IS NOT NULL)",
        "An entry is cancelled for a reason.",
    )

    @api.depends("kind", "bond_id.direction")
    @api.depends_context("lang")
    def _compute_act_name(self):
        """The entry in our words: we hand our own bond in and get it back; a
        supplier's we receive and return."""
        ours = {
            "received": self.env._("Handed in"),
            "drawn": self.env._("Drawn by the purchaser"),
            "returned": self.env._("Got back"),
        }
        theirs = {
            "received": self.env._("Received from the supplier"),
            "drawn": self.env._("Drawn by us"),
            "returned": self.env._("Returned"),
        }
        for move in self:
            names = theirs if move.bond_id.direction == "purchase" else ours
            move.act_name = names.get(move.kind, "")

    @api.depends("bond_id.agreement_id.code", "kind", "date", "bond_id.direction")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for move in self:
            code = move.bond_id.agreement_id.code or ""
            move.display_name = f"{code} {move.act_name} {move.date or ''}"

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Entries of a bond's ledger stay; cancel the wrong one.")
        )

    def action_cancel(self, reason):
        """Take wrong entries out of the reckoning; they stay readable.

        :raises UserError: no reason, an entry of an applied deduction, or a ledger
            that would hold less than nothing
        """
        applied = self.filtered(lambda move: move.deduction_id)
        if applied:
            raise UserError(
                self.env._(
                    "This was drawn for “%s”: reopen that deduction instead.",
                    applied[0].deduction_id.display_name,
                )
            )
        self._cancel(reason)
        return True

    def _cancel(self, reason):
        live = self.filtered(lambda move: not move.is_cancelled)
        if not live:
            return
        with (
            live.bond_id._act("cancel", reason=reason),
            live._act("cancel", reason=reason) as entries,
        ):
            for bond, moves in entries.grouped("bond_id").items():
                received = moves.filtered(lambda move: move.kind == "received")
                gone = sum(received.mapped("amount"))
                back = sum((moves - received).mapped("amount"))
                if bond.currency_id.compare_amounts(bond.balance + back, gone) < 0:
                    raise UserError(
                        self.env._(
                            "Bond “%s” would hold less than nothing: cancel what was"
                            " drawn or returned first.",
                            bond.display_name,
                        )
                    )
            entries.write({"is_cancelled": True, "cancel_reason": reason})
            for bond, moves in entries.grouped("bond_id").items():
                bond.message_post(
                    body=self.env._(
                        "Cancelled: %(entry)s. %(reason)s",
                        entry=format_list(self.env, moves.mapped("display_name")),
                        reason=reason,
                    )
                )
