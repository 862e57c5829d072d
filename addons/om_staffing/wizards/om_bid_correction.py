from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.rmb import (
    RmbError,
    amount_to_words,
    words_to_amount,
)

from ..engine.bid_price import Amount, Line, PriceError, Printed, correct
from .drawing import draw_table


class OmBidCorrection(models.TransientModel):
    """What a bid prints about its price, and the price after the committee's
    corrections; what is not confirmed makes the bid invalid."""

    _name = "om.bid.correction"
    _description = "Corrected Price"

    evaluation_id = fields.Many2one("om.bid.evaluation", required=True, readonly=True)
    currency_id = fields.Many2one(related="evaluation_id.currency_id")
    separate_figures = fields.Char("Opening List Handed In by Itself: Figures")
    separate_words = fields.Char("Opening List Handed In by Itself: Words")
    listed_figures = fields.Char("Opening List in the Bid: Figures")
    listed_words = fields.Char("Opening List in the Bid: Words")
    total_figures = fields.Char("Total under the Schedule: Figures")
    line_ids = fields.One2many("om.bid.correction.line", "correction_id", "Schedule")
    is_confirmed = fields.Boolean(
        "Confirmed by the Bidder",
        help="Without the bidder's written word on a correction the bid is invalid.",
    )
    result = fields.Html(compute="_compute_result", sanitize=False, readonly=True)

    @api.model
    def default_get(self, fields):
        """What our own bid would print."""
        values = super().default_get(fields)
        evaluation = self.env["om.bid.evaluation"].browse(
            values.get("evaluation_id") or self.env.context.get("default_evaluation_id")
        )
        ours = evaluation.offer_ids.filtered("is_ours")[:1]
        rows = evaluation._get_price_rows() if evaluation else {"rows": []}
        if ours:
            values["listed_figures"] = f"{ours.price:.2f}"
            values["listed_words"] = amount_to_words(f"{ours.price:.2f}")
        if rows["rows"]:
            values["total_figures"] = f"{rows['total']:.2f}"
        values["line_ids"] = [
            (
                0,
                0,
                {
                    "name": row["system"],
                    "price": f"{row['price']:.2f}" if row["price"] else "",
                },
            )
            for row in rows["rows"]
        ]
        return values

    @api.depends(
        "separate_figures",
        "separate_words",
        "listed_figures",
        "listed_words",
        "total_figures",
        "line_ids.price",
        "line_ids.name",
        "is_confirmed",
    )
    @api.depends_context("lang")
    def _compute_result(self):
        for dialog in self:
            try:
                dialog.result = dialog._draw()
            except UserError as error:
                dialog.result = Markup("<p class='text-danger'>%s</p>") % str(error)

    def _read_figures(self, text):
        """An amount of a text in figures; None for an empty one."""
        text = (text or "").replace(",", "").replace("，", "").strip()
        if not text:
            return None
        try:
            value = Decimal(text)
        except ArithmeticError:
            value = Decimal("NaN")
        if not value.is_finite() or value < 0:
            raise UserError(self.env._("“%s” is no amount in figures.", text))
        return value

    def _read_words(self, text):
        text = (text or "").strip()
        if not text:
            return None
        try:
            return words_to_amount(text)
        except RmbError as error:
            raise UserError(
                self.env._("“%s” is no amount in words as they are written.", text)
            ) from error

    def _draw(self):
        printed = Printed(
            Amount(
                self._read_figures(self.listed_figures),
                self._read_words(self.listed_words),
            ),
            tuple(
                Line(line.name or "", self._read_figures(line.price))
                for line in self.line_ids
            ),
            Amount(self._read_figures(self.total_figures)),
            Amount(
                self._read_figures(self.separate_figures),
                self._read_words(self.separate_words),
            ),
        )
        try:
            done = correct(printed)
        except PriceError:
            raise UserError(
                self.env._("The opening list names no amount: enter one.")
            ) from None
        words = self._get_rule_words()
        rows = [
            (
                words[one.rule],
                self._get_place_words(one.at),
                f"{one.before:,.2f}" if one.before is not None else "",
                f"{one.after:,.2f}",
            )
            for one in done.corrections
        ]
        valid = done.is_valid(confirmed=self.is_confirmed)
        return Markup("<p class='fw-bold %s'>%s</p>%s") % (
            "" if valid else "text-danger",
            self.env._("The price that counts: %s", f"{done.price:,.2f}")
            if valid
            else self.env._(
                "Invalid unless the bidder confirms; then the price is %s.",
                f"{done.price:,.2f}",
            ),
            draw_table(
                (
                    self.env._("Rule"),
                    self.env._("Where"),
                    self.env._("Printed"),
                    self.env._("Counts"),
                ),
                rows,
            )
            if rows
            else self.env._("Nothing has to be corrected."),
        )

    def _get_place_words(self, place):
        return {
            "figures": self.env._("figures of the opening list"),
            "words": self.env._("words of the opening list"),
            "list": self.env._("opening list"),
            "total": self.env._("total of the schedule"),
        }.get(place, place)

    def _get_rule_words(self):
        return {
            "separate": self.env._("2.4.2: the opening list handed in by itself wins"),
            "list": self.env._("2.4.3: the opening list wins over the detail"),
            "words": self.env._("2.4.4: words win over figures"),
            "decimal": self.env._("2.4.5: a misplaced decimal point is put right"),
            "units": self.env._("2.4.6: the sum of the unit prices wins"),
            "included": self.env._("2.3: a missing price is included in the others"),
        }


class OmBidCorrectionLine(models.TransientModel):
    _name = "om.bid.correction.line"
    _description = "Printed Price of a Schedule"

    correction_id = fields.Many2one(
        "om.bid.correction", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Service Priced")
    price = fields.Char(help="As it is printed; empty: the price is missing.")
