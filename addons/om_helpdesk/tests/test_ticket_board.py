from odoo.tests import freeze_time, tagged, warmup

from odoo.addons.om_base.tests.common import new_test_user

from .ticket_common import REPORTED, TicketCommon, after


@tagged("post_install", "-at_install")
class TestTicketBoard(TicketCommon):
    def _report(self, count=1, **values):
        return self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"故障 {number}",
                    "description": "x",
                    "system_id": self.system.id,
                    "severity": "urgent",
                    "reported_at": REPORTED,
                    "team_id": self.team.id,
                    **values,
                }
                for number in range(count)
            ]
        )

    def _columns(self, mine):
        board = self.env["helpdesk.ticket"].with_user(self.dispatcher).get_board(1000)
        return {
            column["key"]: [
                card["id"] for card in column["cards"] if card["id"] in mine.ids
            ]
            for column in board["columns"]
        }

    def test_each_open_ticket_is_in_one_column(self):
        with freeze_time(after(minutes=10)):
            new, sent, late, held, done = self._report(5)
            for ticket in (sent, late, held, done):
                ticket.with_user(self.dispatcher).user_id = self.engineer
            for ticket in (sent, held, done):
                ticket.with_user(self.engineer)._om_act("responded")
            self.env["om.ticket.pause"].create(
                {"ticket_id": held.id, "kind": "user", "reason": "x"}
            )
            done.with_user(self.engineer)._om_act("fixed")
        # Thirty minutes for the response are over, two hours for the arrival are not.
        with freeze_time(after(minutes=31)):
            columns = self._columns(new | sent | late | held | done)
        self.assertEqual(
            columns,
            {
                "new": new.ids,
                "late": late.ids,
                "running": sent.ids,
                "waiting": held.ids,
                "fixed": done.ids,
                "proposed": [],
            },
        )

    def test_what_the_watch_wrote_down_stays_late(self):
        with freeze_time(after(minutes=10)):
            late, answered = self._report(2, severity="general")
            for ticket in (late, answered):
                ticket.with_user(self.dispatcher).user_id = self.engineer
        with freeze_time(after(hours=5)):
            # Four hours for the response are over.
            self.env["helpdesk.ticket"]._om_watch(100)
            self.assertEqual(late.respond_status, "breached")
            self.assertEqual(
                self._columns(late | answered)["late"], (late + answered).ids
            )
            self.assertEqual(late._get_card()["deadline"], "2026-03-11 06:00:00")
            answered.with_user(self.engineer)._om_act("responded")
            columns = self._columns(late | answered)
            self.assertEqual(columns["late"], late.ids)
            self.assertEqual(columns["running"], answered.ids)
        with freeze_time(after(hours=49)):
            self.env["helpdesk.ticket"]._om_watch(100)
            self.assertEqual(answered.fix_status, "breached")
            self.assertFalse(answered.next_deadline)
            self.assertEqual(
                self._columns(late | answered)["late"], (late + answered).ids
            )
            card = answered._get_card()
            self.assertEqual(card["deadline"], "2026-03-13 02:00:00")
            self.assertEqual(card["target"], answered._om_target_labels()["fix"])

    def test_a_card_says_what_is_due(self):
        with freeze_time(after(minutes=10)):
            ticket = self._report()
            card = ticket._get_card()
            self.assertEqual(card["deadline"], "2026-03-11 02:30:00")
            self.assertEqual(card["target"], ticket._om_target_labels()["respond"])

    @warmup
    def test_the_board_costs_the_same_for_many(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["helpdesk.ticket"].with_user(self.dispatcher).get_board()
            return self.env.cr.sql_log_count - before

        with freeze_time(after(minutes=10)):
            self._report(3)
            cost()
            few = cost()
            self._report(60)
            # A count for each column whose cards end; a history has some of its own.
            self.assertLessEqual(cost(), few + 2)

    def test_an_administrator_stands_among_the_engineers_if_made_one(self):
        """Every role is an administrator's; that alone makes nobody an engineer."""

        def stands():
            board = self.env["helpdesk.ticket"].with_user(self.dispatcher).get_board()
            return user.id in {each["id"] for each in board["engineers"]}

        user = new_test_user(
            self.env, "board_admin", groups="om_base.group_administrator"
        )
        self.assertFalse(stands())
        user.group_ids += self.env.ref("om_base.group_engineer")
        self.assertTrue(stands())

    def test_changes_say_where_a_card_is_now(self):
        """What a client gets for some tickets is what the whole board says of them."""
        Ticket = self.env["helpdesk.ticket"].with_user(self.dispatcher)
        with freeze_time(after(minutes=10)):
            new, sent, gone = self._report(3)
            sent.with_user(self.dispatcher).user_id = self.engineer
            gone.with_user(self.dispatcher).user_id = self.engineer
            for event in ("responded", "arrived", "fixed"):
                gone.with_user(self.engineer)._om_act(event)
            gone.with_user(self.dispatcher).action_confirm()
        with freeze_time(after(minutes=31)):
            mine = new + sent + gone
            board = Ticket.get_board(1000)
            changes = Ticket.get_board_changes(mine.ids)
        mine_too = {each["id"]: each["count"] for each in board["engineers"]}
        self.assertEqual(changes["engineers"], board["engineers"])
        self.assertEqual(mine_too[self.engineer.id], 1)
        for whole, part in zip(board["columns"], changes["columns"], strict=True):
            self.assertEqual(
                (part["key"], part["count"]), (whole["key"], whole["count"])
            )
            self.assertEqual(
                part["cards"],
                [card for card in whole["cards"] if card["id"] in mine.ids],
            )
        found = [
            card["id"] for column in changes["columns"] for card in column["cards"]
        ]
        self.assertEqual(sorted(found), sorted((new + sent).ids))
        self.assertFalse(
            any(
                column["cards"]
                for column in Ticket.get_board_changes(
                    mine.ids, [["name", "=", "no such fault"]]
                )["columns"]
            )
        )

    @warmup
    def test_changes_cost_the_same_for_many(self):
        def cost(tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["helpdesk.ticket"].with_user(self.dispatcher).get_board_changes(
                tickets.ids
            )
            return self.env.cr.sql_log_count - before

        with freeze_time(after(minutes=10)):
            few, many = self._report(3), self._report(30)
            cost(few)
            first = cost(few)
            self.assertEqual(cost(many), first)
            # Counts of all columns are one query, cards and their names the rest.
            self.assertLess(first, 16)
