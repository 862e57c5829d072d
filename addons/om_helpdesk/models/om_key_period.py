from odoo import api, fields, models


class OmKeyPeriod(models.Model):
    _inherit = "om.key.period"

    @api.model
    def _find_period(self, system, moment):
        """Return the key period in which a report falls, if any.

        :param moment: naive UTC
        """
        day = fields.Date.context_today(self.with_context(tz="Asia/Shanghai"), moment)
        return self.search(
            [
                ("company_id", "=", system.company_id.id),
                ("date_start", "<=", day),
                ("date_end", ">=", day),
                "|",
                ("system_ids", "=", False),
                ("system_ids", "in", system.ids),
            ],
            limit=1,
        )
