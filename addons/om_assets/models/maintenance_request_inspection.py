from base64 import b64decode
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.checklist import open_items, overall, unexplained
from .om_inspection_item_mixin import SCOPES

_lt = LazyTranslate(__name__)

# The steps of an inspection; "" is that of a request which is none.
STEPS = ("planned", "running", "done", "cancelled")
AHEAD = ("", "planned")
OPEN = ("", "planned", "running")
FIELD_WORK = ("om_base.group_engineer", "om_base.group_dispatcher")
SIGNATURES = ("inspector_signature", "unit_signature")
# A file of more takes minutes, and nobody reads it.
MOST_PRINTED = 500
# How many records a message names one by one.
NAMED = 10
# For how long a telephone may keep what was done without a network.
KEPT_OFFLINE = timedelta(days=7)


class MaintenanceRequest(models.Model):
    _name = "maintenance.request"
    _inherit = [
        "maintenance.request",
        "om.inspection.signature.mixin",
        "om.rule.access.mixin",
        "om.portal.mixin",
    ]
    _portal_path = "/my/inspections"
    _portal_answers = {"sign": Answer("action_unit_sign")}
    _state_field = "inspection_step"

    # Requests that are no inspections are Odoo's, and free as Odoo has them.
    _free_fields = {
        "archive": ("",),
        "close_date": ("",),
        "color": None,
        "company_id": ("",),
        "description": OPEN,
        "email_cc": None,
        "employee_id": OPEN,
        # What an inspection is of stays: a wrong one is cancelled, a right one planned.
        "equipment_id": ("",),
        "inspection_date": OPEN,
        "inspection_mode": AHEAD,
        "inspection_scope": AHEAD,
        "inspector_signature": ("running",),
        "instruction_google_slide": None,
        "instruction_pdf": None,
        "instruction_text": None,
        "instruction_type": None,
        # At creation only: a fault does not become an inspection.
        "is_inspection": (),
        "kanban_state": None,
        "maintenance_team_id": None,
        "maintenance_type": AHEAD,
        "name": OPEN,
        "owner_user_id": None,
        "priority": None,
        "recurring_maintenance": AHEAD,
        "repeat_interval": AHEAD,
        "repeat_type": AHEAD,
        "repeat_unit": AHEAD,
        "repeat_until": AHEAD,
        "reporter_contact": OPEN,
        "reporter_name": OPEN,
        "request_date": OPEN,
        "result_ids": ("running",),
        "schedule_date": OPEN,
        "schedule_end": OPEN,
        "stage_id": ("",),
        "system_id": ("",),
        "user_id": OPEN,
        "visit_id": OPEN,
    }
    _acts = {
        "start": Act(
            _lt("Started"), source=("planned",), groups=FIELD_WORK, late=KEPT_OFFLINE
        ),
        "sign": Act(
            _lt("Signed by the Inspector"),
            source=("running",),
            groups=FIELD_WORK,
            late=KEPT_OFFLINE,
        ),
        "unit_sign": Act(
            _lt("Signed by the User Unit"),
            source=("running", "done"),
            groups=FIELD_WORK,
            party="_get_unit_party",
            late=KEPT_OFFLINE,
        ),
        "void": Act(_lt("Signatures Void"), source=("running",), reason=True),
        "finish": Act(
            _lt("Finished"), source=("running",), groups=FIELD_WORK, late=KEPT_OFFLINE
        ),
        "reopen": Act(
            _lt("Reopened for a Correction"),
            source=("done",),
            groups=("om_base.group_manager",),
            reason=True,
        ),
        "cancel": Act(
            _lt("Cancelled"),
            source=("planned", "running"),
            groups=("om_base.group_dispatcher",),
        ),
        "move": Act(
            _lt("Moved to Another Day"), source=("planned", "running"), reason=True
        ),
    }
    _facts = {
        "inspection": Fact("is_inspection"),
        "state": Fact("inspection_step", sealed=STEPS),
        "system": Fact("system_id", sealed=STEPS),
        "device": Fact("equipment_id", sealed=STEPS),
        "slot": Fact("inspection_slot", sealed=STEPS),
        "day": Fact("inspection_date", sealed=STEPS),
        "behind_since": Fact("inspection_behind", sealed=STEPS),
        "in_time_until": Fact("inspection_deadline", sealed=STEPS),
        "inspected_on": Fact("inspection_done_on", sealed=STEPS),
        "late": Fact("inspection_late", sealed=STEPS),
        "started_at": Fact("inspection_started_on", sealed=STEPS),
        "finished_at": Fact("inspection_closed_on", sealed=STEPS),
        # Until it is begun, the plan decides them.
        "scope": Fact("inspection_scope", sealed=("running", "done")),
        "mode": Fact("inspection_mode", sealed=("running", "done")),
        "engineer": Fact("user_id", sealed=("done",)),
        "inspector": Fact("inspector_id", sealed=("done",)),
        "inspector_signed_at": Fact("inspector_signed_on", sealed=("done",)),
        "unit_signed_at": Fact("unit_signed_on", sealed=("done",)),
        "unit_signer": Fact("unit_signer", personal=True),
        "found": Fact("inspection_findings", sealed=("done",)),
    }

    inspection_scope = fields.Selection(
        [("all", "Everything"), *SCOPES],
        string="Scope",
        compute="_compute_inspection_scope",
        store=True,
        readonly=False,
        precompute=True,
    )
    inspection_mode = fields.Selection(
        [("remote", "Remote"), ("onsite", "On Site")],
        string="Mode",
        compute="_compute_inspection_scope",
        store=True,
        readonly=False,
        precompute=True,
    )
    result_ids = fields.One2many(
        "om.inspection.result", "request_id", string="Inspection Items", copy=False
    )
    item_count = fields.Integer("Items", compute="_compute_item_counts")
    open_item_count = fields.Integer("Open Items", compute="_compute_item_counts")
    failed_item_count = fields.Integer("Failed Items", compute="_compute_item_counts")
    item_progress = fields.Char("Progress", compute="_compute_item_counts")
    inspection_result = fields.Selection(
        [("pass", "Pass"), ("fail", "Fail")],
        compute="_compute_inspection_result",
        store=True,
        help="One failed item fails the inspection; open items leave it open.",
    )
    inspection_started_on = fields.Datetime("Started On", readonly=True, copy=False)
    inspection_closed_on = fields.Datetime(
        "Finished On",
        readonly=True,
        copy=False,
        help="When it was finished first. A later correction does not move it.",
    )
    inspection_findings = fields.Json(
        compute="_compute_inspection_findings",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="What a finished inspection proves, as its ledger tells it.",
    )
    inspection_step = fields.Selection(
        [
            ("planned", "To Do"),
            ("running", "Running"),
            ("done", "Finished"),
            ("cancelled", "Cancelled"),
        ],
        string="Step",
        compute="_compute_inspection_step",
        # Where it stands is told to who reads it, also without reading stages.
        compute_sudo=True,
    )
    visit_id = fields.Many2one(
        "om.inspection.visit",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="set null",
        help="The trip on which several systems are inspected.",
    )
    finding_ids = fields.One2many(
        "om.inspection.result", "fault_id", string="Findings", copy=False
    )
    unit_id = fields.Many2one(related="system_id.unit_id", string="User Unit")
    is_my_inspection = fields.Boolean(compute="_compute_is_my_inspection")
    can_unit_sign = can_act()

    @api.depends(
        "inspection_plan_id", "inspection_plan_id.scope", "inspection_plan_id.mode"
    )
    def _compute_inspection_scope(self):
        for request in self:
            plan = request.inspection_plan_id
            if plan and not request.inspection_started_on:
                request.inspection_scope = plan.scope
                request.inspection_mode = plan.mode
            else:
                request.inspection_scope = request.inspection_scope or "all"
                request.inspection_mode = request.inspection_mode

    @api.depends("result_ids.result")
    def _compute_item_counts(self):
        counts = {}
        for request, result, count in self.env["om.inspection.result"]._read_group(
            [("request_id", "in", self.ids)], ["request_id", "result"], ["__count"]
        ):
            counts.setdefault(request.id, {})[result] = count
        for request in self:
            by_result = counts.get(request._origin.id, {})
            total = sum(by_result.values())
            request.item_count = total
            request.open_item_count = by_result.get(False, 0)
            request.failed_item_count = by_result.get("fail", 0)
            judged = total - request.open_item_count
            request.item_progress = f"{judged}/{total}" if total else ""

    @api.depends("result_ids.result")
    def _compute_inspection_result(self):
        for request in self:
            request.inspection_result = overall(
                item.result or None for item in request.result_ids
            )

    @api.depends("is_inspection", "stage_id.done", "archive", "inspection_started_on")
    def _compute_inspection_step(self):
        for request in self:
            if not request.is_inspection:
                request.inspection_step = False
            elif request.stage_id.done:
                request.inspection_step = "done"
            elif request.archive:
                request.inspection_step = "cancelled"
            elif request.inspection_started_on:
                request.inspection_step = "running"
            else:
                request.inspection_step = "planned"

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_my_inspection(self):
        everybodys = self.env.user.has_group("om_base.group_dispatcher")
        engineer = self.env.user.has_group("om_base.group_engineer")
        for request in self:
            request.is_my_inspection = everybodys or (
                engineer and request.user_id in (self.env.user, self.env["res.users"])
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def _is_barred(self, operation):
        """Any employee may file a request of his own; inspections are planned by those
        who carry them out or send others."""
        return (
            operation == "create"
            and self.env.context.get("default_is_inspection")
            and not any(
                self.env.user.has_group(group)
                for group in (
                    "om_base.group_engineer",
                    "om_base.group_dispatcher",
                    "maintenance.group_equipment_manager",
                )
            )
        ) or super()._is_barred(operation)

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create([self._complete_planning(vals) for vals in vals_list])
        if not self._is_acting():
            requests.filtered(
                lambda r: r.is_inspection and r.stage_id.done
            )._check_inspection_closable()
        return requests

    def write(self, vals):
        """What a form or a board writes is an act on inspections: the signature signs,
        a stage for work done finishes, the archive cancels."""
        inspections = self.filtered(
            lambda request: request.is_inspection and not request.stage_id.done
        )
        acts = [] if self._is_acting() else self._get_written_acts(vals)
        if not inspections or not acts:
            planning = self._complete_planning(vals)
            if not self._is_planning(planning):
                return super().write(planning)
            planned = self.filtered("is_inspection")
            if others := self - planned:
                super(MaintenanceRequest, others).write(vals)
            if planned:
                behind = planned._get_behind(planning)
                super(MaintenanceRequest, planned).write(planning)
                planned._note_planned_by_hand(behind)
            return True
        self.check_access("write")
        if others := self - inspections:
            others.write(vals)
        if rest := {k: v for k, v in vals.items() if k not in dict(acts)}:
            inspections.write(rest)
        for name, act in acts:
            getattr(inspections, act)(vals[name])
        return True

    @api.model
    def _get_written_acts(self, vals):
        """Return [(field, method)]: which values stand for acts on inspections."""
        Stage = self.env["maintenance.stage"]
        acts = {
            "inspector_signature": "_sign_inspection",
            "stage_id": "_finish_inspection",
            "archive": "_cancel_inspection",
        }
        if not (vals.get("stage_id") and Stage.browse(vals["stage_id"]).done):
            del acts["stage_id"]
        if not vals.get("archive"):
            del acts["archive"]
        return [(name, act) for name, act in acts.items() if name in vals]

    def _check_free(self, names):
        closed = self.filtered(lambda request: request.inspection_step == "done")
        free = self._get_free_fields()
        if closed and any(free.get(name, ()) is not None for name in names):
            raise UserError(
                self.env._(
                    "These inspections are finished and locked. A project manager may"
                    " reopen them with a reason: %s",
                    closed._get_names(),
                )
            )
        return super()._check_free(names)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """What a plan or a stop of the service takes away goes while nobody began it,
        also when somebody had moved it before."""
        kept = self
        if self.env.su:
            kept = self.filtered(lambda r: r.inspection_step in STEPS[1:])
        return super(MaintenanceRequest, kept)._unlink_except_on_record()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_due(self):
        """A day that has passed is a fact: what was missed stays missed."""
        today = self._get_inspection_today()
        due = self.filtered(
            lambda r: (
                r.is_inspection
                and (r.inspection_behind or r.inspection_date or today) < today
            )
        )
        # sudo is the stop of a service, entered after its day: nothing was owed then.
        if due and not self.env.su:
            raise UserError(
                self.env._(
                    "The day of these inspections has passed; they stay on record as"
                    " done, behind plan or missed: %s",
                    due._get_names(),
                )
            )

    def _filter_closed_files(self, files):
        """The signatures and files of finished and cancelled inspections."""
        closed = self._filter_closed(files.mapped("res_id"))
        return files.filtered(lambda file: file.res_id in closed)

    @api.model
    def _filter_closed(self, ids):
        """Return which of these are inspections that nobody corrects any more."""
        found = self.browse(ids).exists().filtered("is_inspection")
        return set(
            found.filtered(lambda r: r.inspection_step in ("done", "cancelled")).ids
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started_inspections(self):
        started = self.filtered(lambda r: r.is_inspection and r.inspection_started_on)
        if started:
            raise UserError(
                self.env._(
                    "Inspections that were started stay on record: %s",
                    started._get_names(),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken_away(self):
        """What planned an inspection takes it away again, as superuser; people cancel,
        with their name to it."""
        if self and not self.env.su:
            raise UserError(
                self.env._(
                    "Inspections and requests stay on record; cancel them instead: %s",
                    self._get_names(),
                )
            )

    # ------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------

    def _check_inspection_running(self):
        """Raise unless the items of these inspections may be judged by this user."""
        self.filtered(lambda request: request.stage_id.done)._check_free(["result_ids"])
        waiting = self.filtered(lambda request: not request.inspection_started_on)
        if waiting:
            raise UserError(
                self.env._("Start these inspections first: %s", waiting._get_names())
            )
        self._check_inspector()

    def _check_inspector(self):
        """Raise if somebody else is to carry out one of these inspections."""
        user = self.env.user
        if self.env.su or user.has_group("om_base.group_dispatcher"):
            return
        others = self.filtered(lambda r: r.user_id and r.user_id != user)
        if others:
            raise UserError(
                self.env._(
                    "Somebody else carries out these inspections; take them over"
                    " first: %s",
                    format_list(
                        self.env,
                        (
                            f"{request.display_name} ({request.user_id.name})"
                            for request in others
                        ),
                    ),
                )
            )

    def _check_no_open_items(self):
        """Raise, naming the items, if something was not judged."""
        waiting = self.filtered(lambda request: not request.inspection_started_on)
        if waiting:
            raise UserError(
                self.env._("Start these inspections first: %s", waiting._get_names())
            )
        problems = [
            f"{request.display_name}: {format_list(self.env, names)}"
            for request in self
            if (names := open_items(request.result_ids._as_items()))
        ]
        if problems:
            raise UserError(
                self.env._(
                    "These items are still open:\n%(items)s", items="\n".join(problems)
                )
            )

    def _check_inspection_closable(self):
        """Raise unless these inspections are complete and signed by the inspector."""
        self._check_inspection_complete()
        if unsigned := self._get_unsigned():
            raise UserError(
                self.env._(
                    "The inspector signs before these inspections are finished: %s",
                    unsigned._get_names(),
                )
            )

    def _get_unsigned(self):
        """Return the inspections on site that their inspector has not signed."""
        return self.filtered(
            lambda request: (
                request.inspection_mode != "remote" and not request.inspector_signature
            )
        )

    def _check_inspection_complete(self):
        """Raise unless everything is judged, and what failed explained."""
        self._check_inspector()
        self._check_no_open_items()
        problems = [
            f"{request.display_name}: {format_list(self.env, names)}"
            for request in self
            if (names := unexplained(request.result_ids._as_items()))
        ]
        if problems:
            raise UserError(
                self.env._(
                    "Say what is wrong with these failed items, or open a fault:\n"
                    "%(items)s",
                    items="\n".join(problems),
                )
            )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_start_inspection(self):
        """Start inspections: copy the items of their scope from the checklists."""
        self.check_access("write")
        requests = self.filtered(lambda request: request.inspection_step != "running")
        if not requests:
            return True
        requests._check_inspector()
        with requests._act("start") as acting:
            unassigned = acting.filtered(lambda request: not request.user_id)
            if unassigned and self.env.user.has_group("om_base.group_engineer"):
                unassigned.write({"user_id": self.env.uid})
            self.env["om.inspection.result"].with_env(acting.env).create(
                requests._prepare_results()
            )
            running, _done = self._get_inspection_stages()
            acting.write(
                {
                    "inspection_started_on": self._get_time_done(),
                    "stage_id": running.id,
                }
            )
        return True

    def _cancel_inspection(self, _archive=True):
        """What was owed by these is not owed any more."""
        with self._act("cancel") as acting:
            acting.write({"archive": True, "recurring_maintenance": False})

    def action_pass_others(self):
        """Pass every open item that asks for no figure; say what is left."""
        left = self.result_ids._pass_others()
        if not left:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Still open, because a value has to be measured: %s",
                    format_list(self.env, left.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_sign_and_close(self):
        """Finish the inspection of a form; if only the signature is missing, lead to
        the place where it is given."""
        open_ones = self.filtered(lambda request: not request.stage_id.done)
        open_ones._check_inspection_complete()
        if open_ones._get_unsigned():
            return {
                "type": "ir.actions.client",
                "tag": "om_assets.sign",
                "params": {
                    "field": "inspector_signature",
                    "message": self.env._("Sign here, then finish."),
                },
            }
        return open_ones.action_close_inspection()

    def action_close_complete(self):
        """Finish those of these inspections that are complete, and name the others."""
        lines = []
        ready = self.browse()
        for request in self:
            problem = request._get_closing_problem()
            if problem:
                lines.append(f"{request.display_name}: {problem}")
            else:
                ready |= request
        ready.action_close_inspection()
        message = self.env._("%s inspections are finished.", len(ready))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if lines else "success",
                "sticky": bool(lines),
                "title": message,
                "message": "\n".join(lines[:NAMED] + (["…"] if lines[NAMED:] else [])),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_closing_problem(self):
        """Return why this inspection cannot be finished now; False if it can."""
        self.ensure_one()
        if not self.is_inspection or self.inspection_step != "running":
            return self.env._("it is not running")
        if not self.is_my_inspection:
            return self.env._("somebody else carries it out")
        items = self.result_ids._as_items()
        if names := open_items(items):
            return self.env._("open: %s", format_list(self.env, names))
        if names := unexplained(items):
            return self.env._("failed without a note: %s", format_list(self.env, names))
        if self._get_unsigned():
            return self.env._("the inspector has not signed")
        return False

    def action_close_inspection(self):
        """Finish inspections that are complete; from now on they are locked."""
        self.filtered(lambda request: not request.stage_id.done)._finish_inspection()
        return True

    def _finish_inspection(self, stage_id=None):
        self._check_inspection_closable()
        if not stage_id:
            _running, done = self._get_inspection_stages()
            stage_id = done.id
        with self._act("finish") as acting:
            acting.write({"stage_id": stage_id})
            acting._stamp_closing()

    def _sign_inspection(self, drawing):
        """Sign for what was found, or take the signature back."""
        if not drawing:
            self._void_inspection_signatures(self.env._("The inspector took it back."))
            return
        self._check_inspector()
        self._check_no_open_items()
        with self._act("sign") as acting:
            acting.write(
                {
                    **self._stamp_inspector(drawing),
                    "inspector_signed_on": self._get_time_done(),
                }
            )

    # ------------------------------------------------------------
    # The user unit's word
    # ------------------------------------------------------------

    def action_unit_draw(self):
        """Return the pad on which the unit's person draws the name."""
        self._check_unit_may_sign()
        return self._open_paper("unit_sign", "drawn")

    def action_unit_paper(self):
        """Return the dialog that takes the sheet which the unit signed."""
        self._check_unit_may_sign()
        return self._open_paper("unit_sign")

    @api.private
    def action_unit_sign(self, paper=None, key=None, reason=None):
        """The unit confirms what was found: by its own login or its signature."""
        self._check_unit_may_sign()
        self._check_signed_after(paper)
        with self._act("unit_sign", paper=paper, key=key, reason=reason) as acting:
            acting.write(
                {
                    **self._stamp_unit(paper),
                    "unit_signed_on": self._get_time_done(),
                }
            )

    def _check_unit_may_sign(self):
        """Raise unless there is something to confirm that was not confirmed."""
        if not self.env.user.share:
            self._check_inspector()
        # sudo: the unit's own people read no items as such.
        self.sudo()._check_no_open_items()
        signed = self.filtered("unit_signed_on")
        if signed:
            raise UserError(
                self.env._(
                    "The user unit has signed these inspections already: %s",
                    signed._get_names(),
                )
            )

    def _check_signed_after(self, paper):
        """Raise if the paper was signed before there was something to sign."""
        early = paper and self.filtered(
            lambda request: (
                fields.Date.to_date(paper.signed_on)
                and fields.Date.to_date(paper.signed_on)
                < request._to_inspection_day(request.inspection_started_on)
            )
        )
        if early:
            raise UserError(
                self.env._(
                    "The paper is older than the inspection: %s", early._get_names()
                )
            )

    def _get_unit_party(self):
        """The party that confirms an inspection, and its capacity."""
        # sudo: whose system it is is no secret to who reads the inspection.
        return self.sudo().system_id.unit_id, "user_unit"

    def _get_doers(self):
        return super()._get_doers() | self.user_id | self.inspector_id

    def action_take_over(self):
        """Assign inspections that are not finished to the user who asks."""
        if not self.env.user.has_group("om_base.group_engineer"):
            raise UserError(self.env._("Only engineers carry out inspections."))
        self.filtered(lambda request: not request.stage_id.done).write(
            {"user_id": self.env.uid}
        )
        return True

    def action_reopen_inspection(self):
        """Return the wizard that asks the manager for the reason."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_reopen_action"
        )
        action["context"] = {"default_request_ids": self.ids}
        return action

    def action_open_faults(self):
        """Open a fault for every failed item that has none."""
        self.result_ids.filtered(
            lambda item: item.result == "fail" and not item.fault_id
        ).action_open_fault()
        return True

    def action_view_inspection(self):
        """Return the action that opens this inspection in its own form."""
        self.ensure_one()
        return self._get_inspection_form_action()

    def action_assign(self):
        """Return the wizard that gives these inspections to an engineer."""
        return self._get_change_action("assign", self.env._("Assign"))

    def action_postpone(self):
        """Return the wizard that moves these inspections to another day."""
        return self._get_change_action("move", self.env._("Postpone"))

    def _get_change_action(self, kind, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "om.inspection.change",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_request_ids": self.ids, "default_kind": kind},
        }

    def action_print_inspections(self):
        """Return the PDF of these inspections, one after the other."""
        return self._get_report_of_inspections("om_assets.om_inspection_report")

    def action_export_inspections(self):
        """Return the spreadsheet of these inspections and their items."""
        return self._get_report_of_inspections("om_assets.om_inspection_report_xlsx")

    def _get_report_of_inspections(self, xmlid):
        inspections = self.filtered("is_inspection")
        if not inspections:
            raise UserError(self.env._("Choose inspections first."))
        if len(inspections) > MOST_PRINTED:
            raise UserError(
                self.env._(
                    "%(count)s inspections are too many for one file: choose at most"
                    " %(most)s.",
                    count=len(inspections),
                    most=MOST_PRINTED,
                )
            )
        return self.env.ref(xmlid).report_action(inspections, config=False)

    def action_group_into_visits(self):
        """Group inspections of one unit, day and inspector into a visit each."""
        visits = self.env["om.inspection.visit"]._group(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_visit_action"
        )
        if len(visits) == 1:
            return {**action, "res_id": visits.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", visits.ids)]}

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _get_inspection_form_action(self):
        form = self.env.ref("om_assets.om_inspection_view_form")
        return {
            "type": "ir.actions.act_window",
            "res_model": "maintenance.request",
            "res_id": self.id,
            "views": [(form.id, "form")],
        }

    def _reopen_inspection(self, reason):
        """Take back the closing; the signatures become void and stay on record."""
        self._void_signatures(
            "reopen", reason, self.env._("Reopened for a correction: %s", reason)
        )

    def _void_inspection_signatures(self, reason=None):
        """Make signatures void: what they stood for has changed."""
        signed = self.filtered(lambda r: r.inspector_signature or r.unit_signed_on)
        if not signed:
            return
        reason = reason or self.env._("The items changed after signing: sign again.")
        signed._void_signatures("void", reason, reason)
        # sudo: a visit's signature is that of its inspections.
        signed.visit_id.sudo()._void_visit_signatures()

    def _void_signatures(self, act, reason, body):
        messages = self.env["mail.message"]
        for request in self:
            messages |= request._message_void(body)
        with self._act(
            act, reason=reason, evidence=messages.sudo().attachment_ids
        ) as acting:
            values = self._get_unsigned_values()
            if act == "reopen":
                running, _done = self._get_inspection_stages()
                values["stage_id"] = running.id
            acting.write(values)

    def _message_void(self, body):
        """Log why signatures became void, with what was signed attached."""
        self.ensure_one()
        stored = self.with_context(bin_size=False).sudo()
        names = {
            "inspector_signature": stored.inspector_id.name,
            "unit_signature": stored.unit_signer,
        }
        # The message's attachments are given as bytes.
        attachments = [
            (f"{signer or name}.png", b64decode(stored[name]))
            for name, signer in names.items()
            if stored[name]
        ]
        # sudo: who may change an item need not be one who writes messages here.
        return self.sudo().message_post(
            body=body,
            attachments=attachments,
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    def _stamp_closing(self):
        """Note when inspections were finished, on the local day."""
        self.filtered(lambda request: not request.inspection_closed_on).write(
            {"inspection_closed_on": self._get_time_done()}
        )
        for day, requests in self.grouped(
            lambda request: request._to_inspection_day(request.inspection_closed_on)
        ).items():
            requests.write({"close_date": day, "inspection_done_on": day})

    @api.depends("result_ids.result", "stage_id.done", "inspector_signature")
    def _compute_inspection_findings(self):
        done = self.filtered(lambda request: request.inspection_step == "done")
        told = done.result_ids._get_told()
        drawings = done._get_drawings()
        for request in self:
            request.inspection_findings = (
                {
                    "items": told.get(request.id, []),
                    "drawing": drawings.get(request.id),
                }
                if request in done
                else False
            )

    def _get_drawings(self):
        """Return {id: digest of the inspector's drawing}."""
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "inspector_signature"),
                ("res_id", "in", self.ids),
            ]
        )
        Act = self.env["om.act"]
        return {file.res_id: Act._get_sha256(file) for file in files}

    def _get_names(self):
        return format_list(self.env, self.mapped("display_name"))
