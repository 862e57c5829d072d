from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.om_base.tools import beijing

from ..engine.assignment import NoProofError
from ..engine.curve import draw_curve
from ..engine.readiness import readiness
from .drawing import draw_table

MOST_YEARS = 3


class OmBidReadiness(models.TransientModel):
    _name = "om.bid.readiness"
    _description = "Points of Days to Come"

    evaluation_id = fields.Many2one("om.bid.evaluation", required=True, readonly=True)
    date_from = fields.Date("From", required=True, default=lambda self: beijing.today())
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: beijing.today() + relativedelta(months=18),
    )
    team = fields.Selection(
        [("named", "People Named"), ("best", "Best Team of Each Day")],
        required=True,
        default="named",
    )
    result = fields.Html(compute="_compute_result", sanitize=False, readonly=True)

    @api.depends("evaluation_id", "date_from", "date_to", "team")
    @api.depends_context("lang")
    def _compute_result(self):
        for dialog in self:
            dialog.result = dialog._draw() if dialog.evaluation_id else False

    def _draw(self):
        first, last = self.date_from, self.date_to
        longest = first + relativedelta(years=MOST_YEARS) if first else None
        if not first or not last or not first < last <= longest:
            return Markup("<p class='text-danger'>%s</p>") % self.env._(
                "The last day lies after the first, at most %s years.", MOST_YEARS
            )
        evaluation = self.evaluation_id
        bid = evaluation._get_bid(is_best=self.team == "best")
        try:
            steps = readiness(bid, first, last)
        except NoProofError:
            return self.env._(
                "No team could be proven to be the best one; none is proposed."
            )
        ticks = []
        month = first.replace(day=1) + relativedelta(months=1)
        while month <= last:
            ticks.append((month.toordinal(), f"{month:%Y-%m}"))
            month += relativedelta(months=max(1, (last - first).days // 240))
        points = [(step.day.toordinal(), float(step.total)) for step in steps]
        ticks.append((last.toordinal(), ""))
        curve = draw_curve(
            points, ticks, title=self.env._("Points by day of the bid"), is_stepped=True
        )
        rows = [
            (
                fields.Date.to_string(step.day),
                f"{step.total:.2f}",
                evaluation._get_change_words(bid, step),
            )
            for step in steps
        ]
        return Markup("%s%s<p class='text-muted'>%s</p>") % (
            Markup(curve),
            draw_table(
                (self.env._("From"), self.env._("Points"), self.env._("What Changes")),
                rows,
            ),
            self.env._(
                "Business points without the price. Insurance is taken to go on as it"
                " does now, and the tender to ask for contracts of the same age."
            ),
        )
