from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, format_list

from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

STATES = [
    ("draft", "Draft"),
    ("asked", "Waiting for Confirmation"),
    ("confirmed", "To Issue"),
    ("issued", "Issued"),
    ("installed", "Installed"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
PARTIES = ("purchaser", "supervisor")
DRAFT = ("draft",)
# Purchaser and supervisor answer what waits for them, an emergency issue afterwards.
ANSWERED = ("asked", "issued", "installed")
ANSWERS = {
    "confirm_purchaser": _lt("Confirmed by the Purchaser"),
    "confirm_supervisor": _lt("Confirmed by the Supervisor"),
    "refuse_purchaser": _lt("Refused by the Purchaser"),
    "refuse_supervisor": _lt("Refused by the Supervisor"),
}
# Who may enter a party's paper.
PAPER_GROUPS = ("om_base.group_dispatcher", "om_base.group_warehouse")


class OmSpareRequest(models.Model):
    """A part that is beyond repair, and the right to replace it.

    Told to the purchaser at once, confirmed by purchaser and supervisor together, only
    then issued (Shunyi's tender, chapter 5, requirement 14). In a key period the part
    may go first and the confirmations follow.
    """

    _name = "om.spare.request"
    _inherit = [
        "om.act.mixin",
        "om.portal.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Spare Part Request"
    _order = "id desc"
    _check_company_auto = True
    _portal_path = "/my/spares"
    _portal_answers = {
        "confirm": Answer("action_confirm"),
        "refuse": Answer("action_refuse", "reason"),
    }

    # What purchaser and supervisor have seen stays as they saw it.
    _free_fields = {
        "ticket_id": DRAFT,
        "inspection_id": DRAFT,
        "system_id": DRAFT,
        "equipment_id": DRAFT,
        "quota_id": DRAFT,
        "product_id": DRAFT,
        "quantity": DRAFT,
        "beyond_repair": DRAFT,
        "repair_tried": DRAFT,
        "photo_ids": DRAFT,
        "repair_ids": None,
        "source_location_id": ("draft", "asked", "confirmed"),
    }
    _acts = {
        "ask": Act(_lt("Asked For"), source=DRAFT, target="asked"),
        **{
            name: Act(
                label,
                source=ANSWERED,
                groups=PAPER_GROUPS,
                party=f"_get_{name.partition('_')[2]}",
                reason=name.startswith("refuse"),
            )
            for name, label in ANSWERS.items()
        },
        "issue": Act(_lt("Issued"), source=("confirmed",)),
        "issue_emergency": Act(
            _lt("Issued in an Emergency"),
            source=("draft", "asked"),
            groups=("om_base.group_warehouse", "om_base.group_manager"),
        ),
        "return": Act(_lt("Returned to the Store"), source=("confirmed", "issued")),
        "install": Act(_lt("Installed"), source=("issued",), target="installed"),
        "cancel": Act(
            _lt("Cancelled"),
            source=("draft", "asked", "confirmed"),
            target="cancelled",
        ),
    }
    _facts = {
        "number": Fact("name"),
        "ticket": Fact("ticket_id"),
        "inspection": Fact("inspection_id"),
        "system": Fact("system_id"),
        "device": Fact("equipment_id"),
        "quota": Fact("quota_id"),
        "product": Fact("product_id"),
        "quantity": Fact("quantity"),
        "beyond_repair": Fact("beyond_repair"),
        "repair_tried": Fact("repair_tried"),
        "photos": Fact("photo_ids"),
        "applicant": Fact("applicant_id"),
        "state": Fact("state"),
        "asked_at": Fact("asked_at"),
        "purchaser": Fact("purchaser_state"),
        "supervisor": Fact("supervisor_state"),
        "confirmed_at": Fact("confirmed_at"),
        "emergency": Fact("is_emergency"),
        "confirm_by": Fact("confirm_by"),
        "issued": Fact("issued_qty"),
        "returned": Fact("returned_qty"),
        "issued_at": Fact("issued_at"),
        "installed_at": Fact("installed_at"),
    }

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    ticket_id = fields.Many2one(
        "helpdesk.ticket", index="btree_not_null", ondelete="restrict", tracking=True
    )
    inspection_id = fields.Many2one(
        "maintenance.request", index="btree_not_null", ondelete="restrict"
    )
    system_id = fields.Many2one(
        "om.system",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('has_spare_quota', '=', True)]",
        compute="_compute_system_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    unit_id = fields.Many2one(related="system_id.unit_id", store=True, index=True)
    company_id = fields.Many2one(related="system_id.company_id", store=True, index=True)
    purchaser_id = fields.Many2one(related="system_id.purchaser_id")
    supervisor_id = fields.Many2one(related="system_id.supervisor_id")
    equipment_id = fields.Many2one(
        "maintenance.equipment",
        string="Broken Device",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('system_id', '=', system_id)]",
    )
    quota_id = fields.Many2one(
        "om.spare.quota",
        string="Part",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('list_state', '=', 'active'),"
        " ('system_id', 'in', (False, system_id))]",
        tracking=True,
    )
    list_id = fields.Many2one(related="quota_id.list_id", store=True, index=True)
    agreement_id = fields.Many2one(
        related="list_id.agreement_id", store=True, index="btree_not_null"
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    quantity = fields.Integer(required=True, default=1, tracking=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    beyond_repair = fields.Text(
        "Why It Cannot Be Repaired", help="Shown to purchaser and supervisor."
    )
    repair_tried = fields.Text()
    photo_ids = fields.Many2many(
        "ir.attachment",
        "om_spare_request_photo_rel",
        "request_id",
        "attachment_id",
        string="Photos",
        bypass_search_access=True,
        copy=False,
    )
    applicant_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
        copy=False,
    )
    state = fields.Selection(
        STATES,
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    asked_at = fields.Datetime(readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    is_emergency = fields.Boolean(readonly=True, copy=False, tracking=True)
    confirm_by = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Until then the confirmations of an emergency issue have to follow.",
    )
    confirmation_ids = fields.One2many(
        "om.spare.confirmation", "request_id", readonly=True, copy=False
    )
    purchaser_state = fields.Selection(
        [("waiting", "Waiting"), ("confirmed", "Confirmed"), ("refused", "Refused")],
        compute="_compute_party_states",
        string="Purchaser's Answer",
    )
    supervisor_state = fields.Selection(
        [("waiting", "Waiting"), ("confirmed", "Confirmed"), ("refused", "Refused")],
        compute="_compute_party_states",
        string="Supervisor's Answer",
    )
    missing = fields.Char(
        compute="_compute_missing",
        help="What purchaser and supervisor still lack to judge the request.",
    )
    can_enter_purchaser = fields.Boolean(compute="_compute_can_enter")
    can_enter_supervisor = fields.Boolean(compute="_compute_can_enter")
    is_unconfirmed = fields.Boolean(
        "Confirmation Missing",
        compute="_compute_is_unconfirmed",
        search="_search_is_unconfirmed",
        help="Issued in an emergency and not confirmed by both yet.",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "At least one part is requested."
    )
    _waiting_idx = models.Index("(asked_at) WHERE state = 'asked'")

    # ------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------

    @api.depends(
        "beyond_repair", "repair_tried", "photo_ids", "purchaser_id", "supervisor_id"
    )
    def _compute_missing(self):
        for request in self:
            reason = request.beyond_repair and request.beyond_repair.strip()
            tried = request.repair_tried and request.repair_tried.strip()
            parties = request.purchaser_id and request.supervisor_id
            missing = [
                text
                for fact, text in (
                    (reason, self.env._("why the old part cannot be repaired")),
                    (tried, self.env._("which repair was tried")),
                    (request.photo_ids, self.env._("a photo")),
                    (parties, self.env._("purchaser and supervisor of the system")),
                )
                if not fact
            ]
            request.missing = format_list(self.env, missing) if missing else False

    @api.depends("ticket_id", "inspection_id", "equipment_id")
    def _compute_system_id(self):
        for request in self:
            request.system_id = (
                request.ticket_id.system_id
                or request.inspection_id.system_id
                or request.equipment_id.system_id
                or request.system_id
            )

    @api.depends("quota_id")
    def _compute_product_id(self):
        for request in self:
            if request.product_id not in request.quota_id._get_products():
                request.product_id = request.quota_id.product_id

    @api.depends("confirmation_ids.party", "confirmation_ids.decision")
    def _compute_party_states(self):
        for request in self:
            found = {
                each.party: each.decision for each in request.sudo().confirmation_ids
            }
            for party in PARTIES:
                request[f"{party}_state"] = found.get(party, "waiting")

    @api.depends("is_emergency", "confirmed_at", "state")
    def _compute_is_unconfirmed(self):
        for request in self:
            request.is_unconfirmed = request.is_emergency and not request.confirmed_at

    @api.model
    def _search_is_unconfirmed(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = Domain("is_emergency", "=", True) & Domain("confirmed_at", "=", False)
        return found if True in value else ~found

    @api.constrains("quota_id", "product_id", "system_id")
    def _check_part(self):
        for request in self:
            quota = request.quota_id
            if quota.system_id and quota.system_id != request.system_id:
                raise ValidationError(
                    self.env._(
                        "“%(part)s” is listed for “%(system)s” only.",
                        part=quota.name,
                        system=quota.system_id.name,
                    )
                )
            if request.product_id not in quota._get_products():
                raise ValidationError(
                    self.env._(
                        "“%(product)s” has not been judged fit to replace “%(part)s”:"
                        " compare its parameters first (Compatible Products).",
                        product=request.product_id.display_name,
                        part=quota.name,
                    )
                )

    @api.model
    def default_get(self, fields):
        """The device of the fault, where it names one."""
        values = super().default_get(fields)
        ticket = self.env["helpdesk.ticket"].browse(values.get("ticket_id"))
        if "equipment_id" in fields and len(ticket.equipment_ids) == 1:
            values.setdefault("equipment_id", ticket.equipment_ids.id)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._om_adopt("photo_ids")
        return requests

    @api.model
    def _complete_new(self, vals_list):
        vals_list = super()._complete_new(vals_list)
        unnamed = [vals for vals in vals_list if not vals.get("name")]
        for vals, number in zip(unnamed, self._next_numbers(len(unnamed)), strict=True):
            vals["name"] = number
        return vals_list

    @api.model
    def _next_numbers(self, count):
        """Return ``count`` new numbers; one query however many are drawn."""
        # Whoever may ask for a part may draw its number.
        sequence = self.env.ref("om_stock_spares.sequence_spare_request").sudo()
        return self._draw_numbers(sequence, count)

    @api.model
    def _draw_numbers(self, sequence, count):
        """Return ``count`` numbers of a sequence: one query, if it knows no dates."""
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _index in range(count)]
        drawn = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in drawn]

    def write(self, vals):
        result = super().write(vals)
        if "photo_ids" in vals:
            self._om_adopt("photo_ids")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        if any(request.asked_at for request in self):
            raise UserError(self.env._("Requests that were asked for stay on record."))

    @api.model
    def _filter_closed_files(self, files):
        """The photos that purchaser and supervisor have seen stay."""
        shown = self.search([("photo_ids", "in", files.ids), ("state", "!=", "draft")])
        return files & shown.photo_ids

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    def action_ask(self):
        """Put these drafts to purchaser and supervisor, and pause their tickets.

        :raises UserError: what is missing for them to judge, or a cap that is used up
        """
        with self._act("ask", evidence="photo_ids") as requests:
            requests._put_to_parties({})
        return True

    def _put_to_parties(self, vals):
        """Ask for these, in an act, with what the act writes besides."""
        for request in self:
            request._check_can_ask()
        now = fields.Datetime.now()
        self.write({"state": "asked", "asked_at": now, **vals})
        self._notify_parties()
        self._pause_tickets()

    def _check_can_ask(self):
        """Raise with the reason if this request cannot be asked for now."""
        self.ensure_one()
        if self.missing:
            raise UserError(
                self.env._(
                    "%(request)s cannot be asked for yet. Missing: %(missing)s",
                    request=self.name,
                    missing=self.missing,
                )
            )
        if self.list_id.state != "active":
            raise UserError(
                self.env._("“%s” is not in use.", self.list_id.display_name)
            )
        if self.quota_id.remaining < self.quantity:
            raise UserError(self.quota_id._get_exceeded_text())

    def _notify_parties(self):
        """Tell the people of purchaser and supervisor who have a login: once each,
        whether one part or many wait for them."""
        for people, requests in self.grouped(
            lambda request: request.purchaser_id | request.supervisor_id
        ).items():
            partners = requests._get_party_users(people).partner_id
            for lang, readers in partners._group_by_lang().items():
                requests.with_context(lang=lang)._notify_readers(readers)

    def _notify_readers(self, partners):
        """Tell people of one language what waits for them."""
        lines = [request._get_party_text() for request in self]
        if len(self) == 1:
            self.message_notify(
                partner_ids=partners.ids,
                subject=self.env._("Spare part to confirm: %s", self.name),
                body=lines[0],
            )
            return
        self.env["mail.thread"].message_notify(
            partner_ids=partners.ids,
            subject=self.env._("%s spare parts to confirm", len(self)),
            body=Markup("<p><a href='/my/spares'>%s</a></p><ul>%s</ul>")
            % (
                self.env._("Spare parts that wait for your confirmation"),
                Markup().join(
                    Markup("<li>%s %s</li>") % (request.name, line)
                    for request, line in zip(self, lines, strict=True)
                ),
            ),
        )

    def _get_reminded(self):
        """Return who follows a request up: the applicant, or whoever sees to the
        system once the applicant has left."""
        self.ensure_one()
        users = self.applicant_id | self.ticket_id.user_id | self.system_id.user_id
        users |= self.ticket_id.team_id.user_id
        users = users.filtered("active")[:1]
        return users or self.env["om.escalation.rule"]._get_dispatchers()[:1]

    def _get_party_text(self):
        """Return in one line what is asked for."""
        self.ensure_one()
        return self.env._(
            "%(quantity)s × %(part)s for “%(system)s”: %(reason)s",
            quantity=self.quantity,
            part=self.quota_id.name,
            system=self.system_id.name,
            reason=self.beyond_repair,
        )

    def _get_party_users(self, people=None):
        """Return the users who may answer: each party's own, in its portal group."""
        people = people or self.purchaser_id | self.supervisor_id
        groups = {
            party: self.env.ref(f"om_base.group_portal_{party}") for party in PARTIES
        }
        # Reading who is to be told gives the applicant nothing but their names.
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", [group.id for group in groups.values()]),
                    (
                        "partner_id.commercial_partner_id",
                        "in",
                        people.commercial_partner_id.ids,
                    ),
                ]
            )
        )
        return users.filtered(
            lambda user: any(
                groups[party] in user.all_group_ids
                and user.partner_id.commercial_partner_id
                in self[f"{party}_id"].commercial_partner_id
                for party in PARTIES
            )
        )

    def _pause_tickets(self):
        """The clock of the fault stands while others decide."""
        # sudo: the pause follows from the request, whoever may pause a ticket.
        Pause = self.env["om.ticket.pause"].sudo()
        waiting = self.ticket_id.filtered(
            lambda ticket: (
                not ticket.pause_ids.filtered(
                    lambda pause: not pause.date_to and not pause.voided_on
                )
            )
        )
        Pause.create(
            [
                {
                    "ticket_id": request.ticket_id.id,
                    "kind": "spare",
                    "reason": self.env._("Spare part %s", request.name),
                }
                for request in self
                if request.ticket_id in waiting
            ]
        )

    def _resume_tickets(self):
        """The waiting is over: end the pauses that these requests began."""
        # sudo: as they began, they end with the request.
        pauses = (
            self.env["om.ticket.pause"]
            .sudo()
            .search(
                [
                    ("ticket_id", "in", self.ticket_id.ids),
                    ("kind", "=", "spare"),
                    ("date_to", "=", False),
                    ("voided_on", "=", False),
                ]
            )
        )
        still_asked = (
            self.search(
                [("ticket_id", "in", self.ticket_id.ids), ("state", "=", "asked")]
            )
            - self
        ).ticket_id
        pauses.filtered(
            lambda pause: pause.ticket_id not in still_asked
        ).date_to = fields.Datetime.now()

    def action_cancel(self, reason=None):
        """Withdraw requests that have not been issued; frees what was reserved."""
        with self._act("cancel", reason=reason) as requests:
            urgent = requests.filtered("is_emergency")[:1]
            if urgent:
                raise UserError(
                    self.env._(
                        "%s was issued in an emergency: return the part first.",
                        urgent.name,
                    )
                )
            confirmed = requests.filtered(lambda request: request.state == "confirmed")
            self._book_quantities(
                {request: request.used_qty - request.quantity for request in confirmed},
                "reserved",
            )
            requests.filtered(
                lambda request: request.state == "asked"
            )._resume_tickets()
        for request in self.filtered(lambda request: reason):
            request.message_post(body=self.env._("Cancelled: %s", reason))
        return True

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Remind once the parties that have not answered in time, and us of emergency
        issues without confirmation."""
        now = fields.Datetime.now()
        kind = self.env.ref("om_stock_spares.mail_activity_type_spare")
        late = self.search([("state", "=", "asked"), ("asked_at", "<", now)]).filtered(
            lambda request: (
                request.asked_at + timedelta(hours=request.list_id.reminder_hours)
                <= now
            )
        )
        late |= self.search(
            [
                ("is_emergency", "=", True),
                ("confirmed_at", "=", False),
                ("confirm_by", "<=", now),
                ("state", "in", ("asked", "issued", "installed")),
            ]
        )
        reminded = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", late.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            )
        )
        to_remind = late - self.browse(reminded.mapped("res_id"))
        to_remind._notify_parties()
        # The parties were told just now; the applicant finds it in the own activities.
        quiet = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quiet.create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": request.id,
                    "activity_type_id": kind.id,
                    "summary": self.with_context(lang=user.lang).env._(
                        "Confirmation missing"
                    ),
                    "user_id": user.id,
                    "date_deadline": beijing.today(),
                }
                for request in to_remind
                # Whoever has left reads no reminder: the store keeps the request.
                if (user := request._get_reminded())
            ]
        )
