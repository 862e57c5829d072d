from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Fact


class OmKeyPeriod(models.Model):
    """Days of extra protection: more inspections, shorter deadlines.

    Where systems are listed, the period holds for these; else for all systems of its
    scope (:meth:`_get_scope`): here those of its company, with ``om_contract`` those of
    its contract.
    """

    _name = "om.key.period"
    _inherit = "om.act.mixin"
    _description = "Key Period"
    _order = "date_start desc, id"
    _free_fields = dict.fromkeys(
        ("name", "date_start", "date_end", "system_ids", "company_id", "active", "note")
    )
    _facts = {
        "name": Fact("name"),
        "first_day": Fact("date_start"),
        "last_day": Fact("date_end"),
        "systems": Fact("system_ids"),
        "active": Fact("active"),
    }
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    date_start = fields.Date("First Day", required=True, index=True)
    date_end = fields.Date("Last Day", required=True)
    system_ids = fields.Many2many(
        "om.system",
        string="Systems",
        check_company=True,
        help="Left empty: the period holds for all systems of its contract.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    note = fields.Text("Arrangements", help="Who is on duty, what is checked twice.")
    day_count = fields.Integer("Number of Days", compute="_compute_day_count")

    _date_end_after_start = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A key period cannot end before it starts.",
    )

    @api.depends("date_start", "date_end")
    def _compute_day_count(self):
        for period in self:
            period.day_count = (
                (period.date_end - period.date_start).days + 1
                if period.date_start and period.date_end
                else 0
            )

    @api.constrains(lambda self: sorted(self._get_reach_fields()))
    def _check_overlap(self):
        """Refuse two periods that hold for one system on the same day.

        What happens on such a day (twice, or four times?) would be anybody's guess;
        whoever needs one long period makes one long period.
        """
        companies = self.company_id
        others = self.search(
            [
                ("company_id", "in", companies.ids),
                ("date_start", "<=", max(self.mapped("date_end"))),
                ("date_end", ">=", min(self.mapped("date_start"))),
            ]
        )
        for period in self.filtered("active"):
            for other in others - period:
                if period._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "“%(first)s” and “%(second)s” hold for the same systems"
                            " on the same days. Shorten one of them, or make one"
                            " period of both.",
                            first=period.name,
                            second=other.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._replan()
        return periods

    def write(self, vals):
        companies = self.company_id
        result = super().write(vals)
        if vals.keys() & self._get_reach_fields():
            self._replan(companies)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        today = beijing.today()
        begun = self.filtered(lambda period: period.date_start <= today)
        if begun and not self.env.su:
            raise UserError(
                self.env._(
                    "These key periods have begun, and deadlines were reckoned by"
                    " them: %s. End them earlier if they are over.",
                    format_list(self.env, begun.mapped("name")),
                )
            )

    def unlink(self):
        companies = self.company_id
        result = super().unlink()
        self.browse()._replan(companies)
        return result

    def _replan(self, companies=None):
        """Let the inspections that lie ahead follow the key periods."""
        companies = (companies or self.env["res.company"]) | self.company_id
        self.env["om.inspection.plan"].search(
            [
                ("key_period_rule", "!=", "none"),
                ("system_id.company_id", "in", companies.ids),
                ("generated_until", "!=", False),
            ]
        )._replan()

    def _overlaps(self, other):
        """Return whether both periods hold for one system on one day."""
        self.ensure_one()
        if (
            self.company_id != other.company_id
            or self.date_start > other.date_end
            or other.date_start > self.date_end
        ):
            return False
        if self.system_ids and other.system_ids:
            return bool(self.system_ids & other.system_ids)
        if self.system_ids or other.system_ids:
            whole, listing = (other, self) if self.system_ids else (self, other)
            return any(whole._holds_for(system) for system in listing.system_ids)
        return self._get_scope() == other._get_scope()

    @api.model
    def _get_reach_fields(self):
        """Return the fields that decide on which day the period holds for what."""
        return {"date_start", "date_end", "system_ids", "company_id", "active"}

    def _get_scope(self):
        """Return what a period without a list and a system must have in common; the
        counterpart is ``om.system._get_key_scope``."""
        self.ensure_one()
        return (self.company_id.id,)

    def _holds_for(self, system):
        """Return whether this period is one of ``system``, whatever the day."""
        self.ensure_one()
        if self.system_ids:
            return system in self.system_ids
        return self._get_scope() == system._get_key_scope()

    @api.model
    def _get_domain_of(self, system):
        """Return the domain of the periods that hold for ``system``."""
        return Domain("company_id", "=", system.company_id.id) & (
            Domain("system_ids", "in", system.ids)
            | (Domain("system_ids", "=", False) & self._get_scope_domain(system))
        )

    @api.model
    def _get_scope_domain(self, system):
        """Return the domain of the periods that have the scope of ``system``."""
        return Domain("company_id", "=", system.company_id.id)

    def _get_ranges_by_system(self, systems):
        """Return {system: [(key period, first day, last day), ...]} in order of time.

        ``self`` is what is looked at; a period without systems holds for all systems
        of its scope.
        """
        result = {system: [] for system in systems}
        by_scope = systems.grouped(lambda system: system._get_key_scope())
        for period in self.sorted("date_start"):
            whole = by_scope.get(period._get_scope(), ())
            for system in period.system_ids or whole:
                if system in result and system.company_id == period.company_id:
                    result[system].append((period, period.date_start, period.date_end))
        return result
