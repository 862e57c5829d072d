import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.register_sheets import Wrong
from ..engine.xlsx import Fault, Limits

_lt = LazyTranslate(__name__)
# What was read belongs to these; another file has to be read anew.
INPUTS = frozenset({"file", "company_id", "create_bodies", "stop_missing", "stop_date"})


class OmRegisterImport(models.Model):
    _name = "om.register.import"
    _inherit = "om.act.mixin"
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

    name = fields.Char("File Name", default="register.xlsx", required=True)
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
    def _get_file_message(self, error, limits=None):
        """Return what is wrong with the file as a whole, in a sentence.

        :param limits: those of the reading; None: a register's
        """
        limits = limits or Limits()
        return {
            Fault.NOT_A_WORKBOOK: self.env._(
                "This is no .xlsx file. Open it in a spreadsheet program and save it as"
                " an Excel workbook (.xlsx)."
            ),
            Fault.OLD_OR_PROTECTED: self.env._(
                "This is an old .xls file or protected by a password. Save it as an"
                " Excel workbook (.xlsx) without a password."
            ),
            Fault.MACROS: self.env._(
                "The file holds macros. Save it as an Excel workbook without macros"
                " (.xlsx)."
            ),
            Fault.LINKS: self.env._(
                "The file refers to other files. Break these links and save it again."
            ),
            Fault.TOO_BIG: self.env._(
                "The file holds too much: more than %(packed)s MB, more than"
                " %(unpacked)s MB once unpacked, or more cells than any register has.",
                packed=limits.packed // 1024**2,
                unpacked=limits.unpacked // 1024**2,
            ),
            Fault.BROKEN: self.env._(
                "The file is damaged. Open it in a spreadsheet program and save it"
                " again."
            ),
            Fault.DOCTYPE: self.env._(
                "The file holds definitions (a document type) that no spreadsheet"
                " program writes. It is not read."
            ),
            Fault.TOO_MANY_ROWS: self.env._(
                "The sheet has more than %s rows.", limits.rows
            ),
            Fault.MERGED: self.env._(
                "The cells %s are merged. Split them, so that each row says"
                " everything.",
                error.detail,
            ),
        }[error.fault]

    @api.model
    def _get_cell_message(self, problem):
        """Return what is wrong with a sheet, a row or a cell, in a sentence."""
        detail = problem.detail
        return {
            Wrong.NO_SHEET: self.env._(
                "This sheet is missing. Export the register again and enter your"
                " changes there."
            ),
            Wrong.NO_COLUMN: self.env._(
                "This column is missing. Export the register again and enter your"
                " changes there."
            ),
            Wrong.TWO_COLUMNS: self.env._("There are two columns of this name."),
            Wrong.FORMULA: self.env._(
                "This is a formula. Enter its result as a value."
            ),
            Wrong.ERROR: self.env._("This cell shows the error “%s”.", detail),
            Wrong.EMPTY: self.env._("Nothing is entered, but something has to be."),
            Wrong.NOT_TEXT: self.env._(
                "“%s” is a date or a yes/no, not a text.", detail
            ),
            Wrong.NOT_INTEGER: self.env._("“%s” is no whole number.", detail),
            Wrong.NOT_NUMBER: self.env._("“%s” is no number.", detail),
            Wrong.NUMBER_AS_TEXT: self.env._(
                "“%s” is entered as text. Change the cell to a number.", detail
            ),
            Wrong.NOT_DATE: self.env._("“%s” is no date.", detail),
            Wrong.DATE_AS_TEXT: self.env._(
                "“%s” is entered as text. Change the cell to a date.", detail
            ),
            Wrong.NOT_FLAG: self.env._("“%s” is neither yes nor no.", detail),
            Wrong.NOT_CHOICE: self.env._(
                "“%s” is not known. Choose from the list.", detail
            ),
            Wrong.NOT_ON_RECORD: self.env._(
                "“%s” is not known. Choose from the list, or tick “Enter Units Not"
                " on Record”.",
                detail,
            ),
            Wrong.SIGNED: self.env._(
                "“%s” is signed: its systems and prices change by an amendment only.",
                detail,
            ),
            Wrong.AMBIGUOUS: self.env._(
                "More than one is called “%s”. Choose from the list, where each has"
                " its number.",
                detail,
            ),
            Wrong.NEGATIVE: self.env._("“%s” is less than zero.", detail),
            Wrong.TOO_LARGE: self.env._("“%s” is too large.", detail),
            Wrong.REPEATED: self.env._("“%s” is in the sheet more than once.", detail),
            Wrong.NO_PARENT: self.env._(
                "The sheet of systems has no system with the code “%s”.", detail
            ),
            Wrong.NO_LINE: self.env._(
                "The register has no line “%s” any more. Empty this cell to add the"
                " line anew.",
                detail,
            ),
            Wrong.OTHER_LINE: self.env._(
                "Line “%s” belongs to another system.", detail
            ),
            Wrong.END_BEFORE_START: self.env._("The service ends before it starts."),
            Wrong.NO_START: self.env._(
                "A system in service has a first day of service."
            ),
            Wrong.NO_STOP_DATE: self.env._(
                "A stopped system has the day it was stopped on."
            ),
            Wrong.STOP_DATE_UNASKED: self.env._(
                "Only a stopped system has a day it was stopped on."
            ),
            Wrong.STOP_BEFORE_START: self.env._(
                "The service is stopped before it starts."
            ),
            Wrong.NO_YEAR: self.env._("“%s” is no year, such as 2025.", detail),
            Wrong.NOT_POSITIVE: self.env._("“%s” is less than one.", detail),
            Wrong.TOO_MANY: self.env._(
                "There are more mistakes. Correct these first, then read the file"
                " again."
            ),
        }[problem.wrong]
