from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing

DAY = timedelta(days=1)


class OmKeyPeriod(models.Model):
    _inherit = "om.key.period"

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._recompute_tickets(periods._get_days())
        return periods

    def write(self, vals):
        before = self._get_days()
        result = super().write(vals)
        if vals.keys() & self._get_reach_fields():
            self._recompute_tickets(before + self._get_days())
        return result

    def unlink(self):
        before = self._get_days()
        result = super().unlink()
        self.browse()._recompute_tickets(before)
        return result

    def _get_days(self):
        """Return [(first day, last day, company id), ...]."""
        return [
            (period.date_start, period.date_end, period.company_id.id)
            for period in self
        ]

    def _recompute_tickets(self, days):
        """Let open tickets that were reported on these days follow."""
        if not days:
            return
        # A day of Beijing starts on the day before in the database's UTC; who was
        # reported in a neighbouring hour is computed to the same result.
        domain = Domain.OR(
            Domain("company_id", "=", company)
            & Domain("reported_at", ">=", datetime.combine(first - DAY, time.min))
            & Domain("reported_at", "<=", datetime.combine(last, time.max))
            for first, last, company in days
        )
        # superuser: the period was changed with rights, its tickets have to follow
        self.env["helpdesk.ticket"].sudo()._recompute_promises(
            domain, self.env._("Key period changed")
        )

    @api.model
    def _find_period(self, system, moment):
        """Return the key period in which a report falls, if any.

        :param moment: naive UTC
        """
        day = beijing.day_of(moment)
        return self.search(
            self._get_domain_of(system)
            & Domain("date_start", "<=", day)
            & Domain("date_end", ">=", day),
            limit=1,
        )
