from odoo import Command
from odoo.tests import TransactionCase

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tests.common import new_test_user

ROLES = ("engineer", "dispatcher", "procurement", "manager", "staffing", "auditor")
# A minimal PDF is a file as any other.
SCAN = "JVBERi0xLjQKJWVvZgo="


class OmObligationCommon(TransactionCase):
    """A contract of 2026 with a system of its user unit, and a user for each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.purchaser = cls._create_partner("甲采购人", "purchaser")
        cls.unit = cls._create_partner("甲单位", "user_unit")
        cls.other_unit = cls._create_partner("乙单位", "user_unit")
        cls.users = {
            role: new_test_user(
                cls.env, login=f"om_obligation_{role}", groups=f"om_base.group_{role}"
            )
            for role in ROLES
        }
        cls.unit_user = cls._create_portal_user("unit", cls.unit)
        cls.other_user = cls._create_portal_user("other", cls.other_unit)
        cls.contract = cls.env["agreement"].create(
            {
                "code": "TEST-OBLIGATIONS",
                "name": "甲合同",
                "partner_id": cls.purchaser.id,
                "user_id": cls.users["manager"].id,
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
            }
        )
        cls.system = cls._create_system("甲系统", cls.unit)

    @classmethod
    def _create_partner(cls, name, role):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "om_role": role}
        )

    @classmethod
    def _create_portal_user(cls, name, unit):
        user = new_test_user(
            cls.env,
            login=f"om_obligation_{name}",
            password=f"{name}-of-the-test",
            groups="om_base.group_portal_user_unit",
        )
        user.partner_id.parent_id = unit
        return user

    @classmethod
    def _create_system(cls, name, unit, **values):
        return cls.env["om.system"].create(
            {
                "name": name,
                "unit_id": unit.id,
                "state": "in_service",
                "service_start": "2026-01-01",
                "service_end": "2026-12-31",
                **values,
            }
        )

    @classmethod
    def _create_obligation(cls, *, agree=True, user="manager", **values):
        """Return an obligation that is planned from its first day on."""
        obligation = (
            cls.env["om.obligation"]
            .with_user(cls.users[user])
            .create(
                {
                    "name": "月度报告",
                    "agreement_id": cls.contract.id,
                    "system_ids": [Command.set(cls.system.ids)],
                    "per": "month",
                    "due_rule": "next_first_workday",
                    "record_from": "2026-01-01",
                    **values,
                }
            )
        )
        if agree:
            obligation.action_agree()
            obligation.action_plan()
        return obligation

    @classmethod
    def _hand_in(cls, item, quantity=1, role="manager", **values):
        file = cls.env["ir.attachment"].create(
            {
                "name": "报告.pdf",
                "datas": SCAN,
                "res_model": item._name,
                "res_id": item.id,
            }
        )
        item.with_user(cls.users[role]).action_hand_in(
            {item.id: {"quantity": quantity, "file_ids": [Command.set(file.ids)]}},
            **values,
        )
        return file

    @classmethod
    def _paper(cls, person="单位乙", day="2026-10-09"):
        scan = cls.env["ir.attachment"].create({"name": "签收单.pdf", "datas": SCAN})
        return Paper(person, day, scan)
