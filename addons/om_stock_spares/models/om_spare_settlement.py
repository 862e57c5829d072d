from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools import seal
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.settlement import Issue, SettlementError, SettlementLine, settle

_lt = LazyTranslate(__name__)

# How many requests a refusal names.
NAMED = 8


class OmSpareSettlement(models.Model):
    """What was really used of a spare parts list, at its prices, with the evidence.

    Drawn up from quotas, requests, confirmations and the ledger of dismantled parts;
    fixed when it is submitted, confirmed by the supervisor, closed by us.
    """

    _name = "om.spare.settlement"
    _inherit = ["om.spare.signoff.mixin"]
    _description = "Settlement of Spare Parts"
    _order = "id desc"
    _portal_path = "/my/settlements"

    _free_fields = {"list_id": ("draft",), "note": ("draft",)}
    _acts = {"close": Act(_lt("Closed"), source=("confirmed",), target="closed")}
    _facts = {
        "list": Fact("list_id"),
        "note": Fact("note"),
        "total": Fact("amount_total"),
        "unpriced": Fact("unpriced_count"),
        "lines": Fact("lines_told"),
        "closed_on": Fact("closed_on"),
    }

    name = fields.Char("Number", readonly=True, copy=False)
    list_id = fields.Many2one(
        "om.spare.list", required=True, ondelete="restrict", tracking=True
    )
    agreement_id = fields.Many2one(related="list_id.agreement_id", store=True)
    company_id = fields.Many2one(related="list_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="list_id.currency_id")
    date_from = fields.Date(related="list_id.date_from")
    date_to = fields.Date(related="list_id.date_to")
    drawn_up_on = fields.Datetime(readonly=True, copy=False)
    note = fields.Text("Remarks")
    state = fields.Selection(
        selection_add=[("closed", "Closed")], ondelete={"closed": "set default"}
    )
    line_ids = fields.One2many(
        "om.spare.settlement.line", "settlement_id", string="Parts", readonly=True
    )
    issue_ids = fields.One2many(
        "om.spare.settlement.issue", "settlement_id", string="Evidence", readonly=True
    )
    unit_ids = fields.One2many(
        "om.spare.settlement.unit", "settlement_id", string="User Units", readonly=True
    )
    amount_total = fields.Monetary("Total", readonly=True, copy=False)
    amount_words = fields.Char("In Words", compute="_compute_amount_words")
    unpriced_count = fields.Integer(
        "Parts Without Price",
        readonly=True,
        copy=False,
        help="Used parts without a unit price: they are not part of the total.",
    )
    lines_told = fields.Char(compute="_compute_lines_told")
    obstacles = fields.Text(
        "To Be Cleared First",
        compute="_compute_obstacles",
        help="What keeps the settlement from being submitted.",
    )
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)

    _list_uniq = models.UniqueIndex(
        "(list_id)", "This list has a settlement already: go on with that one."
    )

    @api.depends("amount_total", "currency_id")
    @api.depends_context("lang")
    def _compute_amount_words(self):
        for settlement in self:
            currency = settlement.currency_id
            settlement.amount_words = (
                currency.amount_to_text(settlement.amount_total) if currency else ""
            )

    @api.depends("line_ids.settled", "line_ids.price_unit", "line_ids.amount")
    def _compute_lines_told(self):
        for settlement in self:
            settlement.lines_told = seal.canonical(
                [
                    [line.quota_id.id, line.used, line.settled]
                    + [f"{line.price_unit:.2f}", f"{line.amount:.2f}"]
                    for line in settlement.line_ids.sorted("id")
                ]
            )

    @api.depends("state", "list_id", "issue_ids")
    @api.depends_context("lang")
    def _compute_obstacles(self):
        drafts = self.filtered(lambda settlement: settlement.state == "draft")
        (self - drafts).obstacles = False
        found = drafts._find_obstacles()
        for settlement in drafts:
            settlement.obstacles = "\n".join(found[settlement.list_id]) or False

    @api.model_create_multi
    def create(self, vals_list):
        settlements = super().create(vals_list)
        settlements.action_draw_up()
        return settlements

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(settlement.state != "draft" for settlement in self):
            raise UserError(self.env._("Submitted settlements stay on record."))

    # ------------------------------------------------------------
    # Drawing up
    # ------------------------------------------------------------

    def action_draw_up(self):
        """Draw these drafts up anew from what is on record now.

        :raises UserError: figures that contradict each other
        """
        self.check_access("write")
        self._check_is_draft()
        for settlement in self:
            settlement._draw_up()
        return True

    def _draw_up(self):
        """Replace lines, evidence and totals; queries do not grow with the issues."""
        self.ensure_one()
        quotas = self.list_id.quota_ids.sorted()
        requests = self._get_issued_requests()
        by_quota = requests.grouped("quota_id")
        figures = [
            self._prepare_figures(quota, by_quota.get(quota, requests.browse()))
            for quota in quotas
        ]
        try:
            result = settle(figures)
        except SettlementError as error:
            raise UserError(
                self._get_wrong_text(error, quotas[error.line], figures[error.line])
            ) from error
        # sudo: lines and totals are nobody's to write, they follow from the facts.
        this = self.sudo()
        this.line_ids.unlink()
        this.unit_ids.unlink()
        swaps = self._get_swap_notes(quotas)
        lines = this.env["om.spare.settlement.line"].create(
            [
                {
                    "settlement_id": self.id,
                    "quota_id": quota.id,
                    "sequence": number,
                    "name": quota.name,
                    "uom_name": quota.uom_name,
                    "cap": quota.cap,
                    "swap_in": quota.swap_in,
                    "swap_out": quota.swap_out,
                    "swap_note": swaps.get(quota),
                    "used": line.used,
                    "settled": line.settled,
                    "is_priced": line.price is not None,
                    "price_unit": float(line.price or 0),
                    "amount": float(line.amount or 0),
                }
                for number, (quota, line) in enumerate(
                    zip(quotas, figures, strict=True)
                )
            ]
        )
        this._create_evidence(lines, requests.sudo().grouped("quota_id"), figures)
        this.env["om.spare.settlement.unit"].create(
            [
                {
                    "settlement_id": self.id,
                    "unit_id": unit.id,
                    "name": unit.name,
                    "settled": total.settled,
                    "unpriced": total.unpriced,
                    "amount": float(total.amount),
                }
                for unit, total in sorted(
                    result.units.items(), key=lambda pair: pair[0].name or ""
                )
            ]
        )
        this.write(
            {
                "amount_total": float(result.total),
                "unpriced_count": len(result.unpriced),
                "drawn_up_on": fields.Datetime.now(),
            }
        )

    def _get_issued_requests(self):
        """Return the requests of the list that something was issued for."""
        self.ensure_one()
        return self.env["om.spare.request"].search(
            [("list_id", "=", self.list_id.id), ("issued_qty", ">", 0)],
            order="issued_at, id",
        )

    @api.model
    def _prepare_figures(self, quota, requests):
        """Return a quota with its issues as the engine takes them."""
        return SettlementLine(
            allowed=quota.allowed,
            used=quota.used,
            price=Decimal(f"{quota.price_unit:.2f}") if quota.price_unit else None,
            issues=[
                Issue(
                    request.issued_qty,
                    request.returned_qty,
                    request._is_refused_afterwards(),
                    request.unit_id,
                )
                for request in requests
            ],
        )

    def _create_evidence(self, lines, by_quota, figures):
        """Put what stands behind each line on record, as it is now."""
        requests = self.env["om.spare.request"].union(*by_quota.values())
        lots = requests._get_used_lots()
        self.env["om.spare.settlement.issue"].create(
            [
                {
                    **request._prepare_settlement_issue(issue, lots[request]),
                    "settlement_id": self.id,
                    "line_id": line.id,
                    "amount": float(figure.amount_of(issue.settled) or 0),
                }
                for line, figure in zip(lines, figures, strict=True)
                for request, issue in zip(
                    by_quota.get(line.quota_id, ()), figure.issues, strict=True
                )
            ]
        )

    @api.model
    def _get_swap_notes(self, quotas):
        """Return {quota: the agreed swaps that changed its cap}."""
        notes = defaultdict(list)
        for line in self.env["om.spare.swap.line"].search(
            [("quota_id", "in", quotas.ids), ("swap_id.state", "=", "agreed")],
            order="swap_id, id",
        ):
            sign = "+" if line.side == "taken" else "-"
            notes[line.quota_id].append(f"{line.swap_id.name} ({sign}{line.quantity})")
        return {quota: format_list(self.env, found) for quota, found in notes.items()}

    def _get_wrong_text(self, error, quota, figure):
        """Return in words why a line cannot be settled."""
        if error.reason == "counter":
            return self.env._(
                "“%(part)s”: the list counts %(used)s used, the requests come to"
                " %(issued)s. This has to be cleared up before it can be settled.",
                part=quota.name,
                used=figure.used,
                issued=sum(issue.used for issue in figure.issues),
            )
        return self.env._(
            "“%s”: quantities or price of this part cannot be right.", quota.name
        )

    # ------------------------------------------------------------
    # Submitting
    # ------------------------------------------------------------

    def _find_obstacles(self):
        """Return {list: [sentence]}: what has to be cleared before submitting."""
        Request = self.env["om.spare.request"]
        open_state = Domain("state", "in", ("asked", "confirmed"))
        requests = Request.search(
            Domain("list_id", "in", self.list_id.ids)
            & (
                open_state
                | Domain("state", "=", "issued")
                | Domain("is_unconfirmed", "=", True)
            ),
            order="id",
        )
        texts = defaultdict(list)
        for spare_list, some in requests.grouped("list_id").items():
            for text, those in (
                (
                    self.env._(
                        "Issued in an emergency and not confirmed afterwards: %s"
                    ),
                    some.filtered(
                        lambda r: r.is_unconfirmed and not r._is_refused_afterwards()
                    ),
                ),
                (
                    self.env._("Requests that are still open: %s"),
                    some.filtered(
                        lambda r: (
                            r.state in ("asked", "confirmed") and not r.is_unconfirmed
                        )
                    ),
                ),
                (
                    self.env._("Issued, and neither installed nor returned: %s"),
                    some.filtered(lambda r: r.state == "issued" and r.used_qty),
                ),
            ):
                if those:
                    texts[spare_list].append(text % those._get_names(NAMED))
        return texts

    def _prepare_submission(self):
        self.list_id._lock_for(self.list_id._get_acts()["change_terms"])
        found = self._find_obstacles()[self.list_id]
        if found:
            raise UserError(
                self.env._(
                    "%(settlement)s cannot be submitted yet.\n%(obstacles)s",
                    settlement=self.display_name,
                    obstacles="\n".join(found),
                )
            )
        self._draw_up()
        # Nothing more is issued, returned or swapped while the supervisor reads it.
        self.list_id._close_for_settlement()

    def _get_submission_text(self):
        return self.env._(
            "Settlement of “%(list)s”: %(total)s",
            list=self.list_id.name,
            total=self.currency_id.format(self.amount_total),
        )

    def _follow_confirmation(self):
        self.list_id._end_settlement()
        return super()._follow_confirmation()

    def _reopen(self):
        self.list_id._reopen_from_settlement()
        return super()._reopen()

    def action_close(self):
        """Close confirmed settlements for good."""
        with self._act("close") as settlements:
            settlements.write(
                {
                    "state": "closed",
                    "closed_by_id": self.env.uid,
                    "closed_on": fields.Datetime.now(),
                }
            )
        for settlement in self:
            settlement.agreement_id.message_post(
                body=self.env._(
                    "Spare parts of “%(list)s” settled: %(number)s, %(total)s.",
                    list=settlement.list_id.name,
                    number=settlement.name,
                    total=settlement.currency_id.format(settlement.amount_total),
                )
            )
        return True

    def _get_file_name(self):
        """Return the name of the printed settlement, without ending."""
        self.ensure_one()
        return self.env._(
            "Settlement of Spare Parts %(list)s %(number)s",
            list=self.list_id.name,
            number=self.name,
        )
