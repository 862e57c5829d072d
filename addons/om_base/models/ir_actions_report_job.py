import json
import os
import time
from pathlib import Path

from odoo import models

from ..tools.beside import begin_merging
from .om_job import STEP

MIMETYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class IrActionsReport(models.Model):
    """Long papers that are asked for in a dialog (``om.paper.mixin``), as a job.

    The job is of the report; what was chosen in the dialog goes with it, as the dialog
    itself is gone after an hour. Its model may read what it tells in steps
    (``_read_step``); it is made by a program beside the server
    (``_begin_beside``: volumes, spreadsheets), or part by part and put together.
    """

    _inherit = "ir.actions.report"

    def _job_paper(self, job):
        """One step of the paper: reading, printing, putting together."""
        dialog = self.env[self.model].create(job.asked)
        dialog = dialog.with_context(om_paper_folder=job._get_folder())
        maker = self.env.get(f"report.{self.report_name}")
        step = (job.cursor or {}).get("step")
        if not step and hasattr(maker, "_read_step"):
            if done := self._om_read(job, dialog, maker):
                job._advance(done, done + 1, step="made")
            return None
        if hasattr(maker, "_begin_beside"):
            begin = self._om_get_beginner(maker, dialog)
        elif self._om_print_parts(job, dialog):
            begin = self._om_get_merger(job)
        else:
            return None
        if not (done := job._await_beside(begin)):
            return None
        return self._om_keep_paper(job, dialog, done)

    def _om_read(self, job, dialog, maker):
        """Read for some seconds; return how many steps it were when all is read."""
        read, total, cursor = maker._read_step(dialog, (job.cursor or {}).get("read"))
        job._advance(read, total + 1, read=cursor)
        return total if cursor is None else None

    def _om_get_beginner(self, maker, dialog):
        return lambda folder: maker._begin_beside(dialog, folder)

    def _om_print_parts(self, job, dialog):
        """Print some parts, a file each; return whether all are there."""
        folder, cursor = Path(job._get_folder()), job.cursor or {}
        if cursor.get("step") == "made":
            return True
        place, end = cursor.get("next", 0), time.monotonic() + STEP
        if not place:
            # Later the same could be others.
            _keep(folder / "parts.json", json.dumps(dialog._split_paper()).encode())
        parts = json.loads((folder / "parts.json").read_bytes())
        while place < len(parts):
            part = dialog.create({**job.asked, **parts[place][1]})
            content, _kind = self._render_qweb_pdf(self, part.ids)
            _keep(folder / f"{place:05d}.pdf", content)
            place += 1
            if time.monotonic() >= end:
                break
        step = "made" if place == len(parts) else None
        job._advance(place, len(parts) + 1, next=place, step=step)
        return False

    def _om_get_merger(self, job):
        folder = Path(job._get_folder())

        def begin(own):
            parts = json.loads((folder / "parts.json").read_bytes())
            return begin_merging(
                [
                    (str(folder / f"{number:05d}.pdf"), name)
                    for number, (name, _values) in enumerate(parts)
                ],
                own,
            )

        return begin

    def _om_keep_paper(self, job, dialog, path):
        """The finished file as the result of the job."""
        kind = path.suffix.removeprefix(".")
        job._advance(job.total, job.total)
        # sudo: only the server makes results; a job and what it made are read by who
        # asked for it.
        return (
            self.env["ir.attachment"]
            .sudo()
            ._om_take_file(
                str(path),
                name=f"{dialog._get_file_name()}.{kind}",
                mimetype=MIMETYPES[kind],
                res_model=job._name,
                res_id=job.id,
            )
        )

    def _om_open_dialog(self, job):
        """Open the dialog in which a paper was asked for, with what was chosen."""
        dialog = self.env[self.sudo().model].create(job.asked)
        return {
            "type": "ir.actions.act_window",
            # sudo: names of models are no secret.
            "name": self.env["ir.model"].sudo()._get(dialog._name).name,
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }


def _keep(path, content):
    with open(path, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
