from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact

# Who may see what work costs us; nobody else does.
COST_GROUPS = (
    "om_base.group_manager,om_base.group_procurement,om_base.group_auditor,"
    "om_base.group_administrator"
)


class OmPostCost(models.Model):
    """What one person at a post costs us in a whole month, from a day on.

    All of it: wages, social insurance, lodging on site. It is of the post and not of
    the person, whose wages nobody reads here. A raise is one more line; a mistake is
    put right in its line, and what was booked follows.
    """

    _name = "om.post.cost"
    _inherit = "om.act.mixin"
    _description = "Cost of a Post"
    _order = "post_id, date_from desc"
    _rec_name = "date_from"
    _free_fields = dict.fromkeys(("post_id", "date_from", "amount"))
    _facts = {
        "post": Fact("post_id"),
        "from_day": Fact("date_from"),
        "monthly_cost": Fact("amount"),
    }

    post_id = fields.Many2one("om.post", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="post_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From",
        required=True,
        copy=False,
        help="First day on which the post costs this much.",
    )
    amount = fields.Monetary(
        "Cost per Person and Month",
        required=True,
        help="All of it, before deductible tax: wages, social insurance, lodging.",
    )

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "The cost of a post is not negative."
    )
    _from_uniq = models.Constraint(
        "unique(post_id, date_from)", "The post has a cost from this day on already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs.post_id._book_postings()
        return costs

    def write(self, vals):
        posts = self.post_id
        result = super().write(vals)
        (posts | self.post_id)._book_postings()
        return result

    def unlink(self):
        posts = self.post_id
        result = super().unlink()
        posts._book_postings()
        return result


class OmPost(models.Model):
    _inherit = "om.post"
    # The costs have an access list of their own.
    _free_fields = {"cost_ids": None}

    cost_ids = fields.One2many(
        "om.post.cost", "post_id", groups=COST_GROUPS, copy=False
    )

    def _book_postings(self):
        """Let what was booked for the people at these posts follow their cost."""
        # sudo: the ledger follows, whoever keeps the posts.
        postings = self.env["om.posting"].sudo().search([("post_id", "in", self.ids)])
        postings._book_costs()
