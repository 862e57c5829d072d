from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act

from .maintenance_request_inspection import FIELD_WORK

_lt = LazyTranslate(__name__)
UNDONE = ("planned", "running")


class OmInspectionVisit(models.Model):
    _name = "om.inspection.visit"
    _inherit = ["mail.thread", "om.inspection.signature.mixin", "om.act.mixin"]
    _description = "Inspection Visit"
    _order = "date desc, id desc"
    _check_company_auto = True
    # A visit is a trip; what is owed and found is told by its inspections.
    _free_fields = dict.fromkeys(
        (
            "company_id",
            "date",
            "inspector_signature",
            "name",
            "place",
            "request_ids",
            "unit_id",
            "user_id",
        ),
        UNDONE,
    )
    _acts = {
        "sign": Act(
            _lt("Signed by the Inspector"), source=("running",), groups=FIELD_WORK
        ),
        "unit_sign": Act(
            _lt("Signed by the User Unit"),
            source=("running",),
            groups=FIELD_WORK,
            party="_get_unit_party",
        ),
    }

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: beijing.today(),
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Engineer",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    unit_id = fields.Many2one(
        "res.partner",
        string="User Unit",
        index=True,
        ondelete="restrict",
        domain="[('om_acts_as', 'in', ('user_unit', 'purchaser'))]",
        help="Empty for a visit to a place where systems of several units stand.",
    )
    place = fields.Char("Destination", help="Such as a data centre.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    request_ids = fields.One2many(
        "maintenance.request",
        "visit_id",
        string="Inspections",
        domain="[('is_inspection', '=', True)]",
    )
    request_count = fields.Integer("Systems", compute="_compute_figures")
    open_item_count = fields.Integer("Open Items", compute="_compute_figures")
    failed_item_count = fields.Integer("Failed Items", compute="_compute_figures")
    state = fields.Selection(
        [("planned", "To Do"), ("running", "Running"), ("done", "Finished")],
        compute="_compute_figures",
    )

    @api.depends("unit_id", "place", "date")
    def _compute_name(self):
        for visit in self:
            where = visit.unit_id.name or visit.place
            parts = [where, fields.Date.to_string(visit.date)]
            visit.name = " ".join(part for part in parts if part)

    @api.depends(
        "request_ids.stage_id.done",
        "request_ids.inspection_started_on",
        "request_ids.result_ids.result",
    )
    def _compute_figures(self):
        for visit in self:
            requests = visit.request_ids
            visit.request_count = len(requests)
            visit.open_item_count = sum(requests.mapped("open_item_count"))
            visit.failed_item_count = sum(requests.mapped("failed_item_count"))
            if requests and all(request.stage_id.done for request in requests):
                visit.state = "done"
            elif any(request.inspection_started_on for request in requests):
                visit.state = "running"
            else:
                visit.state = "planned"

    @api.constrains("unit_id", "request_ids")
    def _check_unit(self):
        for visit in self.filtered("unit_id"):
            wrong = visit.request_ids.filtered(
                lambda request, visit=visit: request.system_id.unit_id != visit.unit_id
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "These systems belong to another unit than the visit goes to:"
                        " %s",
                        format_list(self.env, wrong.system_id.mapped("name")),
                    )
                )

    def write(self, vals):
        """The inspector's signature signs all inspections of the visit at once."""
        if self._is_acting() or "inspector_signature" not in vals:
            return super().write(vals)
        self.check_access("write")
        if rest := {k: v for k, v in vals.items() if k != "inspector_signature"}:
            super().write(rest)
        drawing = vals["inspector_signature"]
        self._get_open_requests().write({"inspector_signature": drawing})
        if drawing:
            with self._act("sign") as acting:
                acting.write(self._stamp_inspector(drawing))
        return True

    def _get_open_requests(self):
        """Return the inspections that are not finished: what is keeps its signatures.

        :raise UserError: all of them are
        """
        open_requests = self.request_ids.filtered(lambda r: not r.stage_id.done)
        if not open_requests:
            raise UserError(self.env._("All inspections of this visit are finished."))
        return open_requests

    def action_unit_draw(self):
        """Return the pad on which the unit's person draws the name."""
        self._get_unit_requests()._check_unit_may_sign()
        return self._open_paper("unit_sign", "drawn")

    def action_unit_paper(self):
        """Return the dialog that takes the sheet which the unit signed."""
        self._get_unit_requests()._check_unit_may_sign()
        return self._open_paper("unit_sign")

    @api.private
    def action_unit_sign(self, paper=None):
        """The unit confirms what was found on all its systems."""
        requests = self._get_unit_requests()
        with self._act("unit_sign", paper=paper) as acting:
            requests.action_unit_sign(paper)
            acting.write(self._stamp_unit(paper))

    def _get_unit_requests(self):
        """Return what one unit confirms together.

        :raise UserError: nothing is open, or the systems belong to several units
        """
        requests = self._get_open_requests()
        if len(requests.system_id.unit_id) > 1:
            raise UserError(
                self.env._(
                    "Nobody signs for another unit: let each unit sign the inspections"
                    " of its own systems."
                )
            )
        return requests

    def _get_unit_party(self):
        """The party that confirms the visit's inspections, and its capacity."""
        # sudo: whose systems they are is no secret to who reads the visit.
        return self.sudo().request_ids.system_id.unit_id[:1], "user_unit"

    def _get_doers(self):
        requests = self.request_ids
        return super()._get_doers() | requests.user_id | requests.inspector_id

    def _void_visit_signatures(self):
        """Take back signatures that stood for what has changed; the inspections keep
        what was signed."""
        # pylint: disable-next=super-method-mismatch; our own write() would sign
        return super().write(self._get_unsigned_values())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        started = self.filtered(lambda visit: visit.state != "planned")
        if started:
            raise UserError(
                self.env._(
                    "Visits that were started stay on record: %s",
                    format_list(self.env, started.mapped("name")),
                )
            )

    def action_start(self):
        """Start all inspections of the visit; a visit without engineer becomes mine."""
        self.request_ids.action_start_inspection()
        if self.env.user.has_group("om_base.group_engineer"):
            self.filtered(lambda visit: not visit.user_id).user_id = self.env.user
        return True

    def action_pass_others(self):
        """Pass every open item of the visit that asks for no figure."""
        return self.request_ids.action_pass_others()

    def action_close(self):
        """Finish all inspections of the visit."""
        self.request_ids.action_close_inspection()
        return True

    @api.model
    def _group(self, requests):
        """Make one visit for each unit, day and inspector; return the visits."""
        wrong = requests.filtered(
            lambda request: (
                not request.is_inspection
                or request.stage_id.done
                or request.archive
                or request.visit_id
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only inspections that are open and in no visit yet can be"
                    " grouped: %s",
                    format_list(self.env, wrong.mapped("display_name")),
                )
            )
        groups = requests.grouped(
            lambda request: (
                request.company_id,
                request.system_id.unit_id,
                request.inspection_date,
                request.user_id,
            )
        )
        visits = self.create(
            [
                {
                    "company_id": company.id,
                    "unit_id": unit.id,
                    "date": day or beijing.today(),
                    "user_id": user.id,
                }
                for company, unit, day, user in groups
            ]
        )
        for visit, group in zip(visits, groups.values(), strict=True):
            group.write({"visit_id": visit.id})
        return visits
