from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing

from ..engine.checklist import Item, judge, passable, within
from .om_inspection_item_mixin import SCOPES


class OmInspectionResult(models.Model):
    """An item of an inspection: free while its inspector is at it, a fact afterwards.

    The inspection's ledger tells the items; they have no lines of their own.
    """

    _name = "om.inspection.result"
    _inherit = ["om.inspection.item.mixin", "om.act.mixin"]
    _description = "Inspection Item"
    _order = "request_id, sequence, id"
    _state_field = "inspection_step"
    _free_fields = {
        "request_id": (),
        **dict.fromkeys(
            (
                "bound",
                "instruction",
                "measured",
                "name",
                "note",
                "photo_ids",
                "result",
                "scope",
                "sequence",
                "uom_name",
                "value",
                "value_entered",
                "value_max",
                "value_min",
            ),
            ("running",),
        ),
    }

    request_id = fields.Many2one(
        "maintenance.request",
        string="Inspection",
        required=True,
        index=True,
        ondelete="cascade",
    )
    inspection_step = fields.Selection(related="request_id.inspection_step")
    system_id = fields.Many2one(
        related="request_id.system_id", store=True, index="btree_not_null"
    )
    inspection_date = fields.Date(
        "Planned Day", related="request_id.inspection_date", store=True
    )
    checklist_line_id = fields.Many2one(
        "om.inspection.checklist.line",
        string="Checklist Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty: the inspector added the item on the spot.",
    )
    scope = fields.Selection(SCOPES)
    result = fields.Selection(
        [("pass", "Pass"), ("fail", "Fail"), ("na", "Does Not Apply")], copy=False
    )
    value = fields.Float("Measured Value", digits=(12, 3), aggregator=False, copy=False)
    value_entered = fields.Boolean(readonly=True, copy=False)
    note = fields.Text("Finding", copy=False)
    photo_ids = fields.Many2many(
        "ir.attachment",
        "om_inspection_result_photo_rel",
        "result_id",
        "attachment_id",
        string="Photos",
        bypass_search_access=True,
        copy=False,
    )
    fault_id = fields.Many2one(
        "maintenance.request",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    fault_text = fields.Char("Fault in Words", compute="_compute_fault_text")
    fault_stage_id = fields.Many2one(related="fault_id.stage_id", string="Follow-up")
    checked_by_id = fields.Many2one(
        "res.users", string="Judged By", readonly=True, copy=False
    )
    checked_on = fields.Datetime("Judged On", readonly=True, copy=False)

    _fails = models.Index("(system_id, inspection_date) WHERE result = 'fail'")
    # As the list of findings is read: the newest first.
    _newest_fails = models.Index(
        "(inspection_date DESC, id DESC) WHERE result = 'fail'"
    )

    @api.constrains("result", "measured", "value", "value_entered")
    def _check_value(self):
        for item in self.filtered(lambda item: item.measured and item.result == "pass"):
            if not item.value_entered:
                raise ValidationError(
                    self.env._("Enter the measured value of “%s” first.", item.name)
                )
            if not within(item.value, *item._get_limits()):
                raise ValidationError(
                    self.env._(
                        "“%(item)s” has failed: %(value)s is outside %(bounds)s.",
                        item=item.name,
                        value=f"{item.value:g}",
                        bounds=item.bound_text,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {**vals, "value_entered": True} if "value" in vals else vals
            for vals in vals_list
        ]
        items = super().create(vals_list)
        if not self._is_acting():
            items.request_id._check_inspection_running()
            items.request_id._void_inspection_signatures()
        items.filtered("result")._stamp()
        items.filtered(lambda item: item.value_entered and not item.result)._judge()
        return items

    def write(self, vals):
        if self._is_acting():
            return super().write(vals)
        self.check_access("write")
        self.request_id._check_inspection_running()
        self._check_asked(vals)
        if "value" in vals:
            vals = {**vals, "value_entered": vals["value"] is not False}
        judging = "value" in vals and "result" not in vals
        if judging:
            # The old judgement was about the old value.
            vals["result"] = False
        result = super().write(vals)
        if vals.keys() & self._get_judgement_fields():
            self.request_id._void_inspection_signatures()
            self._stamp()
        if judging:
            self.filtered("value_entered")._judge()
        return result

    @api.depends("fault_id")
    def _compute_fault_text(self):
        for item in self:
            item.fault_text = item.fault_id.display_name

    @api.ondelete(at_uninstall=False)
    def _unlink_except_from_checklist(self):
        self.request_id._check_inspection_running()
        kept = self.filtered("checklist_line_id")
        if kept:
            raise UserError(
                self.env._(
                    "Items of the checklist are not deleted; mark them as not"
                    " applicable: %s",
                    format_list(self.env, kept.mapped("name")),
                )
            )

    def action_open_fault(self):
        """Open one fault for each failed item, or join the one that is open already.

        A finding that was reported before, and whose fault is still open, joins that
        fault: the next inspection must not report it a second time.
        """
        wrong = self.filtered(lambda item: item.result != "fail")
        if wrong:
            raise UserError(
                self.env._(
                    "Only failed items become faults: %s",
                    format_list(self.env, wrong.mapped("name")),
                )
            )
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody is opening the fault just now. Look again.")
            ) from error
        new = self.filtered(lambda item: not item.fault_id)
        known = new._get_open_faults()
        joined = new.filtered(lambda item: item._get_finding_key() in known)
        for item in joined:
            item._link_fault(known[item._get_finding_key()])
        for key, fault in known.items():
            again = joined.filtered(
                lambda item, key=key: item._get_finding_key() == key
            )
            for item in again:
                fault.message_post(body=item._get_fault_description())
        created = new - joined
        faults = self.env["maintenance.request"].create(
            [item._prepare_fault_values() for item in created]
        )
        for item, fault in zip(created, faults, strict=True):
            item._link_fault(fault)
        return True

    def action_view_fault(self):
        """Return the action that opens the fault of this item."""
        self.ensure_one()
        return self.fault_id.get_formview_action()

    def action_view_inspection(self):
        """Return the action that opens the inspection of this item."""
        self.ensure_one()
        return self.request_id._get_inspection_form_action()

    def _link_fault(self, fault):
        """Note the fault; the finding itself stays as it was signed."""
        self._write_unchecked({"fault_id": fault.id})

    def _write_unchecked(self, vals):
        """Write what follows from a judgement, which is no judgement itself."""
        # sudo: the judgement was checked; past the checks of our own write().
        # pylint: disable-next=super-method-mismatch
        return super(OmInspectionResult, self.sudo()).write(vals)

    def _stamp(self):
        """Note who judged, and when."""
        self._write_unchecked(
            {"checked_by_id": self.env.uid, "checked_on": self._get_time_done()}
        )

    def _get_finding_key(self):
        """Return what makes two findings the same: the system and the item."""
        self.ensure_one()
        return self.system_id, self.checklist_line_id or self.name

    def _get_open_faults(self):
        """Return {finding: its open fault} of what was reported before."""
        if not self.system_id:
            return {}
        reported = self.search(
            [
                ("system_id", "in", self.system_id.ids),
                ("fault_id.stage_id.done", "=", False),
                ("fault_id.archive", "=", False),
                ("fault_id", "!=", False),
            ]
        )
        return {item._get_finding_key(): item.fault_id for item in reported}

    def _prepare_fault_values(self):
        """Return the values of the fault that a finding becomes."""
        self.ensure_one()
        request = self.request_id
        return {
            "name": self.env._(
                "%(system)s: %(item)s", system=self.system_id.name, item=self.name
            ),
            "maintenance_type": "corrective",
            "system_id": self.system_id.id,
            "equipment_id": request.equipment_id.id,
            "company_id": request.company_id.id,
            "maintenance_team_id": request.maintenance_team_id.id,
            "description": self._get_fault_description(),
        }

    def _get_fault_description(self):
        self.ensure_one()
        lines = [
            self.env._(
                "Found at the inspection of %(day)s: %(item)s",
                day=fields.Date.to_string(beijing.today()),
                item=self.name,
            )
        ]
        if self.value_entered:
            lines.append(
                self.env._(
                    "Measured %(value)s %(unit)s, admissible: %(bounds)s",
                    value=f"{self.value:g}",
                    unit=self.uom_name or "",
                    bounds=self.bound_text or "–",
                )
            )
        if self.note:
            lines.append(self.note)
        return Markup().join(Markup("<p>%s</p>") % line for line in lines)

    def _judge(self):
        """Let the measured values decide."""
        for verdict in ("pass", "fail"):
            items = self.filtered(
                lambda item, verdict=verdict: (
                    item.measured and judge(item.value, *item._get_limits()) == verdict
                )
            )
            if items:
                items._write_unchecked({"result": verdict})

    def _pass_others(self):
        """Pass what is open and asks for no figure; return what stays open."""
        to_pass = self.browse(
            item.id
            for item, may_pass in zip(self, passable(self._as_items()), strict=True)
            if may_pass
        )
        if to_pass:
            to_pass.write({"result": "pass"})
        return self.filtered(lambda item: not item.result)

    def _as_items(self):
        """Return the items as the rules of the engine know them."""
        return [
            Item(
                item.name,
                item.result or None,
                item.measured,
                item.value_entered,
                bool(item.note or item.fault_id or item.value_entered),
            )
            for item in self
        ]

    def _check_asked(self, vals):
        """Raise if the values change what the checklist asks for."""
        asked = vals.keys() & {*self._get_asked_fields(), "request_id", "scope"}
        if asked and self.checklist_line_id:
            raise UserError(
                self.env._("What an item asks for comes from the checklist.")
            )

    def _get_told(self):
        """Return {inspection's id: what its ledger tells of these items}."""
        Act = self.env["om.act"]
        return {
            request.id: [
                {
                    "item": item.name,
                    "result": item.result or None,
                    "value": f"{item.value:g}" if item.value_entered else None,
                    "note": item.note or None,
                    "by": item.checked_by_id.id or None,
                    "photos": sorted(Act._get_sha256(file) for file in item.photo_ids),
                }
                for item in items.sorted(lambda item: (item.sequence, item.id))
            ]
            for request, items in self.grouped("request_id").items()
        }

    @api.model
    def _filter_closed_files(self, files):
        """Photos of finished inspections."""
        Request = self.env["maintenance.request"]
        items = self.browse(files.mapped("res_id")).exists()
        closed = Request._filter_closed(items.request_id.ids)
        kept = set(items.filtered(lambda item: item.request_id.id in closed).ids)
        return files.filtered(lambda file: file.res_id in kept)

    @api.model
    def _get_asked_fields(self):
        return (
            "name",
            "instruction",
            "measured",
            "bound",
            "value_min",
            "value_max",
            "uom_name",
        )

    @api.model
    def _get_judgement_fields(self):
        """Return what a signature stands for: changing it asks for a new one."""
        return {"result", "value", "note", *self._get_asked_fields()}
