from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.tally import Delivery, tally
from .om_obligation_item import OWED


class OmObligationItem(models.Model):
    """Handing in, and what the receiver says to it."""

    _inherit = "om.obligation.item"

    def action_open_hand_in(self):
        """Return the dialog in which these are handed in."""
        self._check_may(self._get_acts()["hand_in"])
        self._check_source(self._get_acts()["hand_in"])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand In"),
            "res_model": "om.obligation.hand.in",
            "view_mode": "form",
            "target": "new",
            "context": {"default_item_ids": self.ids},
        }

    @api.private
    def action_hand_in(self, deliveries, day=None, is_whole=True, key=None):
        """Enter what was handed in for these.

        :param deliveries: {item's id: values of its delivery: quantity, note, file_ids}
        :param day: the day on which it was handed in, today if none is given
        :param is_whole: it was handed in for good; False for a part, of which more is
            to follow
        """
        today = self.env["om.obligation"]._get_local_today()
        day = fields.Date.to_date(day) or today
        empty = self.filtered(lambda item: item.id not in deliveries)
        if empty:
            raise UserError(
                self.env._(
                    "Nothing was entered for: %s",
                    format_list(self.env, empty.mapped("name")[:5]),
                )
            )
        with self._act(
            "hand_in" if is_whole else "deliver",
            happened_at=self._get_moment(day),
            evidence="file_ids",
            key=key,
        ) as items:
            items.env["om.obligation.delivery"].create(
                [
                    {"item_id": item.id, "date": day, **deliveries[item.id]}
                    for item in items
                ]
            )
            items.invalidate_recordset(["delivery_ids", "file_ids"])
            items._tally(is_closed=is_whole)
            if is_whole:
                items.write({"handed_in_on": day, "remark": False})
        return True

    def _tally(self, *, is_closed=False):
        """Write down what became of these, as it stands today; in an act."""
        today = self.env["om.obligation"]._get_local_today()
        for item in self:
            found = tally(
                Decimal(str(item.quantity_due)),
                item.due_date,
                [
                    Delivery(each.date, Decimal(str(each.quantity)))
                    for each in item.delivery_ids
                    if not each.is_returned
                ],
                today,
                is_closed=is_closed,
            )
            decided = is_closed and found.verdict
            item.write(
                {
                    "quantity_done": float(found.done),
                    "quantity_short": float(found.short),
                    "result": decided,
                    "late_days": found.late_days if decided else 0,
                }
            )

    def action_open_take_back(self):
        """Return the dialog for the reason why these are taken back."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take Back"),
            "res_model": "om.obligation.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_item_ids": self.ids},
        }

    def action_take_back(self, reason=None):
        """What was handed in by mistake is owed again."""
        with self._act("take_back", reason=reason) as items:
            items._reopen()
        return True

    def _reopen(self):
        """What was handed in does not count any more; it stays on record."""
        self.delivery_ids.filtered(lambda each: not each.is_returned).write(
            {"is_returned": True}
        )
        self.write({"handed_in_on": False})
        self._tally()

    @api.private
    def action_receive(self, paper=None, key=None):
        """The receiver takes receipt: by its own login, or ours enter its paper."""
        with self._act("receive", paper=paper, key=key):
            pass
        return True

    @api.private
    def action_accept(self, paper=None, key=None):
        """The receiver accepts; as above."""
        with self._act("accept", paper=paper, key=key):
            pass
        return True

    @api.private
    def action_return(self, paper=None, reason=None, key=None):
        """The receiver returns it and says why; it is owed again, and what was handed
        in does not count."""
        with self._act("return", paper=paper, reason=reason, key=key) as items:
            items._reopen()
            items.write({"remark": (reason or "").strip()})
        return True

    def action_receive_paper(self):
        """Return the dialog for a receipt on paper."""
        return self._open_paper("receive")

    def action_accept_paper(self):
        """Return the dialog for an acceptance on paper."""
        return self._open_paper("accept")

    def action_return_paper(self):
        """Return the dialog for a return on paper."""
        return self._open_paper("return")

    def _get_doers(self):
        # sudo: who handed it in is compared, not shown.
        return super()._get_doers() | self.sudo().delivery_ids.create_uid

    def _filter_closed_files(self, files):
        """What was handed in stays as it was."""
        given = self.browse(set(files.mapped("res_id"))).exists()
        given = given.filtered(lambda item: item.state not in OWED)
        return files.filtered(lambda file: file.res_id in given.ids)
