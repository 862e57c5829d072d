from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# What still can be done in these days is worth a reminder.
LAST_CHANCE_DAYS = 3
UNASSIGNED_DAYS = 7
ENDING_DAYS = 30
# Months of the history beside the present one, and units named one by one.
MONTHS = 11
UNITS = 12

STATUSES = {
    # column of om.inspection.compliance: statuses of maintenance.request
    "in_time": ["done"],
    "late": ["late"],
    "missed": ["missed"],
    "behind": ["overdue"],
    "upcoming": ["planned"],
}
SYSTEM_ACTION = "om_assets.om_system_action"
INSPECTION_ACTION = "om_assets.om_inspection_request_action"
DEVICE_ACTION = "om_assets.maintenance_equipment_action"
HARDWARE_ACTION = "om_assets.om_system_hardware_action"
POSTING_ACTION = "om_assets.om_system_posting_action"
MLPS_ACTION = "om_assets.om_system_mlps_action"
AUDIT_ACTION = "om_assets.om_audit_rule_action"
FAULT_ACTION = "maintenance.hr_equipment_request_action"


class OmDashboard(models.AbstractModel):
    """The estate at a glance: what is there, how the month goes, what comes first.

    A figure is a dict: ``key``, ``label``, ``count``, and where its records are:
    ``action`` (external id), ``model`` and ``domain``. ``measure`` says what the count
    is of them; it is their number unless said otherwise.
    """

    _name = "om.dashboard"
    _description = "Dashboard of the Estate"

    @api.model
    @api.readonly
    def get_estate(self, contract=None):
        """Return all that the dashboard shows, as the user may see it.

        :param contract: id of the contract whose figures are asked for, False: those
            of all; None: of the one that the user works for. Add-ons that know
            contracts answer it (:meth:`_look_at`) and add ``contract`` and
            ``contracts``, the choice.
        ``day`` and ``month`` (ISO dates), ``attention``, ``areas`` (what each area
        of the work has open; see :meth:`_get_areas`), ``tiles``, ``inspections``
        (figures of the month), ``months`` (its history), ``classes``,
        ``deployments``, ``units`` (figures of the systems) and ``mlps`` (a list of
        levels with their figures). The number of queries does not depend on the
        number of records.

        :raise AccessError: the user has no role in operations and maintenance
        """
        if not self.env.user.has_group("om_base.group_user"):
            raise AccessError(
                self.env._("The overview is for the staff of the contractor.")
            )
        return self._look_at(contract)._get_estate()

    @api.model
    def _look_at(self, contract):
        """Return this, limited to the figures of a contract; here there is none."""
        return self

    @api.model
    def _get_scoped(self, model, domain):
        """Return a domain limited to what is looked at, and whether the model can be.

        Figures that cannot are left out where one contract is looked at.
        """
        return domain, True

    @api.model
    def _get_estate(self):
        today = self.env["maintenance.request"]._get_inspection_today()
        month = today.replace(day=1)
        months = self._get_months(month)
        units = self._get_systems_by("unit_id")
        return {
            "day": today.isoformat(),
            "month": month.isoformat(),
            "attention": self._get_attention(today, month),
            "areas": sorted(
                self._leave_out(self._get_areas(today, month)),
                key=lambda area: area["order"],
            ),
            "tiles": self._get_tiles(len(units)),
            "inspections": months[-1]["figures"],
            "months": months,
            "classes": self._get_systems_by("category_id"),
            "deployments": self._get_systems_by("deployment_kind"),
            "units": self._cut(units),
            "mlps": self._get_mlps(),
        }

    @api.model
    def _leave_out(self, areas):
        """Return the areas with the figures that are of what is looked at."""
        shown = [
            {
                **area,
                "figures": [
                    each for each in area["figures"] if each.get("is_scoped", True)
                ],
            }
            for area in areas
        ]
        return [
            area
            for area, whole in zip(shown, areas, strict=True)
            if area["figures"] or not whole["figures"]
        ]

    # ------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------

    @api.model
    def _get_figure(self, key, label, count, action, model, domain, **more):
        """Return a figure in the form in which the client takes it."""
        return {
            "key": key,
            "label": label,
            "count": count,
            "action": action,
            "model": model,
            "domain": _to_json(domain),
            **more,
        }

    @api.model
    def _count(self, key, label, action, model, domain, **more):
        """Return the figure of the number of records."""
        domain, is_scoped = self._get_scoped(model, domain)
        count = self.env[model].search_count(domain) if is_scoped else 0
        return self._get_figure(
            key, label, count, action, model, domain, is_scoped=is_scoped, **more
        )

    @api.model
    def _sum(self, key, label, action, model, domain, field, **more):
        """Return the figure of an amount of money: ``count`` is the amount in the
        company's currency, ``records`` how many there are of it."""
        domain, is_scoped = self._get_scoped(model, domain)
        [(amount, records)] = self.env[model]._read_group(
            domain, aggregates=[f"{field}:sum", "__count"]
        )
        currency = self.env.company.currency_id
        return self._get_figure(
            key,
            label,
            currency.round(amount or 0),
            action,
            model,
            domain,
            is_scoped=is_scoped,
            measure=f"{field}:sum",
            records=records,
            currency_id=currency.id,
            **more,
        )

    @api.model
    def _get_areas(self, today, month):
        """Return the areas of the work: ``key``, ``label``, ``order`` and ``figures``.

        Each add-on adds its own, for those who may read the lists behind the figures;
        an area whose figures the user's role does not work with is left out.
        """
        return []

    @api.model
    def _may_read(self, *groups):
        """True if the user has one of these roles of ``om_base`` or is an auditor."""
        return any(
            self.env.user.has_group(f"om_base.group_{group}")
            for group in (*groups, "auditor")
        )

    @api.model
    def _get_served_domain(self):
        """Return the domain of the systems of the estate: all but the stopped."""
        return self._get_scoped("om.system", Domain("state", "!=", "stopped"))[0]

    @api.model
    def _get_attention(self, today, month):
        """Return the figures that ask for somebody, the most urgent first.

        Work in the field asks those who do it or send others to it; who keeps
        contracts finds what asks for him in the areas.
        """
        figures = self._get_system_attention(today)
        if self._may_read("engineer", "dispatcher"):
            figures = [
                *self._get_inspection_attention(today, month),
                *self._get_mlps_attention(),
                *figures,
                *self._get_estate_attention(),
                *self._get_device_attention(),
            ]
        order = {"danger": 0, "warning": 1, "info": 2}
        return sorted(
            (
                figure
                for figure in figures
                if figure["count"] and figure.get("is_scoped", True)
            ),
            key=lambda figure: order[figure["level"]],
        )

    @api.model
    def _get_inspection_attention(self, today, month):
        model = "maintenance.request"
        planned = Domain("is_inspection", "=", True)
        left = planned & Domain("inspection_status", "in", ["planned", "overdue"])
        fault = (
            Domain("maintenance_type", "=", "corrective")
            & Domain("stage_id.done", "=", False)
            & Domain("archive", "=", False)
            & Domain("system_id", "!=", False)
        )
        chance = today + relativedelta(days=LAST_CHANCE_DAYS)
        soon = today + relativedelta(days=UNASSIGNED_DAYS)
        return [
            self._count(
                "missed",
                self.env._("Inspections missed this month"),
                INSPECTION_ACTION,
                model,
                planned
                & Domain("inspection_month", "=", month)
                & Domain("inspection_status", "in", ["missed"]),
                level="danger",
            ),
            self._count(
                "last_chance",
                self.env._("Inspections that %s days on are missed", LAST_CHANCE_DAYS),
                INSPECTION_ACTION,
                model,
                left & Domain("inspection_deadline", "<=", chance),
                level="danger",
            ),
            self._count(
                "faults",
                self.env._("Faults not yet repaired"),
                FAULT_ACTION,
                model,
                fault,
                level="danger",
            ),
            self._count(
                "behind",
                self.env._("Inspections behind plan, still in time"),
                INSPECTION_ACTION,
                model,
                planned & Domain("inspection_status", "in", ["overdue"]),
                level="warning",
            ),
            self._count(
                "unassigned",
                self.env._(
                    "Inspections of the next %s days without an engineer",
                    UNASSIGNED_DAYS,
                ),
                INSPECTION_ACTION,
                model,
                left
                & Domain("inspection_date", "<=", soon)
                & Domain("user_id", "=", False),
                level="warning",
            ),
        ]

    @api.model
    def _get_mlps_attention(self):
        return [
            self._count(
                "mlps_overdue",
                self.env._("MLPS assessments overdue"),
                MLPS_ACTION,
                "om.system",
                Domain("mlps_due_status", "in", ["overdue"]),
                level="danger",
            ),
            self._count(
                "mlps_soon",
                self.env._("MLPS assessments due soon"),
                MLPS_ACTION,
                "om.system",
                Domain("mlps_due_status", "in", ["soon"]),
                level="warning",
            ),
        ]

    @api.model
    def _get_system_attention(self, today):
        served = Domain("state", "=", "in_service")
        return [
            self._count(
                "late_start",
                self.env._("Drafts whose service should have begun"),
                SYSTEM_ACTION,
                "om.system",
                Domain("state", "=", "draft") & Domain("service_start", "<=", today),
                level="warning",
            ),
            self._count(
                "ending",
                self.env._("Systems whose service ends within %s days", ENDING_DAYS),
                SYSTEM_ACTION,
                "om.system",
                served
                & Domain("service_end", ">=", today)
                & Domain("service_end", "<=", today + relativedelta(days=ENDING_DAYS)),
                level="info",
            ),
        ]

    @api.model
    def _get_estate_attention(self):
        served = Domain("state", "=", "in_service")
        return [
            self._count(
                "posting_missing",
                self.env._("Systems that lack posted staff"),
                POSTING_ACTION,
                "om.system",
                served & Domain("posting_missing", ">", 0),
                level="warning",
            ),
            self._count(
                "audit",
                self.env._("Audit rules that find errors in the register"),
                AUDIT_ACTION,
                "om.audit.rule",
                self._get_audit_domain(),
                level="warning",
            ),
        ]

    @api.model
    def _get_audit_domain(self):
        """Return the rules that find errors; the others are not even asked."""
        rules = self.env["om.audit.rule"].search([("severity", "=", "error")])
        return Domain("id", "in", rules._filter_dirty().ids)

    @api.model
    def _get_device_attention(self):
        return [
            self._count(
                "faulty",
                self.env._("Devices out of order"),
                DEVICE_ACTION,
                "maintenance.equipment",
                Domain("system_id", "!=", False) & Domain("om_state", "=", "faulty"),
                level="warning",
            ),
            self._count(
                "to_complete",
                self.env._("Devices to complete in the ledger"),
                DEVICE_ACTION,
                "maintenance.equipment",
                Domain("to_complete", "=", True),
                level="info",
            ),
        ]

    @api.model
    def _get_tiles(self, unit_count):
        """Return the figures that say how large the estate is."""
        served = self._get_served_domain()
        lines = Domain("system_id.state", "!=", "stopped")
        hardware = self._get_scoped("om.system.hardware", lines)[0]
        [(systems, staff, posted)] = self.env["om.system"]._read_group(
            served, aggregates=["__count", "onsite_staff:sum", "posted_count:sum"]
        )
        [(declared,)] = self.env["om.system.hardware"]._read_group(
            hardware, aggregates=["quantity:sum"]
        )
        return [
            self._get_figure(
                "systems",
                self.env._("Systems"),
                systems,
                SYSTEM_ACTION,
                "om.system",
                served,
            ),
            self._get_figure(
                "units",
                self.env._("User Units"),
                unit_count,
                SYSTEM_ACTION,
                "om.system",
                served,
                measure="unit_id:count_distinct",
                group_by="unit_id",
            ),
            self._get_figure(
                "declared",
                self.env._("Devices Declared"),
                declared or 0,
                HARDWARE_ACTION,
                "om.system.hardware",
                hardware,
                measure="quantity:sum",
            ),
            self._count(
                "registered",
                self.env._("Devices Registered"),
                DEVICE_ACTION,
                "maintenance.equipment",
                lines & Domain("om_state", "in", ["in_use", "faulty"]),
                of=declared or 0,
            ),
            self._get_figure(
                "posted",
                self.env._("Staff Posted"),
                posted or 0,
                POSTING_ACTION,
                "om.system",
                served
                & (Domain("onsite_staff", ">", 0) | Domain("posted_count", ">", 0)),
                measure="posted_count:sum",
                of=staff or 0,
            ),
        ]

    @api.model
    def _get_months(self, month):
        """Return the last twelve months, this one last: ``month`` and ``figures`` of
        its inspections by status."""
        first = month - relativedelta(months=MONTHS)
        rows = {
            row[0]: row[1:]
            for row in self.env["om.inspection.compliance"]._read_group(
                self._get_scoped(
                    "om.inspection.compliance",
                    Domain("month", ">=", first) & Domain("month", "<=", month),
                )[0],
                ["month:month"],
                [f"{name}:sum" for name in STATUSES],
            )
        }
        labels = self._get_status_labels()
        none = (0,) * len(STATUSES)
        return [
            {
                "month": start.isoformat(),
                "figures": [
                    self._get_figure(
                        name,
                        labels[name],
                        int(count or 0),
                        INSPECTION_ACTION,
                        "maintenance.request",
                        self._get_scoped(
                            "maintenance.request",
                            Domain("is_inspection", "=", True)
                            & Domain("system_id", "!=", False)
                            & Domain("inspection_month", "=", start)
                            & Domain("inspection_status", "in", statuses),
                        )[0],
                    )
                    for (name, statuses), count in zip(
                        STATUSES.items(), rows.get(start, none), strict=True
                    )
                ],
            }
            for start in (
                first + relativedelta(months=number) for number in range(MONTHS + 1)
            )
        ]

    @api.model
    def _get_status_labels(self):
        return {
            "in_time": self.env._("Done in Time"),
            "late": self.env._("Done Late"),
            "missed": self.env._("Missed"),
            "behind": self.env._("Behind Plan"),
            "upcoming": self.env._("To Do"),
        }

    @api.model
    def _get_systems_by(self, name):
        """Return the figures of the systems by one of their fields, largest first."""
        served = self._get_served_domain()
        field = self.env["om.system"]._fields[name]
        labels = {}
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
        figures = []
        for value, count in self.env["om.system"]._read_group(
            served, [name], ["__count"]
        ):
            label, plain = labels.get(value), value
            if field.type == "many2one":
                label, plain = value.display_name, value.id
            figures.append(
                self._get_figure(
                    f"{name}-{plain}",
                    label or self.env._("Not Said"),
                    count,
                    SYSTEM_ACTION,
                    "om.system",
                    served & Domain(name, "=", plain),
                )
            )
        return sorted(figures, key=lambda figure: -figure["count"])

    @api.model
    def _cut(self, figures):
        """Return the largest figures, the rest as one."""
        head, tail = figures[:UNITS], figures[UNITS:]
        if len(tail) < 2:
            return figures
        named = [figure["domain"][-1][2] for figure in head]
        return [
            *head,
            self._get_figure(
                "unit_id-others",
                self.env._("%s other units", len(tail)),
                sum(figure["count"] for figure in tail),
                SYSTEM_ACTION,
                "om.system",
                self._get_served_domain() & Domain("unit_id", "not in", named),
                group_by="unit_id",
                rest=True,
            ),
        ]

    @api.model
    def _get_mlps(self):
        """Return the levels of protection with the figures of what is due."""
        System = self.env["om.system"]
        statuses = System._fields["mlps_due_status"]._description_selection(self.env)
        levels = System._fields["mlps_level"]._description_selection(self.env)
        owed = self._get_served_domain() & Domain("mlps_level", "!=", False)
        domains = {
            status: owed & Domain("mlps_due_status", "in", [status])
            for status, _label in statuses
        }
        counts = {
            status: dict(System._read_group(domain, ["mlps_level"], ["__count"]))
            for status, domain in domains.items()
        }
        return [
            {
                "level": level,
                "label": name,
                "figures": [
                    self._get_figure(
                        f"mlps-{level}-{status}",
                        label,
                        counts[status].get(level, 0),
                        MLPS_ACTION,
                        "om.system",
                        domains[status] & Domain("mlps_level", "=", level),
                        status=status,
                    )
                    for status, label in statuses
                ],
            }
            for level, name in sorted(levels, reverse=True)
        ]


def _to_json(domain):
    """Return a domain whose dates and times are texts."""
    return [
        (part[0], part[1], _to_text(part[2])) if isinstance(part, tuple) else part
        for part in domain
    ]


def _to_text(value):
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    return fields.Date.to_string(value) if isinstance(value, date) else value
