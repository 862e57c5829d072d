from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)
UNFINISHED = ("planned", "running")


class OmMlpsAssessment(models.Model):
    _name = "om.mlps.assessment"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "MLPS Assessment"
    _order = "date desc, id desc"
    _free_fields = {
        **dict.fromkeys(
            (
                "body_id",
                "date",
                "level",
                "note",
                "paid_by_contract",
                "report_ids",
                "result",
                "score",
                "system_id",
            ),
            UNFINISHED,
        ),
        # What was done about the findings, until they are put right.
        "mending_note": ("done",),
        # One that was finished before is entered as such; then acts change it.
        "state": (),
    }
    _acts = {
        "start": Act(_lt("Begun"), source=("planned",), target="running"),
        "finish": Act(_lt("Finished"), source=UNFINISHED, target="done"),
        "reopen": Act(
            _lt("Reopened for a Correction"), source=("done",), target="running"
        ),
        "mend": Act(_lt("Findings Put Right"), source=("done",)),
    }
    _facts = {
        "state": Fact("state"),
        "system": Fact("system_id", sealed=("done",)),
        "level": Fact("level", sealed=("done",)),
        "date": Fact("date", sealed=("done",)),
        "assessed_by": Fact("body_id", sealed=("done",)),
        "score": Fact("score", sealed=("done",)),
        "result": Fact("result", sealed=("done",)),
        "paid_by_contract": Fact("paid_by_contract", sealed=("done",)),
        "mended_on": Fact("mended_on", sealed=()),
        "mending": Fact("mending_note", sealed=()),
    }

    system_id = fields.Many2one(
        "om.system",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('mlps_level', '!=', False)]",
    )
    unit_id = fields.Many2one(
        related="system_id.unit_id", store=True, string="User Unit"
    )
    company_id = fields.Many2one(related="system_id.company_id", store=True, index=True)
    level = fields.Selection(
        [("2", "Level 2"), ("3", "Level 3")],
        required=True,
        compute="_compute_level",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    state = fields.Selection(
        [("planned", "Planned"), ("running", "Running"), ("done", "Finished")],
        required=True,
        default="planned",
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    date = fields.Date(
        required=True,
        tracking=True,
        index=True,
        default=lambda self: self._get_today(),
        help="Finished: the day of the report. Before: the day it is planned for.",
        copy=False,
    )
    body_id = fields.Many2one(
        "res.partner",
        string="Assessed By",
        ondelete="restrict",
        domain="[('is_company', '=', True)]",
        help="The institution that assesses.",
    )
    score = fields.Float(digits=(5, 2), aggregator="avg", help="Out of 100.")
    result = fields.Selection(
        [
            ("conform", "Conforms"),
            ("mostly", "Mostly Conforms"),
            ("fail", "Does Not Conform"),
        ],
        tracking=True,
    )
    paid_by_contract = fields.Boolean(
        "Paid by the Contract",
        default=True,
        help="Counts for the number of assessments that the contract pays for.",
    )
    report_ids = fields.Many2many(
        "ir.attachment",
        "om_mlps_assessment_report_rel",
        "assessment_id",
        "attachment_id",
        string="Reports",
        bypass_search_access=True,
        copy=False,
    )
    note = fields.Text("Findings")
    mending_note = fields.Text(
        "What Was Put Right",
        copy=False,
        help="What was done about the findings, and where the proof is. Shunyi's tender"
        " owes it with the assessment.",
    )
    mended_on = fields.Date("Findings Put Right On", readonly=True, copy=False)
    needs_mending = fields.Boolean(
        "Findings to Put Right", compute="_compute_needs_mending", store=True
    )

    _score_range = models.Constraint(
        "CHECK (score >= 0 AND score <= 100)", "The score lies between 0 and 100."
    )

    @api.depends("system_id")
    def _compute_level(self):
        for assessment in self:
            assessment.level = assessment.system_id.mlps_level or assessment.level

    @api.depends("state", "result", "note", "mended_on")
    def _compute_needs_mending(self):
        for assessment in self:
            found = assessment.note or assessment.result in ("mostly", "fail")
            assessment.needs_mending = (
                assessment.state == "done" and bool(found) and not assessment.mended_on
            )

    @api.depends("system_id.name", "date")
    def _compute_display_name(self):
        for assessment in self:
            day = fields.Date.to_string(assessment.date) or ""
            name = assessment.system_id.name or ""
            assessment.display_name = f"{name} {day}".strip()

    @api.constrains("state", "result", "date")
    def _check_finished(self):
        today = self._get_today()
        for assessment in self.filtered(lambda record: record.state == "done"):
            if not assessment.result:
                raise ValidationError(
                    self.env._(
                        "Enter the result before “%s” is finished.",
                        assessment.display_name,
                    )
                )
            if assessment.date > today:
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be finished on a day that is still to come.",
                        assessment.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        assessments = super().create(vals_list)
        assessments._om_adopt("report_ids")
        assessments.filtered(lambda a: a.state == "done")._end_agreed_days()
        return assessments

    def write(self, vals):
        finishing = self.browse()
        if vals.get("state") == "done":
            finishing = self.filtered(lambda assessment: assessment.state != "done")
            finishing -= finishing._filter_finished_before()
        result = super().write(vals)
        if "report_ids" in vals:
            self._om_adopt("report_ids")
        finishing._end_agreed_days()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_finished(self):
        finished = self.filtered(lambda record: record.state == "done")
        if finished:
            raise ValidationError(
                self.env._(
                    "Finished assessments stay on record: %s",
                    format_list(self.env, finished.mapped("display_name")),
                )
            )

    def action_start(self):
        """Note that the assessment has begun."""
        with self.filtered(lambda record: record.state == "planned")._act("start"):
            pass

    def action_finish(self):
        """Note that the report is there: the next one is counted from its day."""
        with self.filtered(lambda record: record.state != "done")._act(
            "finish", evidence="report_ids"
        ):
            pass

    def action_reopen(self):
        """Take back the finishing, for a correction."""
        done = self.filtered(lambda record: record.state == "done")
        with done._act("reopen") as acting:
            acting.mended_on = False

    def action_mend(self):
        """Note that what these assessments found is put right.

        :raise UserError: nobody says what was done
        """
        owed = self.filtered("needs_mending")
        silent = owed.filtered(lambda record: not (record.mending_note or "").strip())
        if silent:
            raise UserError(
                self.env._(
                    "Say what was put right, and where the proof is: %s",
                    format_list(self.env, silent.mapped("display_name")),
                )
            )
        with owed._act("mend") as acting:
            acting.mended_on = self._get_today()

    @api.model
    def _filter_closed_files(self, files):
        """Reports of finished assessments."""
        done = self.browse(files.mapped("res_id")).exists()
        done = done.filtered(lambda record: record.state == "done")
        return files.filtered(lambda file: file.res_id in done.ids)

    def _filter_finished_before(self):
        """Those that are finished again, after a correction: it ends nothing anew."""
        # sudo: the ledger is asked, not shown.
        lines = (
            self.env["om.act"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state_to", "=", "done"),
                ]
            )
        )
        return self & self.browse(lines.mapped("res_id"))

    def _end_agreed_days(self):
        """Forget the days that were agreed for assessments which are finished now.

        An older one that is entered late is not the one that was agreed.
        """
        latest = self.filtered(lambda a: a.date == a.system_id.mlps_last_date)
        # Who finishes assessments may end what was agreed about them.
        latest.system_id.sudo().filtered("mlps_due_override").mlps_due_override = False

    @api.model
    def _get_today(self):
        return self.env["maintenance.equipment"]._get_ledger_today()
