from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, freeze_time, tagged

from ..engine.readiness import Demand, minimum
from .common import SparesCommon

TODAY = date(2026, 6, 10)


class TestMinimum(BaseCase):
    """Against the table of the Poisson distribution."""

    def test_against_the_table(self):
        # P(X <= 3) = 0.9830 at a mean of 0.82; P(X <= 2) = 0.9493.
        demand = Demand(devices=100, failures_a_year=0.1, lead_days=30)
        self.assertAlmostEqual(demand.meanwhile, 0.8219, 4)
        self.assertEqual(minimum(demand), 3)
        self.assertEqual(minimum(demand, 0.94), 2)

    def test_what_was_used_stands_for_an_unknown_rate(self):
        stated = Demand(devices=100, failures_a_year=0.1, lead_days=30, used_a_year=99)
        used = Demand(devices=100, used_a_year=10, lead_days=30)
        self.assertEqual(minimum(stated), minimum(used))
        self.assertEqual(minimum(Demand(devices=100, lead_days=30)), 0)

    def test_never_more_than_the_cap_allows(self):
        demand = Demand(devices=100, failures_a_year=1, lead_days=365, left=7)
        self.assertEqual(minimum(demand), 7)


@tagged("post_install", "-at_install")
@freeze_time("2026-06-10 02:00:00")
class TestReadiness(SparesCommon):
    def setUp(self):
        super().setUp()
        self.rows = self.env["om.spare.readiness"].with_user(self.clerk)
        self.warehouse.spare_lead_days = 30

    def _find(self, kind, product=None):
        self.rows._refresh()
        return self.rows.search(
            [("kind", "=", kind), ("product_id", "=", (product or self.lamp).id)]
        )

    def _quant(self, product):
        return self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.stock.id)],
            limit=1,
        )

    def test_the_minimum_is_proposed_and_a_person_sets_it(self):
        self.lamp_quota.device_count = 100
        self.lamp.spare_failure_rate = 0.1
        row = self._find("minimum")
        self.assertEqual(row.quantity, 3)
        # 100 devices, 0.1 failures a year, 30 days: 0.8 failures.
        self.assertRegex(row.reason, r"100\b.*0\.1\b.*30\b.*0\.8\b.*3\b.*95")
        self.assertEqual(self._find("minimum"), row, "one matter is one row")
        auditor = self._create_user("auditor")
        with self.assertRaises(AccessError):
            row.with_user(auditor).action_do()
        row.action_do()
        rule = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", self.lamp.id)]
        )
        self.assertEqual(
            (rule.product_min_qty, rule.trigger, rule.location_id),
            (3, "manual", self.stock),
        )
        self.assertFalse(self._find("minimum"))
        self.lamp.spare_failure_rate = 0.2
        # 1.64 failures: P(X <= 4) = 0.975, P(X <= 3) = 0.916.
        self._find("minimum").action_do()
        self.assertEqual(rule.product_min_qty, 4)

    def test_no_more_than_the_cap(self):
        self.lamp_quota.device_count = 1000
        self.lamp.spare_failure_rate = 1
        row = self._find("minimum")
        self.assertEqual(row.quantity, 7)
        self.assertRegex(row.reason, r"\b7\b")

    def test_what_was_used_counts_where_nothing_is_stated(self):
        request = self._request(quantity=5)
        self._confirm(request)
        request.with_user(self.clerk).action_issue()
        # Five a year in 30 days: 0.41; P(X <= 2) = 0.992; two are left of the cap.
        self.assertEqual(self._find("minimum").quantity, 2)

    def test_below_the_minimum(self):
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.lamp.id,
                "location_id": self.stock.id,
                "product_min_qty": 25,
                "product_max_qty": 25,
                "trigger": "manual",
            }
        )
        row = self._find("short")
        self.assertEqual(row.quantity, 5)
        self.assertRegex(row.reason, r"\b20\b.*\b25\b")
        action = row.action_do()
        self.assertEqual(action["res_model"], "stock.warehouse.orderpoint")
        self._stock(self.lamp, 5)
        self.env.invalidate_all()
        self.assertFalse(self._find("short"))

    def test_stored_parts_are_checked_in_their_rhythm(self):
        self.lamp.spare_check_days = 30
        self.assertFalse(self._find("check"))
        self._quant(self.lamp).in_date = datetime(2026, 5, 1, 2, 0)
        row = self._find("check")
        self.assertEqual((row.quantity, row.date_due), (20, date(2026, 5, 31)))
        self.assertTrue(row.is_late)
        dialog = row.action_do()
        values = {
            name.removeprefix("default_"): value
            for name, value in dialog["context"].items()
        }
        Check = self.env["om.spare.check"].with_user(self.clerk)
        check = Check.create({**values, "battery": 90, "firmware": "1.2"})
        self.assertFalse(row.exists())
        self.assertFalse(self._find("check"))
        with self.assertRaises(UserError):
            check.write({"battery": 10})
        with freeze_time("2026-07-08 02:00:00"):
            self.assertEqual(self._find("check").date_due, date(2026, 7, 10))

    def test_what_is_unfit_goes_into_quarantine(self):
        values = {
            "product_id": self.lamp.id,
            "location_id": self.stock.id,
            "result": "unfit",
            "quantity": 2,
            "note": "受潮",
        }
        self.env["om.spare.check"].with_user(self.clerk).create(values)
        place = self.warehouse.quarantine_location_id
        there = self.rows._get_stock(self.lamp, place | self.stock)
        self.assertEqual(there[self.lamp.id, place.id], 2)
        self.assertEqual(there[self.lamp.id, self.stock.id], 18)
        request = self._request()
        self._confirm(request)
        with self.assertRaises(UserError):
            request.with_user(self.clerk).action_issue(location=place)

    def test_shelf_life(self):
        self.camera.use_expiration_date = True
        fresh, old = self.lots[:2]
        fresh.expiration_date = datetime(2026, 7, 1, 2, 0)
        old.expiration_date = datetime(2026, 6, 8, 2, 0)
        (self.lots - fresh - old).expiration_date = datetime(2030, 1, 1)
        rows = self._find("expiry", self.camera)
        self.assertEqual(rows.mapped("lot_id"), old | fresh)
        gone = rows.filtered(lambda row: row.lot_id == old)
        self.assertEqual(rows.filtered("can_do"), gone)
        request = self._request(self.camera_quota)
        self._confirm(request)
        with self.assertRaisesRegex(UserError, old.name), self.cr.savepoint():
            request.with_user(self.clerk).action_issue(old)
        gone.action_do()
        place = self.warehouse.quarantine_location_id
        self.assertEqual(old.location_id, place)
        self.assertEqual(self._find("expiry", self.camera).lot_id, fresh)

    def test_a_key_period_wants_its_parts_forward(self):
        forward = self.warehouse.forward_location_id
        period = self.env["om.key.period"].create(
            {
                "name": "备件前置",
                "date_start": TODAY + timedelta(days=5),
                "date_end": TODAY + timedelta(days=9),
                "system_ids": [(6, 0, self.system.ids)],
                "spare_plan_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.lamp.id,
                            "location_id": forward.id,
                            "quantity": 4,
                        },
                    )
                ],
            }
        )
        row = self._find("key_period")
        self.assertEqual((row.quantity, row.date_due), (4, period.date_start))
        row.action_do()
        self.env.invalidate_all()
        self.assertEqual(period.spare_plan_ids.on_hand, 4)
        self.assertFalse(self._find("key_period"))
        period.spare_plan_ids.quantity = 30
        with self.assertRaisesRegex(UserError, "16"):
            self._find("key_period").action_do()
        with freeze_time("2026-06-20 02:00:00"):
            self.assertFalse(self._find("key_period"), "the period is over")

    def test_promises_to_be_on_the_spot(self):
        self.system.spare_hours = 24
        self.lamp_quota.system_id = self.system
        self.assertFalse(self._find("promise"), "four hours from the store")
        places = self.rows._get_places(self.warehouse)
        places.sudo().reach_hours = 30
        row = self._find("promise")
        self.assertRegex(row.reason, r"\b24\b.*\b30\b.*\b6\b")
        self.lamp.seller_ids = [
            (0, 0, {"partner_id": self.unit.id, "delay": 1, "price": 1})
        ]
        self.assertFalse(self._find("promise"), "the supplier needs a day")

    def test_queries_do_not_grow(self):
        def queries(count):
            products = self.env["product.product"].create(
                [
                    {
                        "name": f"备件 {count} {n}",
                        "type": "consu",
                        "is_storable": True,
                        "spare_failure_rate": 0.1,
                        "spare_check_days": 30,
                    }
                    for n in range(count)
                ]
            )
            self.env["om.spare.quota"].create(
                [
                    {
                        "list_id": self.list.id,
                        "name": product.name,
                        "product_id": product.id,
                        "system_id": self.system.id,
                        "cap": 50,
                        "device_count": 1000,
                    }
                    for product in products
                ]
            )
            self.env["stock.quant"].create(
                [
                    {
                        "product_id": product.id,
                        "location_id": self.stock.id,
                        "quantity": 1,
                        "in_date": datetime(2026, 1, 1),
                    }
                    for product in products
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.rows._refresh()
            self.env.flush_all()
            found = self._find("minimum", products[:1])
            self.assertTrue(found)
            return self.cr.sql_log_count - before

        self.rows._refresh()
        few, many = queries(5), queries(40)
        self.assertLessEqual(many, few + 8)
