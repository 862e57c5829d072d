from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.om_assets.engine.fault_report import FaultReport
from odoo.addons.om_assets.tests.test_device_label import PNG

from .ticket_common import TicketCommon


@tagged("post_install", "-at_install")
class TestFaultHooks(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.env["maintenance.equipment"].create(
            {"name": "Camera 7", "system_id": cls.system.id}
        )

    def _finding(self, **values):
        request = self.env["maintenance.request"].create(
            {
                "name": "Inspection",
                "maintenance_type": "preventive",
                "system_id": self.system.id,
                "is_inspection": True,
                "inspection_scope": "hardware",
                "inspection_date": "2026-03-10",
                "inspection_deadline": "2026-03-31",
                "user_id": self.engineer.id,
            }
        )
        request.action_start_inspection()
        return self.env["om.inspection.result"].create(
            {
                "request_id": request.id,
                "name": "Picture",
                "result": "fail",
                "note": "dark",
                **values,
            }
        )

    def test_one_finding_one_ticket(self):
        finding = self._finding()
        finding.action_open_fault()
        ticket = finding.ticket_id
        self.assertEqual(ticket.system_id, self.system)
        self.assertEqual(
            ticket.channel_id,
            self.env.ref("om_helpdesk.helpdesk_ticket_channel_inspection"),
        )
        self.assertTrue(ticket.fix_deadline)
        finding.action_open_fault()
        self.assertEqual(self._tickets(), ticket)
        # The next inspection finds it again: still the same fault.
        again = self._finding()
        again.action_open_fault()
        self.assertEqual(again.ticket_id, ticket)
        self.assertEqual(self._tickets(), ticket)

    def test_the_engineers_own_finding_is_his(self):
        finding = self._finding()
        finding.with_user(self.engineer).action_open_fault()
        self.assertEqual(finding.ticket_id.user_id, self.engineer)
        self.assertEqual(finding.ticket_id.state, "dispatched")
        # A dispatcher who looks at the findings repairs nothing.
        other = self._finding(name="Sound")
        other.with_user(self.dispatcher).action_open_fault()
        self.assertFalse(other.ticket_id.user_id)

    def _tickets(self):
        return self.env["helpdesk.ticket"].search([("system_id", "=", self.system.id)])

    def test_label(self):
        report = FaultReport("乙01", "ext. 8801", "no picture since morning")
        Request = self.env["maintenance.request"]
        public = self.env.ref("base.public_user")
        request = Request.with_user(public)._report_through_label(self.device, report)
        ticket = self._tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(request.sudo().ticket_id, ticket)
        self.assertEqual(ticket.equipment_ids, self.device)
        self.assertEqual(ticket.partner_name, "乙01")
        self.assertIn("no picture", ticket.description)
        Request.with_user(public)._report_through_label(self.device, report)
        self.assertEqual(self._tickets(), ticket)

    def test_who_reported_by_a_label_says_that_it_is_not_repaired(self):
        public = self.env.ref("base.public_user")
        Request = self.env["maintenance.request"].with_user(public)
        report = FaultReport("乙01", "yi01@example.com", "no picture since morning")
        fault = Request._report_through_label(self.device, report, "192.0.2.7", [PNG])
        ticket = fault.ticket_id
        self.assertEqual(ticket.partner_email, "yi01@example.com")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(len(files), 1, "the photo is the ticket's")
        facts = fault._get_followed_facts()
        self.assertEqual(facts["number"], ticket.number)
        self.assertFalse(facts["may_object"])
        with self.assertRaises(UserError):
            fault._object("still dark")
        ticket.with_user(self.manager)._om_act("fixed")
        self.env.invalidate_all()
        facts = fault._get_followed_facts()
        self.assertTrue(facts["may_object"])
        self.assertEqual(facts["state"], ticket._om_label("state"))
        fault.with_user(public).sudo()._object("still <b>dark</b>")
        self.assertIn("still &lt;b&gt;dark", ticket.message_ids[0].body)
        self.assertTrue(ticket.activity_ids, "somebody reads it")
        self.assertEqual(ticket.state, "fixed", "it is no word of the unit")
        for _each in range(2):
            fault.with_user(public).sudo()._object("and again")
        with self.assertRaisesRegex(UserError, "telephone"):
            fault.with_user(public).sudo()._object("and again")

    def test_the_request_follows_the_ticket(self):
        finding = self._finding()
        finding.action_open_fault()
        ticket, fault = finding.ticket_id, finding.fault_id
        self.assertFalse(fault.stage_id.done)
        ticket.with_user(self.manager)._om_act("fixed")
        self.assertTrue(fault.stage_id.done)
        ticket.with_user(self.manager)._om_act("reopened", reason="dark again")
        self.assertFalse(fault.stage_id.done)

    def test_report_buttons_open_a_ticket(self):
        action = self.env["maintenance.request"]._get_report_fault_action(
            self.system, self.device
        )
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        self.assertEqual(action["context"]["default_system_id"], self.system.id)
        loose = self.env["maintenance.equipment"].create({"name": "Ladder"})
        action = self.env["maintenance.request"]._get_report_fault_action(
            self.env["om.system"], loose
        )
        self.assertEqual(action["res_model"], "maintenance.request")

    def test_open_count(self):
        self.assertEqual(self.system.ticket_open_count, 0)
        self._report("general")
        self.env.invalidate_all()
        self.assertEqual(self.system.ticket_open_count, 1)
