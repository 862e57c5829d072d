from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ..engine.milestones import Balance
from ..engine.penalties import Room, spread
from .om_payment_milestone import BILLING, INVOICE_GROUPS, SETTLED, to_decimal

PARTIES = [
    ("unit", "User Unit"),
    ("purchaser", "Purchaser"),
    ("contractor", "Contractor"),
]

# Non-operating income and expenses (营业外收支) in the charts of accounts for China: of
# small enterprises, and of all others.
INCOME = ("l10n_cn_account_5301", "l10n_cn_large_bis_account_6301")
EXPENSE = ("l10n_cn_account_5711", "l10n_cn_large_bis_account_6711")


class OmDeduction(models.Model):
    """What becomes of a deduction: agreed, disputed or waived, taken from payments and
    bonds, invoiced where the purchaser bears it.

    What is received because of a taxed service, such as interest on late payment, is
    part of its sales and taxed like it (VAT Law 2026, article 17).
    """

    _inherit = "om.deduction"

    missing_parties = fields.Char("Still to Agree", compute="_compute_missing_parties")

    invoice_ids = fields.One2many(
        "account.move",
        "om_deduction_id",
        string="Invoices",
        copy=False,
        groups=INVOICE_GROUPS,
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", groups=INVOICE_GROUPS
    )
    amount_invoiced = fields.Monetary(
        "Claim Invoiced", compute="_compute_claim", store=True, compute_sudo=True
    )
    amount_claim_open = fields.Monetary(
        "Claim Still Open",
        compute="_compute_claim",
        store=True,
        compute_sudo=True,
        help="Claimed and neither paid on an invoice nor settled otherwise.",
    )
    has_open_claim = fields.Boolean(
        "Open Claim",
        compute="_compute_has_open_claim",
        search="_search_has_open_claim",
    )
    may_invoice = fields.Boolean(compute="_compute_may_invoice")

    def _get_parties(self):
        """Return the parties whose agreement makes this deduction binding."""
        self.ensure_one()
        parties = ["purchaser", "contractor"]
        # The record of an assessment is signed by the user unit, too (Shunyi).
        if self.unit_id and self.direction == "contractor":
            parties.insert(0, "unit")
        return parties

    def _get_missing_parties(self):
        self.ensure_one()
        return [
            party for party in self._get_parties() if not self[f"{party}_agreed_date"]
        ]

    @api.depends(
        "state",
        "unit_id",
        "direction",
        "unit_agreed_date",
        "purchaser_agreed_date",
        "contractor_agreed_date",
    )
    @api.depends_context("lang")
    def _compute_missing_parties(self):
        labels = {
            "unit": self.env._("user unit"),
            "purchaser": self.env._("purchaser"),
            "contractor": self.env._("contractor"),
        }
        for deduction in self:
            missing = []
            if not deduction._is_frozen():
                missing = deduction._get_missing_parties()
            deduction.missing_parties = format_list(
                self.env, [labels[party] for party in missing]
            )

    def _get_side(self, party):
        """Return the body that agrees as ``party``, and its capacity."""
        self.ensure_one()
        contract = self.agreement_id
        ours, theirs = self.company_id.partner_id, contract.partner_id
        is_sale = contract.domain != "purchase"
        sides = {
            "unit": (self.unit_id, "user_unit"),
            "purchaser": (theirs if is_sale else ours, "purchaser"),
            "contractor": (ours if is_sale else theirs, "contractor"),
        }
        return sides[party]

    def _get_unit_side(self):
        return self._get_side("unit")

    def _get_purchaser_side(self):
        return self._get_side("purchaser")

    def _get_contractor_side(self):
        return self._get_side("contractor")

    @api.private
    def action_agree(self, party, date=None, paper=None):
        """Note that a party has agreed; with the last one the amount is fixed.

        :param party: unit, purchaser or contractor
        :param date: the day on which our own side agreed, default today
        :param paper: what another party has signed; its day counts
        :raises UserError: decided already, a default that still lasts, a day to come,
            another party without its paper
        """
        if party not in dict(PARTIES):
            raise UserError(self.env._("“%s” is no party of a contract.", party))
        today = self.env["agreement"]._get_today()
        date = fields.Date.to_date(paper.signed_on if paper else date) or today
        self._check_day(date, today)
        with self._act(
            f"agree_{party}", paper=paper, happened_at=self._get_moment(date)
        ) as deductions:
            for deduction in deductions:
                deduction._check_can_agree(party)
                side, _capacity = deduction._get_side(party)
                deduction.write(
                    {
                        f"{party}_agreed_date": date,
                        f"{party}_signatory_id": side.id,
                    }
                )
            for deduction in deductions.filtered(
                lambda d: not d._get_missing_parties()
            ):
                days = [deduction[f"{p}_agreed_date"] for p in deduction._get_parties()]
                deduction.write({"state": "agreed", "agreed_date": max(days)})
        return True

    @api.private
    def action_agree_unit(self, paper=None):
        """The user unit has agreed."""
        return self.action_agree("unit", paper=paper)

    @api.private
    def action_agree_purchaser(self, paper=None):
        """The purchaser has agreed."""
        return self.action_agree("purchaser", paper=paper)

    @api.private
    def action_agree_contractor(self, paper=None):
        """The contractor has agreed."""
        return self.action_agree("contractor", paper=paper)

    def _check_day(self, date, today):
        for deduction in self:
            if date > today or date < deduction.date:
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be agreed on %(date)s: between %(first)s,"
                        " the day of the event, and today.",
                        name=deduction.display_name,
                        date=date,
                        first=deduction.date,
                    )
                )

    def _check_can_agree(self, party):
        self.ensure_one()
        name = self.display_name
        if party not in self._get_parties():
            raise UserError(self.env._("“%s” needs no word of this party.", name))
        if self[f"{party}_agreed_date"]:
            raise UserError(
                self.env._(
                    "“%(name)s”: this party agreed on %(date)s.",
                    name=name,
                    date=self[f"{party}_agreed_date"],
                )
            )
        if self.method == "daily" and not self._get_default_end():
            raise UserError(
                self.env._(
                    "“%s” still runs: enter the last day of the default first.", name
                )
            )
        if not self.currency_id.compare_amounts(self.amount, 0.0) > 0:
            raise UserError(self.env._("“%s” has no amount to agree on.", name))

    def action_dispute(self, reason):
        """Note that a party contests these; what was agreed so far falls away."""
        with self._act("dispute", reason=reason) as deductions:
            deductions.write(self._get_no_agreement())
            deductions._log(self.env._("Disputed"), reason)
        return True

    @api.private
    def action_dispute_purchaser(self, reason=None, paper=None):
        """Note that the purchaser contests these, by its own login or its paper."""
        with self._act("dispute_purchaser", reason=reason, paper=paper) as deductions:
            deductions.write(self._get_no_agreement())
            deductions._log(self.env._("Disputed"), reason)
        return True

    def _get_creditor_side(self):
        """Who gets the money is who can give it up."""
        return self._get_side(
            "purchaser" if self.direction == "contractor" else "contractor"
        )

    @api.private
    def action_waive(self, reason=None, paper=None):
        """Note that who would get the money gives it up; these stay on record.

        :param paper: what the other party has signed, if it is the other party
        """
        day = paper and paper.signed_on
        with self._act(
            "waive", reason=reason, paper=paper, happened_at=self._get_moment(day)
        ) as deductions:
            deductions._check_nothing_applied()
            deductions._log(self.env._("Waived"), reason)
        return True

    def _lapse(self, reason):
        """Give up proposals whose ground is gone, such as a stop that did not come."""
        with self._act("lapse", reason=reason) as deductions:
            deductions._log(self.env._("Waived"), reason)

    def action_reopen(self, reason):
        """Take decisions back for a correction: what was applied goes back to where it
        was taken from, and all parties agree anew.

        :raises UserError: no reason, a closed contract, or a payment that is already
            invoiced for less because of this deduction
        """
        with self._act("reopen", reason=reason) as deductions:
            closed = deductions.agreement_id.filtered(lambda c: c.state == "closed")
            if closed:
                raise UserError(
                    self.env._("Contract “%s” is closed.", closed[0].display_name)
                )
            deductions._take_back(reason)
            deductions.write({"state": "proposed", **self._get_no_agreement()})
            # What was frozen follows its clause again.
            counted = deductions.filtered(lambda deduction: deduction.method != "fixed")
            self.env.add_to_compute(self._fields["amount"], counted)
            deductions._log(self.env._("Reopened for a correction"), reason)
        return True

    @api.model
    def _get_no_agreement(self):
        values = {"agreed_date": False}
        for party, _label in PARTIES:
            values[f"{party}_agreed_date"] = False
            values[f"{party}_signatory_id"] = False
        return values

    def _check_nothing_applied(self):
        applied = self.filtered("line_ids")
        if applied:
            raise UserError(
                self.env._(
                    "A part of “%s” is applied: reopen it first.",
                    applied[0].display_name,
                )
            )

    def _log(self, act, reason):
        body = f"{act}: {reason}" if reason else act
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))
        for contract, deductions in self.grouped("agreement_id").items():
            names = format_list(self.env, deductions.mapped("display_name"))
            contract._message_log(body=f"{names} – {body}")

    # ------------------------------------------------------------
    # The purchaser's word in the portal
    # ------------------------------------------------------------

    def _may_answer_in_portal(self):
        """True if the purchaser, whose user asks, has still to say its word."""
        self.ensure_one()
        # sudo: whose person the user is is no secret to the user.
        user = self.env.user.sudo()
        return (
            self.state in ("proposed", "disputed")
            and not self.purchaser_agreed_date
            and user._speaks_for(self._get_purchaser_side()[0])
        )

    def _get_dispute(self):
        """The line of the dispute that this stands in; none without."""
        self.ensure_one()
        return self.act_ids.filtered(
            lambda line: (
                self.state == "disputed"
                and line.act in ("dispute", "dispute_purchaser")
            )
        )[:1]

    def _answer_in_portal(self, word, reason="", **more):
        """Take the word of the purchaser that is logged in, and tell who is
        responsible.

        :raises AccessError: another party's deduction
        :raises UserError: decided already, or contested without a reason
        """
        self.ensure_one()
        self.check_access("read")
        result = super()._answer_in_portal(word, reason, **more)
        # sudo: who of ours is responsible is no matter of the purchaser's.
        deduction = self.sudo()
        deduction = deduction.with_context(lang=deduction.user_id.lang)
        deduction.message_notify(
            partner_ids=deduction.user_id.partner_id.ids,
            subject=deduction.display_name,
            body=(
                deduction.env._("The purchaser has agreed in the portal.")
                if word == "agree"
                else deduction.env._("The purchaser contests this: %s", reason)
            ),
        )
        return result

    # ------------------------------------------------------------
    # Taking agreed deductions from bonds and payments, never more than they hold
    # ------------------------------------------------------------

    def action_apply(self, milestone=None, bond=None, claim=False, date=None):
        """Take these agreed deductions from what the contracts still have to give.

        Without a choice: first the bonds, then the payments in their order. What finds
        no room stays open for the next payment, or with ``claim`` becomes a claim of
        the other party. What the settlement review contains is only ticked off: it is
        not subtracted a second time. What the purchaser bears is always a claim, ours.

        :param milestone: take from this payment only (record or id)
        :param bond: take from this bond only (record or id)
        :param date: day of the act, default today
        :raises UserError: not agreed, or nothing left that could give
        """
        day = fields.Date.to_date(date) or self.env["agreement"]._get_today()
        with self._act("apply", happened_at=self._get_moment(day)) as deductions:
            deductions._check_review_passed()
            milestones, bonds = deductions._get_sources(milestone, bond)
            parts = []
            for contract, some in deductions.grouped("agreement_id").items():
                rooms = deductions._get_rooms(
                    bonds.filtered(lambda b, c=contract: b.agreement_id == c),
                    milestones.filtered(lambda m, c=contract: m.agreement_id == c),
                )
                for deduction in some.sorted(lambda d: (d.agreed_date, d.id)):
                    taken, rooms = deduction._fill(rooms, claim)
                    parts += taken
            deductions._write_parts(parts, day)
            deductions._note_applied()
        return True

    def _get_sources(self, milestone, bond):
        """Return the payments and bonds that may be taken from."""
        contracts = self.agreement_id
        Milestone, Bond = self.env["om.payment.milestone"], self.env["om.bond"]
        if milestone or bond:
            milestones = Milestone.browse(self._to_id(milestone))
            bonds = Bond.browse(self._to_id(bond))
            foreign = (milestones.agreement_id | bonds.agreement_id) - contracts
            if foreign:
                raise UserError(
                    self.env._(
                        "This payment or bond belongs to another contract: %s",
                        foreign[0].display_name,
                    )
                )
            return milestones, bonds
        return (
            contracts.milestone_ids.filtered(lambda m: m.state not in SETTLED).sorted(),
            contracts.bond_ids.filtered(lambda b: b.balance > 0).sorted(),
        )

    def _to_id(self, record):
        return (record if isinstance(record, int) else record.id) if record else []

    def _get_rooms(self, bonds, milestones):
        rooms = [Room(bond, to_decimal(bond.balance)) for bond in bonds]
        return rooms + [
            Room(milestone, milestone._get_deductible()) for milestone in milestones
        ]

    def _fill(self, rooms, claim):
        """Return ([(deduction, target, source, amount)], rooms left) for what is open
        of this deduction."""
        self.ensure_one()
        amount = to_decimal(self.amount_open)
        if self.in_review or self.direction == "purchaser":
            target = "review" if self.in_review else "claim"
            return [(self, target, None, amount)], rooms
        filled, rest = spread(amount, rooms)
        if not filled and not claim:
            raise UserError(
                self.env._(
                    "Nothing is left that “%s” could be taken from: wait for the next"
                    " payment, or apply it as a claim.",
                    self.display_name,
                )
            )
        parts = [
            (
                self,
                "bond" if room.key._name == "om.bond" else "milestone",
                room.key,
                room.left,
            )
            for room in filled
        ]
        if rest and claim:
            parts.append((self, "claim", None, rest))
        taken = {room.key: room.left for room in filled}
        return parts, [Room(r.key, r.left - taken.get(r.key, 0)) for r in rooms]

    def _write_parts(self, parts, date):
        """Write a line for each (deduction, target, source, amount)."""
        drawn = [
            (source, amount, deduction)
            for deduction, target, source, amount in parts
            if target == "bond"
        ]
        moves = iter(self.env["om.bond"]._draw_for(drawn, date) if drawn else ())
        self.env["om.deduction.line"].create(
            [
                {
                    "deduction_id": deduction.id,
                    "target": target,
                    "milestone_id": target == "milestone" and source.id,
                    "bond_move_id": target == "bond" and next(moves).id,
                    "amount": float(amount),
                    "date": date,
                }
                for deduction, target, source, amount in parts
            ]
        )

    def _check_review_passed(self):
        early = self.filtered(lambda d: d.in_review and not d.agreement_id.is_settled)
        if early:
            raise UserError(
                self.env._(
                    "“%s” is part of the settlement review: it is ticked off when the"
                    " review has passed.",
                    early[0].display_name,
                )
            )

    def _note_applied(self):
        """Write the state that follows from what is applied, and say where it went."""
        done = self.filtered(
            lambda d: not d.currency_id.compare_amounts(d.amount_open, 0.0)
        )
        done.write({"state": "applied"})
        labels = self.env["om.deduction.line"]._om_labels("target")
        self._message_log_batch(
            bodies={d.id: d._get_application_text(labels) for d in self}
        )
        for contract, deductions in self.grouped("agreement_id").items():
            contract._message_log(
                body=self.env._(
                    "Deductions applied: %s",
                    format_list(self.env, deductions.mapped("name")),
                )
            )

    def _get_application_text(self, labels):
        self.ensure_one()
        money = self.currency_id.format
        parts = [
            f"{line.milestone_id.name or labels[line.target]} {money(line.amount)}"
            for line in self.line_ids
        ]
        if self.amount_open:
            parts.append(self.env._("still open: %s", money(self.amount_open)))
        return self.env._("Applied: %s", format_list(self.env, parts))

    def action_settle_claim(self, date=None, note=None):
        """Note that the claims of these are paid or otherwise done with.

        :param date: the day, default today
        :param note: receipt or agreement by which it was done, required
        :raises UserError: no claim, one that is settled or invoiced, a day to come
        """
        self._check_no_invoice(
            self.env._(
                "“%(name)s” is invoiced (%(invoices)s): register the payment there."
            )
        )
        day = fields.Date.to_date(date) or self.env["agreement"]._get_today()
        with self._act(
            "settle_claim", reason=note, happened_at=self._get_moment(day)
        ) as deductions:
            wrong = deductions.filtered(lambda d: not d.has_open_claim)
            if wrong:
                raise UserError(
                    self.env._("“%s” has no claim that is open.", wrong[0].display_name)
                )
            deductions.write({"claim_settled_date": day})
            deductions._log(self.env._("Claim settled on %s", day), note)
        return True

    # ------------------------------------------------------------
    # Back again
    # ------------------------------------------------------------

    def _take_back(self, reason):
        """Give back what was taken, so that these can be corrected."""
        self._check_no_invoice(
            self.env._(
                "“%(name)s” is invoiced (%(invoices)s): cancel the invoice first."
            )
        )
        lines = self.line_ids
        billed = lines.milestone_id.filtered("amount_invoiced")
        if billed:
            raise UserError(
                self.env._(
                    "“%s” is invoiced with this deduction: cancel the invoice first.",
                    billed[0].display_name,
                )
            )
        lines.bond_move_id._cancel(reason)
        lines.unlink()
        self.write({"claim_settled_date": False})

    def _release_excess(self, milestones):
        """Free what these payments cannot give any more, since their amount has
        fallen; the freed parts wait for another payment, or for a claim."""
        # sudo: this follows from the price or the end of a contract, whoever decides
        # about those.
        lines = milestones.sudo().deduction_line_ids.sorted("id", reverse=True)
        over = {
            m.id: to_decimal(m.amount_deducted)
            - to_decimal(0.0 if m.is_ended else m.amount)
            for m in milestones.sudo()
        }
        changes = []
        for line in lines:
            excess = over[line.milestone_id.id]
            if excess <= 0:
                continue
            amount = to_decimal(line.amount)
            changes.append((line, amount - min(amount, excess)))
            over[line.milestone_id.id] = excess - min(amount, excess)
        freed = lines.browse().union(*(line for line, _rest in changes)).deduction_id
        if not changes:
            return freed
        with freed._act("release"):
            for line, rest in changes:
                if rest:
                    line.amount = float(rest)
                else:
                    line.unlink()
        return freed

    # ------------------------------------------------------------
    # Invoices for claims: what the purchaser bears comes on top of the price
    # ------------------------------------------------------------

    @api.depends(
        "amount_claimed",
        "claim_settled_date",
        *BILLING,
    )
    def _compute_claim(self):
        self.invoice_ids._om_fetch_matchings()
        for deduction in self:
            books = deduction.invoice_ids._om_get_books()
            claimed = to_decimal(deduction.amount_claimed)
            invoiced = books.get_invoiced(claimed)
            balance = Balance(claimed, invoiced=invoiced, cash=books.cash)
            deduction.amount_invoiced = float(invoiced)
            deduction.amount_claim_open = (
                0.0 if deduction.claim_settled_date else float(max(balance.residual, 0))
            )

    @api.depends("amount_claim_open")
    def _compute_has_open_claim(self):
        for deduction in self:
            deduction.has_open_claim = bool(deduction.amount_claim_open)

    @api.model
    def _search_has_open_claim(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("amount_claim_open", ">", 0)
        return domain if True in value else ~domain

    @api.depends("direction", "amount_claimed", "amount_invoiced", "claim_settled_date")
    def _compute_may_invoice(self):
        for deduction in self:
            left = deduction.amount_claimed - deduction.amount_invoiced
            deduction.may_invoice = (
                deduction.direction == "purchaser"
                and not deduction.claim_settled_date
                and deduction.currency_id.compare_amounts(left, 0.0) > 0
            )

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        for deduction in self:
            deduction.invoice_count = len(deduction.invoice_ids)

    # ------------------------------------------------------------
    # Making invoices
    # ------------------------------------------------------------

    def action_make_invoice(self):
        """Make a draft invoice for what no invoice covers yet of these claims; open it.

        In a contract with a supplier, where the purchaser is us, it is a bill.

        :raises UserError: no claim of that kind, nothing left to invoice, or somebody
            else is at it
        """
        with self._act("invoice") as claims:
            for deduction in claims:
                deduction._check_can_invoice()
            taxes = claims.agreement_id._in_own_language()._get_taxes()
            moves = claims.env["account.move"].create(
                [deduction._prepare_invoice(taxes) for deduction in claims]
            )
            for deduction, move in zip(claims, moves, strict=True):
                amount = deduction.currency_id.format(move.amount_total)
                deduction._log(self.env._("Invoice made"), amount)
        return moves.with_env(self.env)._view_of_contract()

    def _check_can_invoice(self):
        self.ensure_one()
        if self.direction != "purchaser" or not self.amount_claimed:
            raise UserError(
                self.env._(
                    "“%s” is not invoiced: only what the purchaser bears is, once it"
                    " is agreed and applied.",
                    self.display_name,
                )
            )
        if not self.may_invoice:
            raise UserError(
                self.env._(
                    "Nothing is left to invoice of “%(name)s”: %(claimed)s claimed,"
                    " %(invoiced)s invoiced (%(invoices)s).",
                    name=self.display_name,
                    claimed=self.currency_id.format(self.amount_claimed),
                    invoiced=self.currency_id.format(self.amount_invoiced),
                    invoices=self._name_invoices() or "–",
                )
            )

    def _name_invoices(self):
        live = self.sudo().invoice_ids.filtered(lambda move: move.state != "cancel")
        return format_list(self.env, live.mapped("display_name"))

    def _check_not_over_invoiced(self):
        """Raise if more is invoiced than was claimed; asked when posting."""
        for deduction in self:
            if (
                deduction.currency_id.compare_amounts(
                    deduction.amount_invoiced, deduction.amount_claimed
                )
                > 0
            ):
                raise UserError(
                    self.env._(
                        "With this invoice %(invoiced)s would be invoiced for the claim"
                        " “%(name)s” of %(claimed)s. Invoices: %(invoices)s.",
                        name=deduction.display_name,
                        invoiced=deduction.currency_id.format(
                            deduction.amount_invoiced
                        ),
                        claimed=deduction.currency_id.format(deduction.amount_claimed),
                        invoices=deduction._name_invoices(),
                    )
                )

    def _prepare_invoice(self, taxes):
        """Return the values of the draft invoice of this claim."""
        self.ensure_one()
        contract = self.agreement_id._in_own_language()
        is_sale = contract.domain != "purchase"
        amount = float(
            to_decimal(self.amount_claimed) - to_decimal(self.amount_invoiced)
        )
        today = self.env["agreement"]._get_today()
        return {
            "move_type": "out_invoice" if is_sale else "in_invoice",
            "company_id": self.company_id.id,
            "partner_id": contract.partner_id.id,
            "currency_id": self.currency_id.id,
            "ref": f"{contract.code} {self.name}",
            "invoice_origin": contract.code,
            "invoice_user_id": contract.user_id.id or self.env.uid,
            "invoice_date": today if is_sale else False,
            "invoice_payment_term_id": False,
            "invoice_date_due": today,
            "om_deduction_id": self.id,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "name": f"{contract.name}, {self.name}",
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [fields.Command.set(taxes[contract].ids)],
                        **self._prepare_account(INCOME if is_sale else EXPENSE),
                    }
                )
            ],
        }

    def _prepare_account(self, names):
        """Return the account of a claim; none where the company's chart has no such
        account: then the journal's own, until somebody chooses."""
        chart = self.env["account.chart.template"].with_company(self.company_id)
        for name in names:
            # Who invoices need not be allowed to read the chart.
            account = chart.sudo().ref(name, raise_if_not_found=False)
            if account:
                return {"account_id": account.id}
        return {}

    def action_view_invoices(self):
        """Return the action that shows the invoices of these claims."""
        return self.invoice_ids._view_of_contract()

    def _check_no_invoice(self, message):
        for deduction in self:
            if deduction.amount_invoiced:
                raise UserError(
                    message
                    % {
                        "name": deduction.display_name,
                        "invoices": deduction._name_invoices(),
                    }
                )
