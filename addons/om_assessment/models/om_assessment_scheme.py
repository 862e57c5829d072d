from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import LazyTranslate

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.assessment import Band, Money, Scheme, SchemeError, check
from .om_assessment_scheme_part import DRAFT, SCHEME_STATES

_lt = LazyTranslate(__name__)

BASES = [
    ("minus", "Points Taken Off the Full Score"),
    ("weights", "Weights That Were Earned"),
]
MONEY_RULES = [
    ("none", "No Money"),
    ("point", "Amount for Each Point Lost"),
    ("fee_point", "Percent of the Month's Fee for Each Point Lost"),
    ("band", "Percent of the Month's Fee by Grade"),
    ("withhold", "Percent of the Month's Fee below a Score"),
]
RULES = (
    "basis",
    "full_score",
    "floor_score",
    "bonus_most",
    "first_day",
    "money_rule",
    "money_value",
    "free_points",
    "threshold",
    "cap_amount",
    "cap_percent",
    "cap_total",
)


# Which indicators of a register the record measures, by their names; others are judged
# by hand.
MEASURED = (
    ("在线率", "online"),
    ("上线率", "online"),
    ("正常运行率", "running"),
    ("完好率", "running"),
    ("满意率", "satisfaction"),
    ("满意度", "satisfaction"),
)
# Recordings, modules and customers of a service are no devices or users of ours.
OTHERS = ("录像", "模块", "客服")


def get_source(name, unit):
    """What an indicator of a register is measured from."""
    if unit != "%":
        return "manual_amount"
    if not any(other in name for other in OTHERS):
        for part, source in MEASURED:
            if part in name:
                return source
    return "manual_share"


def get_title(name, unit):
    """The indicator as a sheet names it: with its unit, where that is no percent."""
    return name if unit in ("%", "", False) else f"{name}（{unit}）"


def to_decimal(value, places=2):
    """A stored number as the engine reckons with it."""
    return Decimal(f"{value:.{places}f}")


class OmAssessmentScheme(models.Model):
    """How a month is judged and what its points cost: agreed in a memorandum.

    No source document prints a scale, so every scheme that comes with the product is an
    example of the trade; the parties' own is made from one and put into use. From then
    on its rules stay as they are: other rules are another scheme.
    """

    _name = "om.assessment.scheme"
    _description = "Assessment Scheme"
    _inherit = ["mail.thread", "om.act.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    _free_fields = {
        "sequence": None,
        "note": None,
        **dict.fromkeys(
            ("name", "agreement_id", "line_ids", "band_ids", *RULES), DRAFT
        ),
    }
    _shut_hint = _lt(
        "It is in use, or an example: make another from it, and agree on that."
    )
    _acts = {
        "put_to_use": Act(
            _lt("Put to Use"),
            source=DRAFT,
            target="in_use",
            groups=("om_base.group_manager", "om_base.group_procurement"),
        ),
        "retire": Act(
            _lt("Retire"),
            source=("in_use",),
            target="retired",
            groups=("om_base.group_manager", "om_base.group_procurement"),
            reason=True,
        ),
    }
    _facts = {
        "state": Fact("state"),
        "name": Fact("name", sealed=()),
        "rules": Fact("rules", sealed=("in_use", "retired")),
    }

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('domain', '=', 'sale'), ('is_template', '=', False)]",
        help="Empty: for any contract.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        readonly=True,
        copy=False,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    state = fields.Selection(
        SCHEME_STATES,
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    basis = fields.Selection(BASES, required=True, default="minus")
    full_score = fields.Float(digits=(6, 2), required=True, default=100.0)
    floor_score = fields.Float(
        "Lowest Score", digits=(6, 2), help="The score stops here, whatever is lost."
    )
    bonus_most = fields.Float(
        "Most Bonus", digits=(6, 2), help="Points that bonuses may add in all."
    )
    first_day = fields.Integer(
        "Months Begin on the",
        required=True,
        default=1,
        help="1: months of the calendar. 15: from the 15th to the 14th.",
    )
    money_rule = fields.Selection(MONEY_RULES, required=True, default="none")
    money_value = fields.Float(
        "Rate", digits=(12, 4), help="CNY for each point, or percent."
    )
    free_points = fields.Float(digits=(6, 2), help="So many points lost cost nothing.")
    threshold = fields.Float(
        "Below the Score", digits=(6, 2), help="For the share that is withheld."
    )
    cap_amount = fields.Float(
        "Most for a Month", digits=(12, 2), help="0: no such cap."
    )
    cap_percent = fields.Float(
        "Most of the Month's Fee (%)", digits=(6, 2), help="0: no such cap."
    )
    cap_total = fields.Float("Most in All", digits=(12, 2), help="0: no such cap.")
    line_ids = fields.One2many(
        "om.assessment.scheme.line", "scheme_id", string="Indicators", copy=True
    )
    band_ids = fields.One2many(
        "om.assessment.band", "scheme_id", string="Grades", copy=True
    )
    line_count = fields.Integer("Number of Indicators", compute="_compute_line_count")
    rules = fields.Json("Rules as Reckoned", compute="_compute_rules")
    note = fields.Text(
        translate=True, help="Where it comes from, what was talked about."
    )
    can_put_to_use = can_act()
    can_retire = can_act()

    _first_day_range = models.Constraint(
        "CHECK (first_day BETWEEN 1 AND 28)",
        "A service month begins between the 1st and the 28th.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for scheme in self:
            company = scheme.company_id or self.env.company
            scheme.currency_id = company.currency_id

    @api.depends("line_ids")
    def _compute_line_count(self):
        for scheme in self:
            scheme.line_count = len(scheme.line_ids)

    @api.depends(
        *RULES,
        "line_ids.sequence",
        "line_ids.rule_fields",
        "band_ids.low",
        "band_ids.coefficient",
    )
    def _compute_rules(self):
        for scheme in self:
            scheme.rules = {
                **{
                    name: value if isinstance(value, str | int) else f"{value:.4f}"
                    for name in RULES
                    for value in (scheme[name],)
                },
                "lines": [line.rule_fields for line in scheme.line_ids],
                "bands": [
                    [f"{band.low:.2f}", f"{band.coefficient:.2f}"]
                    for band in scheme.band_ids
                ],
            }

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
        for scheme, values in zip(self, values_list, strict=True):
            if "name" not in (default or {}):
                values["name"] = self.env._("%s (copy)", scheme.name)
        return values_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda scheme: scheme.state in ("in_use", "retired"))
        if used:
            raise UserError(
                self.env._(
                    "“%s” was put to use and stays on record: retire it.", used[0].name
                )
            )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_put_to_use(self):
        """Let memoranda name these: from now on their rules stay."""
        with self._act("put_to_use") as schemes:
            for scheme in schemes:
                scheme._check_rules()
        return True

    def action_retire(self, reason=None):
        """Let no further memorandum name these."""
        with self._act("retire", reason=reason):
            pass
        return True

    def action_open_retire(self):
        """Ask for the reason."""
        return self.env["om.assessment.reason"]._open("retire", self)

    def action_make_own(self):
        """Make a scheme of one's own from this one and open it."""
        self.ensure_one()
        return self.copy({"name": self.name}).get_formview_action()

    def _take_indicators(self, systems):
        """Add a line for each indicator that the register has of these systems.

        What the record measures is measured; the rest is judged by hand. None costs
        points: no document prices them. What the scheme has already is left alone.
        """
        self.ensure_one()
        known = {
            (line.name, system)
            for line in self.line_ids
            for system in line.system_ids.ids
        }
        last = max(self.line_ids.mapped("sequence"), default=0)
        self.env["om.assessment.scheme.line"].create(
            [
                {
                    "scheme_id": self.id,
                    "sequence": last + 10 * number,
                    "name": name,
                    "source": get_source(kpi.name, kpi.uom_name),
                    "operator": kpi.operator,
                    "target": kpi.value,
                    "points": 0.0,
                    "system_ids": [Command.set(kpi.system_id.ids)],
                    "clause": kpi.system_id.name,
                }
                for number, kpi in enumerate(systems.kpi_ids, start=1)
                for name in [get_title(kpi.name, kpi.uom_name)]
                if (name, kpi.system_id.id) not in known
            ]
        )

    # ------------------------------------------------------------
    # The engine's words
    # ------------------------------------------------------------

    def _check_rules(self):
        """Raise, in words, what the engine has against the rules of one scheme."""
        self.ensure_one()
        try:
            check(self._get_scheme())
        except SchemeError as error:
            texts = {
                "no_lines": self.env._("Enter the indicators first."),
                "floor": self.env._("The lowest score is higher than the full score."),
                "negative": self.env._("Points and rates cannot be negative."),
                "most": self.env._(
                    "Enter the weight of each indicator that loses all of it."
                ),
                "weights": self.env._("Enter the weights of the indicators."),
                "bands": self.env._(
                    "Grades: each begins at another score, and a lower one is paid no"
                    " more than a higher one."
                ),
            }
            raise UserError(
                self.env._(
                    "%(scheme)s: %(why)s", scheme=self.name, why=texts[error.code]
                )
            ) from error

    def _get_scheme(self):
        """Return the rules of one scheme as the engine knows them."""
        self.ensure_one()
        return Scheme(
            tuple(line._get_line() for line in self.line_ids),
            basis=self.basis,
            full=to_decimal(self.full_score),
            floor=to_decimal(self.floor_score),
            bonus_most=to_decimal(self.bonus_most),
            bands=tuple(
                Band(to_decimal(band.low), band.name, to_decimal(band.coefficient))
                for band in self.band_ids
            ),
            money=Money(
                self.money_rule,
                to_decimal(self.money_value, 4),
                to_decimal(self.free_points),
                to_decimal(self.threshold),
                to_decimal(self.cap_amount) if self.cap_amount else None,
                to_decimal(self.cap_percent) if self.cap_percent else None,
                to_decimal(self.cap_total) if self.cap_total else None,
            ),
        )


class OmAssessmentBand(models.Model):
    """From which score on a month has which grade."""

    _name = "om.assessment.band"
    _inherit = ["om.assessment.scheme.part"]
    _description = "Grade of an Assessment"
    _order = "scheme_id, low desc, id"

    _free_fields = dict.fromkeys(("scheme_id", "low", "name", "coefficient"), DRAFT)

    name = fields.Char("Grade", required=True, translate=True)
    low = fields.Float("From", digits=(6, 2), help="This score still belongs to it.")
    coefficient = fields.Float(
        "Paid (%)", digits=(6, 2), default=100.0, help="Of the month's fee."
    )
    scheme_id = fields.Many2one(
        "om.assessment.scheme", required=True, index=True, ondelete="cascade"
    )

    _low_uniq = models.Constraint(
        "UNIQUE (scheme_id, low)", "Each grade begins at another score."
    )
    _coefficient_range = models.Constraint(
        "CHECK (coefficient >= 0 AND coefficient <= 100)",
        "A share lies between 0 and 100 percent.",
    )
