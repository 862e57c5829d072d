from unittest.mock import patch

from lxml import etree

from odoo import modules
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import PNG, SparesCommon


@tagged("post_install", "-at_install")
class TestSpareRequest(SparesCommon):
    def test_no_text_message_leaves_by_a_foreign_gateway(self):
        self.system.unit_id.phone = "010-0000-0000"
        self.env.company.stock_text_confirmation = True
        request = self._request(self.camera_quota)
        self._confirm(request)
        pickings = type(self.env["stock.picking"])
        with (
            # Odoo sends none while it is tested.
            patch.object(modules.module, "current_test", False),
            # There where Odoo's text messages are installed.
            patch.object(pickings, "_message_sms_with_template", create=True) as sent,
        ):
            request.with_user(self.clerk).action_issue(self.lots[:1])
        self.assertEqual(request.state, "issued")
        sent.assert_not_called()

    def test_a_part_is_asked_for_on_the_ticket(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "卡口离线", "description": "x", "system_id": self.system.id}
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "om_stock_spares.om_spare_request_action_new"
        )
        view = ticket.with_user(self.engineer).get_view(
            self.env.ref("om_helpdesk.helpdesk_ticket_view_form").id, "form"
        )
        pressed = etree.fromstring(view["arch"]).xpath(
            f"//button[@type='action'][@name='{action['id']}']"
        )
        self.assertEqual(len(pressed), 2, "above, and with the thumb's buttons")
        context = safe_eval(action["context"], {"active_id": ticket.id})
        requests = self.env["om.spare.request"].with_user(self.engineer)
        with Form(requests.with_context(**context)) as form:
            self.assertEqual(form.ticket_id, ticket)
            self.assertEqual(form.system_id, self.system)
            form.quota_id = self.camera_quota
            self.assertEqual(form.product_id, self.camera_quota.product_id)
            form.beyond_repair = "主板击穿"
            form.repair_tried = "换电源无效"
        self.assertEqual(form.record.ticket_id, ticket)

    def test_what_is_missing_is_told_before_it_is_asked_for(self):
        request = self._request(photo_ids=False, repair_tried="  ")
        self.env["res.lang"]._activate_lang("en_US")
        self.assertEqual(
            request.with_context(lang="en_US").missing,
            "which repair was tried and a photo",
        )
        view = etree.fromstring(request.get_view(view_type="form")["arch"])
        button = view.find(".//button[@name='action_ask']")
        self.assertIn("missing", button.get("invisible"))
        with self.assertRaises(UserError):
            request.action_ask()
        request.write(
            {
                "repair_tried": "换电源",
                "photo_ids": [(0, 0, {"name": "x.png", "datas": PNG})],
            }
        )
        self.assertFalse(request.missing)
        request.action_ask()
        self.assertEqual(request.state, "asked")

    def test_from_fault_to_settlement(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "卡口离线", "description": "x", "system_id": self.system.id}
        )
        request = self._request(self.camera_quota, ticket_id=ticket.id)
        request.action_ask()
        self.assertEqual(ticket.pause_ids.kind, "spare")
        self.assertFalse(ticket.pause_ids.date_to)
        self.assertEqual(self._counters(self.camera_quota), (0, 0, 3))
        request.with_user(self.overseer).action_confirm()
        self.assertEqual(request.state, "asked")
        with self.assertRaises(UserError):
            request.with_user(self.clerk).action_issue(self.lots[:1])
        request.with_user(self.buyer).action_confirm()
        request.invalidate_recordset()
        self.assertEqual(request.state, "confirmed")
        self.assertTrue(ticket.pause_ids.date_to, "the clock of the fault runs again")
        self.assertEqual(self._counters(self.camera_quota), (0, 1, 2))
        request.with_user(self.clerk).action_issue(self.lots[:1])
        self.assertEqual(request.state, "issued")
        self.assertEqual(self._counters(self.camera_quota), (1, 0, 2))
        self.assertEqual(request.serial_numbers, "NEW-1")
        request._install()
        self.assertEqual(request.state, "installed")
        part = request.dismantled_ids
        self.assertEqual(
            (part.name, part.serial_no, part.place, part.reason),
            ("卡口摄像机 07", "OLD-07", "东门", "主板击穿"),
        )
        self.assertEqual(part.location_id, self.warehouse.dismantled_location_id)
        self.assertEqual(self.device.om_state, "removed")
        new = request.sudo().new_equipment_ids
        self.assertEqual((new.serial_no, new.system_id), ("NEW-1", self.system))
        self.assertEqual(self.camera_quota.amount_used, 1500.0)

    def test_asking_needs_what_the_parties_judge_by(self):
        for values, word in (
            ({"beyond_repair": " "}, "repaired"),
            ({"repair_tried": False}, "tried"),
            ({"photo_ids": False}, "photo"),
        ):
            with self.assertRaisesRegex(UserError, word):
                self._request(**values).action_ask()
        with self.assertRaisesRegex(UserError, "cap"):
            self._request(quantity=8).action_ask()

    def test_each_party_answers_once_and_for_itself(self):
        request = self._request()
        request.action_ask()
        with self.assertRaises(AccessError):
            request.with_user(self.manager).action_confirm()
        other = self._create_company("别的采购人", "purchaser")
        stranger = self.env["res.partner"].create(
            {"name": "乙 x", "parent_id": other.id}
        )
        outsider = self.env["res.users"].create(
            {
                "login": "outsider",
                "partner_id": stranger.id,
                "group_ids": [
                    (6, 0, self.env.ref("om_base.group_portal_purchaser").ids)
                ],
            }
        )
        with self.assertRaises(AccessError):
            request.with_user(outsider).action_confirm()
        request.with_user(self.buyer).action_confirm()
        with self.assertRaisesRegex(UserError, "already"):
            request.with_user(self.buyer).action_confirm()
        self.assertEqual(request.purchaser_state, "confirmed")
        self.assertEqual(request.supervisor_state, "waiting")

    def test_a_refusal_ends_it(self):
        request = self._request()
        request.action_ask()
        with self.assertRaises(UserError):
            request.with_user(self.buyer).action_refuse("  ")
        request.with_user(self.buyer).action_refuse("还能修")
        self.assertEqual(request.state, "refused")
        with self.assertRaises(UserError):
            request.with_user(self.overseer).action_confirm()
        self.assertEqual(self._counters(self.lamp_quota), (0, 0, 7))

    def test_the_cap_is_reserved_with_the_second_answer(self):
        first, second = self._request(quantity=5), self._request(quantity=5)
        self._confirm(first)
        with self.assertRaisesRegex(UserError, "5 reserved|are used"):
            second.action_ask()
        self.assertEqual(self._counters(self.lamp_quota), (0, 5, 2))
        first.action_cancel("不再需要")
        self.assertEqual(self._counters(self.lamp_quota), (0, 0, 7))

    def test_a_cap_used_up_meanwhile_confirms_nothing(self):
        first, second = self._request(quantity=5), self._request(quantity=5)
        second.action_ask()
        second.with_user(self.buyer).action_confirm()
        self._confirm(first)
        with self.assertRaisesRegex(UserError, "cap"), self.cr.savepoint():
            second.with_user(self.overseer).action_confirm()
        second.invalidate_recordset()
        self.assertEqual(second.state, "asked")
        self.assertEqual(second.supervisor_state, "waiting")

    def test_unused_parts_come_back(self):
        request = self._request(quantity=2)
        self._confirm(request)
        request.with_user(self.clerk).action_issue()
        self.assertEqual(self._counters(self.lamp_quota), (2, 0, 5))
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.clerk)
            .with_context(
                active_id=request.sudo().picking_ids.id, active_model="stock.picking"
            )
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.picked = True
        back.with_user(self.clerk).button_validate()
        self.assertEqual(back.state, "done")
        self.assertEqual(self._counters(self.lamp_quota), (1, 0, 6))
        self.assertEqual(request.used_qty, 1)

    def test_some_of_the_parts_come_back(self):
        """On the request itself: of two lamps one is used, the other one returns."""
        request = self._request(quantity=3)
        self._confirm(request)
        mine = request.with_user(self.clerk)
        mine.action_issue()
        Return = self.env["om.spare.return"].with_user(self.clerk)
        form = Form(Return.with_context(active_id=request.id))
        self.assertEqual((form.quantity, form.used_qty), (3, 3))
        for wrong in (0, 4):
            form.quantity = wrong
            with self.assertRaisesRegex(UserError, request.name):
                form.save().action_return()
        form.quantity = 2
        form.save().action_return()
        self.assertEqual(self._counters(self.lamp_quota), (1, 0, 6))
        self.assertEqual((request.used_qty, request.state), (1, "issued"))
        mine.action_return()
        self.assertEqual(self._counters(self.lamp_quota), (0, 0, 7))

    def test_the_serial_number_that_comes_back_is_chosen(self):
        request = self._request(self.camera_quota, quantity=2)
        self._confirm(request)
        request.with_user(self.clerk).action_issue(self.lots[:2])
        Return = self.env["om.spare.return"].with_user(self.clerk)
        form = Form(Return.with_context(active_id=request.id))
        self.assertEqual(form.lot_ids.ids, self.lots[:2].ids)
        form.lot_ids.remove(id=self.lots[0].id)
        self.assertEqual(form.quantity, 1)
        wizard = form.save()
        self.assertEqual(wizard.choice_ids, self.lots[:2])
        with self.assertRaisesRegex(UserError, "serial number"):
            request.with_user(self.clerk).action_return(2, self.lots[1])
        wizard.action_return()
        self.assertEqual(request.sudo()._get_used_lots()[request], self.lots[0])
        self.assertEqual(self.lots[1].product_qty, 1)
        self.assertEqual(self._counters(self.camera_quota), (1, 0, 2))

    def test_an_emergency_goes_first_and_is_confirmed_later(self):
        request = self._request()
        with freeze_time("2026-10-02 04:00:00"):
            with self.assertRaisesRegex(UserError, "key period"):
                request.with_user(self.manager).action_issue_emergency()
            self.env["om.key.period"].create(
                {
                    "name": "国庆重保",
                    "agreement_id": self.contract.id,
                    "date_start": "2026-10-01",
                    "date_end": "2026-10-07",
                }
            )
            request.with_user(self.manager).action_issue_emergency()
        self.assertEqual(self._counters(self.lamp_quota), (1, 0, 6))
        self.assertTrue(request.is_unconfirmed)
        found = self.env["om.spare.request"].search([("is_unconfirmed", "=", True)])
        self.assertIn(request.id, found.ids)
        request.with_user(self.buyer).action_confirm()
        request.with_user(self.overseer).action_confirm()
        request.invalidate_recordset()
        self.assertFalse(request.is_unconfirmed)
        self.assertEqual(request.state, "issued")
        self.assertEqual(self._counters(self.lamp_quota), (1, 0, 6))

    def test_only_judged_products_replace_a_part(self):
        other = self._create_product("别的补光灯")
        with self.assertRaises(ValidationError):
            self._request(product_id=other.id)
        judgement = self.env["om.spare.compatibility"].create(
            {
                "quota_id": self.lamp_quota.id,
                "product_id": other.id,
                "line_ids": [
                    (0, 0, {"name": "功率", "deviation": "positive"}),
                    (0, 0, {"name": "色温", "deviation": "negative"}),
                ],
            }
        )
        with self.assertRaises(ValidationError):
            self._request(product_id=other.id)
        judgement.line_ids[1].deviation = "none"
        self.assertEqual(self._request(product_id=other.id).product_id, other)

    def test_the_warehouse_stands_in_the_district(self):
        far = self.env["stock.warehouse"].create(
            {"name": "外区库", "code": "WQ", "district_code": "110105"}
        )
        with self.assertRaisesRegex(ValidationError, "110113"):
            self.list.warehouse_id = far

    def test_counters_and_answers_are_not_written_by_hand(self):
        request = self._request()
        for records, vals in (
            (self.lamp_quota.with_user(self.manager), {"used": 0, "reserved": -3}),
            (request.with_user(self.manager), {"state": "confirmed"}),
            (request.with_user(self.engineer), {"issued_qty": 1}),
        ):
            with self.assertRaises(UserError):
                records.write(vals)
        request.action_ask()
        with self.assertRaisesRegex(UserError, "not changed by hand"):
            request.quantity = 3
        with self.assertRaises(UserError):
            self.env["om.spare.confirmation"].with_user(self.manager).create(
                {
                    "request_id": request.id,
                    "party": "purchaser",
                    "decision": "confirmed",
                    "user_id": self.manager.id,
                }
            )

    def test_counters_equal_the_requests(self):
        for quantity in (1, 2):
            self._confirm(self._request(quantity=quantity))
        issued = self._request(quantity=3)
        self._confirm(issued)
        issued.with_user(self.clerk).action_issue()
        requests = self.env["om.spare.request"].search(
            [("quota_id", "=", self.lamp_quota.id)]
        )
        used = sum(requests.mapped("used_qty"))
        reserved = sum(
            request.quantity - request.used_qty
            for request in requests
            if request.state == "confirmed"
        )
        self.assertEqual(self._counters(self.lamp_quota)[:2], (used, reserved))
        self.assertEqual((used, reserved), (3, 3))

    def test_the_clerk_scans_and_issues(self):
        self.env["res.lang"]._activate_lang("en_US")
        request = self._request(self.camera_quota, quantity=2)
        self._confirm(request)
        Clerk = self.env["om.spare.request"].with_user(self.clerk)
        answer = Clerk.scan(f" {request.name.lower()} ")
        self.assertEqual(answer["kind"], "request")
        facts = answer["requests"][0]
        self.assertEqual(facts["missing"], "")
        self.assertEqual(
            facts["cap"],
            {
                "cap": 3,
                "swap_in": 0,
                "swap_out": 0,
                "allowed": 3,
                "used": 0,
                "reserved": 2,
                "remaining": 1,
            },
        )
        answer = Clerk.scan("NEW-2")
        self.assertEqual(answer["lot"]["name"], "NEW-2")
        self.assertEqual([row["id"] for row in answer["requests"]], request.ids)
        self.assertEqual(Clerk.scan("nothing")["kind"], "none")
        mine = request.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "X-1"):
            mine.clerk_issue(["X-1"])
        with self.assertRaisesRegex(UserError, "serial"), self.cr.savepoint():
            mine.clerk_issue(["NEW-1"])
        self.assertEqual(mine.clerk_issue(["NEW-1", "NEW-2"])["state"], "issued")
        self.assertEqual(
            request.with_context(lang="en_US").serial_numbers, "NEW-1 and NEW-2"
        )
        self.assertNotIn(request.id, [row["id"] for row in Clerk.get_clerk_list()])
