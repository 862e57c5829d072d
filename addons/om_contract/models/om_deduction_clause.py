from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Fact

_lt = LazyTranslate(__name__)

KINDS = [
    ("penalty", "Penalty"),
    ("delay", "Delay"),
    ("assessment", "Assessment"),
    ("reduction", "Reduction"),
    ("other", "Other"),
]
DIRECTIONS = [
    ("contractor", "Borne by the Contractor"),
    ("purchaser", "Borne by the Purchaser"),
]
METHODS = [
    ("once", "Percent, for Each Event"),
    ("daily", "Percent, for Each Day"),
    ("fixed", "Amount Entered"),
    ("stop", "Days Without Service"),
]
BASES = [("price", "Contract Price"), ("late", "Late Amount")]
RECKONED = [
    ("grace", "From the Day after the Grace"),
    ("overdue", "From the First Overdue Day, Once the Grace Is Over"),
]
# From what a deduction by a clause can be proposed.
FACTS = [
    ("deadline", "Missed Deadline of a Fault"),
    ("inspection", "Late Inspection"),
    ("downtime", "Downtime"),
    ("rectification", "Refused Rectification"),
]
# What a deduction takes over from its clause when it is made.
TERMS = (
    "kind",
    "direction",
    "method",
    "percent",
    "base",
    "grace_days",
    "reckoned",
    "max_days",
)


class OmDeductionClause(models.Model):
    """What a contract says that an event costs. The clauses of a payment template are
    copied to each contract, which may change its own."""

    _name = "om.deduction.clause"
    _inherit = ["om.act.mixin"]
    _description = "Deduction Clause"
    _order = "template_id, agreement_id, sequence, id"

    _state_field = "contract_state"
    # Of a template, or of a contract that is not signed yet.
    _free_fields = {
        "sequence": None,
        # Archiving has a guard of its own.
        "active": None,
        # Ours to choose: what the clause says stays as signed.
        "fact": None,
        **dict.fromkeys(
            (
                "agreement_id",
                "template_id",
                "name",
                "reference",
                "is_termination",
                "serious_after",
                *TERMS,
            ),
            ("", "draft"),
        ),
    }
    _shut_hint = _lt("It belongs to a signed contract: its clauses stay as signed.")
    _facts = {
        "contract": Fact("agreement_id"),
        # Told in the language of who acts; it is another one for who checks.
        "name": Fact("name", sealed=()),
        "clause": Fact("reference"),
        "kind": Fact("kind"),
        "borne_by": Fact("direction"),
        "counted": Fact("method"),
        "percent": Fact("percent"),
        "of": Fact("base"),
        "grace_days": Fact("grace_days"),
        "reckoned": Fact("reckoned"),
        "max_days": Fact("max_days"),
        "gives_termination": Fact("is_termination"),
        "serious_after": Fact("serious_after"),
    }

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="cascade",
    )
    template_id = fields.Many2one(
        "om.payment.template", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    contract_state = fields.Selection(related="agreement_id.state")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    reference = fields.Char("Clause", help="Where the contract says so.")
    kind = fields.Selection(KINDS, required=True, default="penalty")
    direction = fields.Selection(DIRECTIONS, required=True, default="contractor")
    method = fields.Selection(METHODS, string="Counted", required=True, default="once")
    percent = fields.Float(digits=(7, 4), aggregator=None)
    base = fields.Selection(BASES, string="Of", required=True, default="price")
    grace_days = fields.Integer(
        "Days of Grace",
        aggregator=None,
        help="Days after the demand that cost nothing.",
    )
    reckoned = fields.Selection(
        RECKONED,
        required=True,
        default="grace",
        help="Which days cost once a default has outlasted its days of grace.",
    )
    max_days = fields.Integer(
        "Days Until Termination",
        aggregator=None,
        help="After so many charged days the other party may terminate; until it does,"
        " each further day is charged. 0: no such right.",
    )
    is_termination = fields.Boolean(
        "Termination",
        help="Serious cases also give the other party a right to terminate the"
        " contract.",
    )
    serious_after = fields.Integer(
        "Serious from Event",
        default=1,
        aggregator=None,
        help="How many such events make the case serious: 1, the first one does.",
    )
    deduction_ids = fields.One2many("om.deduction", "clause_id")
    event_count = fields.Integer("Events", compute="_compute_events")
    is_serious = fields.Boolean("Termination Possible", compute="_compute_events")
    active = fields.Boolean(default=True)

    fact = fields.Selection(
        FACTS,
        string="Proposed By",
        help="The kind of fact from which a deduction by this clause is proposed.",
    )

    _one_owner = models.Constraint(
        "CHECK ((agreement_id IS NULL) <> (template_id IS NULL))",
        "A clause belongs to a contract or to a template.",
    )
    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "A percentage lies between 0 and 100.",
    )
    _percent_known = models.Constraint(
        "CHECK (method NOT IN ('once', 'daily') OR percent > 0)",
        "Say how many percent the clause takes.",
    )
    _days_not_negative = models.Constraint(
        "CHECK (grace_days >= 0 AND max_days >= 0)", "Days cannot be negative."
    )
    _serious_positive = models.Constraint(
        "CHECK (serious_after > 0)",
        "A case is serious from its first event on or later.",
    )

    @api.depends("deduction_ids.state", "is_termination", "serious_after", "max_days")
    def _compute_events(self):
        counts = dict(
            self.env["om.deduction"]._read_group(
                [("clause_id", "in", self._origin.ids), ("state", "!=", "waived")],
                ["clause_id"],
                ["__count"],
            )
        )
        for clause in self:
            clause.event_count = counts.get(clause._origin, 0)
            # Where days decide, each deduction knows how long its default has lasted.
            clause.is_serious = (
                clause.is_termination
                and not clause.max_days
                and clause.event_count >= clause.serious_after
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(clause._get_state() not in ("", "draft") for clause in self):
            raise UserError(self.env._(self._shut_hint))

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for clause in self:
            reference = f" ({clause.reference})" if clause.reference else ""
            clause.display_name = f"{clause.name or ''}{reference}"

    def _prepare_copy(self):
        """Return the values of the same clause for a contract."""
        self.ensure_one()
        names = (
            "sequence",
            "name",
            "reference",
            "is_termination",
            "serious_after",
            "fact",
            *TERMS,
        )
        return {name: self[name] for name in names}
