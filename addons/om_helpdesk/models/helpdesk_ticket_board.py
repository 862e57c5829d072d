from odoo import api, fields, models
from odoo.fields import Domain

# What boards and lists listen to; it carries ids only, and every listener reads them
# with its own rights.
NOTIFICATION = "om_helpdesk.tickets"
# The event that each target waits for.
AWAITED = {"respond": "responded", "onsite": "arrived", "fix": "fixed"}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _notify_board(self):
        """Tell open boards that these tickets are new or changed.

        Once per transaction, however many changes there are, and only if it succeeds.
        """
        if not self:
            return
        cr = self.env.cr
        waiting = cr.precommit.data.setdefault("om_helpdesk.board", set())
        if not waiting:
            cr.precommit.add(self.env["helpdesk.ticket"]._send_board)
        waiting.update(self.ids)

    @api.model
    def _send_board(self):
        ids = self.env.cr.precommit.data.pop("om_helpdesk.board", None)
        if not ids:
            return
        group = self.env.ref("om_base.group_user", raise_if_not_found=False)
        if group:
            # superuser: the channel is a group, which users do not read
            group.sudo()._bus_send(NOTIFICATION, {"ids": sorted(ids)})

    # ------------------------------------------------------------
    # What the dispatcher's board shows
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def get_board(self, limit=40, domain=()):
        """Return the dispatcher's board as of now.

        :param limit: most cards of a column; the counts are of all
        :param domain: what of it is looked for
        :return: dict with ``now`` (naive UTC) and ``columns``: a list of dicts with
            ``key``, ``label``, ``count`` and ``cards``
        """
        now = fields.Datetime.now()
        labels = self._get_board_labels()
        columns, shown = [], self.browse()
        wanted = Domain(list(domain)) if domain else Domain.TRUE
        for key, of_column, order in self._get_board_columns(now):
            tickets = self.search(of_column & wanted, order=order, limit=limit)
            count = len(tickets)
            if count == limit:
                count = self.search_count(of_column & wanted)
            shown |= tickets
            columns.append((key, count, tickets))
        # One read for all columns.
        shown.fetch(
            [
                "number",
                "name",
                "system_id",
                "unit_id",
                "severity",
                "service_item_id",
                "user_id",
            ]
        )
        return {
            "now": fields.Datetime.to_string(now),
            "columns": [
                {
                    "key": key,
                    "label": labels[key],
                    "count": count,
                    "cards": [ticket._get_card() for ticket in tickets],
                }
                for key, count, tickets in columns
            ],
        }

    @api.model
    def _get_board_columns(self, now):
        """Return [(key, domain, order)]; no ticket is in two of them."""
        due = "next_deadline, id"
        worked = Domain("state", "in", ("dispatched", "progress"))
        late = Domain("next_deadline", "<", now) | Domain.OR(
            # Written down as breached, and still waited for.
            Domain(f"{target}_status", "=", "breached")
            & Domain(f"{done}_at", "=", False)
            for target, done in AWAITED.items()
        )
        return [
            ("new", Domain("state", "=", "new"), due),
            ("late", worked & late, "fix_deadline, id"),
            ("running", worked & ~late, due),
            ("waiting", Domain("state", "=", "waiting"), "reported_at, id"),
            ("fixed", Domain("state", "=", "fixed"), "fixed_at, id"),
            ("proposed", Domain("state", "=", "proposed"), due),
        ]

    @api.model
    def _get_board_labels(self):
        """Return key -> label of the columns: what is one state is called like it."""
        return {
            **dict(self._fields["state"]._description_selection(self.env)),
            "late": self.env._("Overdue"),
            "running": self.env._("Running"),
        }

    def _get_card(self):
        """Return what a card of the board shows: plain values."""
        self.ensure_one()
        severities = dict(self._fields["severity"]._description_selection(self.env))
        deadline, target = self._get_awaited()
        return {
            "id": self.id,
            "number": self.number,
            "name": self.name,
            "state": self.state,
            "system": self.system_id.display_name or "",
            "unit": self.unit_id.display_name or "",
            "severity": self.severity,
            "severity_label": severities.get(self.severity, ""),
            # What it is: how severe a fault, or which service.
            "kind": self.kind,
            "kind_label": (
                self.service_item_id.name or severities.get(self.severity, "")
            ),
            "engineer": self.user_id.name or "",
            "target": self._om_target_labels().get(target, ""),
            "deadline": deadline and fields.Datetime.to_string(deadline),
        }

    def _get_awaited(self):
        """Return (deadline, target) of what is missing and falls due, or fell."""
        self.ensure_one()
        if self.state in ("waiting", "fixed"):
            return False, ""
        return min(
            (
                (self[f"{target}_deadline"], target)
                for target, done in AWAITED.items()
                if self[f"{target}_status"] in ("running", "breached")
                and not self[f"{done}_at"]
            ),
            default=(False, ""),
        )
