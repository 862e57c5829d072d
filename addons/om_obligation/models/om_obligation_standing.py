from odoo import fields, models
from odoo.tools import SQL

from .om_obligation import KINDS


class OmObligationStanding(models.Model):
    """What was owed and what became of it, one row for each item, as of this moment.

    ``missed`` is what is not handed in on its due day: it counts from the next day on,
    without anybody writing it down.
    """

    _name = "om.obligation.standing"
    _description = "Obligations Kept, Late and Short"
    _auto = False
    _order = "due_date desc, id"
    _rec_name = "item_id"
    _depends = {
        "om.obligation.item": [
            "agreement_id",
            "company_id",
            "due_date",
            "kind",
            "late_days",
            "obligation_id",
            "quantity_done",
            "quantity_due",
            "quantity_short",
            "receiver_id",
            "result",
            "state",
            "unit_id",
            "user_id",
        ],
    }

    item_id = fields.Many2one("om.obligation.item", readonly=True)
    obligation_id = fields.Many2one("om.obligation", readonly=True)
    agreement_id = fields.Many2one("agreement", string="Contract", readonly=True)
    unit_id = fields.Many2one("res.partner", string="User Unit", readonly=True)
    receiver_id = fields.Many2one("res.partner", string="Received By", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    due_date = fields.Date("Due On", readonly=True)
    standing = fields.Selection(
        [
            ("open", "Ahead"),
            ("missed", "Not Handed In"),
            ("kept", "Kept"),
            ("late", "Late"),
            ("short", "Short"),
        ],
        readonly=True,
    )
    quantity_due = fields.Float("Owed", readonly=True)
    quantity_done = fields.Float("Done", readonly=True)
    quantity_short = fields.Float("Short", readonly=True)
    late_days = fields.Integer("Late by (days)", readonly=True)

    @property
    def _table_query(self):
        today = self.env["om.obligation"]._get_local_today()
        return SQL(
            """
            SELECT item.id, item.id AS item_id, item.obligation_id,
                   item.agreement_id, item.unit_id, item.receiver_id, item.user_id,
                   item.company_id, item.kind, item.due_date, item.quantity_due,
                   item.quantity_done, item.quantity_short,
                   CASE WHEN item.result IS NOT NULL THEN item.late_days
                        ELSE GREATEST(%(today)s::date - item.due_date, 0)
                   END AS late_days,
                   CASE WHEN item.result IS NOT NULL THEN item.result
                        WHEN item.due_date < %(today)s THEN 'missed'
                        ELSE 'open' END AS standing
              FROM om_obligation_item AS item
            """,
            today=today,
        )

    def action_open(self):
        """Open the item behind the row."""
        self.ensure_one()
        return self.item_id.get_formview_action()
