from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook

from odoo.tests import freeze_time, tagged, warmup

from .ticket_common import REPORTED, TicketCommon, after

SMALL, LARGE = 5, 40
# What a batch may cost more than a few, however much larger it is.
SLACK = 20


@tagged("post_install", "-at_install")
class TestTicketBulk(TicketCommon):
    """What lists and board do with many tickets costs a constant number of queries."""

    def _create(self, count, **values):
        with freeze_time(REPORTED):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": f"Fault {number}",
                        "description": "Test",
                        "system_id": self.system.id,
                        "team_id": self.team.id,
                        "severity": "general",
                        **values,
                    }
                    for number in range(count)
                ]
            )
            self.env.flush_all()
        return tickets.with_user(self.dispatcher)

    def _count(self, tickets, act):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.precommit.run()
        before = self.env.cr.sql_log_count
        act(tickets)
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.env.cr.sql_log_count - before

    def _dialog(self, method, **values):
        def act(tickets):
            action = getattr(tickets, method)()
            self.env["om.ticket.act"].with_user(self.dispatcher).with_context(
                **action["context"]
            ).create(values).action_confirm()

        return act

    def _compare(self, act, prepare=None):
        """Do it to a few and to many; return the many."""
        costs = []
        with freeze_time(after(minutes=10)):
            for count in (3, SMALL, LARGE):
                tickets = self._create(count)
                if prepare:
                    prepare(tickets)
                costs.append(self._count(tickets, act))
        _warm, small, large = costs
        self.assertLessEqual(large, small + SLACK)
        return tickets

    @warmup
    def test_dispatch(self):
        tickets = self._compare(
            self._dialog("action_dispatch", user_id=self.engineer.id)
        )
        self.assertEqual(set(tickets.mapped("state")), {"dispatched"})
        self.assertEqual(tickets.user_id, self.engineer)

    @warmup
    def test_take(self):
        tickets = self._compare(lambda tickets: tickets.action_take())
        self.assertEqual(set(tickets.mapped("state")), {"progress"})

    @warmup
    def test_pause(self):
        tickets = self._compare(
            self._dialog("action_pause", pause_kind="user", reason="the site is shut")
        )
        self.assertEqual(set(tickets.mapped("state")), {"waiting"})

    @warmup
    def test_merge(self):
        first = self._create(1)
        tickets = self._compare(self._dialog("action_merge", duplicate_of_id=first.id))
        self.assertEqual(set(tickets.mapped("state")), {"cancelled"})
        self.assertEqual(tickets.duplicate_id, first)

    @warmup
    def test_cancel(self):
        tickets = self._compare(
            self._dialog("action_cancel", reason="a test of the line")
        )
        self.assertEqual(set(tickets.mapped("state")), {"proposed"})

    @warmup
    def test_confirm(self):
        tickets = self._compare(
            lambda tickets: tickets.action_confirm(),
            lambda tickets: tickets._om_act("fixed"),
        )
        self.assertEqual(set(tickets.mapped("state")), {"confirmed"})

    @warmup
    def test_export(self):
        report = self.env["report.om_helpdesk.helpdesk_ticket_xlsx"].with_context(
            active_model="helpdesk.ticket"
        )
        contents = []

        def export(tickets):
            content, _kind = report.create_xlsx_report(tickets.ids, {})
            contents.append(content)

        tickets = self._compare(export)
        rows = list(load_workbook(BytesIO(contents[-1])).active.values)
        self.assertEqual(len(rows), LARGE + 1)
        self.assertIn(tickets[0].number, [row[0] for row in rows])
        self.assertEqual(
            tickets.action_export()["report_name"], "om_helpdesk.helpdesk_ticket_xlsx"
        )

    def test_the_board_shows_what_is_looked_for(self):
        mine = self._create(2, name="一号会场无图像")
        other = self._create(1, name="二号会场无声音")
        with freeze_time(after(minutes=10)):
            board = (
                self.env["helpdesk.ticket"]
                .with_user(self.dispatcher)
                .get_board(1000, domain=[["name", "=", "一号会场无图像"]])
            )
        shown = {card["id"] for column in board["columns"] for card in column["cards"]}
        self.assertEqual(shown, set(mine.ids))
        self.assertNotIn(other.id, shown)
        self.assertEqual(sum(column["count"] for column in board["columns"]), len(mine))


@tagged("post_install", "-at_install")
class TestPeopleWhoLeft(TicketCommon):
    def test_the_duty_to_report_falls_to_somebody_who_is_here(self):
        self.system.user_id = self.second_engineer
        self.second_engineer.active = False
        ticket = self._report("urgent")
        self.assertTrue(ticket.activity_ids.user_id)
        self.assertNotIn(self.second_engineer, ticket.activity_ids.user_id)
        self.assertTrue(all(ticket.activity_ids.user_id.mapped("active")))

    def test_a_breach_is_told_to_somebody_who_is_here(self):
        ticket = self._report("urgent", user_id=self.second_engineer.id)
        self.second_engineer.active = False
        self.dispatcher.active = False
        known = ticket.activity_ids
        with freeze_time(REPORTED + timedelta(hours=1)):
            self.env["helpdesk.ticket"]._om_watch(1000)
            self.env.flush_all()
        told = (ticket.activity_ids - known).user_id
        self.assertTrue(told)
        self.assertTrue(all(told.mapped("active")))
