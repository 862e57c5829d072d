from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .helpdesk_ticket_stage import STATES
from .om_sla_policy_line import SEVERITIES

CLOSED_STATES = ("confirmed", "cancelled")
# When something happened; each of them stands for an event of the ledger.
TIME_FIELDS = {
    "dispatched_at": "dispatched",
    "responded_at": "responded",
    "arrived_at": "arrived",
    "fixed_at": "fixed",
    "confirmed_at": "confirmed",
}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"
    _description = "Fault"
    _order = "reported_at desc, id desc"
    _rec_names_search = ["number", "name", "system_id.name"]
    _check_company_auto = True

    # What our views show of the helpdesk's own fields, in the field's words
    number = fields.Char("Ticket Number", index="trigram")
    name = fields.Char("Fault", index="trigram")
    description = fields.Html("What Was Reported")
    user_id = fields.Many2one(string="Engineer", copy=False)
    team_id = fields.Many2one()
    stage_id = fields.Many2one()
    last_stage_update = fields.Datetime(copy=False)
    channel_id = fields.Many2one(index="btree_not_null", help=None)
    partner_id = fields.Many2one(string="Contact", index="btree_not_null")
    partner_name = fields.Char("Reported By")
    duplicate_id = fields.Many2one(
        string="Duplicate Of", index="btree_not_null", copy=False, tracking=True
    )
    duplicate_ids = fields.One2many(string="Duplicates")
    duplicate_count = fields.Integer("Number of Duplicates")
    company_id = fields.Many2one(index=True)

    # What is broken
    system_id = fields.Many2one(
        "om.system",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    unit_id = fields.Many2one(
        related="system_id.unit_id", store=True, index="btree_not_null"
    )
    equipment_ids = fields.Many2many(
        "maintenance.equipment",
        string="Devices",
        check_company=True,
        domain="[('system_id', '=', system_id)]",
    )
    severity = fields.Selection(
        SEVERITIES, required=True, default="general", index=True, tracking=True
    )
    severity_definition = fields.Char(compute="_compute_severity_definition")
    partner_phone = fields.Char("Telephone")
    cause = fields.Text(copy=False)
    solution = fields.Text(copy=False)
    third_party_id = fields.Many2one(
        "res.partner",
        copy=False,
        index="btree_not_null",
        domain="[('is_company', '=', True)]",
        help="Who else had to act: the network operator, the manufacturer, ...",
    )

    # When: read from the ledger of events, except the report itself
    reported_at = fields.Datetime(
        "Reported On",
        required=True,
        index=True,
        copy=False,
        tracking=True,
        default=fields.Datetime.now,
    )
    event_ids = fields.One2many("om.ticket.event", "ticket_id", string="Events")
    pause_ids = fields.One2many("om.ticket.pause", "ticket_id", string="Pauses")
    dispatched_at = fields.Datetime(
        "Dispatched On", compute="_compute_times", store=True, copy=False
    )
    responded_at = fields.Datetime(
        "Responded On", compute="_compute_times", store=True, copy=False
    )
    arrived_at = fields.Datetime(
        "Arrived On", compute="_compute_times", store=True, copy=False
    )
    fixed_at = fields.Datetime(
        "Fixed On", compute="_compute_times", store=True, copy=False
    )
    confirmed_at = fields.Datetime(
        "Confirmed On", compute="_compute_times", store=True, copy=False, index=True
    )
    cancelled_at = fields.Datetime(
        "Cancelled On", compute="_compute_times", store=True, copy=False
    )
    reopen_count = fields.Integer(
        "Times Reopened", compute="_compute_times", store=True, copy=False
    )
    state = fields.Selection(
        STATES, compute="_compute_times", store=True, copy=False, index=True
    )

    # What to look at
    service_flag = fields.Selection(
        [
            ("outside", "Outside the Service Period"),
            ("suspended", "System Suspended"),
            ("stopped", "System Stopped"),
        ],
        compute="_compute_service_flag",
        store=True,
        help="The fault is handled all the same, but it may not be in the contract.",
    )
    twin_count = fields.Integer("Open on This System", compute="_compute_twin_count")
    is_open = fields.Boolean(compute="_compute_is_open", search="_search_is_open")

    _responded_in_order = models.Constraint(
        "CHECK (responded_at >= reported_at)",
        "The response cannot precede the report.",
    )
    _arrived_in_order = models.Constraint(
        "CHECK (arrived_at >= responded_at)",
        "The arrival cannot precede the response.",
    )
    _fixed_in_order = models.Constraint(
        "CHECK (fixed_at >= GREATEST(responded_at, arrived_at))",
        "The repair cannot precede the response or the arrival.",
    )
    _confirmed_in_order = models.Constraint(
        "CHECK (confirmed_at IS NULL OR (fixed_at IS NOT NULL"
        " AND confirmed_at >= fixed_at))",
        "The confirmation cannot precede the repair.",
    )
    _open_by_system = models.Index(
        "(system_id) WHERE state NOT IN ('confirmed', 'cancelled')"
    )
    _reported_by_system = models.Index("(system_id, reported_at)")

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            number = ticket.number if ticket.number != "/" else ""
            ticket.display_name = " ".join(filter(None, (number, ticket.name)))

    @api.depends("severity")
    @api.depends_context("lang")
    def _compute_severity_definition(self):
        definitions = self._om_severity_definitions()
        for ticket in self:
            ticket.severity_definition = definitions.get(ticket.severity, "")

    @api.depends("system_id", "reported_at")
    def _compute_service_flag(self):
        # As of the moment of the report: what the system becomes later is no fault of
        # the ticket.
        for ticket in self:
            ticket.service_flag = ticket._om_service_flag()

    @api.depends("system_id", "state")
    def _compute_twin_count(self):
        counts = dict(
            self._read_group(
                Domain("system_id", "in", self.system_id.ids)
                & Domain("state", "not in", CLOSED_STATES),
                ["system_id"],
                ["__count"],
            )
        )
        for ticket in self:
            others = counts.get(ticket.system_id, 0)
            counted = ticket._origin and ticket._origin.is_open
            same = ticket._origin.system_id == ticket.system_id
            ticket.twin_count = others - bool(others and counted and same)

    @api.depends("state")
    def _compute_is_open(self):
        for ticket in self:
            ticket.is_open = ticket.state not in CLOSED_STATES

    @api.model
    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = "not in" if True in value else "in"
        return Domain("state", wanted, CLOSED_STATES)

    @api.constrains("system_id", "equipment_ids")
    def _check_equipment(self):
        wrong = self.filtered(
            lambda ticket: (
                ticket.system_id and ticket.equipment_ids.system_id - ticket.system_id
            )
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "These tickets name devices of another system: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )

    @api.onchange("system_id")
    def _onchange_system_id(self):
        if self.system_id and not self.partner_id:
            self.partner_id = self.system_id.unit_id
        self.equipment_ids = self.equipment_ids.filtered(
            lambda device: device.system_id == self.system_id
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        # Who types a report in is not who repairs.
        values = super().default_get(fields)
        if not self.env.context.get("default_user_id"):
            values.pop("user_id", None)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        times = [self._om_get_times(vals) for vals in vals_list]
        vals_list = self._om_prepare_create(vals_list)
        tickets = super().create(vals_list)
        tickets._om_check_reported()
        tickets._om_enter_created(times)
        tickets._om_sync_stage()
        tickets._om_duty_of_report()
        tickets._notify_board()
        return tickets

    def write(self, vals):
        if not vals.keys() & self._om_guarded_fields():
            return super().write(dict(vals))
        times = self._om_get_times(vals, strict=True)
        vals = {name: value for name, value in vals.items() if name not in TIME_FIELDS}
        if "system_id" in vals and not vals["system_id"]:
            self._om_check_keeps_system()
        first = self.browse(vals.pop("duplicate_id", None) or ())
        with self._om_changing():
            stage = vals.pop("stage_id", None)
            before = self._om_deadlines_before(vals)
            calm = self.filtered(lambda ticket: ticket.severity != "urgent")
            if vals.keys() & {"severity", "system_id", "reported_at"}:
                self._om_check_may_correct()
            result = super().write(vals) if vals else True
            if "reported_at" in vals:
                self._om_check_reported()
            if "system_id" in vals:
                # Another system is another promise: a kept rule says nothing of it.
                self.filtered("sla_rule_id")._om_keep_rule()
            if vals.get("user_id"):
                self._om_dispatched()
            if times:
                self._om_state_times(times)
            if stage:
                self._om_move(stage)
            calm._om_duty_of_report()
            self._om_log_deadlines(before)
        if first:
            self._om_merge(first)
        return result

    def _om_write_duplicate(self, first):
        """Write of what these are duplicates past the guard: a merge decides it."""
        # pylint: disable-next=super-method-mismatch; past the guard of our own write()
        return super().write({"duplicate_id": first.id})

    def _om_write_stage(self, stage_id):
        """Write the stage past the guard: the ledger decides it."""
        # pylint: disable-next=super-method-mismatch; past the guard of our own write()
        return super().write({"stage_id": stage_id})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_acted_on(self):
        kept = self.filtered(
            lambda ticket: ticket.state not in ("new", False) or ticket.pause_ids
        )
        if kept:
            raise UserError(
                self.env._(
                    "Tickets on which somebody acted stay on record. Cancel them with"
                    " the reason instead: %s",
                    ", ".join(kept.mapped("number")),
                )
            )

    def copy(self, default=None):
        self.ensure_one()
        return super().copy({"reported_at": fields.Datetime.now(), **(default or {})})

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    @api.model
    def _om_guarded_fields(self):
        """Return the fields that decide deadlines or stages: their change is an act."""
        return {
            *TIME_FIELDS,
            "reported_at",
            "system_id",
            "severity",
            "stage_id",
            "user_id",
            "duplicate_id",
            "equipment_ids",
        }

    @api.model
    def _om_get_times(self, vals, strict=False):
        """Return {kind: time} of the values; ``strict``: also what is to be empty."""
        return {
            kind: fields.Datetime.to_datetime(vals[name])
            for name, kind in TIME_FIELDS.items()
            if name in vals and (strict or vals[name])
        }

    @api.model
    def _om_prepare_create(self, vals_list):
        """Return the values to create, with what helpdesk_mgmt asks for one by one."""
        systems = self.env["om.system"].browse(
            {vals["system_id"] for vals in vals_list if vals.get("system_id")}
        )
        systems.fetch(["unit_id", "company_id"])
        numbers = self._om_next_numbers(
            sum(vals.get("number", "/") == "/" for vals in vals_list)
        )
        mailed = self.env.context.get("fetchmail_cron_running") and self.env.ref(
            "om_helpdesk.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        stages = {}
        result = []
        for vals in vals_list:
            vals = {
                name: value
                for name, value in vals.items()
                if name not in TIME_FIELDS and name != "duplicate_id"
            }
            system = self.env["om.system"].browse(vals.get("system_id") or ())
            if system:
                vals.setdefault("partner_id", system.unit_id.id)
                vals.setdefault("company_id", system.company_id.id)
            if vals.get("number", "/") == "/":
                vals["number"] = numbers.pop(0)
            if mailed:
                vals.setdefault("channel_id", mailed.id)
            vals.setdefault("user_id", self.env.context.get("default_user_id", False))
            company = vals.get("company_id") or self.env.company.id
            team = vals.get("team_id") or self.env.context.get("default_team_id")
            if (company, team) not in stages:
                stages[company, team] = self._om_stages(company).get("new")
            vals["stage_id"] = stages[company, team] or vals.get("stage_id")
            result.append(vals)
        return result

    @api.model
    def _om_next_numbers(self, count):
        """Return ``count`` new numbers; one query however many are drawn."""
        if not count:
            return []
        sequence = (
            self.env["ir.sequence"]
            .sudo()  # a number tells nothing
            .search(
                [
                    ("code", "=", "helpdesk.ticket.sequence"),
                    ("company_id", "in", [self.env.company.id, False]),
                ],
                order="company_id",
                limit=1,
            )
        )
        if not sequence:
            raise UserError(
                self.env._("The sequence that numbers the tickets is missing.")
            )
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _index in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    def _om_check_keeps_system(self):
        """Refuse to forget the system: with it the unit and the promise would go."""
        known = self.filtered("system_id")
        if known:
            raise UserError(
                self.env._(
                    "Choose the right system instead of none: %s",
                    ", ".join(known.mapped("display_name")),
                )
            )

    def _om_check_reported(self):
        """Refuse reports from the future, or after what was done about them."""
        now = fields.Datetime.now()
        wrong = self.filtered(lambda ticket: ticket.reported_at > now)
        if wrong:
            raise UserError(
                self.env._(
                    "A fault cannot be reported in the future: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )

        late = self.filtered(
            lambda ticket: any(
                event.at < ticket.reported_at
                for event in ticket.event_ids
                if not event.voided_on
            )
        )
        if late:
            raise UserError(
                self.env._(
                    "Something was done about these faults before that time. Enter an"
                    " earlier time of the report: %s",
                    ", ".join(late.mapped("display_name")),
                )
            )

    def _om_service_flag(self):
        """Return why the service may not be owed; False: it is."""
        self.ensure_one()
        system = self.system_id
        if not system or not self.reported_at:
            return False
        day = fields.Date.context_today(
            self.with_context(tz="Asia/Shanghai"), self.reported_at
        )
        if system.stop_date and day >= system.stop_date:
            return "stopped"
        if system.state == "suspended":
            return "suspended"
        starts, ends = system.service_start, system.service_end
        if (starts and day < starts) or (ends and day > ends):
            return "outside"
        return False

    @api.model
    def _om_severity_definitions(self):
        """Return {severity: what it means}."""
        return {
            "minor": self.env._(
                "Little harm: single functions or users are affected, work goes on."
            ),
            "general": self.env._(
                "Some functions or devices fail or are slow; the main work goes on."
            ),
            "serious": self.env._(
                "A main function or many devices fail; work is badly hindered."
            ),
            "urgent": self.env._(
                "The system is down, or data is lost or leaked; report to the"
                " purchaser within 30 minutes."
            ),
        }

    def action_view_twins(self):
        """Return the list of the other open tickets of the system."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_ticket_action"
        )
        action["domain"] = [
            ("system_id", "=", self.system_id.id),
            ("id", "!=", self.id),
            ("is_open", "=", True),
        ]
        return action
