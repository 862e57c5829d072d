from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools.acts import Act, Fact
from odoo.addons.om_base.tools.workdays import DayNote

from ..engine.due import NUMBERED

_lt = LazyTranslate(__name__)
# Nothing was handed in for good yet, or it came back.
OWED = ("owed", "returned")
# A paper that was handed over on a Friday is entered in the next week.
LATE = timedelta(days=14)


class OmObligationItem(models.Model):
    """One thing that is owed by a day: what an obligation owes in one period.

    Items come about by planning, or by an event; what was handed in, when, how much and
    how late are facts, and so is what the receiver said to it.
    """

    _name = "om.obligation.item"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "om.portal.mixin",
        "portal.mixin",
        "om.act.mixin",
    ]
    _description = "Item Owed"
    _order = "due_date, id"
    _check_company_auto = True
    _portal_path = "/my/obligations"
    _portal_answers = {
        "receive": Answer("action_receive"),
        "accept": Answer("action_accept"),
        "return": Answer("action_return", "reason"),
    }

    _free_fields = {"note": OWED}
    _acts = {
        "deliver": Act(_lt("Part Delivered"), source=OWED, late=LATE),
        "hand_in": Act(_lt("Handed In"), source=OWED, target="handed_in", late=LATE),
        "take_back": Act(
            _lt("Taken Back"),
            source=("handed_in",),
            target="owed",
            groups=("om_base.group_manager",),
            reason=True,
        ),
        "receive": Act(
            _lt("Receipt Taken"),
            source=("handed_in",),
            target="receipted",
            party="_get_receiver",
        ),
        "accept": Act(
            _lt("Accepted"),
            source=("handed_in", "receipted"),
            target="accepted",
            party="_get_receiver",
        ),
        "return": Act(
            _lt("Returned"),
            source=("handed_in", "receipted"),
            target="returned",
            party="_get_receiver",
            reason=True,
        ),
    }
    _facts = {
        "state": Fact("state"),
        "obligation": Fact("obligation_id"),
        "from": Fact("period_start"),
        "to": Fact("period_end"),
        "due_on": Fact("due_date"),
        "quantity_due": Fact("quantity_due"),
        "quantity_done": Fact("quantity_done"),
        "handed_in_on": Fact("handed_in_on"),
        "late_by": Fact("late_days"),
        "short_by": Fact("quantity_short"),
        "result": Fact("result"),
    }

    name = fields.Char(compute="_compute_name", store=True, precompute=True)
    obligation_id = fields.Many2one(
        "om.obligation", required=True, index=True, ondelete="restrict", readonly=True
    )
    slot = fields.Char(required=True, readonly=True, help="Which of the periods it is.")
    agreement_id = fields.Many2one(
        related="obligation_id.agreement_id",
        store=True,
        index=True,
        precompute=True,
        groups="base.group_user",
    )
    company_id = fields.Many2one(
        related="obligation_id.company_id", store=True, index=True, precompute=True
    )
    unit_id = fields.Many2one(
        related="obligation_id.unit_id",
        store=True,
        index="btree_not_null",
        precompute=True,
        string="User Unit",
    )
    receiver_id = fields.Many2one(
        related="obligation_id.receiver_id",
        store=True,
        index="btree_not_null",
        precompute=True,
    )
    kind = fields.Selection(
        related="obligation_id.kind", store=True, index=True, precompute=True
    )
    per = fields.Selection(
        related="obligation_id.per", store=True, precompute=True, string="Period"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    system_ids = fields.Many2many(related="obligation_id.system_ids")
    clause = fields.Char(related="obligation_id.clause")
    evidence = fields.Char(related="obligation_id.evidence")
    uom_name = fields.Char(related="obligation_id.uom_name")
    period_start = fields.Date("From", required=True, readonly=True)
    period_end = fields.Date("To", required=True, readonly=True)
    due_date = fields.Date("Due On", required=True, readonly=True, index=True)
    nominal_date = fields.Date("Due by the Clause", required=True, readonly=True)
    is_provisional = fields.Boolean(
        "Provisional",
        readonly=True,
        help="The State Council has not published that year's holidays yet.",
    )
    reckoning = fields.Json(readonly=True, copy=False)
    why_due = fields.Text("Why This Day", compute="_compute_why_due")
    quantity_due = fields.Float("Owed", digits="Product Unit", readonly=True)
    quantity_done = fields.Float("Done", digits="Product Unit", readonly=True)
    quantity_short = fields.Float("Short", digits="Product Unit", readonly=True)
    handed_in_on = fields.Date(readonly=True, copy=False)
    late_days = fields.Integer(
        "Late by (days)",
        readonly=True,
        copy=False,
        aggregator="sum",
        help="Days after the due day until it was handed in as a whole.",
    )
    result = fields.Selection(
        [("kept", "Kept"), ("late", "Late"), ("short", "Short")],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    state = fields.Selection(
        [
            ("owed", "Owed"),
            ("handed_in", "Handed In"),
            ("receipted", "Received"),
            ("accepted", "Accepted"),
            ("returned", "Returned"),
        ],
        required=True,
        readonly=True,
        default="owed",
        index=True,
        tracking=True,
        copy=False,
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    remark = fields.Text(
        "Receiver's Remark", readonly=True, copy=False, help="Why it came back."
    )
    note = fields.Text()
    delivery_ids = fields.One2many(
        "om.obligation.delivery", "item_id", string="Deliveries", readonly=True
    )
    file_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        compute="_compute_file_ids",
        compute_sudo=True,
        help="All that was handed in.",
    )
    event_note = fields.Char("Event", readonly=True)
    can_hand_in = can_act()
    can_receive = can_act()
    can_accept = can_act()
    can_return = can_act()
    can_take_back = can_act()

    _slot_once = models.Constraint(
        "UNIQUE (obligation_id, slot)", "This period has been planned already."
    )
    _open_by_day = models.Index(
        "(due_date, obligation_id) WHERE state IN ('owed', 'returned')"
    )

    @api.depends("obligation_id.name", "period_start", "period_end", "slot")
    def _compute_name(self):
        for item in self:
            first, last = item.period_start, item.period_end
            if not first or not last or item.obligation_id.per == "once":
                words = ""
            elif first == last:
                words = str(first)
            elif first.day == 1 and last == fields.Date.end_of(first, "month"):
                words = f"{first:%Y-%m}"
            else:
                words = f"{first} – {last}"
            item.name = " ".join(filter(None, [item.obligation_id.name, words]))

    @api.depends(
        "obligation_id.user_id",
        "obligation_id.system_ids.user_id",
        "obligation_id.agreement_id.user_id",
    )
    def _compute_user_id(self):
        for item in self:
            obligation = item.obligation_id
            # Of several systems nobody's person is responsible for all.
            served = obligation.system_ids.user_id.filtered("active")
            item.user_id = (
                obligation.user_id
                or (len(served) == 1 and served)
                or obligation.agreement_id.user_id
            )

    @api.depends("delivery_ids.file_ids")
    def _compute_file_ids(self):
        for item in self:
            item.file_ids = item.delivery_ids.file_ids

    @api.depends("due_date", "state")
    def _compute_is_overdue(self):
        today = self.env["om.obligation"]._get_local_today()
        for item in self:
            item.is_overdue = item.state in OWED and item.due_date < today

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["om.obligation"]._get_local_today()
        overdue = Domain("state", "in", OWED) & Domain("due_date", "<", today)
        return overdue if True in value else ~overdue

    @api.depends("reckoning")
    def _compute_why_due(self):
        for item in self:
            item.why_due = "\n".join(item._word_steps()) or False

    @api.model
    def _pack_reckoning(self, obligation, due):
        """The engine's trace as it is stored: the clause may change, this day's reason
        does not."""
        return {
            "rule": obligation.due_rule,
            "number": obligation.due_number,
            "steps": [
                [
                    step.kind,
                    str(step.first),
                    str(step.last),
                    [[str(note.date), note.kind, note.name] for note in step.notes],
                ]
                for step in due.steps
            ],
        }

    def _word_steps(self):
        """The sentences of the reckoning, in the reader's language."""
        self.ensure_one()
        trace = self.reckoning or {}
        return [
            self._word_step(trace, kind, first, last, notes)
            for kind, first, last, notes in trace.get("steps", ())
        ]

    def _word_step(self, trace, kind, first, last, notes):
        rows = self.env["om.calendar"]._format_notes(
            [
                DayNote(date.fromisoformat(day), about, name)
                for day, about, name in notes
            ]
        )
        reasons = format_list(
            self.env, [f"{row['date']} {row['reason']}" for row in rows]
        )
        words = {
            "period": lambda: (
                self.env._("It is reckoned from %s.", first)
                if first == last
                else self.env._(
                    "The period is %(first)s to %(last)s.", first=first, last=last
                )
            ),
            "cut": lambda: self.env._(
                "Of it %(first)s to %(last)s was served.", first=first, last=last
            ),
            "rule": lambda: self.env._(
                "%(rule)s: %(day)s.", rule=self._word_rule(trace), day=last
            ),
            "moved": lambda: self.env._(
                "That is no working day (%(why)s): it moves to %(day)s.",
                why=reasons,
                day=last,
            ),
            "stays": lambda: self.env._(
                "That is no working day (%s); the contract does not move it.", reasons
            ),
            "provisional": lambda: self.env._(
                "Provisional: the State Council has not published the holidays of that"
                " year."
            ),
        }
        return words[kind]()

    def _word_rule(self, trace):
        """The due rule with its number, as the clause is worded here."""
        label = self.env["om.obligation"]._om_labels("due_rule")[trace["rule"]]
        if trace["rule"] in NUMBERED:
            return self.env._(
                "%(rule)s (n = %(number)s)", rule=label, number=trace["number"]
            )
        return label

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned(self):
        """Items go with their plan only, and only while nothing was handed in."""
        if not self.env.su or self.delivery_ids:
            raise UserError(
                self.env._(
                    "What is owed follows from its obligation; change or end that."
                )
            )

    def _get_receiver(self):
        """Return whose word receipt, acceptance and return are, and its capacity."""
        self.ensure_one()
        item = self.sudo()  # its own people know who they are
        receiver = item.receiver_id
        if receiver == item.unit_id:
            return receiver, "user_unit"
        if receiver == item.agreement_id.supervisor_id:
            return receiver, "supervisor"
        return receiver, "purchaser"
