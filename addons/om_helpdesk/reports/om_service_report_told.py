import json
import os
import time
from pathlib import Path

from odoo import models
from odoo.tools import split_every

from odoo.addons.om_base.models.om_job import STEP

from ..engine import timeline
from ..engine.service_report import TARGETS, Fault, is_satisfied

KINDS = ("fault", "request")
# Of so many at once it is read what a long report tells: a second of work.
SLICE = 2000


class ReportServiceReport(models.AbstractModel):
    """What a service report tells of each fault and request, as plain values: read at
    once, or for a long one in the steps of a job, slice by slice into a file."""

    _inherit = "report.om_helpdesk.om_service_report"

    def _get_told(self, wizard):
        """Return what is told of each fault, and of each request."""
        if folder := wizard.env.context.get("om_paper_folder"):
            told = {kind: [] for kind in KINDS}
            with open(Path(folder) / "told.jsonl", encoding="utf-8") as stream:
                for line in stream:
                    kind, rows = json.loads(line)
                    told[kind] += rows
            return tuple(told.values())
        return tuple(self._tell(kind, self._find(wizard, kind)) for kind in KINDS)

    def _read_step(self, wizard, cursor):
        """Read for some seconds what a long report tells.

        :param cursor: what this returned last; None: it begins
        :return: slices read, slices in all, what the next step has to know; None when
            all is read
        """
        folder = Path(wizard.env.context["om_paper_folder"])
        if cursor is None:
            slices = [
                (kind, some)
                for kind in KINDS
                for some in split_every(SLICE, self._find(wizard, kind).ids)
            ]
            (folder / "slices.json").write_text(json.dumps(slices), "utf-8")
            (folder / "told.jsonl").touch()
            return 0, len(slices), {"next": 0, "bytes": 0} if slices else None
        slices = json.loads((folder / "slices.json").read_text("utf-8"))
        place, end = cursor["next"], time.monotonic() + STEP
        with open(folder / "told.jsonl", "r+b") as stream:
            # What a step wrote that was not finished does not count.
            stream.truncate(cursor["bytes"])
            stream.seek(cursor["bytes"])
            while place < len(slices):
                kind, some = slices[place]
                told = self._tell(kind, self.env["helpdesk.ticket"].browse(some))
                stream.write(json.dumps((kind, told)).encode() + b"\n")
                # Nobody asks for these again.
                self.env.invalidate_all()
                place += 1
                if time.monotonic() >= end:
                    break
            stream.flush()
            os.fsync(stream.fileno())
            length = stream.tell()
        left = place < len(slices)
        return place, len(slices), {"next": place, "bytes": length} if left else None

    def _find(self, wizard, kind):
        """Return the faults, or the requests, of the period; what was put away
        afterwards was reported all the same."""
        return (
            self.env["helpdesk.ticket"]
            .with_context(active_test=False)
            .search(wizard._get_ticket_domain(kind), order="reported_at, id")
        )

    def _tell(self, kind, tickets):
        ratings = self._get_ratings(tickets)
        words = {
            name: dict(tickets._fields[name]._description_selection(self.env))
            for name in ("severity", "state")
        }
        tell = self._tell_fault if kind == "fault" else self._tell_request
        return [tell(ticket, ratings.get(ticket.id, 0), words) for ticket in tickets]

    def _tell_fault(self, ticket, stars, words):
        """Return what a list of the report shows of a fault, and what is counted."""
        late = [
            label
            for target, label in ticket._om_target_labels().items()
            if ticket[f"{target}_status_now"] == "breached"
        ]
        return {
            "number": ticket.number,
            "name": ticket.name,
            "system": ticket.system_id.name or "",
            "unit": ticket.unit_id.name or "",
            "severity": words["severity"].get(ticket.severity, ""),
            "reported": ticket._om_format(ticket.reported_at)[:16],
            "fixed": ticket._om_format(ticket.fixed_at)[:16],
            "late": self.env._(", ").join(late),
            "solution": ticket.solution or self._get_ending(ticket),
            "end": self._get_ending(ticket),
            "system_id": ticket.system_id.id,
            "unit_id": ticket.unit_id.id,
            "is_breached": ticket.is_breached,
            "counted": {
                "severity": ticket.severity,
                "category": ticket.system_id.category_id.name or "",
                "results": self._get_results(ticket),
                "stars": stars,
                "followup": ticket.followup_result or "",
                "is_closed": not ticket.is_open or ticket.state == "fixed",
                "end": self._get_end(ticket),
            },
        }

    def _tell_request(self, ticket, stars, words):
        """The same of a service request; it is in no figure of the faults."""
        # superuser: what was asked for is told, whoever may keep the catalogue
        service = ticket.service_item_id.sudo()
        moment = ticket._om_format
        return {
            "number": ticket.number,
            "name": ticket.name,
            "service": service.name,
            "system": ticket.system_id.name or "",
            "unit": ticket.unit_id.name or "",
            "asked": moment(ticket.reported_at)[:16],
            "begins": moment(ticket.request_start)[:16],
            "done": moment(ticket.fixed_at)[:16],
            "state": words["state"].get(ticket.state, ""),
            "late": self.env._("late") if ticket.is_breached else "",
            "solution": ticket.solution or self._get_ending(ticket),
            "service_id": service.id,
            "unit_id": ticket.unit_id.id,
            "counted": {
                "cancelled": ticket.state == "cancelled",
                "done": ticket.state in ("fixed", "confirmed"),
                "late": ticket.is_breached,
                "results": {t: ticket[f"{t}_status_now"] for t in TARGETS},
                "is_satisfied": is_satisfied(
                    Fault(
                        ticket.severity,
                        stars=stars,
                        followup=ticket.followup_result or "",
                    )
                ),
            },
        }

    def _get_ratings(self, tickets):
        """Return {ticket id: stars}."""
        # What users think of the repair is no secret of the ratings' own group.
        return dict(
            self.env["rating.rating"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("res_id", "in", tickets.ids),
                    ("consumed", "=", True),
                ],
                ["res_id"],
                ["rating:avg"],
            )
        )

    def _get_end(self, ticket):
        """Return ``merged``, ``cancelled`` or nothing."""
        if ticket.duplicate_id:
            return "merged"
        return "cancelled" if ticket.state == "cancelled" else ""

    def _get_results(self, ticket):
        """Return {target: status}; of a merged fault what the other does not show.

        The same fault reported twice is late once.
        """
        first = ticket.duplicate_id
        return {
            target: status
            for target in TARGETS
            if (status := ticket[f"{target}_status_now"])
            and not (
                first and (status == "met" or first[f"{target}_status_now"] == status)
            )
        }

    def _get_ending(self, ticket):
        """Return in words how a fault ended without a repair; empty: it did not."""
        end = self._get_end(ticket)
        if not end:
            return ""
        reason = ticket.event_ids.filtered(
            lambda event: event.kind == timeline.CANCELLED and not event.voided_on
        )[-1:].reason
        if end == "merged":
            first = ticket.duplicate_id.number
            return self.env._(
                "Merged into %(fault)s. %(reason)s", fault=first, reason=reason or ""
            )
        return self.env._("Cancelled. %s", reason or "")
