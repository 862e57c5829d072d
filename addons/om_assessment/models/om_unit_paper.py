from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list

from ..engine.waiting import carrying_cost, free_since, held_days
from .om_assessment import SIGNED
from .om_assessment_scheme import to_decimal


class OmUnitPaper(models.Model):
    """What a paper that is missing holds, since when, and for whom it waits."""

    _inherit = "om.unit.paper"

    currency_id = fields.Many2one(related="agreement_id.currency_id")
    amount_held = fields.Monetary(
        "Payment Held",
        compute="_compute_held",
        aggregator=None,
        groups="base.group_user",
        help="The whole payment waits for each unit's paper.",
    )
    missing_count = fields.Integer(
        "Units Missing",
        compute="_compute_held",
        aggregator=None,
        groups="base.group_user",
        help="How many units the same payment waits for; 1: this one alone.",
    )
    held_since = fields.Date(
        compute="_compute_held",
        groups="base.group_user",
        help="Since when nothing but the papers holds the payment; empty: other"
        " conditions are still open.",
    )
    held_days = fields.Integer(
        "Days Held", compute="_compute_held", aggregator=None, groups="base.group_user"
    )
    held_cost = fields.Monetary(
        "Cost of Waiting",
        compute="_compute_held",
        aggregator=None,
        groups="base.group_user",
        help="What these days cost at the contract's rate. Each missing paper holds the"
        " whole payment: the costs of several do not add up.",
    )
    day_cost = fields.Monetary(
        "Cost of a Day",
        compute="_compute_held",
        aggregator=None,
        groups="base.group_user",
    )
    unsigned_ids = fields.Many2many(
        "om.assessment",
        string="Sheets Not Signed",
        compute="_compute_unsigned",
        groups="base.group_user",
    )
    unsigned_count = fields.Integer(
        "Sheets", compute="_compute_unsigned", groups="base.group_user"
    )
    waits_for = fields.Char(compute="_compute_unsigned", groups="base.group_user")
    waiting_since = fields.Date(
        "Waits Since",
        compute="_compute_unsigned",
        groups="base.group_user",
        help="Since when the oldest of its sheets waits where it is now.",
    )

    @api.depends("date", "milestone_id.amount_residual", "agreement_id.capital_rate")
    def _compute_held(self):
        today = self.env["agreement"]._get_today()
        # sudo: who reads the paper reads what it holds.
        missing = dict(
            self.env["om.unit.paper"]
            .sudo()
            ._read_group(
                [("condition_id", "in", self.condition_id.ids), ("date", "=", False)],
                ["condition_id"],
                ["__count"],
            )
        )
        for paper in self:
            milestone = paper.sudo().milestone_id
            is_held = not paper.date and bool(milestone)
            since = is_held and free_since(
                condition.date_met or None
                for condition in milestone._get_asked_conditions()
                if condition != paper.sudo().condition_id
                and condition.kind != "invoice"
            )
            days = held_days(since or None, today) if is_held else 0
            amount = milestone.amount_residual if is_held else 0.0
            rate = to_decimal(paper.sudo().agreement_id.capital_rate, 4)
            paper.amount_held = amount
            paper.missing_count = missing.get(paper.condition_id, 0) if is_held else 0
            paper.held_since = since if since and since.year > 1 else False
            paper.held_days = days
            paper.held_cost = float(carrying_cost(to_decimal(amount), rate, days))
            paper.day_cost = float(carrying_cost(to_decimal(amount), rate, 1))

    @api.depends("unit_id", "agreement_id", "date")
    def _compute_unsigned(self):
        today = self.env["agreement"]._get_today()
        sheets = self.env["om.assessment"].search(
            Domain("agreement_id", "in", self.agreement_id.ids)
            & Domain("unit_id", "in", self.unit_id.ids)
            & Domain("state", "not in", SIGNED)
            & Domain("period_end", "<", today)
        )
        of_unit = sheets.grouped(lambda sheet: (sheet.agreement_id, sheet.unit_id))
        labels = sheets._om_labels("waits_for")
        for paper in self:
            found = of_unit.get((paper.agreement_id, paper.unit_id), sheets.browse())
            if paper.date:
                found = found.browse()
            paper.unsigned_ids = found
            paper.unsigned_count = len(found)
            waits = {labels[sheet.waits_for] for sheet in found}
            if not waits and not paper.date:
                # sudo: when a contract ends is no secret to who reads its papers.
                end = paper.sudo().agreement_id.end_date
                is_running = end and end >= today
                waits = {
                    self.env._("The service period runs")
                    if is_running
                    else labels["us"]
                }
            paper.waits_for = format_list(self.env, sorted(waits))
            paper.waiting_since = min(
                (
                    sheet.submitted_on
                    if sheet.waits_for != "us" and sheet.submitted_on
                    else sheet.period_end
                    for sheet in found
                ),
                default=False,
            )

    def action_view_unsigned(self):
        """Open the sheets that are not signed."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assessment.om_assessment_action"
        )
        return {
            **action,
            "domain": [("id", "in", self.unsigned_ids.ids)],
            "context": {},
        }

    def action_remind_unsigned(self):
        """Remind the parties of the sheets that wait for them."""
        return self.unsigned_ids.action_remind()
