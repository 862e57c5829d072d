from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.scoring import Offer


class OmBidOffer(models.Model):
    _name = "om.bid.offer"
    _inherit = "om.act.mixin"
    _description = "Bidder's Price"
    _order = "evaluation_id, is_ours desc, id"
    # Until the evaluation is frozen (_check_live); its snapshot tells the prices.
    _free_fields = {
        "evaluation_id": (),
        **dict.fromkeys(
            (
                "name",
                "is_ours",
                "price",
                "advantage",
                "partner_share",
                "is_related",
                "other_points",
                "technical_points",
            )
        ),
    }

    evaluation_id = fields.Many2one(
        "om.bid.evaluation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="evaluation_id.company_id", store=True, index=True, string="Company"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char("Bidder", required=True)
    is_ours = fields.Boolean("Our Bid")
    price = fields.Monetary(required=True)
    advantage = fields.Selection(
        [
            ("none", "None"),
            ("small", "Small or Micro Enterprise"),
            ("prison", "Prison Enterprise"),
            ("disabled_welfare", "Disabled-Welfare Unit"),
            ("small_partner", "Small or Micro Partners"),
        ],
        required=True,
        default="none",
        help="Only one reduction is granted, however many would fit.",
    )
    partner_share = fields.Float(
        "Partners' Share (%)",
        digits=(5, 2),
        help="What small and micro partners do, in percent of the contract.",
    )
    is_related = fields.Boolean(
        "Common Control", help="The partners are under common control: no reduction."
    )

    other_points = fields.Float(
        "Points Beside the Price",
        digits=(5, 2),
        help="As expected: business and technical; for trying which price wins.",
    )
    technical_points = fields.Float(
        "Of These Technical",
        digits=(5, 2),
        help="They decide where points and prices are equal.",
    )

    _price_positive = models.Constraint(
        "CHECK (price > 0 AND partner_share BETWEEN 0 AND 100)",
        "A price is above 0, a share between 0 and 100 percent.",
    )
    _points_not_negative = models.Constraint(
        "CHECK (other_points >= technical_points AND technical_points >= 0)",
        "Technical points are part of the points beside the price.",
    )
    _one_ours = models.UniqueIndex(
        "(evaluation_id) WHERE is_ours IS TRUE", "An evaluation has one bid of ours."
    )

    @api.model_create_multi
    def create(self, vals_list):
        offers = super().create(vals_list)
        offers._check_live()
        return offers

    def write(self, vals):
        self._check_live()
        result = super().write(vals)
        self._check_live()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_live()

    def _check_live(self):
        """Raise if the prices belong to a frozen evaluation."""
        if any(evaluation.state == "frozen" for evaluation in self.evaluation_id):
            raise UserError(self.evaluation_id._get_frozen_words())

    def _get_offer(self):
        return Offer(
            Decimal(str(self.price)),
            self.advantage,
            Decimal(str(self.partner_share)),
            self.is_related,
        )
