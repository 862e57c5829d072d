from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)
# In the context while a system is made: its lines are no news. An object, which no
# client can send.
CREATING = object()
# A change of one of these moves the inspections that lie ahead: the days of service,
# and the unit, whose systems are inspected on one visit.
SERVICE_FIELDS = frozenset(
    {"state", "service_start", "service_end", "stop_date", "unit_id"}
)
DISPATCH = (
    "om_base.group_dispatcher",
    "om_base.group_manager",
    "om_base.group_administrator",
)


class OmSystem(models.Model):
    """One information system of a user unit: what everything else hangs on.

    What it is: an entry of the register with its lines (hardware, inspection plans,
    deadlines, indicators, reports, spares), its service period and its state.

    How to use it: bring systems in by the register's file (``om.register.import``) or
    the loader of shipped data (``om.register.loader``), then ``action_start``; a later
    stop, suspension or other period has a reason (``_stop``, ``_reschedule``). Devices
    (``maintenance.equipment``) and work (``maintenance.request``) name it.

    How it works: what a change of service means for inspections is planned anew by
    ``engine/schedule.py`` and ``reconcile.py``; add-ons to the right add the contract,
    the promises and the price to it.
    """

    _name = "om.system"
    _inherit = ["mail.thread", "mail.activity.mixin", "om.act.mixin", "om.search.mixin"]
    _description = "Maintained System"
    # The code first: the systems of one contract stand together.
    _order = "code, sequence_no, id"
    _rec_names_search = ["name", "code", "unit_id.name"]
    _pinyin_fields = ("name", "unit_id.name")
    _check_company_auto = True
    # The register is kept by those who may write it; whether and when a system is
    # served changes by acts, because fees and what is owed follow from it.
    _free_fields = {
        **dict.fromkeys(
            (
                "category_id",
                "code",
                "company_id",
                "deadline_ids",
                "deployment_kind",
                "deployment_site",
                "duty_note",
                "equipment_ids",
                "hardware_line_ids",
                "inspection_plan_ids",
                "key_period_days",
                "key_period_note",
                "kpi_ids",
                "mlps_assessment_ids",
                "mlps_due_override",
                "mlps_filing_no",
                "mlps_last_year",
                "mlps_level",
                "mlps_note",
                "mlps_scope",
                "mlps_state",
                "name",
                "network_service",
                "note",
                "onsite_hours",
                "onsite_staff",
                "penalty_terms",
                "posted_employee_ids",
                "power_service",
                "purchaser_id",
                "repair_hardware",
                "repair_software",
                "report_ids",
                "request_ids",
                "sequence_no",
                "service_end_note",
                "service_mode",
                "spare_ids",
                "summary",
                "supervisor_id",
                "support_hours",
                "system_properties",
                "trainings_per_year",
                "unit_id",
                "user_id",
            )
        ),
        "service_start": ("draft",),
        "service_end": ("draft",),
    }
    _acts = {
        "start": Act(
            _lt("Put into Service"),
            source=("draft", "suspended"),
            target="in_service",
            groups=DISPATCH,
        ),
        "suspend": Act(
            _lt("Suspended"),
            source=("in_service",),
            target="suspended",
            groups=DISPATCH,
        ),
        "stop": Act(
            _lt("Service Stopped"),
            source=("in_service", "suspended"),
            target="stopped",
            groups=DISPATCH,
            reason=True,
        ),
        "resume": Act(
            _lt("Stop Taken Back"),
            source=("stopped",),
            target="in_service",
            groups=DISPATCH,
        ),
        "reschedule": Act(
            _lt("Service Period Changed"),
            source=("in_service", "suspended", "stopped"),
            groups=DISPATCH,
            reason=True,
        ),
    }
    _facts = {
        "name": Fact("name"),
        "state": Fact("state"),
        "unit": Fact("unit_id"),
        "purchaser": Fact("purchaser_id"),
        "supervisor": Fact("supervisor_id"),
        "service_start": Fact("service_start"),
        "service_end": Fact("service_end"),
        "stopped_on": Fact("stop_date"),
        "posted_staff": Fact("onsite_staff"),
        "trainings_per_year": Fact("trainings_per_year"),
        "key_period_days": Fact("key_period_days"),
    }

    code = fields.Char(
        copy=False,
        index=True,
        tracking=True,
        help="Left empty: numbered by itself.",
    )
    sequence_no = fields.Integer(
        "No.", copy=False, help="Number of the row in the contract."
    )
    name = fields.Char(required=True, index="trigram", tracking=True)
    unit_id = fields.Many2one(
        "res.partner",
        string="User Unit",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('om_acts_as', 'in', ('user_unit', 'purchaser'))]",
    )
    purchaser_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('om_acts_as', '=', 'purchaser')]",
        help="Who pays for the service; sees the system in the portal.",
    )
    supervisor_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('om_acts_as', '=', 'supervisor')]",
        help="Who checks on the purchaser's behalf; sees the system in the portal.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    category_id = fields.Many2one(
        "om.system.category", string="Class", index=True, ondelete="restrict"
    )
    category_color = fields.Integer(related="category_id.color")
    system_properties = fields.Properties(
        "More Facts",
        definition="category_id.system_properties_definition",
    )
    summary = fields.Text(help="What the system is, in a sentence.")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("in_service", "In Service"),
            ("suspended", "Suspended"),
            ("stopped", "Stopped"),
        ],
        required=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )

    # Where it runs
    deployment_kind = fields.Selection(
        [
            ("gov_cloud", "Government Cloud"),
            ("public_cloud", "Public Cloud"),
            ("district_dc", "District Data Centre"),
            ("unit_room", "Unit's Machine Room"),
            ("field", "In the Field"),
            ("mixed", "Mixed"),
            ("na", "Not Applicable"),
            ("other", "Other"),
        ],
        string="Deployment",
    )
    deployment_site = fields.Char("Site")
    network_service = fields.Text()
    power_service = fields.Text()

    # When and how it is served
    service_start = fields.Date(tracking=True)
    service_end = fields.Date(tracking=True)
    service_end_note = fields.Char("Note on the Service End")
    stop_date = fields.Date(
        "Stopped On",
        copy=False,
        readonly=True,
        tracking=True,
        help="First day without service: no fee is earned from this day on.",
    )
    service_mode = fields.Selection(
        [("remote", "Remote"), ("onsite", "On Site"), ("both", "Remote and On Site")]
    )
    support_hours = fields.Char(help="Hours of technical support, such as 7x24.")
    repair_software = fields.Boolean("Software Repairs")
    repair_hardware = fields.Boolean("Hardware Repairs")
    onsite_staff = fields.Integer(
        "Posted Staff", tracking=True, help="People posted at the user unit."
    )
    onsite_hours = fields.Char("Posting Hours")
    key_period_note = fields.Text("Key Periods")
    key_period_days = fields.Integer("Key Period Days a Year")
    duty_note = fields.Text("Duty")
    trainings_per_year = fields.Integer("Trainings a Year")
    penalty_terms = fields.Text("Penalties")
    note = fields.Text(
        "Internal Remarks",
        groups="om_base.group_user",
        help="Remarks on the contract's text. Never shown to other parties.",
    )

    # Multi-level protection scheme
    mlps_level = fields.Selection(
        [("2", "Level 2"), ("3", "Level 3")], string="MLPS Level"
    )
    mlps_scope = fields.Selection(
        [("in_scope", "In the Contract"), ("out_of_scope", "Not in the Contract")],
        string="MLPS Assessment Is",
        help="Whether this contract pays for the assessment. Empty: not said.",
    )
    mlps_note = fields.Char("MLPS as Printed")

    # Lines
    hardware_line_ids = fields.One2many(
        "om.system.hardware", "system_id", string="Declared Hardware", copy=True
    )
    inspection_plan_ids = fields.One2many(
        "om.inspection.plan", "system_id", string="Inspection Plans", copy=True
    )
    deadline_ids = fields.One2many(
        "om.system.deadline", "system_id", string="Deadlines", copy=True
    )
    kpi_ids = fields.One2many(
        "om.system.kpi", "system_id", string="Indicators", copy=True
    )
    report_ids = fields.One2many(
        "om.system.report", "system_id", string="Reports", copy=True
    )
    spare_ids = fields.One2many(
        "om.system.spare", "system_id", string="Spare Parts", copy=True
    )
    device_count = fields.Integer(
        "Declared Devices", compute="_compute_device_count", store=True
    )
    equipment_ids = fields.One2many("maintenance.equipment", "system_id")
    equipment_count = fields.Integer(
        "Registered Devices", compute="_compute_equipment_count"
    )
    request_ids = fields.One2many(
        "maintenance.request", "system_id", string="Maintenance Requests"
    )
    request_open_count = fields.Integer(
        "Open Requests", compute="_compute_request_open_count"
    )
    is_editable = fields.Boolean(compute="_compute_is_editable")

    _code_uniq = models.Constraint(
        "unique(company_id, code)",
        "Another system of this company has the same code.",
    )
    _numbers_not_negative = models.Constraint(
        "CHECK (sequence_no >= 0 AND onsite_staff >= 0 AND key_period_days >= 0"
        " AND trainings_per_year >= 0)",
        "Row number, posted staff, key period days and trainings cannot be negative.",
    )
    _mlps_last_year_plausible = models.Constraint(
        "CHECK (mlps_last_year = 0 OR mlps_last_year BETWEEN 2000 AND 2100)",
        "The year of the last MLPS assessment is a year, such as 2025.",
    )
    _service_end_after_start = models.Constraint(
        "CHECK (service_end >= service_start)",
        "The service of a system cannot end before it starts.",
    )
    _stop_date_after_start = models.Constraint(
        "CHECK (stop_date >= service_start)",
        "The service of a system cannot be stopped before it starts.",
    )
    _service_start_known = models.Constraint(
        "CHECK (state = 'draft' OR service_start IS NOT NULL)",
        "Enter the first day of service before you put a system into service.",
    )
    _stop_date_known = models.Constraint(
        "CHECK ((state = 'stopped') = (stop_date IS NOT NULL))",
        "A stopped system, and no other, has the day on which it was stopped.",
    )

    @api.depends("hardware_line_ids.quantity")
    def _compute_device_count(self):
        for system in self:
            system.device_count = sum(system.hardware_line_ids.mapped("quantity"))

    @api.depends("equipment_ids")
    def _compute_equipment_count(self):
        counts = dict(
            self.env["maintenance.equipment"]._read_group(
                [("system_id", "in", self.ids)], ["system_id"], ["__count"]
            )
        )
        for system in self:
            system.equipment_count = counts.get(system._origin, 0)

    @api.depends("request_ids.stage_id.done", "request_ids.archive")
    def _compute_request_open_count(self):
        counts = dict(
            self.env["maintenance.request"]._read_group(
                [
                    ("system_id", "in", self.ids),
                    ("stage_id.done", "=", False),
                    ("archive", "=", False),
                ],
                ["system_id"],
                ["__count"],
            )
        )
        for system in self:
            system.request_open_count = counts.get(system._origin, 0)

    @api.depends_context("uid")
    def _compute_is_editable(self):
        self.is_editable = self.has_access("write")

    @api.depends("name", "unit_id.name")
    @api.depends_context("formatted_display_name")
    def _compute_display_name(self):
        formatted = self.env.context.get("formatted_display_name")
        for system in self:
            name = system.name or ""
            if formatted and system.unit_id:
                name = f"{name}\t--{system.unit_id.name}--"
            system.display_name = name

    @api.model_create_multi
    def create(self, vals_list):
        missing = [
            index for index, vals in enumerate(vals_list) if not vals.get("code")
        ]
        if missing:
            codes = dict(zip(missing, self._next_codes(len(missing)), strict=True))
            vals_list = [
                {**vals, "code": codes[index]} if index in codes else vals
                for index, vals in enumerate(vals_list)
            ]
        systems = super(OmSystem, self.with_context(om_system_create=CREATING)).create(
            [
                {k: v for k, v in vals.items() if k != "posted_employee_ids"}
                for vals in vals_list
            ]
        )
        systems = systems.with_env(self.env)
        for system, vals in zip(systems, vals_list, strict=True):
            if vals.get("posted_employee_ids"):
                system.write({"posted_employee_ids": vals["posted_employee_ids"]})
        return systems

    def write(self, vals):
        handed = self if "user_id" in vals else self.browse()
        before = {system: system._get_mlps_responsible() for system in handed}
        if "posted_employee_ids" in vals and not self.env.su:
            self.check_access("write")
            self._check_posted(vals["posted_employee_ids"])
            # sudo: naming somebody needs no access to the personnel file, only to the
            # name, which was just checked; the ORM asks for more.
            super(OmSystem, self.sudo()).write(
                {"posted_employee_ids": vals["posted_employee_ids"]}
            )
            vals = {k: v for k, v in vals.items() if k != "posted_employee_ids"}
        result = super().write(vals)
        if vals.get("stop_date"):
            self._take_away_inspections()
        if SERVICE_FIELDS & vals.keys():
            self.inspection_plan_ids._replan()
        if handed:
            handed._hand_over_mlps_reminders(before)
        return result

    def unlink(self):
        """The lines go one by one, so that each says so in the ledger."""
        for name in (
            "inspection_plan_ids",
            "deadline_ids",
            "hardware_line_ids",
            "kpi_ids",
        ):
            self[name].unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_served(self):
        served = self.filtered(lambda system: system.state != "draft")
        if served:
            raise UserError(
                self.env._(
                    "Only drafts can be deleted. Stop the service of these systems"
                    " instead: %s",
                    format_list(self.env, served.mapped("name")),
                )
            )

    def action_start(self):
        """Put drafts and suspended systems into service."""
        undated = self.filtered(lambda system: not system.service_start)
        if undated:
            raise UserError(
                self.env._(
                    "Enter the first day of service of these systems first: %s",
                    format_list(self.env, undated.mapped("name")),
                )
            )
        with self._act("start"):
            pass

    def action_suspend(self):
        """Suspend the service for a while."""
        with self._act("suspend"):
            pass

    def action_reschedule(self):
        """Return the wizard that asks for the period of service and the reason."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_system_reschedule_action"
        )
        dates = {(system.service_start, system.service_end) for system in self}
        start, end = dates.pop() if len(dates) == 1 else (False, False)
        action["context"] = {
            "default_system_ids": self.ids,
            "default_service_start": start,
            "default_service_end": end,
        }
        return action

    def _reschedule(self, start, end, reason):
        """Change the days of service of systems that are served, and log why."""
        with self._act("reschedule", reason=reason) as systems:
            systems.write({"service_start": start, "service_end": end})
        self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))

    def action_stop(self):
        """Return the wizard that asks for the day and the reason."""
        self._check_source(self._get_acts()["stop"])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_system_stop_action"
        )
        action["context"] = {"default_system_ids": self.ids}
        return action

    def action_reopen(self):
        """Take back a stop: the service goes on as if it had not happened."""
        with self._act("resume") as systems:
            systems.write({"state": "in_service", "stop_date": False})

    def action_view_equipment(self):
        """Return the action that lists the registered devices."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.maintenance_equipment_action"
        )
        action["domain"] = [("system_id", "=", self.id)]
        action["context"] = {
            "default_system_id": self.id,
            "default_company_id": self.company_id.id,
            "default_equipment_assign_to": "other",
        }
        return action

    def action_view_requests(self):
        """Return the action that lists the maintenance requests."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "maintenance.hr_equipment_request_action"
        )
        action["domain"] = [("system_id", "=", self.id)]
        action["context"] = {
            "default_system_id": self.id,
            "default_company_id": self.company_id.id,
            "search_default_todo": True,
        }
        return action

    def _stop(self, date, reason):
        """Stop the service from ``date`` on and log the reason."""
        with self._act("stop", reason=reason) as systems:
            systems.write({"state": "stopped", "stop_date": date})
        self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))

    @api.model
    def _next_codes(self, count):
        """Return ``count`` new codes; one query however many are drawn."""
        sequence = self.env["ir.sequence"].sudo()
        domain = [
            ("code", "=", "om.system"),
            ("company_id", "in", [self.env.company.id, False]),
        ]
        sequence = sequence.search(domain, order="company_id", limit=1)
        if not sequence:
            raise UserError(
                self.env._("The sequence that numbers the systems is missing.")
            )
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _index in range(count)]
        self.env.cr.execute(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in self.env.cr.fetchall()]
