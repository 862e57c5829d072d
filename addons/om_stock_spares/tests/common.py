from odoo.tests import TransactionCase
from odoo.tools import SQL

from odoo.addons.om_base.tests.common import new_test_user

PNG = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)


def forget_acts(env, ids):
    """Take what committed tests left out of the ledger; nobody but a test can.

    :param ids: {model: ids} of the documents, and of the people under ``res.users``
    """
    env.flush_all()
    mine = SQL(
        "SELECT id FROM om_act WHERE user_id IN %s OR %s",
        tuple(ids["res.users"]),
        SQL(" OR ").join(
            SQL("(res_model = %s AND res_id IN %s)", model, tuple(some))
            for model, some in ids.items()
            if some
        ),
    )
    for statement in (
        SQL("DELETE FROM om_act_personal WHERE act_id IN (%s)", mine),
        SQL("DELETE FROM om_act_attachment_rel WHERE act_id IN (%s)", mine),
        SQL("DELETE FROM om_act WHERE id IN (%s)", mine),
        SQL("DELETE FROM om_signature WHERE user_id IN %s", tuple(ids["res.users"])),
    ):
        env.cr.execute(statement)
    env.invalidate_all()


class SparesCommon(TransactionCase):
    """A contract with a list of two parts, a stocked warehouse in the district, a
    broken device, and a user for every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # What a demonstration has invented would reach into the cases.
        cls.env["om.key.period"].search([("id", "!=", False)]).unlink()
        cls.purchaser = cls._create_company("采购人", "purchaser")
        cls.supervisor = cls._create_company("监理", "supervisor")
        cls.unit = cls._create_company("用户单位", "user_unit")
        cls.contract = cls.env["agreement"].create(
            {
                "name": "运维合同",
                "code": "SPARES-1",
                "partner_id": cls.purchaser.id,
                "supervisor_id": cls.supervisor.id,
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
            }
        )
        cls.system = cls.env["om.system"].create(
            {
                "name": "智慧社区",
                "unit_id": cls.unit.id,
                "purchaser_id": cls.purchaser.id,
                "supervisor_id": cls.supervisor.id,
                "agreement_id": cls.contract.id,
                "service_start": "2026-01-01",
                "service_end": "2026-12-31",
                "state": "in_service",
            }
        )
        cls.device = cls.env["maintenance.equipment"].create(
            {
                "name": "卡口摄像机 07",
                "serial_no": "OLD-07",
                "system_id": cls.system.id,
                "location": "东门",
                "effective_date": "2023-01-01",
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].create(
            {"name": "测试备件库", "code": "CSBJ", "district_code": "110113"}
        )
        cls.warehouse.action_make_spare_locations()
        cls.camera = cls._create_product("卡口摄像机", tracking="serial")
        cls.lamp = cls._create_product("补光灯")
        cls.list = cls.env["om.spare.list"].create(
            {
                "name": "智慧平安小区 2026",
                "agreement_id": cls.contract.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "district_code": "110113",
                "warehouse_id": cls.warehouse.id,
                "quota_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "智慧社区车辆卡口摄像机",
                            "product_id": cls.camera.id,
                            "cap": 3,
                            "price_unit": 1500.0,
                        },
                    ),
                    (
                        0,
                        0,
                        {
                            "name": "补光灯(配套闪光灯)",
                            "product_id": cls.lamp.id,
                            "cap": 7,
                            "price_unit": 300.0,
                        },
                    ),
                ],
            }
        )
        cls.list.action_activate()
        cls.camera_quota, cls.lamp_quota = cls.list.quota_ids
        cls.stock = cls.warehouse.lot_stock_id
        cls._stock(cls.lamp, 20)
        cls.lots = cls.env["stock.lot"].create(
            [
                {"name": f"NEW-{number}", "product_id": cls.camera.id}
                for number in range(1, 5)
            ]
        )
        for lot in cls.lots:
            cls._stock(cls.camera, 1, lot)
        cls.engineer = cls._create_user("engineer")
        cls.clerk = cls._create_user("warehouse")
        cls.manager = cls._create_user("manager")
        cls.buyer = cls._create_party("portal_purchaser", cls.purchaser)
        cls.overseer = cls._create_party("portal_supervisor", cls.supervisor)

    @classmethod
    def _create_company(cls, name, role):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "om_role": role}
        )

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, **values}
        )

    @classmethod
    def _stock(cls, product, quantity, lot=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.stock, quantity, lot_id=lot
        )

    @classmethod
    def _create_user(cls, role, **values):
        return new_test_user(
            cls.env, login=f"spares_{role}", groups=f"om_base.group_{role}", **values
        )

    @classmethod
    def _create_party(cls, role, company):
        contact = cls.env["res.partner"].create(
            {"name": f"乙 {role}", "parent_id": company.id}
        )
        return cls._create_user(role, partner_id=contact.id)

    def _request(self, quota=None, quantity=1, **values):
        return (
            self.env["om.spare.request"]
            .with_user(self.engineer)
            .create(
                {
                    "system_id": self.system.id,
                    "equipment_id": self.device.id,
                    "quota_id": (quota or self.lamp_quota).id,
                    "quantity": quantity,
                    "beyond_repair": "主板击穿",
                    "repair_tried": "更换电源模块后仍不启动",
                    "photo_ids": [(0, 0, {"name": "x.png", "datas": PNG})],
                    **values,
                }
            )
        )

    def _confirm(self, request):
        request.action_ask()
        request.with_user(self.buyer).action_confirm()
        request.with_user(self.overseer).action_confirm()
        request.invalidate_recordset()

    def _counters(self, quota):
        quota.invalidate_recordset()
        return quota.used, quota.reserved, quota.remaining
