from odoo import Command
from odoo.tests import TransactionCase

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tests.common import new_test_user

ROLES = ("engineer", "dispatcher", "procurement", "manager", "staffing", "auditor")
# A minimal PDF is a file as any other.
SCAN = "JVBERi0xLjQKJWVvZgo="


class AssessmentCommon(TransactionCase):
    """A contract in force of 2026 with a system each of two units, people of all sides,
    and a scheme of theirs with one indicator that is judged by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.users = {
            role: new_test_user(
                cls.env, login=f"om_assessment_{role}", groups=f"om_base.group_{role}"
            )
            for role in ROLES
        }
        cls.purchaser = cls._create_partner("甲采购人", "purchaser")
        cls.unit = cls._create_partner("甲单位", "user_unit")
        cls.other_unit = cls._create_partner("乙单位", "user_unit")
        cls.unit_user = cls._create_portal_user("unit", cls.unit)
        cls.other_user = cls._create_portal_user("other", cls.other_unit)
        cls.purchaser_user = cls._create_portal_user("purchaser", cls.purchaser)
        cls.contract = cls.env["agreement"].create(
            {
                "code": "TEST-ASSESSMENT",
                "name": "甲合同",
                "partner_id": cls.purchaser.id,
                "user_id": cls.users["manager"].id,
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
                "amount_total": 100000.0,
            }
        )
        cls.system = cls._create_system("甲系统", cls.unit, annual_fee=36500.0)
        cls.other_system = cls._create_system(
            "乙系统", cls.other_unit, annual_fee=63500.0
        )

    @classmethod
    def _create_partner(cls, name, role):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "om_role": role}
        )

    @classmethod
    def _create_portal_user(cls, name, party):
        role = "purchaser" if name == "purchaser" else "user_unit"
        user = new_test_user(
            cls.env,
            login=f"om_assessment_{name}",
            password=f"{name}-of-the-test",
            groups=f"om_base.group_portal_{role}",
        )
        user.partner_id.parent_id = party
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
                "agreement_id": cls.contract.id,
                **values,
            }
        )

    @classmethod
    def _create_scheme(cls, *lines, use=True, **values):
        scheme = cls.env["om.assessment.scheme"].create(
            {
                "name": "甲办法",
                "line_ids": [Command.create(line) for line in lines]
                or [
                    Command.create(
                        {
                            "name": "重大事件",
                            "source": "manual_amount",
                            "operator": "<=",
                            "target": 0,
                            "points": 2,
                        }
                    )
                ],
                **values,
            }
        )
        if use:
            scheme.action_put_to_use()
        return scheme

    @classmethod
    def _create_memorandum(cls, unit=None, systems=None, *, sign=True, **values):
        unit = cls.unit if unit is None else unit
        systems = cls.system if systems is None else systems
        memorandum = cls.env["om.memorandum"].create(
            {
                "agreement_id": cls.contract.id,
                "unit_id": unit.id,
                "system_ids": [Command.set(systems.ids)],
                "date_from": "2026-01-01",
                **values,
            }
        )
        if sign:
            cls._sign_memorandum(memorandum)
        return memorandum

    @classmethod
    def _sign_memorandum(cls, memorandum):
        ours = memorandum.with_user(cls.users["manager"])
        if memorandum.unit_id:
            ours.action_sign_unit(paper=cls._paper("单位乙"))
        ours.action_sign_purchaser(paper=cls._paper("采购乙"))
        ours.action_sign_ours()
        ours.action_enforce()

    @classmethod
    def _paper(cls, person="单位乙", day="2026-11-20"):
        files = cls.env["ir.attachment"].with_user(cls.users["manager"])
        scan = files.create({"name": "签字页.pdf", "datas": SCAN})
        return Paper(person, day, scan)
