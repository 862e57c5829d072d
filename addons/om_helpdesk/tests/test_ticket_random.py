import random
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.tests.common import WHOLE

from .ticket_common import REPORTED, TicketCommon

TARGETS = ("respond", "onsite", "fix")
WALKS = 40 if WHOLE else 8
STEPS = 24


# The clock of the first report stands outside of the steps: to stop it again is cheap.
@freeze_time(REPORTED)
@tagged("post_install", "-at_install")
class TestTicketRandom(TicketCommon):
    """No order of clicks makes a breached target met.

    Engineers and dispatchers do whatever their buttons and their rights let them do, at
    any time and in any order; what is refused is refused. What once read as breached
    has to read so for ever after.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_portal_user("portal_user_unit", cls.unit)

    def test_no_order_of_clicks_heals_a_breach(self):
        breaches = refusals = 0
        for number in range(WALKS):
            dice = random.Random(number)
            with self.subTest(walk=number):
                found, refused = self._walk(dice)
                breaches += found
                refusals += refused
        # The walk is no use if nothing ever breaches, or nothing is ever refused.
        self.assertGreater(breaches, WALKS // 2)
        self.assertGreater(refusals, WALKS)

    def _walk(self, dice):
        ticket = self._report(dice.choice(("urgent", "serious", "general")))
        self.twin = self._report("urgent")
        now, refused = REPORTED, 0
        known = set()
        for _step in range(STEPS):
            now += timedelta(minutes=dice.choice((1, 7, 25, 31, 70, 500)))
            with freeze_time(now):
                self.env.invalidate_all()
                known |= self._breached(ticket)
                user = dice.choice((self.engineer, self.dispatcher))
                try:
                    with self.env.cr.savepoint():
                        self._act(dice, ticket.with_user(user), now)
                        self.env.flush_all()
                except (UserError, AccessError, ValidationError):
                    refused += 1
                self.env.invalidate_all()
                if dice.random() < 0.3:
                    self.env["helpdesk.ticket"]._om_watch(1000)
                after = self._breached(ticket)
                self.assertFalse(known - after)
                known |= after
        return bool(known), refused

    def _breached(self, ticket):
        return {
            target for target in TARGETS if ticket[f"{target}_status_now"] == "breached"
        }

    def _act(self, dice, ticket, now):
        earlier = now - timedelta(minutes=dice.choice((0, 0, 5, 40, 400)))
        act = dice.choice(
            (
                lambda: ticket.action_take(),
                lambda: ticket.action_respond(),
                lambda: ticket.action_arrive(),
                lambda: ticket._om_act("responded", earlier, "paper"),
                lambda: ticket._om_act("arrived", earlier, "paper"),
                lambda: ticket._om_act("fixed", earlier, "paper"),
                lambda: ticket._om_act("fixed"),
                lambda: ticket._om_act("reopened", now, "still broken"),
                lambda: ticket._om_act("cancelled", earlier, "false alarm"),
                lambda: ticket._om_cancel("false alarm"),
                lambda: ticket.action_withdraw_proposal(),
                lambda: self._answer(ticket, dice.random() < 0.2),
                lambda: ticket._om_merge(self.twin.with_user(ticket.env.user)),
                lambda: ticket.action_confirm(),
                lambda: ticket.action_resume(),
                lambda: self._pause(ticket, earlier),
                lambda: self._pause(ticket, earlier, now),
                lambda: ticket.write({"severity": dice.choice(("minor", "urgent"))}),
                lambda: ticket.write({"system_id": self.other_system.id}),
                lambda: ticket.write({"reported_at": earlier}),
                lambda: ticket.write({"responded_at": earlier}),
                lambda: ticket.write({"fixed_at": earlier}),
                lambda: ticket.write({"fixed_at": False}),
            )
        )
        act()

    def _answer(self, ticket, agrees):
        ticket = ticket.with_user(self.person).sudo()
        ticket._om_answer_by_login(agrees=agrees, answer="no")

    def _pause(self, ticket, start, end=False):
        ticket.env["om.ticket.pause"].create(
            {
                "ticket_id": ticket.id,
                "kind": "user",
                "reason": "closed",
                "date_from": start,
                "date_to": end,
            }
        )
