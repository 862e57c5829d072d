from base64 import b64decode

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.checklist import open_items, overall, unexplained
from .om_inspection_item_mixin import SCOPES

# What only the checks of this file may do. An object, so that no client can send it.
INSPECTION_ACT = object()

# What a closed inspection proves.
LOCKED_FIELDS = frozenset(
    {
        "name",
        "description",
        "company_id",
        "system_id",
        "equipment_id",
        "user_id",
        "stage_id",
        "archive",
        "maintenance_type",
        "schedule_date",
        "close_date",
        "is_inspection",
        "inspection_plan_id",
        "inspection_slot",
        "inspection_date",
        "inspection_deadline",
        "inspection_done_on",
        "inspection_scope",
        "inspection_mode",
        "inspector_signature",
        "unit_signature",
        "unit_signer",
        "result_ids",
        "visit_id",
    }
)
# What decides which items an inspection has: fixed once it is started.
STARTED_FIELDS = frozenset(
    {
        "system_id",
        "maintenance_type",
        "is_inspection",
        "inspection_plan_id",
        "inspection_scope",
        "inspection_mode",
    }
)
UNIT_FIELDS = frozenset({"unit_signature", "unit_signer"})
# A file of more takes minutes, and nobody reads it.
MOST_PRINTED = 500
# How many records a message names one by one.
NAMED = 10


class MaintenanceRequest(models.Model):
    _name = "maintenance.request"
    _inherit = [
        "maintenance.request",
        "om.inspection.signature.mixin",
        "om.rule.access.mixin",
    ]

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
    inspection_step = fields.Selection(
        [
            ("planned", "To Do"),
            ("running", "Running"),
            ("done", "Finished"),
            ("cancelled", "Cancelled"),
        ],
        string="Step",
        compute="_compute_inspection_step",
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
        act = self._is_inspection_act()
        if not act:
            vals_list = [self._without_stamps(vals) for vals in vals_list]
        requests = super().create(vals_list)
        done = requests.filtered(lambda r: r.is_inspection and r.stage_id.done)
        if done and not act:
            done._check_inspection_closable()
        return requests

    def write(self, vals):
        if self._is_inspection_act():
            return super().write(vals)
        vals = self._without_stamps(vals)
        inspections = self.filtered("is_inspection")
        if not inspections:
            return super().write(vals)
        self.check_access("write")
        closed = inspections.filtered("stage_id.done")
        running = inspections - closed
        closed._check_inspection_lock(vals)
        running._check_inspection_write(vals)
        closing = bool(
            running
            and vals.get("stage_id")
            and self.env["maintenance.stage"].browse(vals["stage_id"]).done
        )
        if closing:
            running._check_inspection_closable()
        result = super(
            MaintenanceRequest, self._with_inspection_act() if closing else self
        ).write(self._stamp_signatures(vals))
        if closing:
            running._stamp_closing()
        return result

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

    # ------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------

    def _check_inspection_lock(self, vals):
        """Raise if the values change what a closed inspection proves."""
        locked = vals.keys() & LOCKED_FIELDS
        if not self or not locked:
            return
        if locked <= UNIT_FIELDS and not any(self.mapped("unit_signature")):
            return
        raise UserError(
            self.env._(
                "These inspections are finished and locked. A project manager may"
                " reopen them with a reason: %s",
                self._get_names(),
            )
        )

    def _check_inspection_write(self, vals):
        """Raise if the values may not be written on inspections that are not closed."""
        if not self:
            return
        changed = [
            name for name in vals.keys() & STARTED_FIELDS if self._changes(name, vals)
        ]
        if changed and any(self.mapped("inspection_started_on")):
            raise UserError(
                self.env._(
                    "The inspection has begun: its system, plan, scope and mode stay"
                    " as they are."
                )
            )
        if vals.get("archive") and not (
            self.env.su or self.env.user.has_group("om_base.group_dispatcher")
        ):
            raise UserError(self.env._("Only a dispatcher cancels inspections."))
        if vals.get("inspector_signature") or vals.get("unit_signature"):
            self._check_inspector()
            self._check_no_open_items()

    def _check_inspection_running(self):
        """Raise unless the items of these inspections may be judged by this user."""
        closed = self.filtered(lambda request: request.stage_id.done)
        closed._check_inspection_lock(dict.fromkeys(["result_ids"]))
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
                    ", ".join(
                        f"{request.display_name} ({request.user_id.name})"
                        for request in others
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
            f"{request.display_name}: {', '.join(names)}"
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
            f"{request.display_name}: {', '.join(names)}"
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
        wrong = self.filtered(
            lambda request: (
                not request.is_inspection or request.inspection_step == "done"
            )
        )
        wrong |= self.filtered("archive")
        if wrong:
            raise UserError(
                self.env._(
                    "These are not inspections that can be started: %s",
                    wrong._get_names(),
                )
            )
        self._check_inspector()
        requests = self.filtered(lambda request: not request.inspection_started_on)
        if not requests:
            return True
        acting = requests._with_inspection_act()
        unassigned = acting.filtered(lambda request: not request.user_id)
        if unassigned and self.env.user.has_group("om_base.group_engineer"):
            unassigned.write({"user_id": self.env.uid})
        self.env["om.inspection.result"].with_env(acting.env).create(
            requests._prepare_results()
        )
        running, _done = self._get_inspection_stages()
        acting.write(
            {
                "inspection_started_on": fields.Datetime.now(),
                "stage_id": running.id,
            }
        )
        return True

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
                    ", ".join(left.mapped("name")),
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
            return self.env._("open: %s", ", ".join(names))
        if names := unexplained(items):
            return self.env._("failed without a note: %s", ", ".join(names))
        if self._get_unsigned():
            return self.env._("the inspector has not signed")
        return False

    def action_close_inspection(self):
        """Finish inspections that are complete; from now on they are locked."""
        _running, done = self._get_inspection_stages()
        self.filtered(lambda request: not request.stage_id.done).write(
            {"stage_id": done.id}
        )
        return True

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
        if not (self.env.su or self.env.user.has_group("om_base.group_manager")):
            raise UserError(
                self.env._("Only a project manager reopens finished inspections.")
            )
        wrong = self.filtered(lambda r: not (r.is_inspection and r.stage_id.done))
        if wrong:
            raise UserError(
                self.env._("These inspections are not finished: %s", wrong._get_names())
            )
        for request in self:
            request._message_void(self.env._("Reopened for a correction: %s", reason))
        running, _done = self._get_inspection_stages()
        self._with_inspection_act().write(
            {
                "stage_id": running.id,
                **self._stamp_signatures(
                    {
                        "inspector_signature": False,
                        "unit_signature": False,
                        "unit_signer": False,
                    }
                ),
            }
        )

    def _void_inspection_signatures(self):
        """Make signatures void: what they stood for has changed."""
        signed = self.filtered(lambda r: r.inspector_signature or r.unit_signature)
        if not signed:
            return
        for request in signed:
            request._message_void(
                self.env._("The items changed after signing: sign again.")
            )
        unsigned = self._stamp_signatures(
            {"inspector_signature": False, "unit_signature": False}
        )
        signed._with_inspection_act().write(unsigned)
        signed.visit_id.with_context(om_inspection_act=INSPECTION_ACT).write(unsigned)

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
        self.sudo().message_post(
            body=body,
            attachments=attachments,
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    def _stamp_closing(self):
        """Note when inspections were finished, on the local day."""
        acting = self._with_inspection_act()
        acting.filtered(lambda request: not request.inspection_closed_on).write(
            {"inspection_closed_on": fields.Datetime.now()}
        )
        for day, requests in acting.grouped(
            lambda request: request._to_inspection_day(request.inspection_closed_on)
        ).items():
            requests.write({"close_date": day, "inspection_done_on": day})

    def _changes(self, name, vals):
        """Tell whether the values would change a field of one of the records."""
        field = self._fields[name]
        return any(
            field.convert_to_write(request[name], request) != vals[name]
            for request in self
        )

    def _get_names(self):
        return ", ".join(self.mapped("display_name"))

    @api.model
    def _is_inspection_act(self):
        return self.env.context.get("om_inspection_act") is INSPECTION_ACT

    def _with_inspection_act(self):
        return self.with_context(om_inspection_act=INSPECTION_ACT)

    @api.model
    def _without_stamps(self, vals):
        """Return values without the moments that only the server knows."""
        stamps = {"inspection_started_on", "inspection_closed_on", "inspection_result"}
        return {name: value for name, value in vals.items() if name not in stamps}
