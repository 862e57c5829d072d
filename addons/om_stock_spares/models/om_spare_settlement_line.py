from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list


class OmSpareSettlementLine(models.Model):
    """One part of the list: what it allows, what was used, what that costs.

    Copies of what was on record when the settlement was drawn up.
    """

    _name = "om.spare.settlement.line"
    _description = "Part of a Settlement"
    _order = "settlement_id, sequence, id"
    _rec_names_search = ["settlement_id.name", "name"]

    settlement_id = fields.Many2one(
        "om.spare.settlement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="settlement_id.company_id", store=True)
    quota_id = fields.Many2one(
        "om.spare.quota", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer()
    name = fields.Char("Part", required=True)
    uom_name = fields.Char("Unit")
    cap = fields.Integer()
    swap_in = fields.Integer("Swapped In")
    swap_out = fields.Integer("Swapped Out")
    swap_note = fields.Char("Swaps")
    allowed = fields.Integer(compute="_compute_allowed")
    used = fields.Integer()
    settled = fields.Integer(
        "Quantity Settled",
        help="Used, less what purchaser or supervisor refused after an emergency.",
    )
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    is_priced = fields.Boolean()
    price_unit = fields.Monetary("Unit Price", aggregator=None)
    price_text = fields.Char("Unit Price or Why None", compute="_compute_texts")
    amount = fields.Monetary()
    amount_text = fields.Char("Amount or None", compute="_compute_texts")
    issue_ids = fields.One2many("om.spare.settlement.issue", "line_id", "Evidence")

    @api.depends("cap", "swap_in", "swap_out")
    def _compute_allowed(self):
        for line in self:
            line.allowed = line.cap + line.swap_in - line.swap_out

    @api.depends("is_priced", "price_unit", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            money = line.currency_id.format if line.currency_id else str
            line.price_text = (
                money(line.price_unit) if line.is_priced else self.env._("Not priced")
            )
            line.amount_text = money(line.amount) if line.is_priced else "–"

    @api.depends("name", "settlement_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.settlement_id.name} {line.name}"


class OmSpareSettlementIssue(models.Model):
    """One issue behind a line: for which fault, who confirmed, what came out and in."""

    _name = "om.spare.settlement.issue"
    _description = "Evidence of a Settlement"
    _order = "settlement_id, line_id, issued_on, id"

    settlement_id = fields.Many2one(
        "om.spare.settlement", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "om.spare.settlement.line", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="settlement_id.company_id", store=True)
    request_id = fields.Many2one(
        "om.spare.request", required=True, index=True, ondelete="restrict"
    )
    name = fields.Char("Request Number")
    part = fields.Char(related="line_id.name", string="Part")
    ticket = fields.Char(help="Number of the fault or inspection.")
    system = fields.Char()
    unit = fields.Char("User Unit")
    issued_on = fields.Datetime()
    installed_on = fields.Datetime()
    issued = fields.Integer()
    returned = fields.Integer()
    used = fields.Integer()
    settled = fields.Integer("Quantity Settled")
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    is_priced = fields.Boolean(related="line_id.is_priced")
    amount = fields.Monetary()
    amount_text = fields.Char("Amount or None", compute="_compute_amount_text")
    is_emergency = fields.Boolean("Emergency")
    is_refused = fields.Boolean("Refused Afterwards")
    purchaser_by = fields.Char("Confirmed by (Purchaser)")
    purchaser_on = fields.Datetime("Confirmed on (Purchaser)")
    supervisor_by = fields.Char("Confirmed by (Supervisor)")
    supervisor_on = fields.Datetime("Confirmed on (Supervisor)")
    removed = fields.Char("Removed Device")
    removed_serial = fields.Char("Removed Serial Number")
    removed_place = fields.Char()
    removed_reason = fields.Char("Reason of Removal")
    removed_years = fields.Float("Years in Use", digits=(5, 1))
    new_serials = fields.Char("New Serial Numbers")
    photo_count = fields.Integer("Photos")

    def _format_moment(self, moment):
        """Return a moment as the paper has it."""
        return self.env["om.spare.settlement"]._format_moment(moment)

    def _get_remark(self):
        """Return what is out of the ordinary about this issue."""
        self.ensure_one()
        return format_list(
            self.env,
            (
                text
                for fact, text in (
                    (self.is_emergency, self.env._("Emergency")),
                    (self.is_refused, self.env._("Refused afterwards: not settled")),
                    (self.returned, self.env._("%s returned", self.returned)),
                    (
                        self.settled and not self.is_priced,
                        self.env._("Not priced"),
                    ),
                )
                if fact
            ),
        )

    @api.depends("is_priced", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for issue in self:
            issue.amount_text = (
                issue.currency_id.format(issue.amount)
                if issue.is_priced and issue.currency_id
                else self.env._("Not priced")
            )

    def action_open_request(self):
        """Open the request with its confirmations, photos and transfers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "om.spare.request",
            "res_id": self.request_id.id,
            "views": [(False, "form")],
        }


class OmSpareSettlementUnit(models.Model):
    """What one user unit got, over all parts of the list."""

    _name = "om.spare.settlement.unit"
    _description = "User Unit of a Settlement"
    _order = "settlement_id, id"

    settlement_id = fields.Many2one(
        "om.spare.settlement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="settlement_id.company_id", store=True)
    unit_id = fields.Many2one("res.partner", ondelete="restrict")
    name = fields.Char("User Unit")
    settled = fields.Integer("Quantity Settled")
    unpriced = fields.Integer("Of These Without Price")
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    amount = fields.Monetary()


class OmSpareRequest(models.Model):
    """What a request says in the settlement."""

    _inherit = "om.spare.request"

    settlement_issue_ids = fields.One2many(
        "om.spare.settlement.issue", "request_id", string="In Settlement"
    )
    settlement_line_id = fields.Many2one(
        "om.spare.settlement.line", compute="_compute_settlement_line_id"
    )

    @api.depends("settlement_issue_ids")
    def _compute_settlement_line_id(self):
        for request in self:
            request.settlement_line_id = request.settlement_issue_ids[:1].line_id

    def _is_refused_afterwards(self):
        """True for an emergency issue that a party said no to."""
        self.ensure_one()
        return self.is_emergency and "refused" in self.confirmation_ids.mapped(
            "decision"
        )

    def _get_names(self, most):
        """Return the numbers of these requests, and how many more there are."""
        names = format_list(self.env, self[:most].mapped("name"))
        if len(self) > most:
            return self.env._(
                "%(names)s and %(more)s more", names=names, more=len(self) - most
            )
        return names

    def _prepare_settlement_issue(self, issue, lots):
        """Return the evidence of this request as plain values.

        :param issue: its figures, as the engine has them
        :param lots: the serial numbers that stayed with the user unit
        """
        self.ensure_one()
        # Serial numbers are the warehouse's and faults the dispatchers': the numbers
        # alone tell who settles nothing more than the paper does.
        this = self.sudo()
        removed = this.dismantled_ids[:1]
        values = {
            "request_id": this.id,
            "name": this.name,
            "ticket": this.ticket_id.number or this.inspection_id.name,
            "system": this.system_id.name,
            "unit": this.unit_id.name,
            "issued_on": this.issued_at,
            "installed_on": this.installed_at,
            "issued": issue.issued,
            "returned": issue.returned,
            "used": issue.used,
            "settled": issue.settled,
            "is_emergency": this.is_emergency,
            "is_refused": issue.refused,
            "removed": format_list(self.env, this.dismantled_ids.mapped("name")),
            "removed_serial": format_list(
                self.env, filter(None, this.dismantled_ids.mapped("serial_no"))
            ),
            "removed_place": removed.place,
            "removed_reason": removed.reason,
            "removed_years": removed.years_in_use,
            "new_serials": format_list(self.env, lots.mapped("name")),
            "photo_count": len(this.photo_ids),
        }
        for answer in this.confirmation_ids:
            if answer.decision == "confirmed":
                values[f"{answer.party}_by"] = answer.person
                values[f"{answer.party}_on"] = answer.decided_at
        return values

    def _get_used_lots(self):
        """Return {request: serial numbers that left and did not come back}."""
        left = defaultdict(Counter)
        Line = self.env["stock.move.line"]
        done = Domain("state", "=", "done") & Domain("lot_id", "!=", False)
        for line in Line.search(
            done & Domain("move_id.om_spare_request_id", "in", self.ids), order="id"
        ):
            if line.move_id._is_way_out():
                left[line.move_id.om_spare_request_id][line.lot_id] += 1
        for line in Line.search(
            done
            & Domain(
                "move_id.origin_returned_move_id.om_spare_request_id", "in", self.ids
            )
        ):
            request = line.move_id.origin_returned_move_id.om_spare_request_id
            left[request][line.lot_id] -= 1
        Lot = self.env["stock.lot"]
        return {
            request: Lot.union(
                *(lot for lot, times in left[request].items() if times > 0)
            )
            for request in self
        }

    def action_open_settlement(self):
        """Open the settlement that this request is part of."""
        self.ensure_one()
        return self.settlement_line_id.settlement_id._get_form_action()


class OmSpareSwap(models.Model):
    _inherit = "om.spare.swap"

    settlement_line_ids = fields.Many2many(
        "om.spare.settlement.line", compute="_compute_settlement_line_ids"
    )

    @api.depends("line_ids.quota_id", "state")
    def _compute_settlement_line_ids(self):
        lines = self.env["om.spare.settlement.line"].search(
            [("quota_id", "in", self.line_ids.quota_id.ids)]
        )
        for swap in self:
            swap.settlement_line_ids = (
                lines.filtered(
                    lambda line, s=swap: line.quota_id in s.line_ids.quota_id
                )
                if swap.state == "agreed"
                else False
            )

    def action_open_settlement(self):
        """Open the settlement whose lines this swap has changed."""
        self.ensure_one()
        return self.settlement_line_ids.settlement_id[:1]._get_form_action()
