from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.dispute import decided, weigh
from ..models.om_assessment import KEEPERS
from ..models.om_assessment_scheme import to_decimal

# More facts of one sheet than anybody contests one by one.
FACTS = 200


class OmAssessmentDispute(models.TransientModel):
    """Tries what a sheet, its deduction and the payment become if disputed facts or
    lines are decided this way or that way; by the record of today. It changes nothing.
    """

    _name = "om.assessment.dispute"
    _description = "Trial of a Dispute"

    assessment_id = fields.Many2one("om.assessment", required=True, readonly=True)
    currency_id = fields.Many2one(related="assessment_id.currency_id")
    difference = fields.Text(related="assessment_id.difference")
    fact_ids = fields.One2many("om.assessment.dispute.fact", "dispute_id")
    line_ids = fields.One2many("om.assessment.dispute.line", "dispute_id")
    score_before = fields.Float(digits=(6, 2), compute="_compute_outcome")
    score_after = fields.Float(digits=(6, 2), compute="_compute_outcome")
    grade_before = fields.Char(compute="_compute_outcome")
    grade_after = fields.Char(compute="_compute_outcome")
    amount_before = fields.Monetary("Deduction Before", compute="_compute_outcome")
    amount_after = fields.Monetary("Deduction After", compute="_compute_outcome")
    payment_id = fields.Many2one(
        "om.payment.milestone",
        compute="_compute_outcome",
        help="The next payment that a deduction can be taken from.",
    )
    payment_before = fields.Monetary(compute="_compute_outcome")
    payment_after = fields.Monetary(compute="_compute_outcome")
    note = fields.Text("What It Says", compute="_compute_outcome")

    @api.model
    def _open(self, sheet):
        """Return the dialog for one sheet."""
        if not any(self.env.user.has_group(group) for group in KEEPERS):
            raise UserError(self.env._("Whoever submits sheets tries a dispute."))
        facts = [
            fields.Command.create(
                {
                    "line_id": line.id,
                    "key": f"{fact['model']},{fact['ids'][0]}:{fact['about']}",
                    "name": fact["name"],
                    "day": fact["day"],
                }
            )
            for line in sheet.line_ids
            for fact in line.facts or ()
            # Of spot checks the mean counts, not one of them.
            if not fact["ok"] and line.source != "online"
        ]
        trial = self.create(
            {
                "assessment_id": sheet.id,
                "fact_ids": facts[:FACTS],
                "line_ids": [
                    fields.Command.create({"line_id": line.id})
                    for line in sheet.line_ids
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try a Dispute"),
            "res_model": self._name,
            "res_id": trial.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.depends("fact_ids.is_granted", "line_ids.decision", "line_ids.decided_value")
    def _compute_outcome(self):
        for trial in self:
            outcome = trial._weigh()
            # sudo: the payment is shown to whoever submits the sheet.
            sheet = trial.assessment_id.sudo()
            payment, due = trial._get_payment(sheet)
            before, after = outcome.before, outcome.after
            trial.score_before = float(before.score or 0)
            trial.score_after = float(after.score or 0)
            trial.grade_before, trial.grade_after = before.grade, after.grade
            trial.amount_before = float(before.money)
            trial.amount_after = float(after.money)
            trial.payment_id = payment
            trial.payment_before = float(max(due - before.money, Decimal(0)))
            trial.payment_after = float(max(due - after.money, Decimal(0)))
            trial.note = trial._word(outcome)

    def _get_claims(self):
        """{claim: its record}: a fact by its key, a line by its number."""
        claims = {each.key: each for each in self.fact_ids if each.is_granted}
        for each in self.line_ids:
            if each.decision:
                claims[each.line_id.scheme_line_id.id] = each
        return claims

    def _weigh(self):
        # sudo: the record is read as when the sheet was drawn up.
        sheet = self.assessment_id.sudo()
        claims = self._get_claims()
        spared = {}

        def measure(granted):
            keys = frozenset(key for key in granted if isinstance(key, str))
            if keys not in spared:
                spared[keys] = sheet._evaluate(keys)[sheet]
            found = dict(spared[keys].measures)
            for number in granted - keys:
                claim = claims[number]
                found[str(number)] = decided(
                    claim.line_id.sudo().scheme_line_id._get_line(),
                    claim.decision,
                    to_decimal(claim.decided_value, 4),
                )
            return found

        plain = sheet._evaluate()[sheet]
        spared[frozenset()] = plain
        return weigh(
            sheet.scheme_id._get_scheme(),
            measure,
            list(claims),
            plain.fee,
            plain.charged,
        )

    def _get_payment(self, sheet):
        """The next payment that a deduction can be taken from, and what it is without
        this sheet's own."""
        applied = sheet.deduction_id.line_ids
        payments = applied.milestone_id or sheet.agreement_id.milestone_ids.sorted()
        payment = next(
            (each for each in payments if applied or each._get_deductible() > 0),
            payments.browse(),
        )
        own = sum(
            (
                to_decimal(line.amount)
                for line in applied
                if line.milestone_id == payment
            ),
            Decimal(0),
        )
        return payment, to_decimal(payment.amount_due) + own

    def _word(self, outcome):
        """What each saves alone, and where together they save another sum."""
        money = self.currency_id.format
        claims = self._get_claims()
        words = [
            self.env._(
                "%(what)s: alone %(amount)s less",
                what=claims[claim].display_name,
                amount=money(float(saved)),
            )
            for claim, saved in outcome.alone.items()
        ]
        if len(claims) > 1:
            words.append(
                self.env._("Together %s less", money(float(outcome.together)))
                + (
                    ""
                    if outcome.adds_up
                    else self.env._(
                        " – another sum than each alone: a cap, a grade or the lowest"
                        " score binds."
                    )
                )
            )
        return "\n".join(words)


class OmAssessmentDisputeFact(models.TransientModel):
    """A fact that was not kept, and whether it is decided to be no fault."""

    _name = "om.assessment.dispute.fact"
    _description = "Fact of a Trial"
    _order = "id"

    dispute_id = fields.Many2one(
        "om.assessment.dispute", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "om.assessment.line", string="Indicator", required=True, readonly=True
    )
    indicator = fields.Char(related="line_id.name", string="Counts In")
    key = fields.Char(readonly=True)
    name = fields.Char("Fact", readonly=True)
    day = fields.Date(readonly=True)
    is_granted = fields.Boolean("No Fault")

    @api.depends("name")
    def _compute_display_name(self):
        for fact in self:
            fact.display_name = fact.name


class OmAssessmentDisputeLine(models.TransientModel):
    """An indicator, and what is decided of it as a whole."""

    _name = "om.assessment.dispute.line"
    _description = "Line of a Trial"
    _order = "id"

    dispute_id = fields.Many2one(
        "om.assessment.dispute", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one("om.assessment.line", required=True, readonly=True)
    name = fields.Char(related="line_id.name")
    target_text = fields.Char(related="line_id.target_text")
    value_text = fields.Char(related="line_id.value_text")
    decision = fields.Selection(
        [
            ("kept", "Reached"),
            ("na", "Does Not Apply"),
            ("value", "Another Value"),
        ],
        string="Decided",
        help="Empty: as it is.",
    )
    decided_value = fields.Float(digits=(12, 4))

    @api.depends("line_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name
