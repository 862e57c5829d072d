from odoo.tests import TransactionCase

from odoo.addons.om_base.tests.common import new_test_user


class SlaCommon(TransactionCase):
    """A contract with systems, a default set of promises of its own, and people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # What a demonstration has invented would reach into the cases.
        cls.env["om.key.period"].search([("id", "!=", False)]).unlink()
        cls.policies = cls.env["om.sla.policy"]
        cls.unit = cls.env["res.partner"].create(
            {"name": "甲单位", "is_company": True, "om_role": "user_unit"}
        )
        cls.contract = cls._create_contract("SLA-1")
        shipped = cls.env.ref("om_helpdesk.om_sla_policy_default")
        cls.default = shipped.copy(
            {"agreement_id": cls.contract.id, "is_default": True}
        )

    @classmethod
    def _create_user(cls, role):
        return new_test_user(
            cls.env, login=f"om_sla_{role}", groups=f"om_base.group_{role}"
        )

    @classmethod
    def _create_contract(cls, code, **values):
        return cls.env["agreement"].create(
            {
                "name": "甲合同",
                "code": code,
                "partner_id": cls.unit.id,
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
                **values,
            }
        )

    @classmethod
    def _create_systems(cls, count, promises=(), **values):
        """Systems with deadlines: (severity, respond, onsite, fix), a promise being
        (value, unit) or None."""
        return cls.env["om.system"].create(
            [
                {
                    "name": f"系统{index:03d}",
                    "unit_id": cls.unit.id,
                    "agreement_id": cls.contract.id,
                    "deadline_ids": [
                        (0, 0, cls._deadline(*promise)) for promise in promises
                    ],
                    **values,
                }
                for index in range(count)
            ]
        )

    @staticmethod
    def _deadline(severity, respond=None, onsite=None, fix=None):
        values = {"severity": severity}
        for target, promise in (("respond", respond), ("onsite", onsite), ("fix", fix)):
            if promise:
                values[f"{target}_value"], values[f"{target}_unit"] = promise
        return values

    def _promises(self, policy):
        """Return {(severity, target, window): (value, unit, clock, start)}."""
        return {
            (line.severity, line.target, line.window): (
                line.value,
                line.unit,
                line.clock,
                line.start,
            )
            for line in policy.line_ids
        }
