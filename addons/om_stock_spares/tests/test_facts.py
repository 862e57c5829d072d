from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.models.om_act_mixin import Paper

from .common import PNG, SparesCommon

# An error of access is one, too.
REFUSED = UserError
OURS = ("engineer", "dispatcher", "warehouse", "procurement", "manager", "auditor")


class FactsCommon(SparesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {"engineer": cls.engineer, "warehouse": cls.clerk}
        cls.users["manager"] = cls.manager
        for role in OURS:
            if role not in cls.users:
                cls.users[role] = cls._create_user(role)
        cls.dispatcher = cls.users["dispatcher"]
        cls.officer = cls.users["procurement"]

    def _paper(self, person="周某", user=None, way="paper"):
        scan = (
            self.env["ir.attachment"]
            .with_user(user or self.dispatcher)
            .create({"name": "签字页.png", "datas": PNG})
        )
        return Paper(person, fields.Date.today(), scan, way)

    def _lines(self, record):
        return (
            self.env["om.act"]
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)])
            .sorted("position")
        )

    def _faults(self, *records):
        self.env.flush_all()
        self.env.invalidate_all()
        return [
            fault
            for record in records
            for fault in self.env["om.act"]._find_faults(
                [("res_model", "=", record._name), ("res_id", "in", record.ids)]
            )
        ]

    def _refused(self, record, **vals):
        """Every role of ours is refused this write."""
        for role, user in self.users.items():
            with (
                self.subTest(role=role, **vals),
                self.assertRaises(REFUSED),
                self.cr.savepoint(),
            ):
                record.with_user(user).write(vals)


@tagged("post_install", "-at_install")
class TestSpareFacts(FactsCommon):
    """Facts of spare parts change by their acts only, by whatever door one comes."""

    # ------------------------------------------------------------
    # Refused by default
    # ------------------------------------------------------------

    def test_a_request_changes_by_its_acts(self):
        request = self._request()
        request.quantity = 2
        self.assertEqual(self._lines(request).mapped("act"), ["create", "change"])
        for vals in (
            {"state": "confirmed"},
            {"unit_id": self.supervisor.id},
            {"applicant_id": self.manager.id},
            {"name": "BJ-1"},
            {"issued_qty": 1},
            {"is_emergency": True},
            {"confirmed_at": "2026-01-01 00:00:00"},
        ):
            self._refused(request, **vals)
        request.action_ask()
        for vals in (
            {"quantity": 3},
            {"beyond_repair": "x"},
            {"photo_ids": [Command.clear()]},
        ):
            self._refused(request, **vals)
        with self.assertRaises(UserError):
            self._request(state="confirmed", asked_at="2026-01-01 00:00:00")
        result = (
            self.env["om.spare.request"]
            .with_user(self.engineer)
            .load([".id", "state"], [[str(request.id), "confirmed"]])
        )
        self.assertFalse(result["ids"])
        self.assertEqual(request.copy().state, "draft")
        for flag in ("om_act", "om_contract_act", "install_mode", "tracking_disable"):
            with self.assertRaises(UserError):
                request.with_context(**{flag: True}).write({"state": "confirmed"})

    def test_terms_of_a_list_in_use_change_with_a_reason(self):
        quota = self.lamp_quota
        for vals in ({"cap": 99}, {"price_unit": 1.0}, {"used": 3}, {"name": "x"}):
            self._refused(quota, **vals)
        self._refused(self.list, date_to="2027-12-31")
        part = {"cap": 5, "name": "x", "product_id": self.lamp.id}
        for user in (self.officer, self.manager):
            with self.assertRaises(UserError), self.cr.savepoint():
                quota.with_user(user).create({**part, "list_id": self.list.id})
            with self.assertRaises(UserError), self.cr.savepoint():
                self.list.with_user(user).write({"quota_ids": [Command.create(part)]})
        days = (self.list.date_from, self.list.date_to)
        change = self.list.with_user(self.officer).action_change_terms
        with self.assertRaisesRegex(UserError, "reason"):
            change(*days, {quota: (9, 310.0)}, " ")
        with self.assertRaises(AccessError):
            self.list.with_user(self.engineer).action_change_terms(
                *days, {quota: (9, 310.0)}, "补充协议一"
            )
        with self.assertRaisesRegex(UserError, "Nothing"):
            change(*days, {quota: (7, 300.0)}, "补充协议一")
        self._confirm(self._request(quantity=5))
        with self.assertRaisesRegex(UserError, "cap"), self.cr.savepoint():
            change(*days, {quota: (4, 300.0)}, "补充协议一")
        change(*days, {quota: (9, 310.0)}, "补充协议一")
        self.assertEqual((quota.cap, quota.price_unit), (9, 310.0))
        self.assertIn("补充协议一", self.list.message_ids[0].body)
        self.assertEqual(self._lines(self.list)[-1].act, "change_terms")
        line = self._lines(quota)[-1]
        self.assertEqual((line.act, line.reason), ("change", "补充协议一"))
        self.assertEqual(self._faults(self.list, quota), [])

    def test_the_dialog_of_new_terms(self):
        dialog = (
            self.env["om.spare.list.terms"]
            .with_user(self.officer)
            .with_context(active_id=self.list.id)
            .create({"reason": "补充协议二", "file": PNG, "file_name": "协议.png"})
        )
        dialog.line_ids[1].cap = 8
        dialog.action_change()
        self.assertEqual(self.lamp_quota.cap, 8)
        self.assertEqual(self._lines(self.list)[-1].attachment_ids.name, "协议.png")

    # ------------------------------------------------------------
    # Whose word
    # ------------------------------------------------------------

    def test_a_party_answers_on_paper(self):
        request = self._request()
        request.action_ask()
        ours = request.with_user(self.dispatcher)
        self.assertTrue(ours.can_enter_purchaser)
        self.assertFalse(request.with_user(self.engineer).can_enter_purchaser)
        self.assertFalse(request.with_user(self.users["auditor"]).can_enter_purchaser)
        self.assertEqual(
            ours.with_context(om_paper="confirm_purchaser").action_enter_paper()[
                "res_model"
            ],
            "om.act.paper",
        )
        for name in (None, "cancel", "x"):
            with self.assertRaisesRegex(UserError, "no signed papers"):
                ours.with_context(om_paper=name).action_enter_paper()
        with self.assertRaises(UserError):
            ours.action_confirm_purchaser()
        with self.assertRaises(UserError):
            ours.action_confirm_purchaser(Paper("周某", fields.Date.today(), None))
        for person in (self.engineer.name, self.dispatcher.name):
            with self.assertRaises(UserError, msg="applicant and who enters it"):
                ours.action_confirm_purchaser(self._paper(person))
        with self.assertRaises(REFUSED):
            request.action_confirm_purchaser(self._paper())
        ours.action_confirm_purchaser(self._paper())
        self.assertEqual(request.state, "asked")
        with self.assertRaisesRegex(UserError, "three persons"):
            ours.action_confirm_supervisor(self._paper())
        ours.action_confirm_supervisor(self._paper("吴某"))
        self.assertEqual(request.state, "confirmed")
        answers = request.confirmation_ids
        self.assertEqual(answers.mapped("person"), ["周某", "吴某"])
        self.assertEqual(set(answers.mapped("way")), {"paper"})
        signatures = self._lines(request).signature_id.sorted("id")
        self.assertEqual(signatures.mapped("capacity"), ["purchaser", "supervisor"])
        self.assertEqual(signatures.party_id, self.purchaser | self.supervisor)
        self.assertEqual(signatures.user_id, self.dispatcher)
        self.assertEqual(self._faults(request, self.lamp_quota), [])

    def test_a_refusal_on_paper_has_its_reason(self):
        request = self._request()
        request.action_ask()
        ours = request.with_user(self.dispatcher)
        with self.assertRaisesRegex(UserError, "reason"):
            ours.action_refuse_supervisor(" ", self._paper())
        ours.action_refuse_supervisor("可修复", self._paper())
        self.assertEqual(request.state, "refused")
        self.assertEqual(request.confirmation_ids.reason, "可修复")

    def test_swaps_are_agreed_on_paper(self):
        swap = (
            self.env["om.spare.swap"]
            .with_user(self.officer)
            .create(
                {
                    "list_id": self.list.id,
                    "reason": "余量调剂",
                    "line_ids": [
                        Command.create(
                            {"side": side, "quota_id": quota.id, "quantity": quantity}
                        )
                        for side, quota, quantity in (
                            ("given", self.lamp_quota, 5),
                            ("taken", self.camera_quota, 1),
                        )
                    ],
                }
            )
        )
        third = self.lamp_quota.create(
            {
                "list_id": self.list.id,
                "name": "镜头",
                "product_id": self.lamp.id,
                "cap": 1,
            }
        )
        swap.action_ask()
        for vals in ({"state": "agreed"}, {"agreement_id": False}, {"reason": "x"}):
            self._refused(swap, **vals)
        self._refused(swap.line_ids[0], quantity=9)
        with self.assertRaises(UserError):
            swap.line_ids[0].unlink()
        with self.assertRaises(UserError):
            swap.line_ids.create({"swap_id": swap.id, "quota_id": third.id})
        with self.assertRaises(REFUSED):
            swap.action_agree()
        with self.assertRaises(AccessError):
            swap.with_user(self.engineer).action_agree(self._paper(user=self.engineer))
        swap.action_agree(self._paper(user=self.officer))
        self.assertEqual(self._counters(self.camera_quota), (0, 0, 4))
        self.assertEqual(self._lines(swap)[-1].signature_id.way, "paper")
        self.assertEqual(self._faults(swap, self.list.quota_ids), [])
        self.env.cr.execute(
            "UPDATE om_spare_swap_line SET quantity = 6 WHERE id = %s",
            [swap.line_ids[0].id],
        )
        self.assertEqual(len(self._faults(swap)), 1)

    def test_statements_are_confirmed_on_paper(self):
        request = self._request()
        self._confirm(request)
        request.with_user(self.clerk).action_issue()
        request._install()
        settlement = (
            self.env["om.spare.settlement"]
            .with_user(self.officer)
            .create({"list_id": self.list.id})
        )
        handover = (
            self.env["om.spare.handover"]
            .with_user(self.officer)
            .create({"agreement_id": self.contract.id})
        )
        handover.action_load_stock()
        handover.line_ids[0].note = "外壳划痕"
        for statement in (settlement, handover):
            self._refused(statement, state="confirmed")
            statement.action_submit()
            self._refused(statement, note="x")
            with self.assertRaises(REFUSED):
                statement.action_confirm()
            with self.assertRaises(AccessError):
                statement.with_user(self.clerk).action_confirm(
                    self._paper(user=self.clerk)
                )
            statement.action_confirm(self._paper(user=self.officer))
            self.assertEqual(statement.state, "confirmed")
            signature = self._lines(statement)[-1].signature_id
            self.assertEqual(
                (signature.way, signature.capacity, signature.party_id),
                ("paper", "supervisor", self.supervisor),
            )
            self.assertEqual(self._faults(statement), [])
            with self.assertRaises(UserError):
                statement.unlink()
        self._refused(handover.line_ids[0], condition="faulty")
        self._refused(settlement, amount_total=1.0)
        for table in ("om_spare_settlement_line", "om_spare_handover_line"):
            column = "settled" if "settlement" in table else "quantity"
            self.env.cr.execute(f"UPDATE {table} SET {column} = {column} + 1")  # noqa: S608
        self.assertEqual(len(self._faults(settlement, handover)), 2)

    def test_dismantled_parts_leave_against_a_signature(self):
        request = self._request()
        self._confirm(request)
        request.with_user(self.clerk).action_issue()
        request._install()
        part = request.dismantled_ids
        for vals in ({"state": "returned"}, {"request_id": False}, {"signed_by": "x"}):
            self._refused(part, **vals)
        with self.assertRaisesRegex(UserError, "register the next one"):
            part.copy()
        part.with_user(self.clerk).place = "西门"
        self.assertEqual(self._lines(part)[-1].act, "change")
        keeper = part.with_user(self.clerk)
        with self.assertRaises(UserError):
            keeper.action_hand_back()
        with self.assertRaises(UserError):
            keeper.action_hand_back(self._paper(self.clerk.name, self.clerk, "drawn"))
        keeper.action_hand_back(self._paper("郑某", self.clerk, "drawn"))
        signature = self._lines(part)[-1].signature_id
        self.assertEqual(
            (signature.way, signature.party_id, part.state, part.signed_by),
            ("drawn", self.unit, "returned", "郑某"),
        )
        self._refused(part, place="x")
        self.assertEqual(self._faults(part), [])

    # ------------------------------------------------------------
    # Staying, and evidence
    # ------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_what_was_asked_for_stays(self):
        request = self._request()
        repair = (
            self.env["om.spare.repair"]
            .with_user(self.engineer)
            .create({"name": "更换电源", "request_id": request.id, "cost": 50})
        )
        self._request().unlink()
        self._confirm(request)
        request.with_user(self.clerk).action_issue()
        request._install()
        part = request.dismantled_ids
        for record in (request, repair, part, request.confirmation_ids, self.device):
            for role, user in self.users.items():
                with (
                    self.subTest(record._name, role=role),
                    self.assertRaises(Exception),  # noqa: B017  (the database, too)
                    self.cr.savepoint(),
                ):
                    record.with_user(user).unlink()
        repair.cost = 80
        self.assertEqual(self._lines(repair).mapped("act"), ["create", "change"])

    def test_a_judgement_that_was_used_stays(self):
        other = self._create_product("别的补光灯")
        judgement = (
            self.env["om.spare.compatibility"]
            .with_user(self.manager)
            .create(
                {
                    "quota_id": self.lamp_quota.id,
                    "product_id": other.id,
                    "line_ids": [
                        Command.create({"name": "功率", "deviation": "none"}),
                        Command.create({"name": "色温", "deviation": "none"}),
                    ],
                }
            )
        )
        self._refused(judgement, is_compatible=False)
        judgement.line_ids[1].unlink()
        self._request(product_id=other.id).action_ask()
        for record in (judgement.line_ids, judgement):
            with self.assertRaisesRegex(UserError, "judgement"):
                record.unlink()

    def test_photos_that_the_parties_saw_stay(self):
        request = self._request()
        photo = request.photo_ids
        request.action_ask()
        self.assertIn(photo, self._lines(request)[-1].attachment_ids)
        for role, user in self.users.items():
            for act in (
                lambda mine: mine.unlink(),
                lambda mine: mine.write({"datas": PNG}),
                lambda mine: mine.write({"public": True}),
            ):
                with self.subTest(role=role), self.assertRaises(REFUSED):
                    act(photo.with_user(user))

    def test_each_change_by_sql_is_named(self):
        request = self._request()
        self._confirm(request)
        request.with_user(self.clerk).action_issue()
        self.assertEqual(self._faults(request, self.lamp_quota), [])
        self.assertEqual(
            self._lines(request).mapped("act"),
            ["create", "ask", "confirm_purchaser", "confirm_supervisor", "issue"],
        )
        self.assertEqual(
            self._lines(self.lamp_quota).mapped("act")[-2:], ["book", "book"]
        )
        quota = f"WHERE id = {self.lamp_quota.id}"
        own = f"WHERE id = {request.id}"
        day = "interval '1 day'"
        for statement in (
            f"UPDATE om_spare_quota SET used = 0, cap = 70 {quota}",
            f"UPDATE om_spare_quota SET price_unit = 1 {quota}",
            f"UPDATE om_spare_request SET quantity = 2 {own}",
            f"UPDATE om_spare_request SET issued_at = issued_at - {day} {own}",
            "UPDATE om_spare_confirmation SET decision = 'refused', reason = 'x'"
            f" WHERE request_id = {request.id}",
        ):
            with self.subTest(statement):
                savepoint = self.cr.savepoint()
                self.cr.execute(statement)  # pylint: disable=sql-injection
                faults = self._faults(request, self.lamp_quota)
                savepoint.close(rollback=True)
                self.assertEqual(len(faults), 1, faults)

    def test_a_stock_taking_changes_by_its_acts(self):
        count = (
            self.env["om.spare.count"]
            .with_user(self.clerk)
            .create({"location_ids": self.stock.ids, "reason": "盘点"})
        )
        self._refused(count, state="applied")
        count.action_start()
        line = count.line_ids.filtered(lambda each: each.product_id == self.lamp)
        self._refused(line, expected=1.0)
        line.counted = line.expected - 1
        count.line_ids.filtered(lambda each: each.result == "open").action_as_expected()
        count.action_apply()
        self._refused(line, counted=5.0)
        with self.assertRaises(UserError):
            line.unlink()
        self.assertEqual(self._lines(count).mapped("act"), ["create", "start", "apply"])
        self.assertEqual(self._faults(count), [])


@tagged("post_install", "-at_install")
class TestStockFacts(FactsCommon):
    """What has happened in the store changes by Odoo's acts, as the right roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["administrator"] = cls._create_user("administrator")

    def _issued(self):
        request = self._request(self.camera_quota)
        self._confirm(request)
        request.with_user(self.clerk).action_issue(self.lots[:1])
        return request

    def test_done_moves_stay(self):
        request = self._issued()
        picking = request.sudo().picking_ids
        line = picking.move_line_ids
        other = self._request()
        day = fields.Datetime.now() - timedelta(days=300)
        for record, tries in (
            (
                line,
                (
                    {"picking_id": False},
                    {"move_id": False},
                    {"lot_name": "SN-FORGED"},
                    {"lot_id": self.lots[1].id},
                    {"quantity": 0},
                    {"date": day},
                    {"state": "draft"},
                ),
            ),
            (
                picking.move_ids,
                (
                    {"quantity": 2},
                    {"state": "draft"},
                    {"date": day},
                    {"om_spare_request_id": other.id},
                    {"move_line_ids": [Command.clear()]},
                ),
            ),
            (
                picking,
                (
                    {"state": "draft"},
                    {"om_spare_request_id": other.id},
                    {"date_done": day},
                    {"partner_id": self.supervisor.id},
                    {"move_ids": [Command.clear()]},
                ),
            ),
            (self.lots[0], ({"name": "SN-FORGED"},)),
        ):
            for vals in tries:
                self._refused(record, **vals)
            for user in self.users.values():
                with self.assertRaises(REFUSED), self.cr.savepoint():
                    record.with_user(user).unlink()
        picking.with_user(self.clerk).note = "已送达"
        request.with_user(self.clerk).action_return()
        self.assertEqual(request.returned_qty, 1)

    def test_nobody_adds_to_what_is_done(self):
        picking = self._issued().sudo().picking_ids
        line = {
            "product_id": self.lamp.id,
            "quantity": 1,
            "location_id": self.stock.id,
            "location_dest_id": picking.location_dest_id.id,
        }
        move = {
            "product_id": self.lamp.id,
            "product_uom": self.lamp.uom_id.id,
            "product_uom_qty": 1,
            "location_id": self.stock.id,
            "location_dest_id": self.warehouse.forward_location_id.id,
        }
        for user in self.users.values():
            for model, vals in (
                ("stock.move.line", {**line, "picking_id": picking.id}),
                ("stock.move.line", {**line, "move_id": picking.move_ids.id}),
                ("stock.move", {**move, "state": "done"}),
            ):
                with self.assertRaises(REFUSED), self.cr.savepoint():
                    self.env[model].with_user(user).create(vals)
        mine = self.env["stock.move"].with_user(self.clerk).create(move)
        with self.assertRaises(UserError):
            mine.state = "done"
        mine._action_confirm()
        mine._action_assign()
        self.assertEqual(mine.state, "assigned")
        with self.assertRaises(UserError):
            mine.state = "draft"
        mine.product_uom_qty = 2
        mine.picked = True
        mine._action_done()
        self.assertEqual(mine.state, "done")

    def test_a_number_in_stock_stays_the_number(self):
        self._refused(self.lots[2], name="SN-FORGED")
        lot = (
            self.env["stock.lot"]
            .with_user(self.clerk)
            .create({"name": "NEW-X", "product_id": self.camera.id})
        )
        lot.name = "NEW-Y"

    def test_quantities_follow_from_moves(self):
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.lamp.id), ("location_id", "=", self.stock.id)]
        )
        for vals in (
            {"quantity": 0},
            {"reserved_quantity": 1},
            {"in_date": "2020-01-01"},
            {"location_id": self.warehouse.forward_location_id.id},
            {"product_id": self.camera.id},
        ):
            self._refused(quant, **vals)
        with self.assertRaises(REFUSED):
            quant.with_user(self.clerk).create(
                {
                    "product_id": self.camera.id,
                    "location_id": self.stock.id,
                    "quantity": 5,
                }
            )
        mine = quant.with_user(self.clerk).with_context(
            inventory_mode=True, inventory_name="盘盈"
        )
        before = quant.quantity
        mine.inventory_quantity = before + 1
        mine.action_apply_inventory()
        self.assertEqual(quant.quantity, before + 1)

    def test_scrap_follows_from_its_move(self):
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.clerk)
            .create({"product_id": self._plain().id, "location_id": self.stock.id})
        )
        self._refused(scrap, state="done")
        scrap.do_scrap()
        self.assertEqual(scrap.state, "done")
        self._refused(scrap, scrap_qty=5)

    def _plain(self):
        product = self._create_product("扳手")
        self._stock(product, 3)
        return product

    def test_outsiders_have_nothing_worked_out(self):
        for user in (self.buyer, self.overseer):
            with self.assertRaises(AccessError):
                self.env["om.spare.readiness"].with_user(user).action_open()

    def test_only_the_store_writes_moves(self):
        for role in ("engineer", "dispatcher", "procurement", "auditor"):
            lines = self.env["stock.move.line"].with_user(self.users[role])
            for operation in ("write", "create", "unlink"):
                self.assertFalse(lines.has_access(operation), (role, operation))
        self.assertTrue(
            self.env["stock.move.line"].with_user(self.clerk).has_access("write")
        )
