from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.acts import Fact


class RatingRating(models.Model):
    """What those who reported say of the work: theirs alone to say, by the portal or by
    the link that only they have. Odoo works there as superuser, so nothing is free."""

    _name = "rating.rating"
    _inherit = ["rating.rating", "om.act.mixin"]

    # With it anybody would rate in the reporter's name.
    access_token = fields.Char(groups=fields.NO_ACCESS)

    _facts = {
        "model": Fact("res_model"),
        "document": Fact("res_id"),
        "rated_by": Fact("partner_id"),
        "rating": Fact("rating"),
        "said": Fact("feedback"),
        "given": Fact("consumed"),
    }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        if not self.env.su and any(self.mapped("consumed")):
            raise UserError(self.env._("What was rated stays on record."))
