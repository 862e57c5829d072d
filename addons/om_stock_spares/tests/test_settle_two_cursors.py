from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .common import forget_acts


@tagged("post_install", "-at_install")
class TestTwoPeople(BaseCase):
    """Two people at one place, or at one list: transactions that know nothing of each
    other. What is tried here is committed, and taken away again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        cls.ids = {}
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            supervisor = env["res.partner"].create(
                {"name": "双人监理", "is_company": True, "om_role": "supervisor"}
            )
            purchaser = env["res.partner"].create(
                {"name": "双人采购人", "is_company": True, "om_role": "purchaser"}
            )
            contract = env["agreement"].create(
                {
                    "name": "双人备件合同",
                    "code": "TEST-TWO-SPARES",
                    "partner_id": purchaser.id,
                    "supervisor_id": supervisor.id,
                    "start_date": "2026-01-01",
                    "end_date": "2026-12-31",
                }
            )
            system = env["om.system"].create(
                {
                    "name": "双人系统",
                    "unit_id": purchaser.id,
                    "purchaser_id": purchaser.id,
                    "supervisor_id": supervisor.id,
                    "agreement_id": contract.id,
                }
            )
            product = env["product.product"].create(
                {"name": "双人件", "type": "consu", "is_storable": True}
            )
            warehouse = env["stock.warehouse"].search([], limit=1)
            place = env["stock.location"].create(
                {
                    "name": "双人架",
                    "usage": "internal",
                    "location_id": warehouse.lot_stock_id.id,
                }
            )
            env["stock.quant"]._update_available_quantity(product, place, 10)
            spare_list = env["om.spare.list"].create(
                {
                    "name": "双人清单",
                    "agreement_id": contract.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "warehouse_id": warehouse.id,
                    "quota_ids": [
                        (0, 0, {"name": "件", "product_id": product.id, "cap": 5})
                    ],
                }
            )
            spare_list.action_activate()
            users = env["res.users"]
            for role, company in (
                ("portal_purchaser", purchaser),
                ("portal_supervisor", supervisor),
            ):
                contact = env["res.partner"].create(
                    {"name": f"双人 {role}", "parent_id": company.id}
                )
                users |= new_test_user(
                    env,
                    login=f"two_{role}",
                    groups=f"om_base.group_{role}",
                    partner_id=contact.id,
                )
            engineer = new_test_user(
                env, login="two_engineer", groups="om_base.group_engineer"
            )
            request = (
                env["om.spare.request"]
                .with_user(engineer)
                .create(
                    {
                        "system_id": system.id,
                        "quota_id": spare_list.quota_ids.id,
                        "beyond_repair": "x",
                        "repair_tried": "x",
                        "photo_ids": [(0, 0, {"name": "x.png", "datas": b"aGk="})],
                    }
                )
            )
            request.action_ask()
            request.with_user(users[0]).action_confirm()
            cls.ids = {
                "agreement": contract.ids,
                "om.system": system.ids,
                "product.product": product.ids,
                "product.template": product.product_tmpl_id.ids,
                "stock.location": place.ids,
                "om.spare.list": spare_list.ids,
                "om.spare.request": request.ids,
                "res.users": (users | engineer).ids,
                "res.partner": (
                    users.partner_id | engineer.partner_id | purchaser | supervisor
                ).ids,
            }
            cls.counts = []
            for quantity in (8, 7, 6):
                count = env["om.spare.count"].create(
                    {"location_ids": place.ids, "reason": "双人"}
                )
                count.action_start()
                count.line_ids.counted = quantity
                cls.counts += count.ids

    @classmethod
    def _env(cls, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _clean_up(cls):
        """What stays on record by rule, only a test takes away."""
        if not cls.ids:
            return
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            ids = {model: tuple(some) for model, some in cls.ids.items()}
            products, lists = ids["product.product"], ids["om.spare.list"]
            requests = ids["om.spare.request"]
            for table, column, some in (
                ("stock_move_line", "product_id", products),
                ("stock_move", "product_id", products),
                ("stock_quant", "product_id", products),
                ("om_spare_count", "id", tuple(cls.counts)),
                ("om_spare_settlement", "list_id", lists),
                ("om_spare_confirmation", "request_id", requests),
                ("om_spare_request", "id", requests),
                ("om_spare_list", "id", lists),
                ("stock_location", "id", ids["stock.location"]),
                ("product_product", "id", products),
                ("product_template", "id", ids["product.template"]),
            ):
                env.execute_query(
                    SQL(
                        "DELETE FROM %s WHERE %s IN %s RETURNING id",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        some,
                    )
                )
            env.invalidate_all()
            env["om.system"].browse(ids["om.system"]).unlink()
            env["agreement"].browse(ids["agreement"]).unlink()
            forget_acts(env, {**ids, "om.spare.count": cls.counts})
            env["res.users"].browse(ids["res.users"]).unlink()
            env["res.partner"].browse(ids["res.partner"]).unlink()

    def _held(self):
        with self.registry.cursor() as cr:
            return sum(
                self._env(cr)["stock.quant"]
                .search([("location_id", "in", self.ids["stock.location"])])
                .mapped("quantity")
            )

    @mute_logger("odoo.sql_db")
    def test_two_apply_a_count_of_one_place(self):
        first, second, third = self.counts
        with self.registry.cursor() as later:
            count = self._env(later)["om.spare.count"].browse(second)
            self.assertEqual(count.line_ids.expected, 10)
            with self.registry.cursor() as cr:
                self._env(cr)["om.spare.count"].browse(first).action_apply()
                # At the same moment: the first has not finished.
                with self.registry.cursor() as same:
                    other = self._env(same)["om.spare.count"].browse(third)
                    with self.assertRaises(UserError):
                        other.action_apply()
                    same.rollback()
            # A moment later, with what it read before: the server tries again ...
            with self.assertRaises(SerializationFailure):
                count.action_apply()
            later.rollback()
        self.assertEqual(self._held(), 8)
        # ... and then reads what has happened meanwhile.
        with self.registry.cursor() as cr:
            count = self._env(cr)["om.spare.count"].browse(second)
            with self.assertRaisesRegex(UserError, "双人件"):
                count.action_apply()
            cr.rollback()
        self.assertEqual(self._held(), 8, "applied once")
        with self.registry.cursor() as cr:
            count = self._env(cr)["om.spare.count"].browse(second)
            count.action_update_expected()
            count.line_ids.counted = 7
            count.action_apply()
        self.assertEqual(self._held(), 7)

    @mute_logger("odoo.sql_db")
    def test_nobody_confirms_while_the_list_is_settled(self):
        (request_id,), (list_id,) = (
            self.ids["om.spare.request"],
            self.ids["om.spare.list"],
        )
        overseer_id = self.ids["res.users"][1]
        with self.registry.cursor() as cr:
            settlement = self._env(cr)["om.spare.settlement"].create(
                {"list_id": list_id}
            )
        # The part is confirmed while somebody submits, who saw it unconfirmed.
        with self.registry.cursor() as slow:
            env = self._env(slow)
            env["om.spare.quota"].search([("list_id", "=", list_id)]).mapped("used")
            with self.registry.cursor() as cr:
                request = self._env(cr)["om.spare.request"].browse(request_id)
                request.with_user(overseer_id).action_confirm()
            with self.assertRaises((SerializationFailure, UserError)):
                env["om.spare.settlement"].browse(settlement.id).action_submit()
            slow.rollback()
        # The other way round: the list closes, and an answer is too late.
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["om.spare.request"].browse(request_id).action_cancel()
            env["om.spare.settlement"].browse(settlement.id).action_submit()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            quota = env["om.spare.quota"].search([("list_id", "=", list_id)])
            self.assertEqual((quota.reserved, quota.list_state), (0, "settling"))
            with self.assertRaisesRegex(UserError, "双人清单"):
                quota._book(reserved=1)
            cr.rollback()
