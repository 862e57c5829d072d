from odoo import api, fields, models
from odoo.fields import Domain


class OmKeyPeriod(models.Model):
    _inherit = "om.key.period"

    @api.model
    def _find_period(self, system, moment):
        """Return the key period in which a report falls, if any.

        :param moment: naive UTC
        """
        day = fields.Date.context_today(self.with_context(tz="Asia/Shanghai"), moment)
        return self.search(
            self._get_domain_of(system)
            & Domain("date_start", "<=", day)
            & Domain("date_end", ">=", day),
            limit=1,
        )
