import random
import time

from odoo import models
from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Run a job again that lost its rows to somebody's work, as requests are.

        Odoo leaves it to the job's next turn: for a daily one that is tomorrow.
        """
        for tries in range(MAX_TRIES_ON_CONCURRENCY_FAILURE - 1):
            try:
                return super()._callback(cron_name, server_action_id)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Rolled back already; whoever holds the rows needs a moment.
                time.sleep(random.uniform(0, 0.1 * 2**tries))
        return super()._callback(cron_name, server_action_id)
