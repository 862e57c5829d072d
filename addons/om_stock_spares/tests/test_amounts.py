from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SparesCommon

ADDENDS = {"cap", "swap_in", "swap_out", "reserved", "used"}


@tagged("post_install", "-at_install")
class TestAddends(SparesCommon):
    """What a page says of a cap can be added up there."""

    def _find_holders(self, model, kind):
        """Yield the lists and forms of a view that show what is left of a cap."""
        arch = etree.fromstring(self.env[model].get_view(view_type=kind)["arch"])
        for field in arch.xpath("//field[@name='remaining']"):
            yield next(
                parent
                for parent in field.iterancestors()
                if parent.tag in ("list", "form")
            )

    def test_views_show_every_addend(self):
        for model, kind in (
            ("om.spare.quota", "list"),
            ("om.spare.quota", "form"),
            ("om.spare.list", "form"),
        ):
            holders = list(self._find_holders(model, kind))
            self.assertTrue(holders)
            for holder in holders:
                shown = {
                    field.get("name")
                    for field in holder.iter("field")
                    if field.get("optional") != "hide"
                    and field.get("column_invisible") not in ("1", "True")
                }
                self.assertFalse(ADDENDS - shown, (model, kind))

    def _swap(self, quota, **change):
        quota._book(**change)

    def test_sums_meet(self):
        self._swap(self.lamp_quota, swap_in=5)
        self._swap(self.camera_quota, swap_out=1)
        self._confirm(self._request(quantity=2))
        for quota in self.list.quota_ids:
            self.assertEqual(
                quota.cap
                + quota.swap_in
                - quota.swap_out
                - quota.reserved
                - quota.used,
                quota.remaining,
            )
        [(total,)] = self.env["om.spare.quota"]._read_group(
            [("list_id", "=", self.list.id)], aggregates=["remaining:sum"]
        )
        self.assertEqual(total, sum(self.list.quota_ids.mapped("remaining")))
        self.assertEqual(total, 3 - 1 + 7 + 5 - 2)

    def test_the_counter_shows_every_addend(self):
        self._swap(self.lamp_quota, swap_in=4)
        request = self._request(quantity=2)
        self._confirm(request)
        cap = request.with_user(self.clerk)._get_clerk_facts()["cap"]
        self.assertEqual(
            cap["cap"] + cap["swap_in"] - cap["swap_out"] - cap["used"]
            - cap["reserved"],
            cap["remaining"],
        )  # fmt: skip
        self.assertEqual(cap["swap_in"], 4)


@tagged("post_install", "-at_install")
class TestUnits(SparesCommon):
    """Amounts have a unit: caps count whole pieces, whatever a transfer counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    def _return(self, request, quantity, unit=None):
        issue = request.sudo().picking_ids.move_ids
        move = self.env["stock.move"].create(
            {
                "product_id": self.lamp.id,
                "product_uom_qty": quantity,
                "product_uom": (unit or self.lamp.uom_id).id,
                "location_id": issue.location_dest_id.id,
                "location_dest_id": issue.location_id.id,
                "origin_returned_move_id": issue.id,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move.with_user(self.clerk)._action_done()

    def _issue(self, quantity):
        request = self._request(quantity=quantity)
        self._confirm(request)
        request.with_user(self.clerk).action_issue()
        return request

    def test_a_dozen_is_twelve(self):
        self.list.quota_ids.filtered(lambda q: q == self.lamp_quota).cap = 20
        request = self._issue(14)
        self._return(request, 1, self.dozen)
        self.assertEqual(request.used_qty, 2)
        self.assertEqual(self._counters(self.lamp_quota), (2, 0, 18))

    def test_half_a_piece_does_not_come_back(self):
        request = self._issue(2)
        with self.assertRaisesRegex(UserError, "whole"):
            self._return(request, 0.5)

    def test_a_fraction_of_a_dozen_that_is_whole_pieces(self):
        request = self._issue(7)
        self._return(request, 0.5, self.dozen)
        self.assertEqual(request.used_qty, 1)

    def test_half_a_piece_is_not_counted(self):
        count = self.env["om.spare.count"].create(
            {"location_ids": [(6, 0, self.stock.ids)]}
        )
        count.action_start()
        line = count.line_ids.filtered(lambda line: line.product_id == self.lamp)
        with self.assertRaisesRegex(UserError, "whole"):
            line.counted = 19.5

    def test_no_correction_by_a_fraction(self):
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.lamp.id), ("location_id", "=", self.stock.id)]
        )
        quant = quant.with_user(self.clerk).with_context(inventory_name="盘点")
        quant.inventory_quantity = 19.5
        with self.assertRaisesRegex(UserError, "whole"):
            quant.action_apply_inventory()


@tagged("post_install", "-at_install")
class TestBulk(SparesCommon):
    def test_many_are_issued_and_come_back_at_once(self):
        requests = self._request() | self._request() | self._request(quantity=2)
        for request in requests:
            self._confirm(request)
        requests.with_user(self.clerk).action_issue()
        self.assertEqual(self._counters(self.lamp_quota), (4, 0, 3))
        requests.with_user(self.clerk).action_return()
        self.assertEqual(self._counters(self.lamp_quota), (0, 0, 7))
        self.assertEqual(requests.mapped("used_qty"), [0, 0, 0])
        self.assertEqual(
            self.lamp.with_context(location=self.stock.id).qty_available, 20
        )
        with self.assertRaisesRegex(UserError, "outside"):
            requests[:1].with_user(self.clerk).action_return()

    def test_serial_numbers_come_back_themselves(self):
        request = self._request(self.camera_quota, quantity=2)
        self._confirm(request)
        request.with_user(self.clerk).action_issue(self.lots[:2])
        request.with_user(self.clerk).action_return()
        self.assertEqual(self._counters(self.camera_quota), (0, 0, 3))
        there = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.camera.id),
                ("location_id", "=", self.stock.id),
                ("quantity", ">", 0),
            ]
        )
        self.assertEqual(there.lot_id, self.lots)

    def test_serial_numbers_are_for_the_counter(self):
        requests = self._request() | self._request(self.camera_quota)
        for request in requests:
            self._confirm(request)
        with self.assertRaisesRegex(UserError, "at the counter"):
            requests.with_user(self.clerk).action_issue()


@tagged("post_install", "-at_install")
class TestEqualNumbers(SparesCommon):
    """Two makers, one number: nobody takes the wrong piece."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recorder = cls._create_product("硬盘录像机", tracking="serial")
        cls.other = cls.env["stock.lot"].create(
            {"name": "NEW-1", "product_id": cls.recorder.id}
        )

    def _scan(self, code, product=None):
        Request = self.env["om.spare.request"].with_user(self.clerk)
        return Request.scan(code, product and product.id)

    def test_the_counter_asks_which(self):
        self._stock(self.recorder, 1, self.other)
        answer = self._scan("NEW-1")
        self.assertEqual(answer["kind"], "lots")
        self.assertFalse(answer["lot"], "none is taken unasked")
        self.assertEqual(
            {choice["product_id"] for choice in answer["choices"]},
            {self.camera.id, self.recorder.id},
        )
        chosen = self._scan("NEW-1", self.recorder)
        self.assertEqual(chosen["lot"]["id"], self.other.id)
        chosen = self._scan("NEW-1", self.camera)
        self.assertEqual(chosen["lot"]["id"], self.lots[0].id)

    def test_what_is_not_in_the_store_was_not_scanned(self):
        answer = self._scan("NEW-1")
        self.assertEqual(answer["lot"]["id"], self.lots[0].id)

    def test_each_request_gets_its_own(self):
        self._stock(self.recorder, 1, self.other)
        request = self._request(self.camera_quota)
        self._confirm(request)
        request.with_user(self.clerk).clerk_issue(["NEW-1"])
        self.assertEqual(request.sudo().lot_ids, self.lots[0])

    def _count(self):
        count = self.env["om.spare.count"].create(
            {"location_ids": [(6, 0, self.stock.ids)]}
        )
        count.action_start()
        return count

    def test_a_count_asks_which(self):
        self._stock(self.recorder, 1, self.other)
        count = self._count()
        with self.assertRaisesRegex(UserError, "several parts"):
            count.scan("NEW-1", self.stock.id)
        facts = count.scan("NEW-1", self.stock.id, self.recorder.id)
        self.assertEqual(facts["tone"], "success")
        counted = count.line_ids.filtered("is_counted")
        self.assertEqual(counted.product_id, self.recorder)

    def test_a_count_takes_what_lies_there(self):
        count = self._count()
        count.scan("NEW-1", self.stock.id)
        counted = count.line_ids.filtered("is_counted")
        self.assertEqual(counted.product_id, self.camera)
