from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# Models whose rows the audit judges, and the action that lists them.
AUDITED = {
    "om.system": "om_assets.om_system_action",
    "om.system.hardware": "om_assets.om_system_hardware_action",
    "om.inspection.plan": "om_assets.om_inspection_plan_action",
    "maintenance.equipment": "om_assets.maintenance_equipment_action",
    "maintenance.request": "om_assets.om_inspection_request_action",
}


class OmAuditRule(models.Model):
    _name = "om.audit.rule"
    _inherit = "om.act.mixin"
    _description = "Audit Rule of the Register"
    _order = "sequence, id"
    _free_fields = dict.fromkeys(
        (
            "name",
            "active",
            "sequence",
            "severity",
            "model",
            "check_name",
            "domain",
            "advice",
        )
    )

    name = fields.Char(
        required=True, translate=True, help="What is wrong with the rows it lists."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=100)
    severity = fields.Selection(
        [("error", "Error"), ("warning", "Warning"), ("hint", "Hint")],
        required=True,
        default="warning",
        index=True,
    )
    model = fields.Selection(
        [
            ("om.system", "Systems"),
            ("om.system.hardware", "Declared Hardware"),
            ("om.inspection.plan", "Inspection Plans"),
            ("maintenance.equipment", "Devices"),
            ("maintenance.request", "Inspections"),
        ],
        string="Checks",
        required=True,
        default="om.system",
    )
    check_name = fields.Selection(
        [
            ("same_name", "Systems of a unit with the same name"),
            ("same_ip", "Devices of a system with the same IP address"),
            ("outside_service", "Planned outside the system's service"),
            ("device_dates", "Dates of a device in the wrong order"),
        ],
        string="Comparison",
        help="For what a filter cannot say because it compares rows or fields.",
    )
    domain = fields.Char(
        default="[]", required=True, help="Which rows are wrong, as a filter."
    )
    advice = fields.Text(translate=True, help="What to do about it.")
    issue_count = fields.Integer("Found", compute="_compute_issue_count")
    is_clean = fields.Boolean(
        "Clean", compute="_compute_issue_count", search="_search_is_clean"
    )

    @api.constrains("model", "domain", "check_name")
    def _check_domain(self):
        for rule in self:
            try:
                rule.with_user(self.env.ref("base.user_root"))._get_query()
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The filter of the rule “%(rule)s” does not fit what it"
                        " checks: %(error)s",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    @api.depends("model", "domain", "check_name")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_issue_count(self):
        counts = self._origin._count_issues()
        for rule in self:
            rule.issue_count = counts.get(rule._origin.id, 0)
            rule.is_clean = not rule.issue_count

    @api.model
    def _search_is_clean(self, operator, value):
        if operator != "in":
            return NotImplemented
        dirty = self.search([("active", "=", True)])._filter_dirty()
        found = Domain("id", "in", dirty.ids)
        return ~found if True in value else found

    def _filter_dirty(self):
        """Return the rules that find something."""
        found = self._count_issues()
        return self.filtered(lambda rule: found.get(rule.id))

    def _count_issues(self):
        """Return {rule id: wrong rows that this user may see}; one query for all."""
        self.env.flush_all()
        selects = []
        # A rule on an empty form has no number yet: they are told apart by their place.
        for place, rule in enumerate(self):
            try:
                query = rule._get_query()
            except AccessError:
                continue
            selects.append(SQL("SELECT %s, (%s)", place, query.select(SQL("COUNT(*)"))))
        if not selects:
            return {}
        counts = self.env.execute_query(SQL(" UNION ALL ").join(selects))
        return {self[place].id: count for place, count in counts}

    def _get_query(self):
        """Return the query of the wrong rows, record rules applied."""
        self.ensure_one()
        return self.env[self.model]._search(self._get_issue_domain())

    def _get_issue_domain(self):
        """Return the domain of the wrong rows."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain))
        if self.check_name:
            # The search does not know which columns the comparison reads.
            self.env.flush_all()
            wanted, comparison = self._get_comparisons()[self.check_name]
            if self.model != wanted:
                raise ValueError(
                    self.env._("this comparison is not made for what is checked")
                )
            domain &= comparison
        return domain

    @api.model
    def _get_comparisons(self):
        """Return {name: (model, domain)} of what a plain filter cannot compare."""
        return {
            "same_name": (
                "om.system",
                Domain.custom(
                    to_sql=lambda model, alias, query: SQL(
                        "EXISTS (SELECT 1 FROM om_system AS twin WHERE twin.id != %s"
                        " AND twin.unit_id = %s AND twin.company_id = %s"
                        " AND twin.name = %s AND twin.state != 'stopped')",
                        SQL.identifier(alias, "id"),
                        SQL.identifier(alias, "unit_id"),
                        SQL.identifier(alias, "company_id"),
                        SQL.identifier(alias, "name"),
                    )
                ),
            ),
            "same_ip": (
                "maintenance.equipment",
                Domain.custom(
                    to_sql=lambda model, alias, query: SQL(
                        "EXISTS (SELECT 1 FROM maintenance_equipment AS twin"
                        " WHERE twin.id != %s AND twin.system_id = %s"
                        " AND twin.ip_address = %s AND twin.active"
                        " AND twin.om_state NOT IN ('removed', 'scrapped'))",
                        SQL.identifier(alias, "id"),
                        SQL.identifier(alias, "system_id"),
                        SQL.identifier(alias, "ip_address"),
                    )
                ),
            ),
            "outside_service": (
                "maintenance.request",
                Domain.custom(
                    to_sql=lambda model, alias, query: SQL(
                        "EXISTS (SELECT 1 FROM om_system AS served"
                        " WHERE served.id = %(system)s AND"
                        " (%(day)s < served.service_start"
                        " OR %(day)s > served.service_end"
                        " OR %(day)s >= served.stop_date))",
                        system=SQL.identifier(alias, "system_id"),
                        day=SQL.identifier(alias, "inspection_date"),
                    )
                ),
            ),
            "device_dates": (
                "maintenance.equipment",
                Domain.custom(
                    to_sql=lambda model, alias, query: SQL(
                        "(%(installed)s > %(warranty)s"
                        " OR %(installed)s > %(scrapped)s)",
                        installed=SQL.identifier(alias, "install_date"),
                        warranty=SQL.identifier(alias, "warranty_date"),
                        scrapped=SQL.identifier(alias, "scrap_date"),
                    )
                ),
            ),
        }

    def action_view_issues(self):
        """Return the list of the rows that this rule finds wrong."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(AUDITED[self.model])
        ids = self.env[self.model].search(self._get_issue_domain()).ids
        action.update(
            {
                "display_name": self.name,
                "name": self.name,
                "domain": [("id", "in", ids)],
                "context": {"create": False},
                "target": "current",
            }
        )
        return action
