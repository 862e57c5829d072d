from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SparesCommon


@tagged("post_install", "-at_install")
class TestSpareGuard(SparesCommon):
    """Nothing on a list leaves the store another way."""

    def _move(self, **values):
        return self.env["stock.move"].create(
            {
                "product_id": self.lamp.id,
                "product_uom_qty": 1,
                "product_uom": self.lamp.uom_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                **values,
            }
        )

    def _finish(self, move, user=None):
        move._action_confirm()
        move._action_assign()
        move.picked = True
        move.with_user(user or self.clerk)._action_done()

    def test_no_move_without_a_request(self):
        with self.assertRaisesRegex(UserError, "confirmed"):
            self._finish(self._move())

    def test_no_transfer_without_a_request(self):
        picking = (
            self.env["stock.picking"]
            .with_user(self.clerk)
            .create(
                {
                    "picking_type_id": self.warehouse.out_type_id.id,
                    "location_id": self.stock.id,
                    "location_dest_id": self.env.ref(
                        "stock.stock_location_customers"
                    ).id,
                }
            )
        )
        self._move(picking_id=picking.id)
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "confirmed"):
            picking.button_validate()

    def test_states_by_hand_move_nothing(self):
        """Odoo writes these as the user, so a client may: they decide nothing."""
        places = {
            "picking_type_id": self.warehouse.out_type_id.id,
            "location_id": self.stock.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        picking = self.env["stock.picking"].with_user(self.clerk).create(places)
        picking.state = "cancel"
        move = self._move()
        move.with_user(self.clerk).write({"picking_id": picking.id})
        # With something in it, its state follows from that again.
        self.assertEqual(picking.state, "draft")
        move.with_user(self.clerk).state = "assigned"
        before = self.env["stock.quant"]._get_available_quantity(self.lamp, self.stock)
        move.with_user(self.clerk).write({"quantity": 1, "picked": True})
        with self.assertRaisesRegex(UserError, "confirmed"), self.cr.savepoint():
            picking.button_validate()
        with self.assertRaisesRegex(UserError, "confirmed"), self.cr.savepoint():
            move.with_user(self.clerk)._action_done()
        self.assertLessEqual(
            self.env["stock.quant"]._get_available_quantity(self.lamp, self.stock),
            before,
        )
        for record in (move, picking):
            with self.assertRaisesRegex(UserError, "stays as it happened"):
                record.with_user(self.clerk).state = "done"

    def test_no_more_than_the_request(self):
        request = self._request(quantity=2)
        self._confirm(request)
        move = self._move(product_uom_qty=3, om_spare_request_id=request.id)
        with self.assertRaisesRegex(UserError, "allows 2"):
            self._finish(move)

    def test_moves_within_our_places_are_free(self):
        move = self._move(location_dest_id=self.warehouse.forward_location_id.id)
        self._finish(move)
        self.assertEqual(move.state, "done")

    def test_corrections_need_the_right_and_a_reason(self):
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.lamp.id), ("location_id", "=", self.stock.id)]
        )

        def count(user, reason=None):
            mine = quant.with_user(user).with_context(
                inventory_mode=True, inventory_name=reason
            )
            mine.inventory_quantity = mine.quantity - 1
            mine.action_apply_inventory()

        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            count(self.clerk)
        before = quant.quantity
        count(self.clerk, "盘亏：外壳破损")
        self.assertEqual(quant.quantity, before - 1)

    def test_other_goods_are_free(self):
        other = self._create_product("扳手")
        self._stock(other, 5)
        move = self._move(product_id=other.id, product_uom=other.uom_id.id)
        self._finish(move)
        self.assertEqual(move.state, "done")
