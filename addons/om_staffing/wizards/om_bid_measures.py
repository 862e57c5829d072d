from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_list

from ..engine.assignment import NoProofError
from ..engine.measures import cheapest_measures
from .drawing import draw_table


class OmBidMeasures(models.TransientModel):
    _name = "om.bid.measures"
    _description = "Cheapest Measures for Several Bids"

    tender_ids = fields.Many2many("om.tender", string="Tenders", required=True)
    hire_price = fields.Integer(
        "Hiring One Person (yuan)",
        help="Of one new person with what a post asks for; 0: nobody is hired.",
    )
    result = fields.Html(compute="_compute_result", sanitize=False, readonly=True)

    @api.depends("tender_ids", "hire_price")
    @api.depends_context("lang")
    def _compute_result(self):
        for dialog in self:
            tenders = dialog.tender_ids._origin
            dialog.result = dialog._draw(tenders) if tenders else False

    def _draw(self, tenders):
        contests, places, measures, names = tenders._get_measures(
            tenders, max(self.hire_price, 0)
        )
        try:
            plan = cheapest_measures(contests, places, measures)
        except NoProofError:
            return self.env._("No plan could be proven to be the cheapest one.")
        kinds = self.env["hr.skill"].browse(
            sorted(
                int(name)
                for measure in plan.measures
                for name in measure.gives
                if name.isdigit()
            )
        )
        words = {str(kind.id): kind.name for kind in kinds}
        rows = [
            (
                names[measure.person],
                format_list(
                    self.env,
                    [words.get(name, self.env._("hiring")) for name in measure.gives],
                ),
                f"{measure.cost:,}",
                format_list(
                    self.env,
                    [
                        tender.name
                        for tender in tenders
                        if measure.person in plan.teams[tender.id]
                    ],
                ),
            )
            for measure in plan.measures
        ]
        points = [
            (
                tender.name,
                fields.Date.to_string(tender.bid_date) or "",
                f"{plan.before[tender.id]:.2f}",
                f"{plan.points[tender.id]:.2f}",
            )
            for tender in tenders
        ]
        return Markup("%s<h4 class='mt-3'>%s</h4>%s") % (
            draw_table(
                (
                    self.env._("Tender"),
                    self.env._("Day of the Bid"),
                    self.env._("Team Points Now"),
                    self.env._("With the Measures"),
                ),
                points,
            ),
            self.env._("Measures: %s yuan together", f"{plan.cost:,}"),
            draw_table(
                (
                    self.env._("Person"),
                    self.env._("Gets"),
                    self.env._("Cost (yuan)"),
                    self.env._("Serves"),
                ),
                rows,
            )
            if rows
            else self.env._("Nothing that can be done wins a point more."),
        )
