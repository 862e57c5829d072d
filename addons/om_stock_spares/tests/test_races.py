from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .common import PNG, forget_acts


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    """Two people want the same last thing, in transactions of their own that are
    committed; the server tries the loser's again, and then the loser reads why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.ids = {}
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            cls._prepare(cls._env(cr))

    @classmethod
    def _env(cls, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _prepare(cls, env):
        purchaser, supervisor = env["res.partner"].create(
            [
                {"name": f"争用{role}", "is_company": True, "om_role": role}
                for role in ("purchaser", "supervisor")
            ]
        )
        contract = env["agreement"].create(
            {
                "name": "争用合同",
                "code": "TEST-RACE-SPARES",
                "partner_id": purchaser.id,
                "supervisor_id": supervisor.id,
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
            }
        )
        system = env["om.system"].create(
            {
                "name": "争用系统",
                "unit_id": purchaser.id,
                "purchaser_id": purchaser.id,
                "supervisor_id": supervisor.id,
                "agreement_id": contract.id,
            }
        )
        products = env["product.product"].create(
            [
                {"name": f"争用件{number}", "type": "consu", "is_storable": True}
                for number in range(4)
            ]
        )
        warehouse = env["stock.warehouse"].search([], limit=1)
        place = env["stock.location"].create(
            {
                "name": "争用架",
                "usage": "internal",
                "location_id": warehouse.lot_stock_id.id,
            }
        )
        # Enough of all but the third: of that one piece is left.
        for product, count in zip(products, (9, 9, 1, 9), strict=True):
            env["stock.quant"]._update_available_quantity(product, place, count)
        spare_list = env["om.spare.list"].create(
            {
                "name": "争用清单",
                "agreement_id": contract.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "warehouse_id": warehouse.id,
                "quota_ids": [
                    (
                        0,
                        0,
                        {
                            "name": product.name,
                            "product_id": product.id,
                            "cap": cap,
                            "price_unit": 100,
                        },
                    )
                    for product, cap in zip(products, (4, 1, 5, 5), strict=True)
                ],
            }
        )
        spare_list.action_activate()
        people = {
            role: cls._person(env, role, partner)
            for role, partner in (
                ("portal_purchaser", purchaser),
                ("portal_supervisor", supervisor),
                ("engineer", env["res.partner"]),
                ("warehouse", env["res.partner"]),
            )
        }
        cls.people = {role: user.id for role, user in people.items()}
        swapped, capped, stocked, other = spare_list.quota_ids
        swaps = env["om.spare.swap"].create(
            [
                {
                    "list_id": spare_list.id,
                    "reason": "争用",
                    "line_ids": [
                        (0, 0, {"side": side, "quota_id": quota.id, "quantity": 3})
                        for side, quota in (("given", swapped), ("taken", other))
                    ],
                }
                for _number in range(2)
            ]
        )
        swaps.action_ask()
        requests = (
            env["om.spare.request"]
            .with_user(people["engineer"])
            .create(
                [
                    {
                        "system_id": system.id,
                        "quota_id": quota.id,
                        "beyond_repair": "x",
                        "repair_tried": "x",
                        "source_location_id": place.id,
                        "photo_ids": [(0, 0, {"name": "x.png", "datas": PNG})],
                    }
                    for quota in (capped, capped, stocked, stocked)
                ]
            )
        )
        requests.action_ask()
        requests.with_user(people["portal_purchaser"]).action_confirm()
        requests[2:].with_user(people["portal_supervisor"]).action_confirm()
        cls.quotas = spare_list.quota_ids.ids
        cls.swaps, cls.capped = swaps.ids, requests[:2].ids
        cls.stocked = requests[2:].ids
        users = env["res.users"].union(*people.values())
        cls.ids = {
            "agreement": contract.ids,
            "om.system": system.ids,
            "product.product": products.ids,
            "product.template": products.product_tmpl_id.ids,
            "stock.location": place.ids,
            "om.spare.list": spare_list.ids,
            "om.spare.swap": swaps.ids,
            "om.spare.request": requests.ids,
            "res.users": users.ids,
            "res.partner": (users.partner_id | purchaser | supervisor).ids,
        }

    @classmethod
    def _person(cls, env, role, company):
        values = {}
        if company:
            contact = env["res.partner"].create(
                {"name": f"争用 {role}", "parent_id": company.id}
            )
            values["partner_id"] = contact.id
        return new_test_user(
            env, login=f"race_{role}", groups=f"om_base.group_{role}", **values
        )

    @classmethod
    def _clean_up(cls):
        """What stays on record by rule, only a test takes away."""
        if not cls.ids:
            return
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            ids = {model: tuple(some) for model, some in cls.ids.items()}
            requests = ids["om.spare.request"]
            for table, column, some in (
                ("stock_move_line", "product_id", ids["product.product"]),
                ("stock_move", "product_id", ids["product.product"]),
                ("stock_picking", "om_spare_request_id", requests),
                ("stock_quant", "product_id", ids["product.product"]),
                ("om_spare_confirmation", "request_id", requests),
                ("om_spare_request", "id", requests),
                ("om_spare_swap", "id", ids["om.spare.swap"]),
                ("om_spare_list", "id", ids["om.spare.list"]),
                ("stock_location", "id", ids["stock.location"]),
                ("product_product", "id", ids["product.product"]),
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
            for model in ("om.system", "agreement", "res.users", "res.partner"):
                if model == "res.users":
                    forget_acts(env, {**ids, "om.spare.quota": cls.quotas})
                env[model].browse(ids[model]).unlink()

    def _race(self, act, first, second, sentence):
        """``first`` wins; ``second``, who had begun before that, loses: at once or when
        the server tries again, with ``sentence``."""
        with self.registry.cursor() as later:
            # What was read before the other one finished.
            self._env(later)["om.spare.quota"].browse(self.quotas).mapped("remaining")
            with self.registry.cursor() as cr:
                act(self._env(cr), first)
            with self.assertRaises((SerializationFailure, UserError)):
                act(self._env(later), second)
            later.rollback()
        with self.registry.cursor() as cr:
            with self.assertRaisesRegex(UserError, sentence):
                act(self._env(cr), second)
            cr.rollback()

    def _read(self, index):
        with self.registry.cursor() as cr:
            quota = self._env(cr)["om.spare.quota"].browse(self.quotas[index])
            return quota.used, quota.reserved, quota.swap_out, quota.remaining

    @mute_logger("odoo.sql_db")
    def test_two_swaps_of_the_same_unused_quantity(self):
        def agree(env, swap_id):
            swap = env["om.spare.swap"].browse(swap_id)
            swap.with_user(self.people["portal_purchaser"]).action_agree()
            env.flush_all()

        self._race(agree, *self.swaps, "争用件0.*1|1.*争用件0")
        self.assertEqual(self._read(0), (0, 0, 3, 1))

    @mute_logger("odoo.sql_db")
    def test_two_confirmations_of_the_last_of_a_cap(self):
        def confirm(env, request_id):
            request = env["om.spare.request"].browse(request_id)
            request.with_user(self.people["portal_supervisor"]).action_confirm()
            env.flush_all()

        self._race(confirm, *self.capped, "争用件1")
        self.assertEqual(self._read(1), (0, 1, 0, 0))
        with self.registry.cursor() as cr:
            loser = self._env(cr)["om.spare.request"].browse(self.capped[1])
            self.assertEqual(
                (loser.state, loser.supervisor_state), ("asked", "waiting")
            )

    @mute_logger("odoo.sql_db")
    def test_two_clerks_at_the_last_piece(self):
        def issue(env, request_id):
            request = env["om.spare.request"].browse(request_id)
            request.with_user(self.people["warehouse"]).action_issue()
            env.flush_all()

        self._race(issue, *self.stocked, "争用件2")
        self.assertEqual(self._read(2), (1, 1, 0, 3))
        with self.registry.cursor() as cr:
            requests = self._env(cr)["om.spare.request"].browse(self.stocked)
            self.assertEqual(requests.mapped("state"), ["issued", "confirmed"])

    @mute_logger("odoo.sql_db")
    def test_stock_that_somebody_holds_is_waited_for(self):
        """Going round it would leave less than nothing in a row beside it."""
        product = self.ids["product.product"][3]
        with self.registry.cursor() as cr, self.registry.cursor() as later:
            quants = self._env(cr)["stock.quant"]
            held = quants.search([("product_id", "=", product)])
            self.assertTrue(held.try_lock_for_update(allow_referencing=True))
            later.execute("SET LOCAL lock_timeout = '100ms'")
            env = self._env(later)
            with self.assertRaises(LockNotAvailable):
                env["stock.quant"]._wait_for(
                    env["product.product"].browse(product),
                    env["stock.location"].browse(self.ids["stock.location"]),
                )
            later.rollback()
