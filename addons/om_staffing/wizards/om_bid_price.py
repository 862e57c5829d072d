from dataclasses import replace
from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models

from ..engine.bid_price import highest_winning, price_curve, try_price
from ..engine.curve import Mark, draw_curve
from ..engine.scoring import CEILING_SHARE, low_price_alarms
from .drawing import draw_table

CURVE = 41
ROWS = 8


class OmBidPrice(models.TransientModel):
    _name = "om.bid.price"
    _description = "What Price Wins"

    evaluation_id = fields.Many2one("om.bid.evaluation", required=True, readonly=True)
    currency_id = fields.Many2one(related="evaluation_id.currency_id")
    other_points = fields.Float(
        "Our Points Beside the Price",
        digits=(5, 2),
        compute="_compute_other_points",
        store=True,
        readonly=False,
        help="What the page of points proves, and our estimate of the technical part.",
    )
    low = fields.Monetary("From", compute="_compute_range", store=True, readonly=False)
    high = fields.Monetary("To", compute="_compute_range", store=True, readonly=False)
    result = fields.Html(compute="_compute_result", sanitize=False, readonly=True)

    @api.depends("evaluation_id")
    def _compute_other_points(self):
        for dialog in self.filtered("evaluation_id"):
            evaluation = dialog.evaluation_id
            ours = evaluation.offer_ids.filtered("is_ours")[:1]
            figures = evaluation.get_compliance()
            proven = (figures["projected"] or figures)["total"]
            proven -= figures["price"]["points"] or 0
            estimate = evaluation.tender_id.chapter_estimate
            dialog.other_points = ours.other_points or proven + estimate

    @api.depends("evaluation_id")
    def _compute_range(self):
        for dialog in self.filtered("evaluation_id"):
            ceiling = dialog.evaluation_id.tender_id.ceiling
            prices = dialog.evaluation_id.offer_ids.mapped("price")
            dialog.high = ceiling or 2 * max(prices, default=0)
            dialog.low = ceiling * float(CEILING_SHARE) or min(prices, default=0) / 2

    @api.depends("evaluation_id", "other_points", "low", "high")
    @api.depends_context("lang")
    def _compute_result(self):
        for dialog in self:
            dialog.result = dialog._draw() if dialog.evaluation_id else False

    def _draw(self):
        evaluation = self.evaluation_id
        ours, rivals = evaluation._get_rivals()
        if not ours or not rivals:
            return Markup("<p class='text-danger'>%s</p>") % self.env._(
                "Enter our price and those expected of the others among the prices of"
                " the evaluation, with their points beside the price."
            )
        if not 0 < self.low < self.high:
            return Markup("<p class='text-danger'>%s</p>") % self.env._(
                "Enter a lower price above 0 and a higher one above it."
            )
        tender = evaluation.tender_id
        ceiling = (
            Decimal(str(tender.ceiling)) if tender.ceiling else Decimal("Infinity")
        )
        full = Decimal(str(tender.price_points))
        others = Decimal(str(round(self.other_points, 2)))
        ours = replace(ours, others=others)
        low, high = (Decimal(str(round(value, 2))) for value in (self.low, self.high))
        points = price_curve(ours, rivals, low, high, ceiling, full, CURVE)
        best = highest_winning(ours, rivals, ceiling, full)
        marks = []
        if best is not None and low <= best <= high:
            marks.append(Mark(float(best), self.env._("wins up to %s", f"{best:,.2f}")))
        valid = [point for point in points if point.place]
        curve = draw_curve(
            [(float(point.price), float(point.lead)) for point in valid],
            [
                (
                    float(low + (high - low) * part / 4),
                    f"{low + (high - low) * part / 4:,.0f}",
                )
                for part in range(5)
            ],
            title=self.env._("Points before the best other, by our price"),
            marks=marks,
        )
        now = try_price(ours.offer.price, ours, rivals, ceiling, full)
        rows = [
            self._prepare_row(point)
            for point in (now, *valid[:: max(1, (CURVE - 1) // ROWS)])
        ]
        return Markup("%s<h4 class='mt-3'>%s</h4>%s%s") % (
            self._draw_best(best, rivals),
            self.env._("Points before the best other, by our price"),
            Markup(curve),
            draw_table(
                (
                    self.env._("Our Price"),
                    self.env._("Price Points"),
                    self.env._("All Points"),
                    self.env._("Rank"),
                    self.env._("Before the Best Other"),
                ),
                rows,
            ),
        )

    def _draw_best(self, best, rivals):
        """The price that wins, and why the committee would ask for reasons for it."""
        if best is None:
            return Markup("<p class='fw-bold'>%s</p>") % self.env._(
                "At no price do we win against these bidders."
            )
        evaluation = self.evaluation_id
        ceiling = Decimal(str(evaluation.tender_id.ceiling))
        passed = [best, *(rival.offer.price for rival in rivals)]
        words = Markup("<p class='fw-bold'>%s</p>") % self.env._(
            "The highest price that wins: %s", f"{best:,.2f}"
        )
        for alarm in low_price_alarms(best, passed, ceiling):
            words += Markup("<p class='text-danger'>%s</p>") % (
                evaluation._get_alarm_text(alarm.kind, f"{alarm.threshold:,.2f}")
            )
        return words

    def _prepare_row(self, point):
        return (
            f"{point.price:,.2f}",
            f"{point.score:.2f}",
            f"{point.total:.2f}",
            str(point.place) if point.place else self.env._("invalid"),
            f"{point.lead:+.2f}",
        )
