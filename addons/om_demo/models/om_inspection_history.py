from datetime import date, datetime, time, timedelta
from zlib import crc32

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import LazyTranslate

from odoo.addons.om_assets.engine.checklist import limits
from odoo.addons.om_base.tools.acts import Act

_lt = LazyTranslate(__name__)

# Of a hundred inspections that are due: done on their day, done after their deadline;
# the rest is still to be done.
IN_TIME, LATE = 91, 5
# Of a hundred inspections with items: those in which the first item failed.
FAILED = 4
TONGZHOU_START = date(2026, 2, 10)
BDA_MONTH = (date(2024, 6, 1), date(2024, 6, 30))
FINDING = "巡检时发现异常，现场已处理并复测正常，列入下次巡检重点。"


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"
    _acts = {"invent": Act(_lt("Invented for the Demonstration"))}


class OmInspectionHistory(models.AbstractModel):
    """Two months of inspections."""

    _name = "om.inspection.history"
    _inherit = "om.demo"
    _description = "Invented Inspections"

    @api.model
    def _play(self):
        """Plan from the month before this one to the one after, and do what is past.

        What becomes of an inspection depends on its identity alone, so that every
        demonstration of a day shows the same.
        """
        Request = self.env["maintenance.request"]
        today = Request._get_inspection_today()
        first = today.replace(day=1) - relativedelta(months=1)
        # Tongzhou's spaces are served from the invented signature of their contract on.
        spaces = self.env.ref("om_engagements.agreement_tongzhou").system_ids
        spaces = spaces.filtered(lambda system: system.state == "draft")
        spaces.service_start = TONGZHOU_START
        spaces.action_start()
        plans = self.env["om.inspection.plan"].search(
            [("system_id.state", "=", "in_service")]
        )
        last = today.replace(day=1) + relativedelta(months=2, days=-1)
        plans._generate(first, last)
        self._do(plans, today)
        due = plans.request_ids.filtered(
            lambda r: r.inspection_date == today and not r.inspection_done_on
        )
        due[:8].user_id = self.env.user
        # A month of an engagement that is over: none of it is still to be done.
        hall = self.env.ref("om_engagements.agreement_bda").system_ids
        hall.inspection_plan_ids._generate(*BDA_MONTH)
        self._do(hall.inspection_plan_ids, today, whole=True)

    @api.model
    def _do(self, plans, today, whole=False):
        """Do what lies before today, nearly all of it, or the ``whole``."""
        engineer = self.env.user
        Request = self.env["maintenance.request"]
        done_on = {}
        for request in plans.request_ids:
            day = self._get_done_on(request, today)
            if day := day or (whole and request.inspection_date):
                done_on.setdefault(day, Request)
                done_on[day] |= request
        _started, done = Request._get_inspection_stages()
        done_requests = Request.union(*done_on.values())
        with done_requests._act("invent") as acting:
            self.env["om.inspection.result"].with_env(acting.env).create(
                self._prepare_items(done_requests)
            )
            for day, requests in done_on.items():
                past = requests.with_env(acting.env)
                past.write(
                    {
                        "stage_id": done.id,
                        "user_id": engineer.id,
                        "inspection_started_on": datetime.combine(day, time(1, 30)),
                        "inspection_closed_on": datetime.combine(day, time(2, 10)),
                        "inspection_done_on": day,
                    }
                )
                # The stage has set it to today, as if all had been done at once.
                past.close_date = day

    def _get_done_on(self, request, today):
        """Return the day on which an inspection was done; ``None`` if it was not."""
        lot = self._draw(request)
        day = request.inspection_date
        if lot >= IN_TIME:
            day = request.inspection_deadline + timedelta(days=1 + lot % 3)
        return day if lot < IN_TIME + LATE and day < today else None

    def _draw(self, request, what=""):
        """Return a number below 100 that is always the same for an inspection."""
        identity = f"{request.system_id.sequence_no}/{request.inspection_slot}{what}"
        return crc32(identity.encode()) % 100

    def _prepare_items(self, requests):
        """Return what was found: nearly always that all is well.

        Daily inspections, three quarters of all, stay without items: the demonstration
        is to be there in a minute.
        """
        requests = requests.filtered(
            lambda request: request.inspection_plan_id.per not in ("day", "workday")
        )
        failed = {
            request.id for request in requests if self._draw(request, "found") < FAILED
        }
        values = requests._prepare_results()
        for vals in values:
            vals["result"] = "pass"
            if vals.get("measured"):
                vals["value"] = self._get_good_value(vals)
            elif vals["request_id"] in failed and vals["sequence"] == 1:
                vals.update(result="fail", note=FINDING)
        return values

    def _get_good_value(self, vals):
        """Return a figure within the bounds of an item."""
        lowest, highest = limits(vals["bound"], vals["value_min"], vals["value_max"])
        if lowest is None:
            return round(0.6 * highest, 3) if highest is not None else 1
        return lowest if highest is None else (lowest + highest) / 2
