from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .ticket_common import TicketCommon, after


@tagged("post_install", "-at_install")
class TestTicketHanding(TicketCommon):
    """Who holds a ticket hands it over; who was sent refuses it, with the reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Each is told in the own language.
        cls.dispatcher.lang = "en_US"

    def _sent(self, **values):
        ticket = self._report("urgent", **values)
        self._at(after(minutes=2), ticket, "write", self.dispatcher, self._to_engineer)
        return ticket

    @property
    def _to_engineer(self):
        return {"user_id": self.engineer.id}

    def _dialog(self, ticket, method, **values):
        """Fill in the dialog of a button as the engineer, and confirm it."""
        own = ticket.with_user(self.engineer)
        action = getattr(own, method)()
        Act = self.env["om.ticket.act"].with_user(self.engineer)
        with freeze_time(after(minutes=5)):
            form = Form(Act.with_context(**action["context"]))
            for name, value in values.items():
                form[name] = value
            result = form.save().action_confirm()
            self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _line(self, ticket):
        return ticket.act_ids.sorted("position")[-1]

    def test_handed_over_to_a_colleague(self):
        ticket = self._sent()
        self._at(after(minutes=3), ticket, "action_take")
        self._dialog(
            ticket, "action_hand_over", user_id=self.second_engineer, reason="on site"
        )
        self.assertEqual(ticket.user_id, self.second_engineer)
        # Another hand is no other clock.
        self.assertEqual(ticket.responded_at, after(minutes=3))
        self.assertEqual(ticket.state, "progress")
        line = self._line(ticket)
        self.assertEqual(
            (line.act, line.reason, line.user_id),
            ("handed_over", "on site", self.engineer),
        )
        told = self.env["mail.message"].search(
            [("model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        told = told.filtered(lambda each: "Handed over" in (each.subject or ""))
        self.assertEqual(told.notified_partner_ids, self.dispatcher.partner_id)

    def test_refused_with_a_reason_it_waits_to_be_sent_again(self):
        ticket = self._sent()
        deadline = ticket.respond_deadline
        with self._refused("reason"):
            self._dialog(ticket, "action_refuse")
        self._dialog(ticket, "action_refuse", reason="in another town")
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.state, "dispatched")
        self.assertEqual(ticket.respond_deadline, deadline)
        self.assertEqual(ticket.dispatched_at, after(minutes=2), "that stays a fact")
        self.assertEqual(self._line(ticket).act, "refused")
        task = ticket.activity_ids.filtered(
            lambda each: each.user_id == self.dispatcher and "refused" in each.summary
        )
        self.assertIn("in another town", task.note)
        # On the board it is to be sent, and a colleague may take it.
        Ticket = self.env["helpdesk.ticket"].with_user(self.dispatcher)
        with freeze_time(after(minutes=6)):
            columns = {
                column["key"]: [card["id"] for card in column["cards"]]
                for column in Ticket.get_board(1000)["columns"]
            }
        self.assertIn(ticket.id, columns["new"])
        self.assertNotIn(ticket.id, columns["running"] + columns["late"])
        self._at(after(minutes=7), ticket, "action_take", self.second_engineer)
        self.assertEqual(ticket.user_id, self.second_engineer)

    def test_what_a_stranger_to_the_team_gives_away_is_out_of_sight(self):
        """Both acts end well where the engineer does not read the ticket afterwards."""
        team = self.env["helpdesk.ticket.team"].create({"name": "Others"})
        for method, values in (
            ("action_refuse", {"reason": "no tools"}),
            ("action_hand_over", {"user_id": self.second_engineer}),
        ):
            ticket = self._sent(team_id=team.id)
            result = self._dialog(ticket, method, **values)
            self.assertFalse(ticket.with_user(self.engineer).has_access("read"))
            self.assertEqual(result["res_model"], "helpdesk.ticket")

    def test_nobody_gives_away_what_is_another_ones(self):
        ticket = self._sent()
        for method, args in (
            ("_om_hand_over", (self.engineer,)),
            ("_om_refuse", ("x",)),
        ):
            with self._refused("Only whoever holds"):
                self._at(after(minutes=5), ticket, method, self.second_engineer, *args)
        for user, words in (
            (self.engineer, "colleague"),
            (self.env["res.users"], "colleague"),
            (self._create_user("auditor"), "no engineer"),
        ):
            with self._refused(words):
                self._at(after(minutes=5), ticket, "_om_hand_over", self.engineer, user)
        self._at(after(minutes=5), ticket, "action_take")
        with self.assertRaises(UserError, msg="who has accepted hands it over"):
            self._at(after(minutes=6), ticket, "_om_refuse", self.engineer, "x")

    def test_by_telephone_without_network(self):
        field = self.env["om.field"].with_user(self.engineer)

        def take(ticket, kind, **values):
            at = after(minutes=5)
            with freeze_time(after(minutes=25)):
                field._take(
                    {
                        "uid": self.engineer.id,
                        "doc": "ticket",
                        "id": ticket.id,
                        "kind": kind,
                        "values": values,
                        "at": f"{at.isoformat()}Z",
                        "sent": f"{after(minutes=25).isoformat()}Z",
                        "difference": 0,
                    }
                )
                self.env.flush_all()
            self.env.invalidate_all()

        refused, given = self._sent(), self._sent()
        take(refused, "refuse", reason="停电")
        take(given, "hand_over", user=self.second_engineer.id, reason="")
        self.assertEqual(given.user_id, self.second_engineer)
        for ticket, act, reason in (
            (refused, "refused", "Recorded offline: 停电"),
            (given, "handed_over", "Recorded offline"),
        ):
            line = self._line(ticket)
            self.assertEqual((line.act, line.reason), (act, reason))
            self.assertEqual(line.happened_at, after(minutes=5))

    def test_labels_of_the_devices(self):
        ticket = self._report("urgent")
        with self._refused("devices first"):
            ticket.action_print_labels()
        ticket.equipment_ids = self.env["maintenance.equipment"].create(
            {"name": "Camera", "system_id": self.system.id}
        )
        action = ticket.with_user(self.engineer).action_print_labels()
        self.assertEqual(action["report_name"], "om_assets.maintenance_equipment_label")

    def test_one_sentence_is_a_ticket(self):
        """The title comes from the content, and the contact from the unit."""
        self.unit.write({"phone": "010-00000001"})
        form = Form(self.env["helpdesk.ticket"].with_user(self.dispatcher))
        form.system_id = self.system
        form.description = "<p>大厅屏幕不亮</p><p>今早开始</p>"
        self.assertEqual(form.name, "大厅屏幕不亮")
        self.assertEqual(form.partner_id, self.unit)
        self.assertEqual(form.partner_phone, "010-00000001")
        form.name = "屏幕不亮"
        form.description = ""
        ticket = form.save()
        self.assertEqual(ticket.name, "屏幕不亮")

    def test_two_dispatchers_the_second_reads_who_was_first(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.manager.lang = "zh_CN"
        ticket = self._sent()
        told = []
        self.patch(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, name, payload: told.append((user, name, payload)),
        )
        other = {"user_id": self.second_engineer.id}
        # The same again, or by whoever was first, is no news.
        self._at(after(minutes=3), ticket, "write", self.manager, self._to_engineer)
        self._at(after(minutes=3), ticket, "write", self.dispatcher, other)
        self.assertEqual(told, [])
        self._at(after(minutes=4), ticket, "write", self.manager, self._to_engineer)
        [(user, name, payload)] = told
        self.assertEqual((user, name), (self.manager, "simple_notification"))
        for word in (self.dispatcher.name, self.second_engineer.name, "改派"):
            self.assertIn(word, payload["message"])
        self.assertEqual(ticket.user_id, self.engineer)
        # Half an hour later it is a decision.
        self._at(after(minutes=40), ticket, "write", self.dispatcher, other)
        self.assertEqual(len(told), 1)
