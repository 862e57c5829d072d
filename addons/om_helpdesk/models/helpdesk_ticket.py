from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import (
    SQL,
    format_list,
    html2plaintext,
    is_html_empty,
    plaintext2html,
)

from odoo.addons.om_assets.engine.fault_report import first_line
from odoo.addons.om_assets.models.om_system_deadline import LEVELS, SEVERITIES
from odoo.addons.om_base.tools import beijing

from ..engine import timeline
from ..engine.policy import TARGETS
from .helpdesk_ticket_stage import STATES

CLOSED_STATES = ("confirmed", "cancelled")
# When something happened; each of them stands for an event of the ledger.
TIME_FIELDS = {
    f"{name}_at": name
    for name, kind in timeline.KINDS.items()
    if kind.time and name not in (timeline.REPORTED, timeline.CANCELLED)
}
# Beside those what decides deadlines; their correction is an act.
CORRECTED = frozenset(
    (
        "system_id",
        "severity",
        "reported_at",
        "channel_id",
        "service_item_id",
        "request_start",
    )
)
# Every write of one of these is an act.
ACTED = CORRECTED | {*TIME_FIELDS, "user_id", "stage_id", "duplicate_id"}
# What makes a request of a ticket; of a fault it is known that these are empty, and
# nothing has to be computed on a record that is not there yet to find it out.
ASKED = ("service_item_id", "request_start")
NO_REQUEST = {"request_form": False, "request_stop": False}
# How long a form may stand open before its time of report is a statement.
AT_ONCE = timedelta(minutes=15)


def make_time_fields(kinds, **how):
    """Return {name: field} of when these events happened.

    Every model that has one for each kind of event takes them from here, with
    ``vars().update(...)`` in its class.
    """
    return {
        f"{kind}_at": fields.Datetime(timeline.KINDS[kind].time, **how)
        for kind in kinds
    }


class HelpdeskTicket(models.Model):
    """A fault of a system, or a service asked for, and what became of its deadlines.

    What it is: OCA's ticket with a system, a severity, and a ledger of what happened
    (``om.ticket.event``, ``om.ticket.pause``). Times such as ``responded_at`` are never
    written; they follow from the ledger, and deadlines and results from them.

    How to use it: create one, then call its acts (``action_dispatch``,
    ``action_respond``, ``action_fix`` ...). A write of a time, as a form sends it, is
    turned into its act. Late entries take ``om.ticket.correction`` and a reason.

    How it works: ``_om_act`` enters an event, ``engine/timeline.py`` replays the
    ledger, ``engine/policy.py`` judges each target by the promise that holds, and
    ``_om_changing`` puts on record whatever changed of deadlines and results. Its
    rooms: this file (facts), ``_event`` (ledger), ``_sla`` (clock), ``_acts``,
    ``_ending``, ``_mail`` and ``_thread`` (talk), ``_board``, ``_portal``.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "om.contract.work.mixin"]
    _description = "Ticket"
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
    channel_id = fields.Many2one(help=None, ondelete="restrict")
    partner_id = fields.Many2one(
        string="Contact", ondelete="restrict", index="btree_not_null"
    )
    partner_name = fields.Char("Reported By")
    duplicate_id = fields.Many2one(
        string="Duplicate Of", index="btree_not_null", copy=False, tracking=True
    )
    duplicate_ids = fields.One2many(string="Duplicates")
    duplicate_count = fields.Integer("Number of Duplicates")
    # Lists go by the time of the report, not by this.
    sequence = fields.Integer(index=False)

    # What is broken
    # Its index is the one with the time of the report.
    system_id = fields.Many2one(
        "om.system",
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    # Its index is the one of the tables of deadlines.
    unit_id = fields.Many2one(related="system_id.unit_id", store=True)
    equipment_ids = fields.Many2many(
        "maintenance.equipment",
        string="Devices",
        check_company=True,
        domain="[('system_id', '=', system_id)]",
    )
    severity = fields.Selection(
        SEVERITIES, required=True, default="general", tracking=True
    )
    severity_definition = fields.Char(compute="_compute_severity_definition")
    partner_phone = fields.Char("Telephone")
    # Ours to find out; what was done about it, the unit reads.
    cause = fields.Text(copy=False, groups="base.group_user")
    # Whoever has it reads the fault without a login.
    access_token = fields.Char(groups="base.group_user")
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
    vars().update(
        make_time_fields(
            [*TIME_FIELDS.values(), timeline.CANCELLED],
            compute="_compute_times",
            store=True,
            copy=False,
        )
    )
    reopen_count = fields.Integer(
        "Times Reopened", compute="_compute_times", store=True, copy=False
    )
    # Its index is the one by which they are counted.
    state = fields.Selection(STATES, compute="_compute_times", store=True, copy=False)

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
    # Counted by state, or by unit and result, without a look at any fault: all that
    # such a query asks stands in the index. Kind and company stay as they are, and with
    # a state or a result that changes every other index is written, too.
    _counted_by_state = models.Index("(state, kind, company_id) WHERE active IS TRUE")
    _counted_by_unit = models.Index(
        "(unit_id, fix_status, kind, company_id, active, reported_at)"
    )
    _number_unique = models.UniqueIndex(
        "(company_id, number) WHERE number != '/'",
        "There is a fault of this number already.",
    )

    @api.depends("system_id")
    def _compute_agreement_id(self):
        """Before the system is known, a fault is one of the contract that all systems
        of the reporting unit are in."""
        result = super()._compute_agreement_id()
        unknown = self.filtered(lambda ticket: not ticket.system_id)
        if not unknown:
            return result
        contracts = {
            unit: found[0]
            for unit, found in self.env["om.system"]._read_group(
                [
                    ("unit_id", "in", unknown.partner_id.commercial_partner_id.ids),
                    ("state", "in", ("in_service", "suspended")),
                ],
                ["unit_id"],
                ["agreement_id:recordset"],
            )
            if len(found) == 1
        }
        for ticket in unknown:
            unit = ticket.partner_id.commercial_partner_id
            ticket.agreement_id = contracts.get(unit._origin, False)
        return result

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

    @api.depends("system_id", "state", "kind")
    def _compute_twin_count(self):
        counts = dict(
            self._read_group(
                Domain("system_id", "in", self.system_id.ids)
                & Domain("kind", "=", "fault")
                & Domain("state", "not in", CLOSED_STATES),
                ["system_id"],
                ["__count"],
            )
        )
        for ticket in self:
            if ticket.kind == "request":
                # Two meetings are not one meeting reported twice.
                ticket.twin_count = 0
                continue
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

    @api.model
    def _search_display_name(self, operator, value):
        """Find the systems first: beside a condition on their names, no index of the
        tickets is of use."""
        if operator not in ("like", "ilike") or not value:
            return super()._search_display_name(operator, value)
        Systems = self.env["om.system"].with_context(active_test=False)
        found = Domain.TRUE
        for word in value.split() if operator == "ilike" else [value]:
            systems = Systems.search([("display_name", operator, word)])
            found &= (
                Domain("number", operator, word)
                | Domain("name", operator, word)
                | Domain("system_id", "in", systems.ids)
            )
        return found

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
                    format_list(self.env, wrong.mapped("display_name")),
                )
            )

    @api.onchange("system_id")
    def _onchange_system_id(self):
        unit = self.system_id.unit_id
        if unit and not self.partner_id:
            self.partner_id = unit
        if unit and not self.partner_phone:
            self.partner_phone = unit.phone
        self.equipment_ids = self.equipment_ids.filtered(
            lambda device: device.system_id == self.system_id
        )

    @api.onchange("description")
    def _onchange_description(self):
        if not self.name and not is_html_empty(self.description):
            self.name = first_line(html2plaintext(self.description))

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

    # pylint: disable-next=method-required-super; _om_create() calls it
    @api.model_create_multi
    def create(self, vals_list):
        people = [()] * len(vals_list)
        if not self.env.su:
            # Naming who holds it is an act of its own.
            vals_list = [dict(vals) for vals in vals_list]
            people = [vals.pop("employee_ids", ()) for vals in vals_list]
        collecting = self._om_collect()
        tickets = collecting._om_report(vals_list)
        collecting._om_write_collected()
        tickets = tickets.with_env(self.env)
        tickets._note("create", dict.fromkeys(tickets.ids, ""))
        for ticket, named in zip(tickets, people, strict=True):
            if named:
                ticket.employee_ids = named
        return tickets

    def _om_report(self, vals_list):
        """Create what a client reports, or the server enters."""
        times = [self._om_get_times(vals) for vals in vals_list]
        if self.env.su or self._is_acting():
            return self._om_create(vals_list, times)
        self._om_check_may_report(vals_list, times)
        # Who types in is no gateway: the channel is what is typed.
        clean, vals_list = self.with_context(fetchmail_cron_running=False)._take_free(
            vals_list
        )
        with clean.browse()._act("create") as reports:
            tickets = reports._om_create(vals_list, times)
            tickets._om_check_not_made_up(times)
        return tickets

    def _om_create(self, vals_list, times):
        """Create what was checked, and enter what has happened to it already."""
        vals_list = self._om_prepare_create(vals_list)
        # pylint: disable-next=super-method-mismatch; the second half of create()
        tickets = super().create(vals_list)
        tickets._om_check_reported()
        tickets._om_enter_created(times)
        tickets._om_sync_stage()
        tickets._om_duty_of_report()
        tickets._notify_board()
        return tickets

    def write(self, vals):
        vals = dict(vals)
        if "employee_ids" in vals and not self.env.su:
            self._om_assign(vals.pop("employee_ids"))
            if not vals:
                return True
        if not self._is_acting():
            if "user_signature" in vals:
                self._om_sign(
                    vals.pop("user_signature"), vals.pop("user_signed_by", None)
                )
            if "followup_result" in vals:
                self._om_follow_up(
                    {
                        name: vals.pop(name)
                        for name in ("followup_result", "followup_note")
                        if name in vals
                    }
                )
        acted = vals.keys() & ACTED
        own = {name: vals[name] for name in acted}
        rest = {name: value for name, value in vals.items() if name not in acted}
        if "system_id" in own and "equipment_ids" in rest:
            # The devices of the other system come with it.
            own["equipment_ids"] = rest.pop("equipment_ids")
        if "request_start" in own and "request_stop" in rest:
            # Moved as a whole, so that it never ends before it begins.
            own["request_stop"] = rest.pop("request_stop")
        if rest or not own:
            super().write(rest)
        if not own:
            return True
        times = self._om_get_times(own, strict=True)
        stage = own.pop("stage_id", None)
        first = self.browse(own.pop("duplicate_id", None) or ())
        own = {name: value for name, value in own.items() if name not in TIME_FIELDS}
        changed = self._get_changed(own)
        if times or changed & CORRECTED - {"request_start"}:
            act = "corrected"
        elif "request_start" in changed:
            act = "rescheduled"
        else:
            act = "dispatched" if "user_id" in changed else ""
            if act and not self._is_acting():
                self._om_check_may_send()
                self._om_tell_overtaking(own["user_id"])
        if act:
            reason = self.env.context.get("om_reason")
            with self._om_changing(act, reason=reason) as tickets:
                tickets._om_write_facts(own, times)
        if stage:
            self._om_move(stage)
        if first:
            self._om_merge(first)
        return True

    def _om_write_facts(self, vals, times):
        """Write what decides deadlines, with what follows from it; in an act."""
        if "system_id" in vals and not vals["system_id"]:
            self._om_check_keeps_system()
        before = self._om_deadlines_before(vals)
        calm = self.filtered(lambda ticket: ticket.severity != "urgent")
        if vals:
            # pylint: disable-next=super-method-mismatch; the second half of write()
            super().write(dict(vals))
        if "reported_at" in vals:
            self._om_check_reported()
        if "system_id" in vals:
            # Another system is another promise: a kept rule says nothing of it.
            self.filtered("sla_rule_id")._om_keep_rule()
        if vals.get("user_id"):
            self._om_dispatched()
        if times:
            self._om_state_times(times)
        calm._om_duty_of_report()
        self._om_log_deadlines(before)
        if "service_item_id" in vals:
            self.check_ids.sudo().unlink()  # of the service that it is not
            self._om_give_checklists()
        return True

    def _om_write_duplicate(self, first):
        """Write of what these are duplicates: a merge decided it."""
        # pylint: disable-next=super-method-mismatch; write() would merge once more
        return super().write({"duplicate_id": first.id})

    def _om_write_stage(self, stage_id):
        """Write the stage: the ledger decided it."""
        # pylint: disable-next=super-method-mismatch; write() would act once more
        return super().write({"stage_id": stage_id})

    def _om_get_counting(self):
        """Return those on which something hangs: deadlines, acts, pauses.

        Without a system nothing was promised: a mail that is no report may go.
        """
        return self.filtered(
            lambda ticket: (
                ticket.state not in ("new", False)
                or ticket.system_id
                or ticket.event_ids
                or ticket.pause_ids
                or ticket.proposal_ids
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counting(self):
        kept = self._om_get_counting()
        if kept:
            raise UserError(
                self.env._(
                    "Tickets whose deadlines count, or on which somebody acted, stay"
                    " on record. Cancel them with the reason instead: %s",
                    format_list(self.env, kept.mapped("number")),
                )
            )

    def copy(self, default=None):
        self.ensure_one()
        return super().copy(
            {"reported_at": fields.Datetime.now(), "number": "/", **(default or {})}
        )

    # ------------------------------------------------------------
    # Who may report and send
    # ------------------------------------------------------------

    def _om_check_may_report(self, vals_list, times):
        """Earlier times are the dispatchers' to enter, also on a new fault."""
        if self._om_is_dispatcher():
            return
        if any(times):
            raise AccessError(
                self.env._("Use the buttons: times are stated with a reason.")
            )
        at_once = fields.Datetime.now() - AT_ONCE
        if any(
            fields.Datetime.to_datetime(vals["reported_at"]) < at_once
            for vals in vals_list
            if vals.get("reported_at")
        ):
            raise AccessError(
                self.env._(
                    "A fault that was reported earlier is entered by a dispatcher."
                )
            )

    def _om_check_not_made_up(self, times):
        """Refuse new faults that read as kept only because of the times typed in."""
        if self._om_is_manager():
            return
        now = fields.Datetime.now()
        made_up = {
            (ticket, target)
            for ticket, given in zip(self, times, strict=True)
            if given
            for target in TARGETS
            if ticket[f"{target}_status"] == "met"
            and ticket[f"{target}_deadline"]
            and ticket[f"{target}_deadline"] < now
        }
        if made_up:
            raise self._om_make_healing_error(made_up)

    def _om_check_may_send(self):
        """An engineer takes what nobody has, and hands over what is his own."""
        if not self._om_is_dispatcher():
            self._om_check_not_taken()

    def _om_check_not_taken(self):
        taken = self.filtered(
            lambda ticket: ticket.user_id and ticket.user_id != self.env.user
        )
        if taken:
            raise UserError(
                self.env._(
                    "Already taken: %s",
                    format_list(
                        self.env,
                        (
                            f"{ticket.number} ({ticket.user_id.name})"
                            for ticket in taken
                        ),
                    ),
                )
            )

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

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
        stages = {}
        result = []
        is_fault = not any(self.env.context.get(f"default_{name}") for name in ASKED)
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
            if is_html_empty(vals.get("description")):
                # Who calls says one sentence: that is the title, and enough.
                vals["description"] = plaintext2html(vals.get("name") or "")
            vals.setdefault("user_id", self.env.context.get("default_user_id", False))
            company = vals.get("company_id") or self.env.company.id
            team = vals.get("team_id") or self.env.context.get("default_team_id")
            if (company, team) not in stages:
                stages[company, team] = self._om_stages(company).get("new")
            vals["stage_id"] = stages[company, team] or vals.get("stage_id")
            if is_fault and not any(vals.get(name) for name in ASKED):
                vals = {**NO_REQUEST, **vals}
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
                    format_list(self.env, known.mapped("display_name")),
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
                    format_list(self.env, wrong.mapped("display_name")),
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
                    format_list(self.env, late.mapped("display_name")),
                )
            )

    @api.model
    def _om_get_day(self, day):
        """Return a day in Beijing as naive UTC: from, and the first moment after it."""
        return beijing.bounds(day)

    def _om_service_flag(self):
        """Return why the service may not be owed; False: it is."""
        self.ensure_one()
        system = self.system_id
        if not system or not self.reported_at:
            return False
        day = beijing.day_of(self.reported_at)
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
        return {name: self.env._(level.means) for name, level in LEVELS.items()}

    def action_view_twins(self):
        """Return the list of the other open tickets of the system."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_ticket_action"
        )
        action["domain"] = [
            ("system_id", "=", self.system_id.id),
            ("kind", "=", "fault"),
            ("id", "!=", self.id),
            ("is_open", "=", True),
        ]
        return action
