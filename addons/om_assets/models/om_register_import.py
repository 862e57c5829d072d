import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.register_rules import Unfit

_lt = LazyTranslate(__name__)
# What was read belongs to these; another file has to be read anew.
INPUTS = frozenset({"file", "company_id", "create_bodies", "stop_missing", "stop_date"})


class OmRegisterImport(models.Model):
    _name = "om.register.import"
    _inherit = ["om.act.mixin", "om.sheet.mixin"]
    _description = "Import of the Register"
    _order = "id desc"
    _free_fields = dict.fromkeys(
        ("name", "file", "company_id", "create_bodies", "stop_missing", "stop_date"),
        ("draft", "faulty", "ready"),
    )
    _acts = {
        "apply": Act(_lt("Applied to the Register"), source=("ready",)),
        "undo": Act(_lt("Undone"), source=("applied",)),
    }
    _facts = {
        "state": Fact("state", sealed=("applied", "undone")),
        "read": Fact("fingerprint", sealed=("applied", "undone")),
        "applied_by": Fact("applied_by", sealed=("applied", "undone")),
        "applied_at": Fact("applied_on", sealed=("applied", "undone")),
    }

    name = fields.Char(
        "File Name", default=lambda self: self.env._("Register.xlsx"), required=True
    )
    file = fields.Binary("Spreadsheet", attachment=True, required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    create_bodies = fields.Boolean(
        "Enter Units Not on Record",
        default=lambda self: not self.env["om.system"].search_count([], limit=1),
        help="User units and parties that the file names and nobody entered are made"
        " with the systems, and listed before that. If not, each is a mistake.",
    )
    stop_missing = fields.Boolean(
        "Stop Systems Not in the File",
        help="If not, systems that the file does not name stay as they are.",
    )
    stop_date = fields.Date(
        "Stopped On", help="First day without service of the systems not in the file."
    )
    state = fields.Selection(
        [
            ("draft", "To Read"),
            ("faulty", "With Mistakes"),
            ("ready", "To Apply"),
            ("applied", "Applied"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    checked_on = fields.Datetime("Read On", readonly=True, copy=False)
    applied_by = fields.Many2one("res.users", readonly=True, copy=False)
    applied_on = fields.Datetime(readonly=True, copy=False)
    undone_by = fields.Many2one("res.users", readonly=True, copy=False)
    undone_on = fields.Datetime(readonly=True, copy=False)
    change_ids = fields.One2many(
        "om.register.import.change", "import_id", string="Differences", readonly=True
    )
    problem_ids = fields.One2many(
        "om.register.import.problem", "import_id", string="Mistakes", readonly=True
    )
    new_count = fields.Integer("New", compute="_compute_counts")
    changed_count = fields.Integer("Changed", compute="_compute_counts")
    stopped_count = fields.Integer("Stopped", compute="_compute_counts")
    removed_count = fields.Integer("Removed", compute="_compute_counts")
    problem_count = fields.Integer("Number of Mistakes", compute="_compute_counts")
    left_count = fields.Integer(
        "Systems Left Alone",
        readonly=True,
        copy=False,
        help="Systems of the register that the file does not name.",
    )
    ignored = fields.Text("Not Read", readonly=True, copy=False)
    fingerprint = fields.Char(readonly=True, copy=False)
    snapshot = fields.Json(readonly=True, copy=False)

    @api.depends("change_ids.kind", "problem_ids")
    def _compute_counts(self):
        changes = self.env["om.register.import.change"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "kind"], ["__count"]
        )
        problems = self.env["om.register.import.problem"]._read_group(
            [("import_id", "in", self.ids)], ["import_id"], ["__count"]
        )
        counts = {(each.id, kind): count for each, kind, count in changes}
        problems = dict(problems)
        for each in self:
            key = each._origin.id
            each.new_count = counts.get((key, "new"), 0)
            each.changed_count = counts.get((key, "changed"), 0)
            each.stopped_count = counts.get((key, "stopped"), 0)
            each.removed_count = counts.get((key, "removed"), 0)
            each.problem_count = problems.get(each._origin, 0)

    def write(self, vals):
        if INPUTS & vals.keys():
            self._check_open()
            self._forget()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(each.state in ("applied", "undone") for each in self):
            raise UserError(
                self.env._(
                    "What was applied to the register stays on record. It can be"
                    " undone, but not deleted."
                )
            )

    def action_read(self):
        """Read the file and list its mistakes, or else all that it would change."""
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        self._forget()
        plan = self._get_plan()
        this = self.sudo()
        this.env["om.register.import.problem"].create(
            [{"import_id": self.id, **values} for values in plan.problems]
        )
        this.env["om.register.import.change"].create(
            [{"import_id": self.id, **values} for values in plan.changes]
        )
        this.write(
            {
                "state": "faulty" if plan.problems else "ready",
                "checked_on": fields.Datetime.now(),
                "fingerprint": plan.get_fingerprint(),
                "ignored": "\n".join(plan.ignored) or False,
                "left_count": plan.left,
            }
        )
        return True

    def action_view_changes(self):
        """Return the action that lists the differences, to filter and to group."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_register_import_change_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        return action

    def _check_open(self):
        if any(each.state in ("applied", "undone") for each in self):
            raise UserError(
                self.env._("This import was applied. Make a new one for another file.")
            )

    def _forget(self):
        """Drop what was read."""
        this = self.sudo()
        this.change_ids.unlink()
        this.problem_ids.unlink()
        this.filtered(lambda each: each.state != "draft").write(
            {
                "state": "draft",
                "checked_on": False,
                "fingerprint": False,
                "ignored": False,
                "left_count": 0,
            }
        )

    def _get_content(self):
        """Return the bytes of the file; what is no base64 is no file."""
        content = self.with_context(bin_size=False).file or b""
        try:
            return base64.b64decode(content, validate=False)
        except (binascii.Error, ValueError):
            return b""

    @api.model
    def _get_cell_message(self, problem):
        detail = problem.detail
        own = {
            Unfit.SIGNED: self.env._(
                "“%s” is signed: its systems and prices change by an amendment only.",
                detail,
            ),
            Unfit.NO_PARENT: self.env._(
                "The sheet of systems has no system with the code “%s”.", detail
            ),
            Unfit.END_BEFORE_START: self.env._("The service ends before it starts."),
            Unfit.NO_START: self.env._(
                "A system in service has a first day of service."
            ),
            Unfit.NO_STOP_DATE: self.env._(
                "A stopped system has the day it was stopped on."
            ),
            Unfit.STOP_DATE_UNASKED: self.env._(
                "Only a stopped system has a day it was stopped on."
            ),
            Unfit.STOP_BEFORE_START: self.env._(
                "The service is stopped before it starts."
            ),
            Unfit.NO_YEAR: self.env._("“%s” is no year, such as 2025.", detail),
            Unfit.NOT_POSITIVE: self.env._("“%s” is less than one.", detail),
        }
        return own.get(problem.wrong) or super()._get_cell_message(problem)
