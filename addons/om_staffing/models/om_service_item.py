from odoo import fields, models

from odoo.addons.om_base.tools.acts import Fact


class OmServiceItem(models.Model):
    _inherit = "om.service.item"

    _free_fields = {"post_id": None}
    _facts = {"held_by": Fact("post_id")}

    post_id = fields.Many2one(
        "om.post",
        string="Held By Those on Duty As",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('tender_id.agreement_id', '=', agreement_id)]",
        help="Whoever is on duty as that, by the published rosters, holds it: where"
        " requests at one time need more than are on duty, the calendar says so.",
    )
