from odoo import fields

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tests.common import new_test_user

from .common import OmAssetsCommon

# A picture of one transparent pixel, as the signature pad would send it.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASU"
    "VORK5CYII="
)


class InspectionCommon(OmAssetsCommon):
    """A checklist of our own, engineers, and an inspection of 10 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["om.inspection.checklist"].search([]).active = False
        cls.checklist = cls.env["om.inspection.checklist"].create(
            {
                "name": "机房",
                "scope": "hardware",
                "line_ids": [
                    (0, 0, {"name": "状态", "sequence": 1}),
                    (0, 0, {"name": "标签", "sequence": 2, "onsite_only": True}),
                    (
                        0,
                        0,
                        {
                            "name": "温度",
                            "sequence": 3,
                            "measured": True,
                            "bound": "range",
                            "value_min": 18,
                            "value_max": 27,
                            "uom_name": "℃",
                        },
                    ),
                ],
            }
        )
        cls.engineer = cls._create_user("engineer", name="甲11")
        cls.colleague = new_test_user(
            cls.env,
            login="om_assets_colleague",
            groups="om_base.group_engineer",
            name="甲12",
        )
        cls.dispatcher = cls._create_user("dispatcher", name="甲13")
        cls.manager = cls._create_user("manager", name="甲14")
        cls.inspection = cls._create_inspection()

    @classmethod
    def _create_inspection(cls, **values):
        return cls.env["maintenance.request"].create(
            {
                "name": "三月巡检",
                "system_id": cls.system.id,
                "is_inspection": True,
                "inspection_scope": "hardware",
                "inspection_date": "2026-03-10",
                "inspection_deadline": "2026-03-31",
                "maintenance_type": "preventive",
                "user_id": cls.engineer.id,
                **values,
            }
        )

    def _items(self, inspection):
        """Return the items by name, as the inspector sees them."""
        return {item.name: item for item in inspection.result_ids}

    def _judge_all(self, inspection):
        """Start an inspection and judge everything: passed."""
        inspection.action_start_inspection()
        self._items(inspection)["温度"].value = 20
        inspection.action_pass_others()

    def _paper(self, person="乙11", way="drawn", day=None):
        """What a person of the unit signed, as ours enter it."""
        scan = self.env["ir.attachment"].create({"name": "a.png", "datas": SIGNATURE})
        day = day or self.env["maintenance.request"]._get_signing_day()
        return Paper(person, fields.Date.to_date(day), scan, way)

    def _lines(self, record):
        """Return the ledger's lines of a record, the first first."""
        lines = self.env["om.act"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        return lines.sorted("position")

    def _faults(self, record):
        """Return what the check of the ledger finds about a record."""
        self.env.flush_all()
        self.env.invalidate_all()
        return list(
            self.env["om.act"]._find_faults(
                [("res_model", "=", record._name), ("res_id", "=", record.id)]
            )
        )

    def _close(self, inspection):
        self._judge_all(inspection)
        inspection.inspector_signature = SIGNATURE
        inspection.action_close_inspection()
