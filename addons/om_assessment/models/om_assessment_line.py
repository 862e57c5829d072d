from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.acts import Fact

from ..engine.assessment import budget
from ..engine.ocds import Failure
from .om_assessment import OPEN
from .om_assessment_scheme import to_decimal
from .om_assessment_scheme_line import BY_HAND

HAND = ("hand_state", "hand_value", "hand_note", "evidence_ids")


class OmAssessmentLine(models.Model):
    """What was found for one indicator in a month, what it lost, and by which facts."""

    _name = "om.assessment.line"
    _inherit = ["om.act.mixin"]
    _description = "Line of an Assessment"
    _order = "assessment_id, sequence, id"

    _state_field = "assessment_state"
    _free_fields = dict.fromkeys(HAND, OPEN)
    _facts = {
        "typed": Fact("hand_state"),
        "typed_value": Fact("hand_value"),
        "typed_because": Fact("hand_note"),
        "evidence": Fact("evidence_ids"),
        "remark": Fact("remark"),
    }

    assessment_id = fields.Many2one(
        "om.assessment", required=True, index=True, ondelete="cascade", readonly=True
    )
    assessment_state = fields.Selection(
        related="assessment_id.state", string="State of the Sheet"
    )
    company_id = fields.Many2one(
        related="assessment_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    agreement_id = fields.Many2one(
        related="assessment_id.agreement_id", groups="base.group_user"
    )
    unit_id = fields.Many2one(
        related="assessment_id.unit_id", store=True, index=True, precompute=True
    )
    purchaser_id = fields.Many2one(
        related="assessment_id.purchaser_id", store=True, index=True, precompute=True
    )
    period_start = fields.Date(
        related="assessment_id.period_start", store=True, precompute=True, index=True
    )
    scheme_line_id = fields.Many2one(
        "om.assessment.scheme.line", required=True, ondelete="restrict", readonly=True
    )
    name = fields.Char(related="scheme_line_id.name")
    sequence = fields.Integer(related="scheme_line_id.sequence", store=True)
    source = fields.Selection(related="scheme_line_id.source", store=True)
    kind = fields.Selection(related="scheme_line_id.kind")
    target_text = fields.Char(related="scheme_line_id.target_text")
    state = fields.Selection(
        [
            ("measured", "Measured"),
            ("na", "Does Not Apply"),
            ("missing", "Missing"),
        ],
        readonly=True,
        required=True,
        default="missing",
    )
    origin = fields.Selection(
        [("record", "From the Record"), ("typed", "Entered by Hand")], readonly=True
    )
    numerator = fields.Float("Kept", digits=(16, 2), readonly=True, aggregator=None)
    denominator = fields.Float("Of", digits=(16, 2), readonly=True, aggregator=None)
    excluded = fields.Float(
        "No Fault",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="Excluded by the contract, or deducted for by a clause already.",
    )
    value = fields.Float("Measured", digits=(16, 4), readonly=True, aggregator=None)
    value_text = fields.Char("Found", compute="_compute_value_text")
    is_kept = fields.Boolean("Reached", readonly=True)
    budget = fields.Float(
        "May Still Fail",
        digits=(16, 1),
        compute="_compute_budget",
        aggregator=None,
        help="How many device-days, inspections or events, of those counted, may still"
        " fail before the target is missed; below zero: by how many it is.",
    )
    lost = fields.Float("Points Lost", digits=(6, 2), readonly=True)
    bonus = fields.Float("Points Added", digits=(6, 2), readonly=True)
    amount = fields.Monetary("Deducted", readonly=True)
    certain_amount = fields.Monetary(
        "Certain",
        readonly=True,
        groups="base.group_user",
        help="What the record costs already, if all that nobody has judged yet was"
        " kept.",
    )
    pending_amount = fields.Monetary(
        "Not Judged Yet",
        readonly=True,
        groups="base.group_user",
        help="What would be deducted beyond that if nobody enters what was found.",
    )
    facts = fields.Json("Facts Found", readonly=True, copy=False)
    fact_count = fields.Integer("Facts", compute="_compute_fact_count")
    failed_count = fields.Integer("Not Kept", compute="_compute_fact_count")
    failed_text = fields.Text("What Was Not Kept", compute="_compute_fact_count")
    hand_state = fields.Selection(
        [("value", "Found by Hand"), ("na", "Does Not Apply")], string="By Hand"
    )
    hand_value = fields.Float("Value by Hand", digits=(12, 4), aggregator=None)
    hand_note = fields.Char(
        "Grounds", help="What shows it: a record, a letter, who looked and when."
    )
    evidence_ids = fields.Many2many(
        "ir.attachment",
        "om_assessment_line_evidence_rel",
        "line_id",
        "attachment_id",
        bypass_search_access=True,
        copy=False,
    )
    remark = fields.Text("Party's Remark", readonly=True, copy=False)

    _once = models.Constraint(
        "UNIQUE (assessment_id, scheme_line_id)", "Each indicator has one line."
    )
    _hand_value_positive = models.Constraint(
        "CHECK (hand_value >= 0)", "A value is not negative."
    )

    @api.depends("value", "state", "kind", "numerator", "denominator")
    @api.depends_context("lang")
    def _compute_value_text(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for line in self:
            if line.state != "measured":
                line.value_text = labels.get(line.state)
            elif line.kind == "share":
                # Cut off, not rounded: 97.996 is less than 98.
                line.value_text = f"{int(line.value * 1000 + 1e-6) / 1000:.3f}%"
            else:
                line.value_text = f"{line.value:g}"

    @api.depends("state", "value", "numerator", "denominator", "scheme_line_id")
    def _compute_budget(self):
        for line in self:
            if line.state != "measured":
                line.budget = 0.0
                continue
            value, whole = to_decimal(line.value, 4), to_decimal(line.denominator)
            if line.kind == "share" and whole:
                # Of what was counted: the percentage on the sheet is rounded.
                value = to_decimal(line.numerator) * 100 / whole
            line.budget = float(budget(line.scheme_line_id._get_line(), value, whole))

    @api.depends("facts")
    def _compute_fact_count(self):
        for line in self:
            facts = line.facts or []
            failed = [fact for fact in facts if not fact["ok"]]
            line.fact_count = len(facts)
            line.failed_count = len(failed)
            line.failed_text = "\n".join(
                f"{fact['day']} {fact['name']}" for fact in failed[:50]
            )

    @api.constrains("hand_state", "hand_note")
    def _check_hand_note(self):
        if any(line.hand_state and not (line.hand_note or "").strip() for line in self):
            raise UserError(
                self.env._("Say what shows what you enter: the grounds stay on record.")
            )

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su and vals.keys() & set(HAND):
            # sudo: the figures follow from what was entered.
            self.assessment_id.sudo()._reckon()
        return result

    @api.constrains("evidence_ids")
    def _bind_evidence(self):
        self._om_adopt("evidence_ids")

    def _filter_closed_files(self, files):
        lines = self.browse(set(files.mapped("res_id"))).exists()
        kept = lines.filtered(lambda line: line.assessment_state not in OPEN)
        return files.filtered(lambda file: file.res_id in kept.ids)

    def _get_failure(self):
        """What a publication says of an indicator that was not reached."""
        self.ensure_one()
        sheet = self.assessment_id
        money = self.currency_id.format
        has_penalty = not self.currency_id.is_zero(self.amount)
        # sudo: whether it was taken from a payment is published, not from which.
        deduction = sheet.sudo().deduction_id
        if self.fact_count:
            events = self.failed_count
        else:
            events = int(self.value) if self.kind == "amount" else None
        return Failure(
            f"{sheet.id}-{self.id}",
            sheet.period_start,
            sheet.period_end,
            f"{sheet.unit_id.name}: {self.name}" if sheet.unit_id else self.name,
            events,
            self.env._(
                "%(scheme)s: %(target)s wanted",
                scheme=sheet.scheme_id.name,
                target=self.target_text,
            ),
            self.env._(
                "%(found)s found; %(points)s points, %(amount)s",
                found=self.value_text,
                points=f"{self.lost:g}",
                amount=money(self.amount),
            ),
            deduction.state == "applied" if has_penalty else None,
        )

    def _is_by_hand(self):
        return self.scheme_line_id.source in BY_HAND

    def action_open_evidence(self):
        """Open the very records that this was measured from."""
        self.ensure_one()
        return self._open_facts(self.facts or [])

    def action_open_failed(self):
        """Open those that were not kept."""
        self.ensure_one()
        return self._open_facts([f for f in self.facts or [] if not f["ok"]])

    def _open_facts(self, facts):
        if not facts:
            raise UserError(self.env._("“%s” rests on no records.", self.name))
        model = facts[0]["model"]
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("id", "in", sorted({each for fact in facts for each in fact["ids"]}))
            ],
            "context": {"active_test": False},
        }
