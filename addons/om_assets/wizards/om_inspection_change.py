from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class OmInspectionChange(models.TransientModel):
    _name = "om.inspection.change"
    _description = "Assign or Postpone Inspections"

    kind = fields.Selection(
        [("assign", "Assign"), ("move", "Postpone")], required=True, readonly=True
    )
    request_ids = fields.Many2many(
        "maintenance.request", string="Inspections", required=True
    )
    request_count = fields.Integer("Chosen", compute="_compute_counts")
    late_count = fields.Integer("Would Be Late", compute="_compute_counts")
    user_id = fields.Many2one(
        "res.users", string="Engineer", domain="[('share', '=', False)]"
    )
    date = fields.Date(
        "New Day", help="All of them on this day; empty to move each by some days."
    )
    days = fields.Integer("By Days", help="Each from its own day; 7 is a week later.")
    reason = fields.Text(help="Why: it stays in the history of each inspection.")

    @api.depends("request_ids", "date", "days")
    def _compute_counts(self):
        for change in self:
            change.request_count = len(change.request_ids)
            change.late_count = sum(
                bool(
                    request.inspection_deadline
                    and (day := change._get_day(request))
                    and day > request.inspection_deadline
                )
                for request in change.request_ids
            )

    def _get_day(self, request):
        """Return the new day of an inspection; False if it gets none."""
        if self.date:
            return self.date
        day = request._origin.inspection_date
        return day and self.days and day + timedelta(days=self.days)

    def action_confirm(self):
        """Change the inspections, and note why in each."""
        self.ensure_one()
        requests = self.request_ids
        if self.kind == "assign":
            if not self.env.user.has_group("om_base.group_dispatcher"):
                raise UserError(self.env._("Only a dispatcher assigns inspections."))
            self._assign(requests)
        else:
            self._move(requests)
        return {"type": "ir.actions.act_window_close"}

    def _assign(self, requests):
        if not self.user_id:
            raise UserError(self.env._("Choose the engineer."))
        bodies = {
            request.id: self.env._(
                "Engineer: %(before)s → %(after)s",
                before=request.user_id.name or "–",
                after=self.user_id.name,
            )
            for request in requests
        }
        self._quietly(requests).write({"user_id": self.user_id.id})
        requests._message_log_batch(bodies=bodies)
        if self.user_id != self.env.user:
            # One message for all of them, not one each.
            self.env["mail.thread"].message_notify(
                partner_ids=self.user_id.partner_id.ids,
                subject=self.env._("%s inspections for you", len(requests)),
                body=self.env._(
                    "%(name)s has given %(count)s inspections to you: they are in your"
                    " list of inspections.",
                    name=self.env.user.name,
                    count=len(requests),
                ),
            )

    @api.model
    def _quietly(self, requests):
        """Without what would be done and told record by record."""
        return requests.with_context(
            tracking_disable=True, mail_activity_automation_skip=True
        )

    def _move(self, requests):
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the inspections are moved."))
        requests._check_inspector()
        if bool(self.date) == bool(self.days):
            raise UserError(
                self.env._("Enter a new day, or by how many days each is moved.")
            )
        bodies = {
            request.id: self.env._(
                "Moved from %(before)s to %(after)s: %(reason)s",
                before=fields.Date.to_string(request.inspection_date) or "–",
                after=fields.Date.to_string(self._get_day(request)) or "–",
                reason=reason,
            )
            for request in requests
        }
        with requests._act("move", reason=reason) as moving:
            for day, same in self._quietly(moving).grouped(self._get_day).items():
                if day:
                    same.write({"inspection_date": day})
        requests._message_log_batch(bodies=bodies)
