from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.due import NUMBERED, DueError, DueRule, due_day
from ..engine.rhythm import Span
from ..engine.schedule import Slot

_lt = LazyTranslate(__name__)

KINDS = [
    ("report", "Report or Record"),
    ("quota", "Quantity"),
    ("training", "Training"),
    ("drill", "Drill"),
    ("backup", "Backup"),
    ("scan", "Scan or Check"),
    ("plan", "Plan or Document"),
    ("meeting", "Meeting"),
    ("certificate", "Certificate Renewal"),
    ("calibration", "Calibration"),
    ("notice", "Notice"),
]
PERS = [
    ("day", "Day"),
    ("workday", "Working Day"),
    ("week", "Week"),
    ("ten_days", "Ten Days (third of a month)"),
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half_year", "Half-year"),
    ("year", "Year"),
    ("once", "Once"),
    ("event", "On an Event"),
]
DUE_RULES = [
    ("period_end", "On the period's last day, or the event's"),
    ("next_first_workday", "First working day of the next month"),
    ("next_first_week", "First seven days of the next month"),
    ("last_month_day", "On the n-th of the period's last month"),
    ("next_month_day", "On the n-th of the first month after it"),
    ("workdays_after", "n working days after it"),
    ("days_after", "n days after it"),
    ("months_after", "n months after it"),
    ("days_before", "n days before it"),
]
PROMISED = (
    "name",
    "kind",
    "clause",
    "quantity",
    "uom_name",
    "per",
    "times",
    "basis",
    "partial",
    "due_rule",
    "due_number",
    "moves",
    "first_day",
    "last_day",
    "only_key_periods",
    "system_ids",
    "unit_id",
    "receiver_id",
)
DRAFT = ("draft",)
OPEN = ("draft", "in_force")


class OmObligation(models.Model):
    """What a contract owes beyond inspections and faults, as its clause says it.

    What it is: kind, quantity, period, due rule and receiver of a clause. A draft is
    still to be agreed: the clause names no period, or the parties have to say something
    before it can be planned.

    How to use it: ``action_agree`` puts it in force; its items (``om.obligation.item``)
    are planned, and met by deliveries (``om.obligation.delivery``) or by what other
    records show. A change needs a reason and holds for what lies ahead.

    How it works: ``engine/rhythm.py`` gives the periods, ``engine/due.py`` the day with
    its steps, ``engine/schedule.py`` what has to be created, changed or removed.
    """

    _name = "om.obligation"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Obligation"
    _order = "agreement_id, sequence, id"
    _check_company_auto = True

    _free_fields = {
        "agreement_id": DRAFT,
        "record_from": OPEN,
        **dict.fromkeys(PROMISED, OPEN),
        **dict.fromkeys(("user_id", "evidence", "note", "sequence")),
    }
    _reasoned_fields = dict.fromkeys(PROMISED, ("in_force",))
    _acts = {
        "agree": Act(
            _lt("Put into Force"),
            source=("draft",),
            target="in_force",
            groups=("om_base.group_manager", "om_base.group_procurement"),
        ),
        "end": Act(
            _lt("End"),
            source=("in_force",),
            target="ended",
            groups=("om_base.group_manager", "om_base.group_procurement"),
            reason=True,
        ),
        "happen": Act(_lt("Event Entered"), source=("in_force",)),
    }
    _facts = {
        "state": Fact("state"),
        "contract": Fact("agreement_id"),
        "name": Fact("name"),
        "kind": Fact("kind"),
        "clause": Fact("clause"),
        "quantity": Fact("quantity"),
        "period": Fact("per"),
        "times": Fact("times"),
        "basis": Fact("basis"),
        "part": Fact("partial"),
        "due_rule": Fact("due_rule"),
        "due_number": Fact("due_number"),
        "moves": Fact("moves"),
        "first_day": Fact("first_day"),
        "last_day": Fact("last_day"),
        "systems": Fact("system_ids"),
        "unit": Fact("unit_id"),
        "receiver": Fact("receiver_id"),
    }

    name = fields.Char("What Is Owed", required=True, tracking=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        [
            ("draft", "To Be Agreed"),
            ("in_force", "In Force"),
            ("ended", "Ended"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
    )
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True, precompute=True
    )
    system_ids = fields.Many2many(
        "om.system",
        string="Systems",
        check_company=True,
        help="One paper for all of them. Empty: for the whole contract.",
    )
    unit_id = fields.Many2one(
        "res.partner",
        string="User Unit",
        compute="_compute_unit_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('om_acts_as', '=', 'user_unit')]",
    )
    kind = fields.Selection(KINDS, required=True, default="report", index=True)
    clause = fields.Char(help="Where the document says so, in its own numbering.")
    quantity = fields.Float(default=1, digits="Product Unit", help="In each period.")
    uom_name = fields.Char("Unit of Measure", help="Pieces if empty.")
    per = fields.Selection(
        PERS,
        string="Period",
        tracking=True,
        help="Empty: the document does not say; it is still to be agreed.",
    )
    times = fields.Integer(
        default=1, help="How often in each period, each with a due day of its own."
    )
    basis = fields.Selection(
        [("calendar", "Of the Calendar"), ("service", "From the First Day of Service")],
        string="Periods",
        required=True,
        default="calendar",
    )
    partial = fields.Selection(
        [("whole", "The Whole"), ("pro_rata", "Pro Rata by Days, Rounded Up")],
        string="A Part of a Period Owes",
        help="Where the service begins or ends within a period. Ask the other party if"
        " the document does not say.",
    )
    due_rule = fields.Selection(
        DUE_RULES, string="Due", required=True, default="period_end", tracking=True
    )
    due_number = fields.Integer("n", default=0)
    needs_number = fields.Boolean(compute="_compute_needs_number")
    moves = fields.Boolean(
        "Moves off Rest Days",
        help="A last day that is no working day moves to the next one (Civil Code,"
        " article 203). Off where the clause names the day itself.",
    )
    first_day = fields.Date(help="Empty: the first day of service.")
    last_day = fields.Date(help="Empty: the last day of service.")
    only_key_periods = fields.Boolean(
        "On Days of Key Periods Only", help="Of those that hold for the systems."
    )
    record_from = fields.Date(
        "Recorded Here From",
        default=lambda self: self._get_local_today(),
        copy=False,
        help="Periods that ended before were handed in on paper.",
    )
    receiver_id = fields.Many2one(
        "res.partner",
        string="Received By",
        compute="_compute_receiver_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('om_role', '!=', False), ('is_company', '=', True)]",
        help="The party that takes receipt, accepts or returns.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: who is responsible for the contract.",
    )
    evidence = fields.Char("What to Hand In", help="Kinds of evidence, such as photos.")
    note = fields.Text()
    item_ids = fields.One2many("om.obligation.item", "obligation_id", string="Items")
    item_count = fields.Integer(compute="_compute_item_count")
    planned_until = fields.Date(readonly=True, copy=False)
    is_undecided = fields.Boolean(
        "Part of a Period To Be Agreed",
        readonly=True,
        copy=False,
        help="The service begins or ends within a period, and nobody has said what a"
        " part of it owes. Nothing new is planned until then.",
    )
    can_agree = can_act()
    can_end = can_act()
    can_happen = can_act()

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "What is owed is more than nothing."
    )
    _times_positive = models.Constraint(
        "CHECK (times > 0)", "At least one in each period is owed."
    )
    _days_in_order = models.Constraint(
        "CHECK (last_day >= first_day)", "The last day lies before the first."
    )

    @api.depends("system_ids")
    def _compute_unit_id(self):
        for obligation in self:
            units = obligation.system_ids.unit_id
            if len(units) == 1:
                obligation.unit_id = units
            else:
                obligation.unit_id = obligation.unit_id if not units else False

    @api.depends("unit_id", "agreement_id")
    def _compute_receiver_id(self):
        for obligation in self:
            obligation.receiver_id = (
                obligation.unit_id or obligation.agreement_id.commercial_partner_id
            )

    @api.depends("due_rule")
    def _compute_needs_number(self):
        for obligation in self:
            obligation.needs_number = obligation.due_rule in NUMBERED

    def _compute_item_count(self):
        counts = dict(
            self.env["om.obligation.item"]._read_group(
                [("obligation_id", "in", self.ids)], ["obligation_id"], ["__count"]
            )
        )
        for obligation in self:
            obligation.item_count = counts.get(obligation, 0)

    @api.constrains("due_rule", "due_number")
    def _check_due_rule(self):
        for obligation in self:
            try:
                obligation._get_due_rule()
            except DueError:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the number of its due day, %(number)s, is out of"
                        " range.",
                        name=obligation.name,
                        number=obligation.due_number,
                    )
                ) from None

    @api.constrains("per", "times")
    def _check_times(self):
        for obligation in self:
            if obligation.times > 1 and obligation.per in (
                "day",
                "workday",
                "once",
                "event",
            ):
                raise ValidationError(
                    self.env._(
                        "%s: several a day, or of what comes once, are a quantity.",
                        obligation.name,
                    )
                )

    @api.constrains("only_key_periods", "per", "system_ids")
    def _check_key_periods(self):
        for obligation in self.filtered("only_key_periods"):
            if obligation.per != "day" or not obligation.system_ids:
                raise ValidationError(
                    self.env._(
                        "%s: on days of key periods something is owed daily, and for"
                        " systems that they hold for.",
                        obligation.name,
                    )
                )

    @api.constrains("system_ids", "agreement_id")
    def _check_systems(self):
        for obligation in self:
            strange = obligation.system_ids.filtered(
                lambda system, contract=obligation.agreement_id: (
                    system.agreement_id and system.agreement_id != contract
                )
            )
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(name)s: these systems belong to another contract:"
                        " %(systems)s",
                        name=obligation.name,
                        systems=format_list(self.env, strange.mapped("name")[:5]),
                    )
                )

    @api.constrains("state", "per", "receiver_id")
    def _check_complete(self):
        for obligation in self:
            if obligation.state == "draft":
                continue
            if not obligation.per or not obligation.receiver_id:
                raise ValidationError(
                    self.env._(
                        "%s: enter its period and who receives it before it comes into"
                        " force; until then it is to be agreed.",
                        obligation.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if self._get_planning_fields() & vals.keys():
            in_force = self.filtered(lambda each: each.state == "in_force")
            if "record_from" in vals:
                # sudo: from that day on all is planned anew.
                in_force.sudo().planned_until = False
                in_force._plan_ahead()
            else:
                in_force._replan()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        agreed = self.filtered(lambda each: each.state != "draft")
        if agreed:
            raise UserError(
                self.env._(
                    "What was agreed stays on record; end it instead: %s",
                    format_list(self.env, agreed.mapped("name")[:5]),
                )
            )

    @api.model
    def _get_planning_fields(self):
        """The fields that decide which items are owed when."""
        return {
            "quantity",
            "per",
            "times",
            "basis",
            "partial",
            "due_rule",
            "due_number",
            "moves",
            "first_day",
            "last_day",
            "only_key_periods",
            "system_ids",
            "record_from",
        }

    @api.model
    def _get_local_today(self):
        return beijing.today()

    def _get_due_rule(self):
        """The engine's due rule; :raise DueError: it means nothing."""
        self.ensure_one()
        return DueRule(self.due_rule, self.due_number, self.moves)

    def _get_file_words(self):
        """By what the name of a file can name this: codes and names."""
        self.ensure_one()
        contract, unit = self.agreement_id, self.unit_id
        return tuple(
            word
            for word in (
                self.name,
                contract.code,
                *self.system_ids.mapped("code"),
                *self.system_ids.mapped("name"),
                *(unit | self.system_ids.unit_id).mapped("name"),
                unit.ref,
            )
            if word
        )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_agree(self):
        """Put these into force and plan what they owe."""
        with self._act("agree"):
            pass
        self._plan_ahead()
        return True

    def action_end(self, reason=None, day=None):
        """End these: nothing is owed after ``day``, today if none is given."""
        day = fields.Date.to_date(day) or self._get_local_today()
        with self._act("end", reason=reason) as acting:
            for obligation in acting:
                if not obligation.last_day or obligation.last_day > day:
                    obligation.last_day = max(day, obligation.first_day or day)
        self._replan()
        return True

    def action_open_end(self):
        """Return the dialog for the reason why these end."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End"),
            "res_model": "om.obligation.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_obligation_ids": self.ids},
        }

    def action_view_items(self):
        """Return the list of what these owe."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_obligation.om_obligation_item_action"
        )
        action["domain"] = [("obligation_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_enter_event(self):
        """Return the dialog in which an event is entered on which this is owed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_obligation.om_obligation_event_action"
        )
        action["context"] = {"default_obligation_id": self.id}
        return action

    def _enter_event(self, day, note):
        """Enter an event and return the item that is owed on it."""
        self.ensure_one()
        if self.per != "event":
            raise UserError(
                self.env._("“%s” is owed by periods, not on events.", self.name)
            )
        calendar = self.env["om.calendar"]._get_calendar()
        due = due_day(self._get_due_rule(), Span(day, day), calendar)
        number = self.env["om.obligation.item"].search_count(
            [("obligation_id", "=", self.id), ("period_start", "=", day)]
        )
        slot = Slot(f"E{day}/{number + 1}", Span(day, day), due, self.quantity)
        with self._act("happen", reason=note) as acting:
            # sudo: items are nobody's to create; the act was checked.
            items = acting.env["om.obligation.item"].sudo()
            item = items.create(
                {
                    "obligation_id": self.id,
                    "event_note": note,
                    **acting._prepare_slot(slot),
                }
            )
        return self.env["om.obligation.item"].browse(item.id)

    @api.model
    def _get_of_systems(self, systems):
        """Those in force that hang on these systems."""
        return self.search(
            Domain("system_ids", "in", systems.ids) & Domain("state", "=", "in_force")
        )
