from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

ITEMS = "om_obligation.om_obligation_item_action"
SOON_DAYS = 7


class OmDashboard(models.AbstractModel):
    _inherit = "om.dashboard"

    @api.model
    def _get_areas(self, today, month):
        areas = super()._get_areas(today, month)
        if self._may_read("dispatcher", "procurement", "manager"):
            areas.append(
                {
                    "key": "obligations",
                    "label": self.env._("Obligations"),
                    "order": 35,
                    "figures": self._get_obligation_figures(today),
                }
            )
        return areas

    @api.model
    def _get_obligation_figures(self, today):
        """Return what is overdue, due soon, and waits for its receiver."""
        owed = Domain("state", "in", ["owed", "returned"])
        soon = today + timedelta(days=SOON_DAYS)
        rows = [
            (
                "obligations-overdue",
                self.env._("Owed and overdue"),
                owed & Domain("due_date", "<", today),
                "danger",
            ),
            (
                "obligations-soon",
                self.env._("Due within %s days", SOON_DAYS),
                owed & Domain("due_date", ">=", today) & Domain("due_date", "<=", soon),
                "warning",
            ),
            (
                "obligations-waiting",
                self.env._("Handed in, not yet accepted"),
                Domain("state", "in", ["handed_in", "receipted"]),
                "body",
            ),
        ]
        return [
            self._count(key, label, ITEMS, "om.obligation.item", domain, level=level)
            for key, label, domain, level in rows
        ]
