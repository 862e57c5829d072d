from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.penalties import Room, spread
from .om_payment_milestone import SETTLED, to_decimal


class OmDeduction(models.Model):
    """Taking agreed deductions from bonds and payments, never more than they hold."""

    _inherit = "om.deduction"

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
        labels = dict(
            self.env["om.deduction.line"]
            ._fields["target"]
            ._description_selection(self.env)
        )
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
        :raises UserError: no claim, one that is settled, a day to come
        """
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
