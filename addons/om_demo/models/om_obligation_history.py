from datetime import timedelta
from zlib import crc32

from dateutil.relativedelta import relativedelta

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act

_lt = LazyTranslate(__name__)

# Those of which there is one every few days begin with this month, the others with the
# month before.
FREQUENT = ("day", "workday", "week", "ten_days")
# Of a hundred items that are due: handed in in time, late, and in time but returned;
# the rest is overdue. Of those in time that are quantities, the last ones are short.
IN_TIME, LATE, RETURNED = 84, 8, 4
SHORT_FROM = 74
# Of a hundred that were handed in a while ago: accepted, received; the rest waits.
ACCEPTED, RECEIVED = 70, 15
WHILE = timedelta(days=5)
BEFORE = timedelta(days=10)
# Handed in in two parts, as Tongzhou's books were: short by two.
PARTS = {250: (200, 48)}


class OmObligationItem(models.Model):
    _inherit = "om.obligation.item"
    _acts = {"invent": Act(_lt("Invented for the Demonstration"))}


class OmObligationHistory(models.AbstractModel):
    """What was handed in for what contracts owe."""

    _name = "om.obligation.history"
    _inherit = "om.demo"
    _description = "Invented Reports Handed In"

    @api.model
    def _play(self):
        """Plan from the month before this one on; what inspections and trainings meet
        is met by them, what is past of the rest is handed in, nearly all of it.

        What becomes of an item depends on its identity alone, so that every
        demonstration of a day shows the same.
        """
        today = self.env["om.obligation"]._get_local_today()
        self._plan(today)
        items = self.env["om.obligation.item"]
        items._cron_meet()
        due = items.search(
            Domain("state", "=", "owed")
            & Domain("delivery_ids", "=", False)
            & Domain("due_date", "<", today)
        )
        self._hand_in(due, today)
        handed_in = items.search(
            [("state", "=", "handed_in"), ("handed_in_on", "<=", today - WHILE)]
        )
        self._answer(handed_in, due, today)

    @api.model
    def _plan(self, today):
        month = today.replace(day=1)
        obligations = self.env["om.obligation"].search([("state", "=", "in_force")])
        frequent = obligations.filtered(lambda each: each.per in FREQUENT)
        # In the first days of a month nothing of it is past yet.
        begun = (today - BEFORE).replace(day=1)
        frequent.write({"record_from": begun})
        before = month - relativedelta(months=1)
        (obligations - frequent).write({"record_from": before})

    @api.model
    def _hand_in(self, items, today):
        """Hand in what lies before today, but for what is to be overdue."""
        days = {item: self._get_day(item) for item in items}
        done = items.filtered(lambda item: days[item] and days[item] < today)
        if not done:
            return
        with done._act("invent", evidence="file_ids") as acting:
            files = dict(zip(done, self._make_files(done), strict=True))
            acting.env["om.obligation.delivery"].create(
                [
                    {
                        "item_id": item.id,
                        "date": day,
                        "quantity": quantity,
                        "note": "资料存放在项目资料室（示例）",
                        "file_ids": [Command.set(files[item].ids)],
                    }
                    for item in done
                    for day, quantity in self._split(item, days[item])
                ]
            )
            acting.invalidate_recordset(["delivery_ids", "file_ids"])
            acting._tally(is_closed=True)
            for item in acting:
                item.write({"handed_in_on": days[item]})
            acting.write({"state": "handed_in"})

    @api.model
    def _draw(self, item, what=""):
        """Return a number below 100 that is always the same for an item."""
        obligation = item.obligation_id
        identity = f"{item.agreement_id.code}/{obligation.sequence}/{item.slot}{what}"
        return crc32(identity.encode()) % 100

    @api.model
    def _get_day(self, item):
        """Return the day on which an item was handed in; ``None`` if it was not."""
        lot = self._draw(item)
        if IN_TIME <= lot < IN_TIME + LATE:
            return item.due_date + timedelta(days=1 + lot % 3)
        if lot >= IN_TIME + LATE + RETURNED:
            return None
        # What is due later than its period ends comes some days before.
        return max(item.period_end, item.due_date - timedelta(days=lot % 3))

    @api.model
    def _split(self, item, day):
        """Return [(day, quantity)]: quantities are short now and then."""
        quantity = item.quantity_due
        if quantity in PARTS:
            first, last = PARTS[quantity]
            return [
                (min(item.period_start + timedelta(days=9), day), first),
                (day, last),
            ]
        short = quantity > 1 and SHORT_FROM <= self._draw(item) < IN_TIME
        return [(day, quantity - 1 if short else quantity)]

    @api.model
    def _make_files(self, items):
        """Return a file for each item that is not one of many, none for the others."""
        content = self._draw_paper()
        rare = items.filtered(lambda item: item.per not in FREQUENT)
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{item.name.replace('/', '-')}（示例）.png",
                    "raw": content,
                    "res_model": item._name,
                    "res_id": item.id,
                }
                for item in rare
            ]
        )
        made = dict(zip(rare, files, strict=True))
        return [made.get(item, files.browse()) for item in items]

    @api.model
    def _answer(self, items, invented, today):
        """Let receivers accept, take receipt of or return what was handed in."""
        back = items.filtered(
            lambda item: (
                item in invented
                and IN_TIME + LATE <= self._draw(item) < IN_TIME + LATE + RETURNED
            )
        )
        # Whoever looks at the portal of the demonstration's unit finds something to do.
        user = self.env.ref("om_base.demo_user_unit", False)
        waiting = items.filtered(
            lambda item: (
                user and item.receiver_id == user.partner_id.commercial_partner_id
            )
        )
        answered = items - back - waiting
        lots = {item: self._draw(item, "answer") for item in answered}
        accepted = answered.filtered(lambda item: lots[item] < ACCEPTED)
        received = (answered - accepted).filtered(
            lambda item: lots[item] < ACCEPTED + RECEIVED
        )
        paper = self._sign_paper(today, self._make_scan("签收单（示例）.png"))
        accepted.action_accept(paper)
        received.action_receive(paper)
        back.action_return(paper, reason="缺少现场照片，请补充后重新提交（示例）。")
