from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What boards and lists listen to; it carries ids only, and every listener reads them
# with its own rights.
NOTIFICATION = "om_helpdesk.tickets"
# The event that each target waits for.
AWAITED = {"respond": "responded", "onsite": "arrived", "fix": "fixed"}
ON_BOARD = ("new", "dispatched", "progress", "waiting", "fixed", "proposed")
# Where a card without the time by which its column goes stands: last, as in SQL.
NEVER = "9999"


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
        :return: dict with ``now`` (naive UTC), ``limit``, ``columns``: dicts with
            ``key``, ``label``, ``count`` and ``cards``, and ``engineers``: dicts with
            ``id``, ``name`` and ``count``, what each has in hand
        """
        now = fields.Datetime.now()
        labels = self._get_board_labels()
        wanted = Domain(list(domain)) if domain else Domain.TRUE
        columns = self._get_board_columns(now)
        found = {
            key: self.search(of_column & wanted, order=order, limit=limit)
            for key, of_column, order in columns
        }
        counts = {key: len(tickets) for key, tickets in found.items()}
        if limit in counts.values():
            counts = self._count_board(columns, wanted)
        self.union(*found.values())._fetch_cards()
        return {
            "now": fields.Datetime.to_string(now),
            "limit": limit,
            "columns": [
                {
                    "key": key,
                    "label": labels[key],
                    "count": counts[key],
                    "cards": found[key]._get_cards(order),
                }
                for key, _of_column, order in columns
            ],
            "engineers": self._get_board_engineers(),
        }

    @api.model
    @api.readonly
    def get_board_changes(self, ids, domain=()):
        """Return where these tickets stand on the board as of now, for a client that
        shows the board already: it moves these cards and leaves the others alone.

        :param ids: tickets that are new or have changed; what left the board, is not
            looked for or is not the user's to read is in no column
        :param domain: what of the board is looked for
        :return: as :meth:`get_board`, the ``cards`` of these tickets only, no ``limit``
        """
        now = fields.Datetime.now()
        wanted = Domain(list(domain)) if domain else Domain.TRUE
        columns = self._get_board_columns(now)
        tickets = self.search(
            Domain("id", "in", ids) & Domain("state", "in", ON_BOARD) & wanted
        )
        tickets._fetch_cards()
        counts = self._count_board(columns, wanted)
        return {
            "now": fields.Datetime.to_string(now),
            "columns": [
                {
                    "key": key,
                    "count": counts[key],
                    "cards": tickets.filtered_domain(of_column)._get_cards(order),
                }
                for key, of_column, order in columns
            ],
            "engineers": self._get_board_engineers(),
        }

    @api.model
    def _count_board(self, columns, wanted):
        """Return {key: number of tickets} of the columns, by one query."""
        query = self._search(Domain("state", "in", ON_BOARD) & wanted)
        counts = [
            SQL(
                "COUNT(*) FILTER (WHERE %s)",
                of_column.optimize_full(self)._to_sql(self, query.table, query),
            )
            for _key, of_column, _order in columns
        ]
        found = self.env.execute_query(query.select(*counts))[0]
        return {column[0]: count for column, count in zip(columns, found, strict=True)}

    def _fetch_cards(self):
        """Read what the cards show at once."""
        self.fetch(
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

    @api.model
    def _get_board_engineers(self):
        """Return to whom tickets can be sent, with what they have in hand."""
        if not self._om_is_dispatcher():
            return []
        held = Domain("state", "in", ("dispatched", "progress", "waiting"))
        counts = dict(self._read_group(held, ["user_id"], ["__count"]))
        return [
            {"id": user.id, "name": user.name, "count": counts.get(user, 0)}
            for user in self._om_get_engineers().sorted("name")
        ]

    @api.model
    def _get_board_columns(self, now):
        """Return [(key, domain, order)]; no ticket is in two of them."""
        due = "next_deadline, id"
        # What its engineer refused has to be sent out once more.
        refused = Domain("state", "=", "dispatched") & Domain("user_id", "=", False)
        worked = Domain("state", "in", ("dispatched", "progress")) & ~refused
        late = Domain("next_deadline", "<", now) | Domain.OR(
            # Written down as breached, and still waited for.
            Domain(f"{target}_status", "=", "breached")
            & Domain(f"{done}_at", "=", False)
            for target, done in AWAITED.items()
        )
        return [
            ("new", Domain("state", "=", "new") | refused, due),
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

    def _get_cards(self, order):
        """Return the cards with their ``rank`` in a column of this order: a list that
        compares as the database sorts."""
        field = order.partition(",")[0]
        return [
            {
                **ticket._get_card(),
                "rank": [
                    fields.Datetime.to_string(ticket[field]) or NEVER,
                    ticket.id,
                ],
            }
            for ticket in self
        ]

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
            "engineer_id": self.user_id.id,
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
