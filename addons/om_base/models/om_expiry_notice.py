from odoo import fields, models

from ..tools.expiry import Notice


class OmExpiryNotice(models.Model):
    """What somebody was reminded of: a thing that ends, its day then, and how far
    ahead. Kept by the job that reminds; nobody edits it."""

    _name = "om.expiry.notice"
    _description = "Reminder of What Ends"
    _rec_name = "kind"

    kind = fields.Char(required=True, readonly=True)
    res_id = fields.Integer("Record", required=True, readonly=True)
    date = fields.Date("Ends On", required=True, readonly=True)
    stage = fields.Integer("Days Ahead", required=True, readonly=True)
    activity_id = fields.Many2one(
        "mail.activity",
        string="Reminder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _thing_uniq = models.Constraint(
        "unique(kind, res_id)", "Of each thing that ends one reminder is kept."
    )

    def _as_tuple(self):
        """As the rule sees it; None for no record."""
        if not self:
            return None
        return Notice(self.date, self.stage, self.activity_id.active)
