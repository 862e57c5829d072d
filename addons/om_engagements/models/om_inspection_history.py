from datetime import datetime, time, timedelta
from zlib import crc32

from dateutil.relativedelta import relativedelta

from odoo import api, models

from odoo.addons.om_assets.models.maintenance_request_inspection import INSPECTION_ACT

# Of a hundred inspections that are due: done on their day, done after their deadline;
# the rest is still to be done.
IN_TIME, LATE = 91, 5


class OmInspectionHistory(models.AbstractModel):
    """Invents two months of inspections for a demonstration."""

    _name = "om.inspection.history"
    _description = "Invented Inspections"

    @api.model
    def _load(self):
        """Plan from the month before this one to the one after, and do what is past.

        What becomes of an inspection depends on its identity alone, so that every
        demonstration of a day shows the same.
        """
        Request = self.env["maintenance.request"]
        today = Request._get_inspection_today()
        first = today.replace(day=1) - relativedelta(months=1)
        plans = self.env["om.inspection.plan"].search(
            [("system_id.state", "=", "in_service")]
        )
        plans._generate(first, today.replace(day=1) + relativedelta(months=2, days=-1))
        done_on = {}
        for request in plans.request_ids:
            if day := self._get_done_on(request, today):
                done_on.setdefault(day, Request)
                done_on[day] |= request
        _started, done = Request._get_inspection_stages()
        engineer = self.env.ref("om_base.demo_user_engineer")
        acting = Request.with_context(
            om_inspection_act=INSPECTION_ACT, tracking_disable=True
        )
        for day, requests in done_on.items():
            requests.with_env(acting.env).write(
                {
                    "stage_id": done.id,
                    "user_id": engineer.id,
                    "inspection_started_on": datetime.combine(day, time(1, 30)),
                    "inspection_closed_on": datetime.combine(day, time(2, 10)),
                    "inspection_done_on": day,
                }
            )
            # The stage has set it to today, as if all had been done at once.
            requests.with_env(acting.env).close_date = day
        due = plans.request_ids.filtered(
            lambda r: r.inspection_date == today and not r.inspection_done_on
        )
        due[:8].user_id = engineer

    def _get_done_on(self, request, today):
        """Return the day on which an inspection was done; ``None`` if it was not."""
        system = request.system_id
        lot = crc32(f"{system.sequence_no}/{request.inspection_slot}".encode()) % 100
        day = request.inspection_date
        if lot >= IN_TIME:
            day = request.inspection_deadline + timedelta(days=1 + lot % 3)
        return day if lot < IN_TIME + LATE and day < today else None
