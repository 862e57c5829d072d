from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.fields import Domain

DAY = timedelta(days=1)


class OmSlaPolicy(models.Model):
    _inherit = "om.sla.policy"

    def _policy_changed(self, reason):
        """Open tickets follow in one batch; confirmed results stay as they are."""
        result = super()._policy_changed(reason)
        domain = Domain("sla_policy_id", "in", self.ids) | Domain(
            "system_id.sla_policy_id", "in", self.ids
        )
        domain |= Domain("sla_source", "!=", "system") & Domain(
            "agreement_id", "in", self.filtered("is_default").agreement_id.ids
        )
        # superuser: the promise was changed with rights, its tickets have to follow
        self.env["helpdesk.ticket"].sudo()._recompute_promises(domain, reason)
        return result


class OmSystem(models.Model):
    _inherit = "om.system"

    def _sla_policy_changed(self):
        result = super()._sla_policy_changed()
        # superuser: as above
        self.env["helpdesk.ticket"].sudo()._recompute_promises(
            Domain("system_id", "in", self.ids),
            self.env._("Service promise of the system changed"),
        )
        return result


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
        # superuser: as above
        self.env["helpdesk.ticket"].sudo()._recompute_promises(
            domain, self.env._("Key period changed")
        )
