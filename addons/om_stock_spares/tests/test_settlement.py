import re
from io import BytesIO

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SparesCommon


@tagged("post_install", "-at_install")
class TestSpareSettlement(SparesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._create_user("procurement")
        cls.auditor = cls._create_user("auditor")

    def _use(self, quota=None, quantity=1, lots=None, **values):
        """A part the whole way: asked, confirmed, issued, installed."""
        request = self._request(quota, quantity, **values)
        self._confirm(request)
        request.with_user(self.clerk).action_issue(lots)
        request._install()
        return request

    def _settle(self):
        action = self.list.with_user(self.officer).action_settle()
        return (
            self.env["om.spare.settlement"]
            .browse(action["res_id"])
            .with_user(self.officer)
        )

    def _emergency(self, install=True):
        request = self._request()
        with freeze_time("2026-10-02 04:00:00"):
            self.env["om.key.period"].create(
                {
                    "name": "国庆重保",
                    "agreement_id": self.contract.id,
                    "date_start": "2026-10-01",
                    "date_end": "2026-10-07",
                }
            )
            request.with_user(self.manager).action_issue_emergency()
        if install:
            request._install()
        return request

    # ------------------------------------------------------------
    # From the fault to the settlement
    # ------------------------------------------------------------

    def test_from_fault_to_settlement_line(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "卡口离线", "description": "x", "system_id": self.system.id}
        )
        request = self._request(self.camera_quota, ticket_id=ticket.id)
        request.action_ask()
        self.assertFalse(ticket.pause_ids.date_to, "the fault waits for the part")
        request.with_user(self.overseer).action_confirm()
        request.with_user(self.buyer).action_confirm()
        request.invalidate_recordset()
        request.with_user(self.clerk).action_issue(self.lots[1])
        request._install()
        settlement = self._settle()
        camera, lamp = settlement.line_ids
        self.assertEqual(
            (camera.cap, camera.used, camera.settled, camera.price_unit, camera.amount),
            (3, 1, 1, 1500.0, 1500.0),
        )
        self.assertEqual((lamp.used, lamp.amount), (0, 0.0))
        self.assertEqual(settlement.amount_total, 1500.0)
        self.env["res.lang"]._activate_lang("zh_CN")
        words = settlement.with_context(lang="zh_CN").amount_words
        self.assertEqual(words, "壹仟伍佰元整")
        issue = settlement.issue_ids
        self.assertEqual(issue.line_id, camera)
        self.assertEqual(
            (issue.name, issue.ticket, issue.system, issue.unit),
            (request.name, ticket.number, "智慧社区", "用户单位"),
        )
        self.assertEqual(
            (issue.purchaser_by, issue.supervisor_by),
            (self.buyer.name, self.overseer.name),
        )
        answers = {a.party: a.decided_at for a in request.confirmation_ids}
        self.assertEqual(issue.purchaser_on, answers["purchaser"])
        self.assertEqual(issue.supervisor_on, answers["supervisor"])
        self.assertEqual(
            (
                issue.removed,
                issue.removed_serial,
                issue.removed_place,
                issue.new_serials,
            ),
            ("卡口摄像机 07", "OLD-07", "东门", "NEW-2"),
        )
        self.assertEqual((issue.photo_count, issue.issued, issue.returned), (1, 1, 0))
        self.assertEqual(request.settlement_line_id, camera)
        unit = settlement.unit_ids
        self.assertEqual(
            (unit.unit_id, unit.settled, unit.amount), (self.unit, 1, 1500)
        )
        settlement.action_submit()
        self.assertEqual((settlement.state, self.list.state), ("submitted", "settling"))
        settlement.with_user(self.overseer).action_confirm()
        settlement.invalidate_recordset()
        self.assertEqual(settlement.confirmed_by_id, self.overseer)
        self.assertEqual(self.list.state, "settled")
        self.assertEqual(self.contract.amount_spares, 0.0, "not closed yet")
        settlement.action_close()
        self.assertEqual(settlement.state, "closed")
        # One camera at 1,500.00 comes into the contract's settlement.
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.amount_spares, 1500.0)
        sheet = self.contract._get_calculation()
        told = [step for step in sheet.steps if settlement.name in step.note]
        self.assertEqual(len(told), 1)
        self.assertIn("1,500.00", told[0].value)

    def test_each_refusal(self):
        """Nothing that is not settled for good reaches the supervisor."""
        settlement = self._settle()
        asked = self._request()
        asked.action_ask()
        with self.assertRaisesRegex(UserError, re.escape(asked.name)):
            settlement.action_submit()
        asked.with_user(self.buyer).action_confirm()
        asked.with_user(self.overseer).action_confirm()
        asked.invalidate_recordset()
        with self.assertRaisesRegex(UserError, re.escape(asked.name)):
            settlement.action_submit()
        asked.with_user(self.clerk).action_issue()
        with self.assertRaisesRegex(UserError, re.escape(asked.name)):
            settlement.action_submit()
        asked._install()
        urgent = self._emergency()
        settlement.invalidate_recordset()
        self.assertIn(urgent.name, settlement.obstacles)
        with self.assertRaisesRegex(UserError, re.escape(urgent.name)):
            settlement.action_submit()
        self.assertEqual((settlement.state, self.list.state), ("draft", "active"))
        urgent.with_user(self.buyer).action_confirm()
        urgent.with_user(self.overseer).action_confirm()
        settlement.action_submit()
        self.assertEqual(settlement.amount_total, 600.0, "drawn up anew")
        for user in (self.officer, self.manager, self.buyer):
            with self.assertRaises(AccessError):
                settlement.with_user(user).action_confirm()
        with self.assertRaises(UserError):
            settlement.with_user(self.overseer).action_refuse(" ")
        with self.assertRaises(UserError):
            settlement.action_close()

    def test_an_emergency_refused_afterwards_is_not_settled(self):
        urgent = self._emergency()
        urgent.with_user(self.buyer).action_refuse("未经同意")
        self._use(self.lamp_quota, 2)
        settlement = self._settle()
        settlement.action_submit()
        lamp = settlement.line_ids[1]
        self.assertEqual((lamp.used, lamp.settled, lamp.amount), (3, 2, 600.0))
        refused = settlement.issue_ids.filtered("is_refused")
        self.assertEqual((refused.request_id, refused.amount), (urgent, 0.0))

    def test_returned_parts_are_shown_and_not_paid(self):
        request = self._request(self.camera_quota, 2)
        self._confirm(request)
        request.with_user(self.clerk).action_issue(self.lots[:2])
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
        back.move_ids.lot_ids = self.lots[0]
        back.move_ids.picked = True
        back.with_user(self.clerk).button_validate()
        request.invalidate_recordset()
        request._install()
        self.assertEqual(
            request.sudo().new_equipment_ids.mapped("serial_no"), ["NEW-2"]
        )
        settlement = self._settle()
        issue = settlement.issue_ids
        self.assertEqual(
            (issue.issued, issue.returned, issue.used, issue.new_serials),
            (2, 1, 1, "NEW-2"),
        )
        self.assertEqual(settlement.amount_total, 1500.0)

    def test_not_priced_is_said(self):
        self.lamp_quota.price_unit = 0
        self._use(self.lamp_quota, 2)
        settlement = self._settle()
        lamp = settlement.line_ids[1]
        self.assertFalse(lamp.is_priced)
        self.assertNotIn("0.00", lamp.price_text + lamp.amount_text)
        self.assertEqual((settlement.unpriced_count, settlement.amount_total), (1, 0.0))
        self.assertEqual(settlement.unit_ids.unpriced, 2)

    def test_swaps_are_shown(self):
        swap = self.env["om.spare.swap"].create(
            {
                "list_id": self.list.id,
                "reason": "卡口摄像机用不完",
                "line_ids": [
                    (0, 0, {"side": "given", "quota_id": self.camera_quota.id}),
                    (
                        0,
                        0,
                        {
                            "side": "taken",
                            "quota_id": self.lamp_quota.id,
                            "quantity": 5,
                        },
                    ),
                ],
            }
        )
        swap.action_ask()
        swap.with_user(self.buyer).action_agree()
        settlement = self._settle()
        camera, lamp = settlement.line_ids
        self.assertEqual((camera.swap_out, camera.allowed), (1, 2))
        self.assertEqual((lamp.swap_in, lamp.allowed), (5, 12))
        self.assertIn(f"{swap.name} (+5)", lamp.swap_note)
        swap.invalidate_recordset()
        self.assertEqual(swap.settlement_line_ids, camera | lamp)

    # ------------------------------------------------------------
    # Frozen
    # ------------------------------------------------------------

    def test_while_submitted_nothing_changes(self):
        used = self._use(self.lamp_quota, 2)
        late = self._request()
        settlement = self._settle()
        settlement.action_submit()
        with self.assertRaises(UserError):
            late.action_ask()
        with self.assertRaisesRegex(UserError, re.escape(self.list.name)):
            self.lamp_quota._book(used=-1)
        for vals in ({"price_unit": 1}, {"cap": 1}, {"name": "x"}):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.lamp_quota.write(vals)
        self.assertTrue(self.lamp.is_listed_spare, "guarded as before")
        other = self.list.copy({"name": "另一清单"})
        for vals in ({"note": "x"}, {"list_id": other.id}, {"amount_total": 1.0}):
            with self.assertRaises(UserError):
                settlement.write(vals)
        with self.assertRaises(UserError):
            settlement.action_draw_up()
        with self.assertRaises(UserError):
            settlement.unlink()
        for user in (self.officer, self.manager):
            with self.assertRaises(AccessError):
                settlement.line_ids.with_user(user).write({"amount": 1})
            with self.assertRaises(AccessError):
                settlement.issue_ids.with_user(user).unlink()
        used.sudo().product_id.name = "别的名字"
        self.assertEqual(settlement.line_ids[1].name, "补光灯(配套闪光灯)")

    def test_settled_parts_do_not_come_back(self):
        request = self._use(self.lamp_quota, 2)
        self._settle().action_submit()
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
        with self.assertRaisesRegex(UserError, re.escape(request.name)):
            back.with_user(self.clerk).button_validate()

    def test_sent_back_it_can_be_drawn_up_again(self):
        self._use()
        settlement = self._settle()
        settlement.action_submit()
        settlement.with_user(self.overseer).action_refuse("数量不符")
        settlement.invalidate_recordset()
        self.assertEqual((settlement.state, self.list.state), ("draft", "active"))
        self.assertIn("数量不符", settlement.message_ids[0].body)
        self._use(quantity=3)
        settlement.action_submit()
        self.assertEqual(settlement.amount_total, 1200.0)
        settlement.action_withdraw()
        self.assertEqual((settlement.state, self.list.state), ("draft", "active"))

    def test_one_settlement_for_a_list(self):
        first = self._settle()
        self.assertEqual(self._settle(), first)
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):  # noqa: B017
            with self.cr.savepoint():
                self.env["om.spare.settlement"].create({"list_id": self.list.id})

    def test_figures_that_contradict_each_other_are_not_settled(self):
        self._use(quantity=2)
        self.lamp_quota.sudo().used = 3
        with self.assertRaisesRegex(UserError, "补光灯"):
            self._settle()

    # ------------------------------------------------------------
    # Who, how many queries, on paper
    # ------------------------------------------------------------

    def test_who_may(self):
        settlement = self._settle()
        Settlement = self.env["om.spare.settlement"]
        self.assertFalse(
            Settlement.with_user(self.overseer).search([("id", "=", settlement.id)]),
            "drafts are ours",
        )
        for user in (self.engineer, self.clerk, self.auditor):
            self.assertTrue(settlement.with_user(user).read(["amount_total"]))
            with self.assertRaises(AccessError):
                settlement.with_user(user).action_submit()
        settlement.action_submit()
        for user in (self.overseer, self.buyer):
            mine = settlement.with_user(user)
            self.assertTrue(mine.read(["amount_total"]))
            self.assertEqual(len(mine.line_ids), 2)
        unit_user = self._create_party("portal_user_unit", self.unit)
        with self.assertRaises(AccessError):
            settlement.with_user(unit_user).read(["amount_total"])
        other = self._create_company("别的监理", "supervisor")
        contact = self.env["res.partner"].create(
            {"name": "乙 z", "parent_id": other.id}
        )
        stranger = self.env["res.users"].create(
            {
                "login": "spares_other_supervisor",
                "partner_id": contact.id,
                "group_ids": [
                    (6, 0, self.env.ref("om_base.group_portal_supervisor").ids)
                ],
            }
        )
        with self.assertRaises(AccessError):
            settlement.with_user(stranger).action_confirm()
        for model in ("", ".line", ".issue", ".unit"):
            found = self.env[f"om.spare.settlement{model}"].with_user(stranger)
            self.assertFalse(found.search([]))

    def test_queries_do_not_grow_with_the_requests(self):
        settlement = self._settle()
        self.lamp_quota.cap = 60
        counts = []
        # The first has nothing to take the place of.
        for more in (1, 2, 10):
            for _number in range(more):
                self._use(self.lamp_quota)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            settlement.action_draw_up()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 2, counts)

    def test_paper_and_spreadsheet(self):
        self._use(self.camera_quota, lots=self.lots[:1])
        self.lamp_quota.price_unit = 0
        self._use(self.lamp_quota)
        settlement = self._settle()
        settlement.action_submit()
        html = (
            self.env["ir.actions.report"]
            .with_user(self.officer)
            ._render_qweb_html("om_stock_spares.om_spare_settlement", settlement.ids)[0]
            .decode()
        )
        for text in (settlement.name, "NEW-1", "OLD-07", self.buyer.name, "1,500.00"):
            self.assertIn(text, html)
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.officer)
            ._render_xlsx(
                "om_stock_spares.om_spare_settlement_xlsx", settlement.ids, {}
            )
        )
        self.assertEqual(kind, "xlsx")
        book = openpyxl.load_workbook(BytesIO(content), data_only=True)
        parts, units, evidence = book.worksheets
        rows = list(parts.values)
        self.assertEqual((rows[1][10], rows[1][11]), (1500, 1500))
        self.assertIsInstance(rows[2][10], str, "no price is said in words")
        self.assertIsNone(rows[2][11])
        self.assertEqual(rows[3][11], 1500)
        self.assertEqual(list(units.values)[1][2:5], (2, 1, 1500))
        self.assertEqual(evidence.max_row, 4)


@tagged("post_install", "-at_install")
class TestSpareHandover(SparesCommon):
    def _load(self):
        handover = (
            self.env["om.spare.handover"]
            .with_user(self.clerk)
            .create({"agreement_id": self.contract.id})
        )
        handover.action_load_stock()
        return handover

    def test_the_stock_is_listed_with_place_and_serial(self):
        van = self.env["stock.location"].create(
            {
                "name": "一号车",
                "usage": "internal",
                "van_warehouse_id": self.warehouse.id,
            }
        )
        quant = self.env["stock.quant"]
        quant._update_available_quantity(self.lamp, van, 2)
        other = self._create_product("扳手")
        self._stock(other, 5)
        handover = self._load()
        self.assertEqual(
            sorted(
                (
                    line.product_name,
                    line.lot_name or "",
                    line.quantity,
                    line.location_id,
                )
                for line in handover.line_ids
            ),
            sorted(
                [("补光灯", "", 2.0, van), ("补光灯", "", 20.0, self.stock)]
                + [("卡口摄像机", f"NEW-{n}", 1.0, self.stock) for n in range(1, 5)]
            ),
        )
        self.assertEqual(set(handover.line_ids.mapped("condition")), {"new"})

    def test_it_is_confirmed_and_stays(self):
        handover = self._load()
        line = handover.line_ids[0]
        line.write({"condition": "faulty", "note": "外壳裂"})
        quarantine = self.warehouse.quarantine_location_id
        self.env["stock.quant"]._update_available_quantity(self.lamp, quarantine, 1)
        with self.assertRaisesRegex(UserError, re.escape(handover.name)):
            handover.action_submit()
        handover.action_load_stock()
        self.assertEqual((line.condition, line.note), ("faulty", "外壳裂"))
        new = handover.line_ids.filtered(lambda x: x.location_id == quarantine)
        self.assertEqual(new.condition, "unchecked")
        handover.action_submit()
        for records, vals in ((line, {"quantity": 3}), (handover, {"note": "x"})):
            with self.assertRaises(UserError):
                records.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            self.env["om.spare.handover.line"].with_user(self.manager).create(
                {
                    "handover_id": handover.id,
                    "product_id": self.lamp.id,
                    "location_id": quarantine.id,
                }
            )
        with self.assertRaises(AccessError):
            handover.with_user(self.buyer).action_confirm()
        handover.with_user(self.overseer).action_confirm()
        handover.invalidate_recordset()
        self.assertEqual(handover.state, "confirmed")
        with self.assertRaises(UserError):
            handover.action_withdraw()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("om_stock_spares.om_spare_handover", handover.ids)[0]
            .decode()
        )
        for text in (handover.name, "NEW-3", "外壳裂", self.overseer.name):
            self.assertIn(text, html)
        content, _kind = self.env["ir.actions.report"]._render_xlsx(
            "om_stock_spares.om_spare_handover_xlsx", handover.ids, {}
        )
        sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
        self.assertEqual(sheet.max_row, 1 + len(handover.line_ids))

    def test_who_may(self):
        officer = self._create_user("procurement")
        handover = (
            self.env["om.spare.handover"]
            .with_user(officer)
            .create({"agreement_id": self.contract.id})
        )
        handover.action_load_stock()
        self.assertIn("NEW-1", handover.line_ids.mapped("lot_name"))
        auditor = self._create_user("auditor")
        for user in (self.engineer, auditor):
            mine = handover.with_user(user)
            self.assertTrue(mine.line_ids.read())
            with self.assertRaises(AccessError):
                mine.action_load_stock()
            with self.assertRaises(AccessError):
                mine.line_ids[0].note = "x"
        for user in (self.overseer, self.buyer):
            with self.assertRaises(AccessError):
                handover.with_user(user).read(["name"])
        handover.action_submit()
        for user in (self.overseer, self.buyer):
            self.assertTrue(handover.with_user(user).line_ids.mapped("lot_name"))
            with self.assertRaises(AccessError):
                handover.with_user(user).action_withdraw()

    def test_an_empty_list_is_not_submitted(self):
        handover = self.env["om.spare.handover"].create(
            {"agreement_id": self.contract.id}
        )
        with self.assertRaises(UserError):
            handover.action_submit()
