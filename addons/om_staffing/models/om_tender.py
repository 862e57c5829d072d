from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)
# What the rules of a tender are; once it is over they are evidence.
RULES = frozenset(
    ("bid_date", "ceiling", "post_ids", "rule_ids", "company_id", "price_points")
)


class Hold(NamedTuple):
    """What keeps somebody: a running contract, until its last day or that of the
    posting, as what (the post's or the system's name)."""

    tender: models.Model
    until: date | None
    place: str


class OmTender(models.Model):
    """What a tender, and later its contract, asks of people and of the enterprise.

    What it is: posts (``om.post``) with their certificates and points, rules for the
    enterprise (``om.tender.rule``), and the days of the tender.

    How to use it: enter posts and rules, assign people (``om.post.assignment``) or let
    ``om.bid.evaluation`` find the best team (``action_evaluate``); the bid file is made
    from a frozen evaluation. What was won runs as postings (``om.posting``).

    How it works: ``engine/people.py`` says who counts on a day and why not,
    ``engine/scoring.py`` the points, ``engine/assignment.py`` the best team as an
    integer programme that is proven optimal.
    """

    _name = "om.tender"
    _inherit = ["mail.thread", "mail.activity.mixin", "om.act.mixin"]
    _description = "Tender"
    _order = "bid_date desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True
    # The rules of a tender that is over stay: see write().
    _free_fields = dict.fromkeys(
        (
            "agreement_id",
            "assignment_ids",
            "bid_date",
            "ceiling",
            "code",
            "company_id",
            "evaluation_ids",
            "name",
            "needs_consent",
            "notice_days",
            "partner_id",
            "post_ids",
            "price_points",
            "replace_unit",
            "replace_value",
            "rule_ids",
            "service_end",
            "service_start",
            "system_ids",
        )
    )
    _acts = {
        "submit": Act(_lt("Bid Submitted"), source=("preparing",), target="submitted"),
        "run": Act(_lt("Contract Won"), source=("submitted",), target="running"),
        "close": Act(
            _lt("Over"), source=("preparing", "submitted", "running"), target="over"
        ),
        "reopen": Act(
            _lt("Back to the Preparation"), source=("submitted",), target="preparing"
        ),
    }
    _facts = {
        "state": Fact("state"),
        "contract": Fact("agreement_id"),
        "bid_on": Fact("bid_date"),
        "first_day": Fact("service_start"),
        "last_day": Fact("service_end"),
        "ceiling": Fact("ceiling"),
        "notice_days": Fact("notice_days"),
        "replace_within": Fact("replace_value"),
        "replace_unit": Fact("replace_unit"),
        "needs_consent": Fact("needs_consent"),
    }

    name = fields.Char(required=True, tracking=True)
    code = fields.Char("Number", tracking=True, help="Number of the procurement.")
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The contract that was won.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Purchaser",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('om_acts_as', '=', 'purchaser')]",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Bidder",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("preparing", "Preparing the Bid"),
            ("submitted", "Bid Submitted"),
            ("running", "Contract Running"),
            ("over", "Over"),
        ],
        required=True,
        default="preparing",
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    bid_date = fields.Date(
        tracking=True,
        help="The day for which certificates have to be valid.",
        copy=False,
    )
    service_start = fields.Date(tracking=True)
    service_end = fields.Date(tracking=True)
    ceiling = fields.Monetary(
        "Ceiling Price", tracking=True, help="A bid above it is invalid."
    )
    price_points = fields.Float(digits=(5, 2), default=10.0)
    post_ids = fields.One2many("om.post", "tender_id", string="Posts", copy=True)
    rule_ids = fields.One2many(
        "om.tender.rule", "tender_id", string="Enterprise and Performance", copy=True
    )
    assignment_ids = fields.One2many(
        "om.post.assignment", "tender_id", string="Team", copy=False
    )
    evaluation_ids = fields.One2many(
        "om.bid.evaluation", "tender_id", string="Evaluations", copy=False
    )
    system_ids = fields.Many2many(
        "om.system", string="Systems", check_company=True, copy=False
    )

    # What the contract says about changes of people
    notice_days = fields.Integer(
        "Notice of a Change (days)",
        help="Days of written notice before posted staff may change.",
    )
    replace_value = fields.Integer("Replacement Within")
    replace_unit = fields.Selection(
        [("day", "Days"), ("workday", "Working Days")], default="day"
    )
    needs_consent = fields.Boolean(
        "User Unit's Consent",
        default=True,
        help="A change of posted staff needs the user unit's consent.",
    )
    head_count = fields.Integer("Heads Needed", compute="_compute_counts")
    assigned_count = fields.Integer("People Named", compute="_compute_counts")
    full_points = fields.Float("Team Points", compute="_compute_counts", digits=(5, 2))

    _ceiling_not_negative = models.Constraint(
        "CHECK (ceiling >= 0 AND price_points >= 0 AND notice_days >= 0"
        " AND replace_value >= 0)",
        "Prices, points, notice and periods cannot be negative.",
    )
    _service_end_after_start = models.Constraint(
        "CHECK (service_end >= service_start)",
        "The service cannot end before it starts.",
    )
    _running_known = models.Constraint(
        "CHECK (state != 'running'"
        " OR (service_start IS NOT NULL AND service_end IS NOT NULL))",
        "Enter the first and the last day of service of a contract that runs.",
    )

    @api.depends("post_ids.need", "post_ids.besides", "assignment_ids")
    def _compute_counts(self):
        # How many are named is no secret; who they are is for those who may read it.
        named = dict(
            self.env["om.post.assignment"]
            .sudo()
            ._read_group(
                [("tender_id", "in", self.ids)],
                ["tender_id"],
                ["employee_id:count_distinct"],
            )
        )
        for tender in self:
            posts = tender.post_ids
            tender.head_count = sum(post.need for post in posts if not post.besides)
            tender.assigned_count = named.get(tender._origin, 0)
            tender.full_points = sum(post.full_points for post in posts)

    def write(self, vals):
        closed = self.filtered(lambda tender: tender.state == "over")
        if RULES & vals.keys() and closed:
            raise UserError(
                self.env._(
                    "The rules of tenders that are over stay as they were: %s",
                    format_list(self.env, closed.mapped("name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        submitted = self.filtered(lambda tender: tender.state != "preparing")
        if submitted:
            raise UserError(
                self.env._(
                    "Tenders stay on record once a bid was submitted: %s",
                    format_list(self.env, submitted.mapped("name")),
                )
            )

    def action_submit(self):
        """Note that the bid is in."""
        with self._act("submit"):
            pass

    def action_run(self):
        """The contract was won: its people are held there while it runs."""
        with self._act("run"):
            pass

    def action_close(self):
        """The contract has ended, or the bid was lost."""
        with self.filtered(lambda tender: tender.state != "over")._act("close"):
            pass

    def action_reopen(self):
        """Go back to the preparation of the bid."""
        with self.filtered(lambda tender: tender.state == "submitted")._act("reopen"):
            pass

    def action_evaluate(self):
        """Open the compliance view of the evaluation in hand, or of a new one."""
        self.ensure_one()
        evaluation = self.evaluation_ids.filtered(lambda one: one.state == "draft")[:1]
        if not evaluation:
            evaluation = self.env["om.bid.evaluation"].create({"tender_id": self.id})
        return evaluation.action_open_compliance()

    def action_view_team(self):
        """Return the action that lists who is named for which post."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_staffing.om_post_assignment_action"
        )
        action["domain"] = [("tender_id", "=", self.id)]
        action["context"] = {"default_tender_id": self.id}
        return action

    @api.private
    def get_held(self):
        """Employees whom other running contracts hold while this one is served, named
        for a post or posted at a system: {employee id: Hold}.

        A tender without a period of service could be served at any time: whoever a
        running contract holds is held then.
        """
        self.ensure_one()
        domain = Domain("id", "!=", self.id) & Domain("state", "=", "running")
        posted = Domain.TRUE
        if self.service_end:
            domain &= Domain("service_start", "<=", self.service_end)
            posted &= Domain("date_from", "<=", self.service_end)
        if self.service_start:
            domain &= Domain("service_end", ">=", self.service_start)
            posted &= Domain("date_to", "=", False) | Domain(
                "date_to", ">=", self.service_start
            )
        # Who is held elsewhere matters, whichever of our companies holds them.
        running = self.sudo().search(domain)
        postings = running.env["om.posting"].search(
            posted
            & (
                Domain("system_id", "in", running.system_ids.ids)
                | Domain("post_id.tender_id", "in", running.ids)
            )
        )
        named = running.env["om.post.assignment"].search(
            [("tender_id", "in", running.ids)]
        )
        by_system = {
            system: tender for tender in running for system in tender.system_ids
        }
        held = {}
        for one in postings:
            tender = one.post_id.tender_id or by_system.get(one.system_id)
            if tender and tender != self:
                ends = filter(None, (one.date_to, tender.service_end))
                until = min(ends, default=None)
                held[one.employee_id.id] = Hold(tender, until, one.system_id.name)
        return held | {
            one.employee_id.id: Hold(
                one.tender_id, one.tender_id.service_end, one.post_id.name
            )
            for one in named
        }
