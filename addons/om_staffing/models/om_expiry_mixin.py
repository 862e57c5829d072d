from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Days before the expiry on which the staffing officer is reminded, once each.
REMINDERS = (90, 30, 7)


class OmExpiryMixin(models.AbstractModel):
    """Something that is valid from a day to a day.

    Whether it is valid is always asked for a day: no state of it is stored that would
    be wrong tomorrow.
    """

    _name = "om.expiry.mixin"
    _description = "Validity with Reminders"

    reminded = fields.Integer(
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="The last reminder, in days before the expiry; 0: none yet.",
    )
    valid_on = fields.Date(
        compute="_compute_valid_on",
        search="_search_valid_on",
        help="The day of the context (om_date, else today) if valid then. Search it"
        " with a day.",
    )

    @api.depends("valid_from", "valid_to")
    @api.depends_context("om_date")
    def _compute_valid_on(self):
        day = fields.Date.to_date(self.env.context.get("om_date"))
        day = day or self._get_local_today()
        for record in self:
            record.valid_on = day if record._is_valid_on(day) else False

    @api.model
    def _search_valid_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            self._get_valid_domain(fields.Date.to_date(day)) for day in value if day
        )

    @api.model
    def _get_valid_domain(self, day):
        """The domain of what is valid on ``day``, its first and last day included."""
        begun = Domain("valid_from", "=", False) | Domain("valid_from", "<=", day)
        lasts = Domain("valid_to", "=", False) | Domain("valid_to", ">=", day)
        return begun & lasts

    def _is_valid_on(self, day):
        """True if this is valid on ``day``."""
        begun = not self.valid_from or self.valid_from <= day
        return begun and (not self.valid_to or day <= self.valid_to)

    @api.model
    def _get_local_today(self):
        return fields.Date.context_today(self.with_context(tz="Asia/Shanghai"))

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Remind of what expires within 90, 30 and 7 days; once each."""
        today = self._get_local_today()
        due = self.search(self._get_reminder_domain(today))
        stages = {record: record._get_reminder_stage(today) for record in due}
        replaced = due._filter_replaced()
        self.env["mail.activity"].create(
            [record._prepare_reminder() for record in due - replaced]
        )
        by_stage = {}
        for record, stage in stages.items():
            by_stage[stage] = by_stage.get(stage, self.browse()) | record
        for stage, records in by_stage.items():
            records._mark_reminded(stage)

    @api.model
    def _get_reminder_domain(self, today):
        return Domain("valid_to", ">=", today) & Domain.OR(
            Domain("valid_to", "<=", today + timedelta(days=days))
            & (Domain("reminded", "=", 0) | Domain("reminded", ">", days))
            for days in REMINDERS
        )

    def _get_reminder_stage(self, today):
        left = (self.valid_to - today).days
        return min(days for days in REMINDERS if left <= days)

    def _mark_reminded(self, stage):
        self.write({"reminded": stage})

    def _filter_replaced(self):
        """Those of which a renewal is on record; nobody has to be reminded of them."""
        return self.browse()

    def _prepare_reminder(self):
        """The values of the activity; models say for which record and what."""
        company = self.company_id or self.env.company
        return {
            "activity_type_id": self.env.ref(
                "om_staffing.mail_activity_type_expiry"
            ).id,
            "date_deadline": self.valid_to,
            "user_id": company._get_staffing_officer().id,
        }
