import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import astuple

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from ..tools.beside import Beside, find
from ..tools.chromium import PaperError

_logger = logging.getLogger(__name__)

OPEN = ("waiting", "running")
# A step that has ended the server so often is not begun again.
MOST_ATTEMPTS = 3
# Seconds after which a step ends that does many small things; the last may take longer.
STEP = 3.0
# Seconds between two looks at a program beside, and how often it is begun.
PAUSE = 0.1
MOST_TRIES = 3
# How long it is kept on record that something was made; what was made stays.
KEPT_DAYS = 90


class OmJob(models.Model):
    """A long piece of work in the background, such as a paper of hundreds of pages.

    How to use it: a model has a method ``_job_KIND(job)`` that does one step of a few
    seconds, tells with :meth:`_advance` how far it is and what the next step has to
    know, and returns the attachment when there is nothing left to do.
    ``self.env["om.job"]._ask(record, "KIND", name)`` begins it, for the user who asks,
    with that user's rights and language.

    How it works: a scheduled action does the steps, that of another job after each, and
    commits each of them; what a step began when the server was killed is rolled back,
    and done again. Files that grow from step to step lie in :meth:`_get_folder`, where
    only what the last committed step tells of counts.
    """

    _name = "om.job"
    _inherit = ["mail.thread"]
    _description = "Background Job"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    kind = fields.Char(required=True, readonly=True)
    asked = fields.Json(readonly=True, help="What was chosen in a dialog.")
    user_id = fields.Many2one(
        "res.users",
        string="Asked For By",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Being Made"),
            ("done", "Ready"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    done = fields.Integer("Steps Done", readonly=True, aggregator=False)
    total = fields.Integer("Steps", readonly=True, aggregator=False)
    progress = fields.Integer(compute="_compute_progress")
    cursor = fields.Json(help="What the next step has to know.")
    attempts = fields.Integer(readonly=True, aggregator=False)
    worked_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    message = fields.Text("What Happened", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", string="Result", readonly=True, ondelete="set null"
    )

    _one_at_a_time = models.UniqueIndex(
        "(user_id, res_model, res_id, kind, md5(COALESCE(asked::text, '')))"
        " WHERE state IN ('waiting', 'running')",
        "This is being made already.",
    )

    @api.depends("done", "total", "state")
    def _compute_progress(self):
        for job in self:
            if job.state == "done":
                job.progress = 100
            else:
                # What is not ready is never shown as ready.
                job.progress = min(100 * job.done // max(job.total, 1), 99)

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    @api.model
    def _ask(self, record, kind, name, asked=None):
        """Begin a job on a record for the user who asks, or return the one that is
        under way: asked twice, it is done once.

        :param asked: what else was chosen, as plain values
        """
        record.ensure_one()
        jobs = self.sudo()  # only the server writes jobs
        same = [
            ("user_id", "=", self.env.uid),
            ("res_model", "=", record._name),
            ("res_id", "=", record.id),
            ("kind", "=", kind),
            ("state", "in", OPEN),
        ]
        under_way = jobs.search(same).filtered(
            lambda job: (job.asked or None) == (asked or None)
        )
        job = under_way or jobs.create(
            {
                "name": name,
                "res_model": record._name,
                "res_id": record.id,
                "kind": kind,
                "asked": asked or False,
                "user_id": self.env.uid,
            }
        )
        self._wake()
        return job.sudo(False)

    @api.model
    def _wake(self):
        # sudo: when the scheduled action runs is no secret.
        self.env.ref("om_base.om_job_cron_work").sudo()._trigger()

    def action_open(self):
        """Open the page on which one sees how far it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_cancel(self):
        """Stop it; what was made of it goes."""
        self.check_access("read")
        if any(job.user_id != self.env.user for job in self):
            raise AccessError(self.env._("Only who asked for it stops it."))
        jobs = self.sudo().filtered(lambda job: job.state in OPEN)  # own ones, as asked
        if jobs:
            jobs.write({"state": "cancelled", "finished_at": fields.Datetime.now()})
            self._wake()
        return True

    def action_again(self):
        """Begin a job anew that failed or was cancelled."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        return self._ask(record, self.kind, self.name, self.asked).action_open()

    def action_download(self):
        """Take the result."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
        }

    def action_view_record(self):
        """Open the record that it is made of, or the dialog with what was chosen."""
        self.ensure_one()
        if self.asked:
            return self.env[self.res_model].browse(self.res_id)._om_open_dialog(self)
        return self.env[self.res_model].browse(self.res_id).get_formview_action()

    # ------------------------------------------------------------
    # For the methods that do the steps
    # ------------------------------------------------------------

    def _advance(self, done, total, **cursor):
        """Tell how far it is, and what the next step has to know."""
        self.write({"done": done, "total": total, "cursor": cursor})

    def _get_folder(self):
        """The folder of what grows from step to step; it goes when the job ends."""
        folder = os.path.join(self._get_root(), str(self.id))
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return folder

    def _await_beside(self, begin):
        """Begin a program beside the server, or look for some seconds whether it is
        ready; no worker waits for it. The step that calls this is done until then.

        :param begin: returns a :class:`Beside` that was begun in the folder it is given
        :return: the path of its file; None: it is not ready yet
        """
        cursor = self.cursor or {}
        if not cursor.get("beside"):
            begun = begin(tempfile.mkdtemp(dir=self._get_folder()))
            tries = cursor.get("tries", 0) + 1
            kept = {**cursor, "beside": list(astuple(begun)), "tries": tries}
            self._advance(self.done, self.total, **kept)
            return None
        beside, end = Beside(*cursor["beside"]), time.monotonic() + STEP
        try:
            while not (done := find(beside)) and time.monotonic() < end:
                time.sleep(PAUSE)
        except PaperError as error:
            # It may have gone down with the server.
            if error.kind != "died" or cursor["tries"] >= MOST_TRIES:
                raise
            self._advance(self.done, self.total, **{**cursor, "beside": None})
            return None
        return done

    @api.model
    def _get_root(self):
        # Beside what becomes of it: a finished file is moved, not copied.
        return os.path.join(config.filestore(self.env.cr.dbname), "om_job")

    # ------------------------------------------------------------
    # Working
    # ------------------------------------------------------------

    @api.model
    def _cron_work(self):
        """Do steps until none is left, or the time of a scheduled action is up."""
        cron = self.env["ir.cron"]
        self._sweep()
        end, longest = self.env.context.get("cron_end_time", float("inf")), 0.0
        # Nothing is begun that may not be over in time.
        while time.monotonic() + longest < end and (job := self._get_next()):
            begun = time.monotonic()
            job.write(
                {
                    "state": "running",
                    "attempts": job.attempts + 1,
                    "worked_at": fields.Datetime.now(),
                }
            )
            # Known even if the step ends the server.
            cron._commit_progress(0, remaining=1)
            try:
                job._work()
                self.env.flush_all()
                left = self.search_count([("state", "in", OPEN)])
                cron._commit_progress(1, remaining=left)
            except SerializationFailure:
                # It was cancelled meanwhile, or a record changed: look anew.
                self.env.cr.rollback()
                self.env.invalidate_all()
            longest = max(longest, time.monotonic() - begun)
        left = self.search_count([("state", "in", OPEN)])
        if left:
            # Odoo would look again in a minute only.
            self._wake()
        cron._commit_progress(0, remaining=left)
        self._sweep()

    @api.model
    def _get_next(self):
        """The job that has waited longest for a step."""
        return self.search(
            [("state", "in", OPEN)], order="worked_at NULLS FIRST, id", limit=1
        )

    def _work(self):
        """Do one step."""
        if self.attempts > MOST_ATTEMPTS:
            self._finish(
                "failed",
                self._for_reader().env._(
                    "The server ended %s times at the same step. Ask for less at once,"
                    " or tell the administrator.",
                    MOST_ATTEMPTS,
                ),
            )
            return
        record = self._get_record()
        try:
            # A constraint that the end of the transaction would find belongs here.
            with self.env.cr.savepoint():
                attachment = getattr(record, f"_job_{self.kind}")(self)
                self.env.flush_all()
        except SerializationFailure:
            raise
        except (UserError, PaperError) as error:
            self.env.invalidate_all()
            self._finish("failed", self._word_error(error))
        except Exception:
            _logger.exception("job %s (%s) failed", self.id, self.name)
            self.env.invalidate_all()
            self._finish(
                "failed",
                self._for_reader().env._(
                    "It stopped with a fault of the program. Nothing was changed. Tell"
                    " the administrator the number %s.",
                    self.id,
                ),
            )
        else:
            self.attempts = 0
            if attachment:
                self._finish("done", False, attachment)

    def _get_record(self):
        """What it is made of, as the user sees it who asked."""
        user = self.user_id
        context = {
            "lang": user.lang,
            "tz": user.tz,
            "allowed_company_ids": user.company_ids.ids,
        }
        record = self.env[self.res_model].with_user(user).with_context(**context)
        return record.browse(self.res_id)

    def _word_error(self, error):
        if isinstance(error, PaperError):
            reports = self._for_reader().env["ir.actions.report"]
            return reports._om_word_volume_error(error)
        return str(error)

    def _for_reader(self):
        return self.with_context(lang=self.user_id.lang)

    def _finish(self, state, message, attachment=None):
        self.write(
            {
                "state": state,
                "message": message,
                "cursor": False,
                "finished_at": fields.Datetime.now(),
                "attachment_id": attachment.id if attachment else False,
                **({"done": self.total} if state == "done" else {}),
            }
        )
        self._tell()

    def _tell(self):
        """Tell who asked, on the screen and by the way that the user has chosen."""
        reader = self._for_reader()
        if self.state == "done":
            title = reader.env._("Ready: %s", self.name)
        else:
            title = reader.env._("Not made: %s", self.name)
        reader.message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=title,
            body=self.message or title,
        )
        self.user_id._bus_send(
            "simple_notification",
            {
                "type": "success" if self.state == "done" else "danger",
                "sticky": True,
                "title": title,
                "message": self.message or "",
            },
        )

    # ------------------------------------------------------------
    # Keeping house
    # ------------------------------------------------------------

    @api.model
    def _sweep(self):
        """Remove the folders of jobs that are no longer made."""
        with suppress(FileNotFoundError):
            names = os.listdir(self._get_root())
            kept = self.search([("state", "in", OPEN)]).ids if names else []
            for name in set(names) - set(map(str, kept)):
                shutil.rmtree(os.path.join(self._get_root(), name), ignore_errors=True)

    @api.autovacuum
    def _gc_old(self):
        before = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.search([("state", "not in", OPEN), ("finished_at", "<", before)]).unlink()
