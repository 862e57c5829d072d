from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.calculation import Calculation
from ..engine.penalties import share, share_steps
from ..engine.trace import Step
from .agreement import LATE
from .om_payment_milestone import to_decimal
from .om_payment_template_line import TERM_UNITS

_lt = LazyTranslate(__name__)

# Before anything of it was handed in.
ASKED = ("none", "pending")
# The act that writes an entry of a kind.
ACTS = {"received": "receive", "drawn": "draw", "returned": "return"}


class OmBond(models.Model):
    """A performance bond of a contract; its money is what its ledger says.

    Add-ons that know what comes before a contract have bonds of theirs
    (:meth:`_get_owner`): ``agreement_id`` is empty then.
    """

    _name = "om.bond"
    _description = "Performance Bond"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "om.calculation.mixin",
        "om.act.mixin",
    ]
    _order = "agreement_id, id"
    _rec_names_search = ["agreement_id.code", "agreement_id.name", "letter_number"]

    _free_fields = {
        **dict.fromkeys(
            (
                "agreement_id",
                "kind",
                "percent",
                "amount",
                "term_value",
                "term_unit",
            ),
            ASKED,
        ),
        **dict.fromkeys(
            (
                "date_due",
                "date_back",
                "letter_number",
                "issuer",
                "date_expiry",
                "replaces_id",
                "note",
            )
        ),
    }
    _shut_hint = _lt(
        "A bond that was received keeps its contract, kind and amount: cancel the entry"
        " in its ledger first, with the reason."
    )
    _acts = {
        "receive": Act(_lt("Hand In"), late=LATE),
        "draw": Act(_lt("Draw"), late=LATE),
        "return": Act(_lt("Give Back"), late=LATE),
        "cancel": Act(_lt("Cancel an Entry"), reason=True),
    }
    # What was handed in and is held changes by entries only, each of them an act.
    _facts = {
        "contract": Fact("agreement_id"),
        "kind": Fact("kind"),
        "amount": Fact("amount", sealed=("partial", "held", "released")),
        "due_on": Fact("date_due"),
        "letter": Fact("letter_number"),
        "issuer": Fact("issuer"),
        "valid_until": Fact("date_expiry"),
        "replaces": Fact("replaces_id"),
        "entries": Fact("move_ids"),
        "received": Fact("amount_received"),
        "held": Fact("balance"),
    }

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_owner", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", compute_sudo=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        compute="_compute_owner",
        store=True,
        index=True,
        precompute=True,
    )
    direction = fields.Selection(
        selection=lambda self: self.env["agreement"]._domain_selection(),
        compute="_compute_owner",
        store=True,
        precompute=True,
    )
    kind = fields.Selection(
        [("cash", "Cash"), ("letter", "Guarantee Letter")],
        required=True,
        default="cash",
        tracking=True,
    )
    percent = fields.Float(
        "Percent of the Price",
        digits=(7, 4),
        default=10.0,
        aggregator=None,
        tracking=True,
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        tracking=True,
        help="What has to be handed in; follows from the price until you change it"
        " or something is received.",
    )
    term_value = fields.Integer(
        "Term after the Signature",
        aggregator=None,
        help="How long after its signature the contract asks for the bond. 0: the"
        " contract names no term.",
    )
    term_unit = fields.Selection(TERM_UNITS, default="day", required=True)
    date_due = fields.Date(
        "To Be Handed In By",
        compute="_compute_date_due",
        store=True,
        readonly=False,
        tracking=True,
        copy=False,
    )
    letter_number = fields.Char(tracking=True, copy=False)
    issuer = fields.Char(
        tracking=True, help="Bank or guarantee company that issued the letter."
    )
    date_expiry = fields.Date(
        "Valid Until", tracking=True, index="btree_not_null", copy=False
    )
    date_back = fields.Date(
        "Comes Back By",
        compute="_compute_date_back",
        store=True,
        readonly=False,
        tracking=True,
        copy=False,
        help="The day by which it is returned, where that is known.",
    )
    move_ids = fields.One2many("om.bond.move", "bond_id", string="Ledger", copy=False)
    amount_received = fields.Monetary(
        "Handed In", compute="_compute_ledger", store=True
    )
    balance = fields.Monetary(
        "Held",
        compute="_compute_ledger",
        store=True,
        help="Received less drawn and returned.",
    )
    date_received = fields.Date(
        "Handed In On",
        compute="_compute_state",
        store=True,
        help="The day on which the whole bond was there.",
    )
    state = fields.Selection(
        [
            ("none", "Not Asked For"),
            ("pending", "Not Handed In"),
            ("partial", "Handed In in Part"),
            ("held", "Held"),
            ("released", "Released"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    replaces_id = fields.Many2one(
        "om.bond",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('agreement_id', '=', agreement_id), ('id', '!=', id)]",
        help="The bond in whose place this one is handed in, such as a letter that"
        " expires. Payments do not wait for a replacement.",
    )
    note = fields.Text("Conditions of Return")

    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "A bond is between 0 and 100 percent of the price.",
    )
    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "A bond cannot be negative."
    )
    _term_not_negative = models.Constraint(
        "CHECK (term_value >= 0)", "A term cannot be negative."
    )
    _balance_not_negative = models.Constraint(
        "CHECK (balance >= 0)",
        "More cannot be drawn from a bond or returned than is held.",
    )

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    def _get_owner(self):
        """Return what the bond stands for: a contract, or what add-ons know."""
        self.ensure_one()
        return self.agreement_id

    def _get_owner_values(self):
        """Return (company, other party, direction)."""
        contract = self.agreement_id
        return contract.company_id, contract.partner_id, contract.domain

    @api.depends(
        "agreement_id.company_id", "agreement_id.partner_id", "agreement_id.domain"
    )
    def _compute_owner(self):
        for bond in self:
            owner = bond._get_owner_values()
            bond.company_id, bond.partner_id, bond.direction = owner

    @api.depends("agreement_id.currency_id")
    def _compute_currency_id(self):
        for bond in self:
            bond.currency_id = bond._get_owner().currency_id

    def _compute_date_back(self):
        """What nobody knows better stays as it was entered."""
        for bond in self:
            bond.date_back = bond.date_back

    # The kind is always there: a bond of nothing is refused, too.
    @api.constrains("agreement_id", "kind")
    def _check_owner(self):
        for bond in self:
            if not bond._get_owner():
                raise ValidationError(
                    self.env._("Choose the contract for which the bond stands.")
                )

    @api.depends("percent", "agreement_id.amount_total", "amount_received")
    def _compute_amount(self):
        for bond in self:
            if bond.amount_received or not bond.agreement_id:
                bond.amount = bond.amount
                continue
            price = to_decimal(bond.agreement_id.sudo().amount_total)
            bond.amount = float(share(price, bond._get_percent()))

    def _get_percent(self):
        """Return the percentage as the engine takes it."""
        self.ensure_one()
        return Decimal(f"{self.percent:.4f}")

    @api.depends("term_value", "term_unit", "agreement_id.signature_date")
    def _compute_date_due(self):
        calendar = self.env["om.calendar"]
        for bond in self:
            signed = bond.agreement_id.signature_date
            if bond.term_value and signed:
                term = bond.term_value, bond.term_unit
                bond.date_due = calendar._end_of_period(signed, *term).final_date
            else:
                bond.date_due = bond.date_due

    @api.depends(
        "move_ids.kind", "move_ids.amount", "move_ids.date", "move_ids.is_cancelled"
    )
    def _compute_ledger(self):
        for bond in self:
            moves = bond.move_ids.filtered(lambda move: not move.is_cancelled)
            received = moves.filtered(lambda move: move.kind == "received")
            total = sum((to_decimal(m.amount) for m in received), Decimal(0))
            gone = sum((to_decimal(m.amount) for m in moves - received), Decimal(0))
            bond.amount_received = float(total)
            bond.balance = float(total - gone)

    # Apart from the ledger: what is asked for follows from whether it was received.
    @api.depends(
        "amount",
        "amount_received",
        "balance",
        "move_ids.kind",
        "move_ids.amount",
        "move_ids.date",
        "move_ids.is_cancelled",
    )
    def _compute_state(self):
        for bond in self:
            received = bond.move_ids.filtered(
                lambda move: move.kind == "received" and not move.is_cancelled
            )
            total, complete = Decimal(0), False
            for move in received.sorted("date"):
                total += to_decimal(move.amount)
                if total >= to_decimal(bond.amount) and not complete:
                    complete = move.date
            bond.date_received = complete
            bond.state = bond._get_state_of(total, bond.balance, bool(complete))

    def _get_state_of(self, received, balance, is_complete):
        if not received:
            return "pending" if to_decimal(self.amount) else "none"
        if not balance:
            return "released"
        return "held" if is_complete else "partial"

    @api.depends("agreement_id.code", "kind", "letter_number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = self._om_labels("kind")
        for bond in self:
            owner = bond._get_owner()
            parts = (
                owner and owner.code,
                labels.get(bond.kind),
                bond.kind == "letter" and bond.letter_number,
            )
            bond.display_name = " ".join(part for part in parts if part)

    @api.constrains("replaces_id", "agreement_id")
    def _check_replaces(self):
        for bond in self.filtered("replaces_id"):
            if bond.replaces_id.agreement_id != bond.agreement_id or bond._has_cycle(
                "replaces_id"
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” can replace an earlier bond of its own contract only.",
                        bond.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_moved(self):
        moved = self.filtered("move_ids")
        if moved:
            raise UserError(
                self.env._(
                    "Bonds with a ledger stay on record: %s",
                    format_list(self.env, moved.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_receive(self, amount=None, date=None, note=None):
        """Note that the bond, or a part of it, was handed in.

        :param amount: default what is missing
        :param date: default today; not a day to come
        """
        self.ensure_one()
        missing = to_decimal(self.amount) - to_decimal(self.amount_received)
        return self._move("received", missing if amount is None else amount, date, note)

    def action_return(self, amount=None, date=None, note=None):
        """Note that the bond was given back, in full or in part."""
        self.ensure_one()
        return self._move(
            "returned", self.balance if amount is None else amount, date, note
        )

    def action_draw(self, amount, date=None, note=None):
        """Note that the other party has drawn on the bond."""
        self.ensure_one()
        return self._move("drawn", amount, date, note)

    def _move(self, kind, amount, date=None, note=None, **values):
        """Add an entry to the ledger and return it.

        The bond's row is locked first: of two who draw the last of it one succeeds,
        the other reads why not.

        :raises UserError: see :meth:`_check_move`; also somebody else is at it
        """
        self.ensure_one()
        today = self.env["agreement"]._get_today()
        date = fields.Date.to_date(date) or today
        with self._act(
            ACTS[kind], reason=note, happened_at=self._get_moment(date)
        ) as bond:
            bond._check_move(kind, to_decimal(amount), date, today)
            move = bond.env["om.bond.move"].create(
                {
                    "bond_id": bond.id,
                    "kind": kind,
                    "amount": float(to_decimal(amount)),
                    "date": date,
                    "note": note,
                    **values,
                }
            )
            bond._log_move(move)
        return move.with_env(self.env)

    def _draw_for(self, parts, date):
        """Draw parts of deductions from bonds that the caller has locked and judged;
        return an entry for each of [(bond, amount, deduction)].
        """
        bonds = self.union(*(bond for bond, _amount, _deduction in parts))
        with bonds._act("draw", happened_at=self._get_moment(date)) as drawn:
            moves = drawn.env["om.bond.move"].create(
                [
                    {
                        "bond_id": bond.id,
                        "kind": "drawn",
                        "amount": float(amount),
                        "date": date,
                        "note": deduction.name,
                        "deduction_id": deduction.id,
                    }
                    for bond, amount, deduction in parts
                ]
            )
            for bond, entries in moves.grouped("bond_id").items():
                bond._log_move(entries)
        return moves.with_env(self.env)

    def _check_move(self, kind, amount, date, today):
        if self.agreement_id.state == "draft" and kind != "received":
            raise UserError(
                self.env._("Nothing is drawn or returned under a draft contract.")
            )
        if amount <= 0:
            raise UserError(self.env._("Enter an amount above zero."))
        if date > today:
            raise UserError(
                self.env._("%s lies ahead: only what has happened is entered.", date)
            )
        held = to_decimal(self.balance)
        missing = to_decimal(self.amount) - to_decimal(self.amount_received)
        if kind == "received" and amount > missing:
            raise UserError(
                self.env._(
                    "Bond “%(bond)s” lacks %(missing)s; %(amount)s is more than that.",
                    bond=self.display_name,
                    missing=self.currency_id.format(float(missing)),
                    amount=self.currency_id.format(float(amount)),
                )
            )
        if kind != "received" and amount > held:
            raise UserError(
                self.env._(
                    "Bond “%(bond)s” holds %(held)s; %(amount)s cannot be taken from"
                    " it.",
                    bond=self.display_name,
                    held=self.currency_id.format(float(held)),
                    amount=self.currency_id.format(float(amount)),
                )
            )

    def _log_move(self, moves):
        """Note entries of one kind and day on this bond."""
        body = self.env._(
            "%(act)s %(amount)s on %(date)s; held now: %(balance)s",
            act=moves[0].act_name,
            amount=self.currency_id.format(sum(moves.mapped("amount"))),
            date=moves[0].date,
            balance=self.currency_id.format(self.balance),
        )
        notes = format_list(self.env, [move.note for move in moves if move.note])
        self.message_post(body=f"{body}. {notes}" if notes else body)

    # ------------------------------------------------------------
    # Calculation
    # ------------------------------------------------------------

    def _get_calculation(self):
        self.ensure_one()
        return Calculation.of(
            self.env._("Performance bond"),
            self.note or "",
            self._word_steps(self._get_steps()),
            self.env._("Held: %s", self.currency_id.format(self.balance)),
        )

    def _get_steps(self):
        """Return the steps to what is asked for, and from what came in to what is
        held."""
        price = to_decimal(self.agreement_id.amount_total)
        base, part, exact, amount = share_steps(price, self._get_percent())
        steps = [
            base.named(self.env._("Contract price")),
            part,
            exact.named(self.env._("Price × share")),
            amount.named(self.env._("Bond")),
        ]
        if amount.value != to_decimal(self.amount):
            steps = [
                Step("price", price),
                Step("bond_by_hand", to_decimal(self.amount), "take"),
            ]
        moves = self.move_ids.sorted("date").filtered(lambda m: not m.is_cancelled)
        for move in moves:
            does = "more" if move.kind == "received" else "less"
            steps.append(
                Step(
                    "move",
                    to_decimal(move.amount),
                    "take" if move == moves[0] else does,
                    label=move.act_name,
                    note=f"{self._format_day(move.date)} {move.note or ''}".strip(),
                )
            )
        if moves:
            steps.append(Step("holding", to_decimal(self.balance), "is"))
        return steps
