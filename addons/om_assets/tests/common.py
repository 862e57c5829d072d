from odoo.tests import TransactionCase

from odoo.addons.om_base.tests.common import new_test_user


class OmAssetsCommon(TransactionCase):
    """Two units with a system each, and a user for every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.unit = cls._create_unit("甲单位")
        cls.other_unit = cls._create_unit("乙单位")
        cls.category = cls.env["om.system.category"].create({"name": "Test Class"})
        cls.system = cls.env["om.system"].create(
            {
                "name": "甲单位办公系统",
                "unit_id": cls.unit.id,
                "category_id": cls.category.id,
                "service_start": "2026-01-01",
                "service_end": "2026-12-31",
                "hardware_line_ids": [
                    (0, 0, {"name": "服务器", "quantity": 3, "uom_name": "台"}),
                    (0, 0, {"name": "交换机"}),
                ],
                "inspection_plan_ids": [(0, 0, {"per": "month"})],
                "deadline_ids": [
                    (
                        0,
                        0,
                        {
                            "severity": "urgent",
                            "respond_value": 30,
                            "respond_unit": "minute",
                            "fix_value": 8,
                            "fix_unit": "hour",
                        },
                    )
                ],
            }
        )
        cls.other_system = cls.env["om.system"].create(
            {"name": "乙单位监控系统", "unit_id": cls.other_unit.id}
        )

    @classmethod
    def _create_unit(cls, name):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "om_role": "user_unit"}
        )

    @classmethod
    def _create_user(cls, role, **values):
        return new_test_user(
            cls.env,
            login=f"om_assets_{role}",
            groups=f"om_base.group_{role}",
            **values,
        )
