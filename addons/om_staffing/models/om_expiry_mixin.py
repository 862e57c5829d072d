from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing


class OmExpiryMixin(models.AbstractModel):
    """Something that is valid from a day to a day.

    Whether it is valid is always asked for a day: no state of it is stored that would
    be wrong tomorrow.
    """

    _name = "om.expiry.mixin"
    _description = "Validity"

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
        return beijing.today()
