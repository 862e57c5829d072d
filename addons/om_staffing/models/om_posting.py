from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Fact

FACTS = frozenset(("employee_id", "system_id", "date_from", "date_to"))


class OmPosting(models.Model):
    _name = "om.posting"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Posting at a System"
    _order = "date_from desc, id desc"
    _rec_names_search = ["employee_id.name", "system_id.name"]
    # Whether somebody may change them past a notice, _check_announced asks.
    _free_fields = dict.fromkeys(
        ("employee_id", "system_id", "post_id", "date_from", "date_to")
    )
    _facts = {
        "employee": Fact("employee_id"),
        "system": Fact("system_id"),
        "post": Fact("post_id"),
        "first_day": Fact("date_from"),
        "last_day": Fact("date_to"),
    }

    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict", tracking=True
    )
    system_id = fields.Many2one(
        "om.system", required=True, index=True, ondelete="restrict", tracking=True
    )
    unit_id = fields.Many2one(
        related="system_id.unit_id", store=True, index=True, string="User Unit"
    )
    company_id = fields.Many2one(related="system_id.company_id", store=True, index=True)
    post_id = fields.Many2one(
        "om.post",
        index="btree_not_null",
        ondelete="restrict",
        help="The post of the contract that is filled here.",
    )
    tender_id = fields.Many2one(
        "om.tender", string="Contract's Rules", compute="_compute_tender_id"
    )
    date_from = fields.Date(
        "First Day",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self._get_today(),
        copy=False,
    )
    date_to = fields.Date("Last Day", index=True, tracking=True, copy=False)
    change_ids = fields.One2many("om.posting.change", "posting_id", string="Changes")

    _date_to_after_from = models.Constraint(
        "CHECK (date_to >= date_from)", "A posting cannot end before it begins."
    )
    _person_uniq = models.UniqueIndex(
        "(system_id, employee_id) WHERE date_to IS NULL",
        "This person is posted at the system already.",
    )

    @api.depends("post_id.tender_id", "system_id")
    def _compute_tender_id(self):
        loose = self.filtered(lambda posting: not posting.post_id)
        # The rules bind whoever changes a posting, whether or not tenders are visible.
        tenders = (
            self.env["om.tender"]
            .sudo()
            .search(
                [
                    ("state", "=", "running"),
                    ("system_ids", "in", loose.system_id.ids),
                ],
                order="service_start, id",
            )
        )
        by_system = {
            system: tender for tender in tenders for system in tender.system_ids
        }
        for posting in self:
            posting.tender_id = (
                posting.post_id.sudo().tender_id
                or by_system.get(posting.system_id.sudo())
                or False
            )

    @api.depends("employee_id.name", "system_id.name")
    def _compute_display_name(self):
        for posting in self:
            name = posting.employee_id.display_name or ""
            posting.display_name = f"{name} · {posting.system_id.name or ''}"

    @api.constrains("employee_id", "system_id", "date_from", "date_to")
    def _check_overlap(self):
        others = self.search(
            [
                ("employee_id", "in", self.employee_id.ids),
                ("system_id", "in", self.system_id.ids),
            ]
        )
        by_place = others.grouped(lambda one: (one.employee_id, one.system_id))
        for posting in self:
            for other in by_place[posting.employee_id, posting.system_id] - posting:
                if posting._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "%(posting)s is on record from %(start)s already.",
                            posting=posting.display_name,
                            start=other.date_from,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        postings = super().create(vals_list)
        postings.system_id._follow_postings()
        return postings

    def write(self, vals):
        if FACTS & vals.keys():
            self._check_announced()
        systems = self.system_id
        result = super().write(vals)
        if FACTS & vals.keys():
            (systems | self.system_id)._follow_postings()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        begun = self.filtered(lambda one: one.date_from <= self._get_today())
        # Who was named and taken off the list again on one day was never posted.
        if begun and not self._is_acting():
            raise UserError(
                self.env._(
                    "Postings that have begun stay on record; announce a change"
                    " instead: %s",
                    format_list(self.env, begun.mapped("display_name")),
                )
            )

    def unlink(self):
        systems = self.system_id
        result = super().unlink()
        systems._follow_postings()
        return result

    def action_change(self):
        """Open a new notice of change for this posting."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change of Posted Staff"),
            "res_model": "om.posting.change",
            "view_mode": "form",
            "context": {"default_posting_id": self.id},
        }

    def _check_announced(self):
        """Raise if a posting that has begun is changed past the notice that its
        contract asks for. Mistakes in the record are corrected by a manager."""
        if (
            self._is_acting()
            or self.env.su
            or self.env.user.has_group("om_base.group_manager")
        ):
            return
        today = self._get_today()
        bound = self.filtered(
            lambda one: one.date_from <= today and one.tender_id.notice_days
        )
        if bound:
            raise UserError(
                self.env._(
                    "The contract asks for notice before posted staff changes. Use"
                    " “Announce a Change”: %s",
                    format_list(self.env, bound.mapped("display_name")),
                )
            )

    def _overlaps(self, other):
        self_last = self.date_to or fields.Date.to_date("9999-12-31")
        other_last = other.date_to or fields.Date.to_date("9999-12-31")
        return self.date_from <= other_last and other.date_from <= self_last

    @api.model
    def _get_force_domain(self, day):
        """The domain of the postings in force on ``day``."""
        return Domain("date_from", "<=", day) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        )

    @api.model
    def _cron_follow(self):
        """Each day: carry out the changes that are due, and tell the systems."""
        today = self._get_today()
        self.env["om.posting.change"]._apply_due(today)
        turned = self.search(
            Domain("date_from", "=", today)
            | Domain("date_to", "=", fields.Date.subtract(today, days=1))
        )
        turned.system_id._follow_postings()

    @api.model
    def _adopt_posted(self):
        """Make postings of the people that systems named before there were any."""
        systems = self.env["om.system"].search([("posted_employee_ids", "!=", False)])
        known = {
            (one.system_id, one.employee_id)
            for one in self.search([("system_id", "in", systems.ids)])
        }
        today = self._get_today()
        self.create(
            [
                {
                    "system_id": system.id,
                    "employee_id": employee.id,
                    "date_from": min(system.service_start or today, today),
                }
                for system in systems
                for employee in system.posted_employee_ids
                if (system, employee) not in known
            ]
        )

    @api.model
    def _get_today(self):
        return beijing.today()
