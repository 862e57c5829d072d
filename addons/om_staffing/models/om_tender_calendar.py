from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Fact
from odoo.addons.om_contract.models.agreement import DEDUCTION_GROUPS

from ..engine.tender_calendar import Facts, Terms, security_back, tender_days

# What the tender prints, by the engine's names; 0: it prints nothing.
TERMS = (
    "clarify_days",
    "answer_workdays",
    "validity_days",
    "notice_workdays",
    "contract_days",
    "challenge_workdays",
    "return_workdays",
)
DEFAULTS = Terms()
FIXED = (
    "documents_until",
    "visit_at",
    "close_time",
    "asked_on",
    "decided_on",
    "notified_on",
    "is_lost",
    "security_amount",
    "fee_amount",
    "is_fee_paid",
)


class OmTender(models.Model):
    """The days of a tender, from its documents to the security's return."""

    _inherit = "om.tender"

    _free_fields = dict.fromkeys((*TERMS, *FIXED))
    _facts = {
        "decided_on": Fact("decided_on"),
        "notified_on": Fact("notified_on"),
        "lost": Fact("is_lost"),
        "bid_security": Fact("security_amount"),
    }

    documents_until = fields.Date(
        help="Last day on which the tender's documents can be had.", copy=False
    )
    visit_at = fields.Datetime("Site Visit", copy=False)
    close_time = fields.Float(
        "Close and Opening At",
        default=9.5,
        help="Hour of the day of the bid at which bids close and are opened; the"
        " security has to be there by then, too.",
    )
    asked_on = fields.Date(
        "Question Asked On",
        copy=False,
        help="Of our last question to the agency that waits for its answer.",
    )
    decided_on = fields.Date(
        "Winner Determined On",
        copy=False,
        help="The purchaser's decision, where it is known.",
    )
    notified_on = fields.Date(
        "Award Announced On",
        copy=False,
        tracking=True,
        help="Day of the announcement and of the notice of award.",
    )
    is_lost = fields.Boolean(
        "Another Bidder Won",
        copy=False,
        tracking=True,
        help="The security then comes back after the notice, not after the contract.",
    )
    security_amount = fields.Monetary(
        "Bid Security", tracking=True, help="Due with the bid."
    )
    fee_amount = fields.Monetary(
        "Agency Fee",
        help="The winner pays it when the notice of award is fetched; unpaid, it is"
        " taken off the bid security.",
    )
    is_fee_paid = fields.Boolean("Agency Fee Paid", copy=False, tracking=True)
    security_ids = fields.One2many(
        "om.bond",
        "tender_id",
        string="Bid Securities",
        readonly=True,
        groups=DEDUCTION_GROUPS,
    )
    security_held = fields.Monetary(
        compute="_compute_security_held", groups=DEDUCTION_GROUPS
    )
    clarify_days = fields.Integer(
        "Changes of the Documents (days before)",
        default=DEFAULTS.clarify_days,
        help="Changes that matter to bids are announced so many days before the close,"
        " or the close is moved.",
    )
    answer_workdays = fields.Integer(
        "Answer to Questions (working days)", default=DEFAULTS.answer_workdays
    )
    validity_days = fields.Integer(
        "Bids Valid (calendar days)",
        default=DEFAULTS.validity_days,
        help="From the close on; calendar days are not moved off a rest day.",
    )
    notice_workdays = fields.Integer(
        "Notice of Award (working days)", default=DEFAULTS.notice_workdays
    )
    contract_days = fields.Integer(
        "Contract Signed (days)",
        default=DEFAULTS.contract_days,
        help="From the notice of award on.",
    )
    challenge_workdays = fields.Integer(
        "Challenge (working days)",
        default=DEFAULTS.challenge_workdays,
        help="From the end of the announcement on.",
    )
    return_workdays = fields.Integer(
        "Security Returned (working days)",
        default=DEFAULTS.return_workdays,
        help="After the contract is signed; to who did not win after the notice.",
    )
    validity_end = fields.Date(
        "Bid Valid Until", compute="_compute_days", compute_sudo=True
    )
    security_return = fields.Date(
        "Security Back By", compute="_compute_days", compute_sudo=True
    )
    timetable = fields.Html(
        "Calendar of the Tender",
        compute="_compute_days",
        compute_sudo=True,
        sanitize=False,
        readonly=True,
    )

    _terms_not_negative = models.Constraint(
        "CHECK (clarify_days >= 0 AND answer_workdays >= 0 AND validity_days >= 0"
        " AND notice_workdays >= 0 AND contract_days >= 0 AND challenge_workdays >= 0"
        " AND return_workdays >= 0 AND security_amount >= 0 AND fee_amount >= 0"
        " AND close_time >= 0 AND close_time < 24)",
        "Terms and amounts cannot be negative, and a day has 24 hours.",
    )

    @api.depends(
        *TERMS,
        *FIXED,
        "bid_date",
        "state",
        "agreement_id.signature_date",
    )
    @api.depends_context("lang")
    def _compute_days(self):
        Calendar = self.env["om.calendar"]
        today = beijing.today()
        workdays = Calendar._get_calendar()
        for tender in self:
            entries = tender_days(
                Terms(**{name: tender[name] for name in TERMS}),
                tender._get_calendar_facts(),
                workdays,
            )
            days = {entry.key: entry.day for entry in entries}
            tender.validity_end = days.get("validity", False)
            tender.security_return = days.get("security", False)
            tender.timetable = tender._draw_timetable(entries, today)

    @api.depends("security_ids.balance")
    def _compute_security_held(self):
        for tender in self:
            tender.security_held = sum(tender.security_ids.mapped("balance"))

    def action_open_security(self):
        """Open the bid's security; it is made of what the tender prints, due with the
        bid, the first time."""
        self.ensure_one()
        security = self.security_ids[:1]
        if not security and not self.security_amount:
            raise UserError(
                self.env._(
                    "“%s” prints no bid security: enter its amount on the page"
                    " “Calendar” first.",
                    self.display_name,
                )
            )
        if not security:
            security = self.env["om.bond"].create(
                {
                    "tender_id": self.id,
                    "percent": 0,
                    "amount": self.security_amount,
                    "date_due": self.bid_date,
                }
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bid Security"),
            "res_model": "om.bond",
            "res_id": security.id,
            "views": [(False, "form")],
        }

    def _get_calendar_facts(self):
        self.ensure_one()
        is_won = self.state == "running" or bool(self.agreement_id.signature_date)
        return Facts(
            documents_until=self.documents_until or None,
            visit=beijing.day_of(self.visit_at) if self.visit_at else None,
            asked=self.asked_on or None,
            close=self.bid_date or None,
            decided=self.decided_on or None,
            notified=self.notified_on or None,
            signed=self.agreement_id.signature_date or None,
            is_ours=False if self.is_lost else is_won or None,
        )

    def _draw_timetable(self, entries, today):
        """Return the days as a table: what is past is grey, the next one is bold."""
        self.ensure_one()
        if not entries:
            return False
        labels = self._get_day_labels()
        upcoming = next((entry for entry in entries if entry.day >= today), None)
        rows = Markup().join(
            Markup(
                '<tr class="%s"><td class="text-nowrap">%s</td><td>%s</td>'
                "<td>%s</td></tr>"
            )
            % (
                "text-muted"
                if entry.day < today
                else "fw-bold"
                if entry is upcoming
                else "",
                format_date(self.env, entry.day, date_format="yyyy-MM-dd EEE"),
                labels[entry.key],
                ""
                if entry.since == entry.day
                else self.env._(
                    "counted from %s",
                    format_date(self.env, entry.since, date_format="yyyy-MM-dd"),
                ),
            )
            for entry in entries
        )
        return Markup('<table class="table table-sm mb-0">%s</table>') % rows

    def _get_day_labels(self):
        """Return what has to happen by each day of the calendar."""
        self.ensure_one()
        currency = self.currency_id
        back = security_back(
            Decimal(str(self.security_amount)),
            Decimal(str(self.fee_amount)),
            is_ours=self._get_calendar_facts().is_ours or False,
            is_paid=self.is_fee_paid,
        )

        def with_amount(label, amount):
            return f"{label} {currency.format(amount)}" if amount else label

        return {
            "documents": self.env._("Documents can be had until"),
            "visit": self.env._("Site visit"),
            "answer": self.env._("Our question is answered by"),
            "clarify": self.env._("Last changes of the documents without a new close"),
            "close": with_amount(
                self.env._("Bids close and are opened; bid security there by then"),
                self.security_amount,
            ),
            "validity": self.env._("Bids are valid until (not moved off a rest day)"),
            "notice": self.env._("Award announced and notified by"),
            "fee": with_amount(
                self.env._("Agency fee, with the notice of award"), self.fee_amount
            ),
            "contract": self.env._("Contract signed by"),
            "challenge": self.env._("Challenge of the result by"),
            "security": with_amount(self.env._("Bid security back by"), float(back)),
        }
