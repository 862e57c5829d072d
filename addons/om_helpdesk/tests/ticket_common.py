from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time

from odoo.addons.om_base.tests.common import new_test_user

# Wednesday, an ordinary working day; 02:00 UTC is 10:00 in Beijing.
REPORTED = datetime(2026, 3, 11, 2, 0)


def after(**values):
    """Return the moment so long after the report."""
    return REPORTED + timedelta(**values)


class TicketCommon(TransactionCase):
    """A system of a contract with a promise on a clock that always runs, and people.

    Urgent: respond 30 minutes, arrive 2 hours, repair 8 hours. General: respond 4
    hours, repair 48 hours. Serious: respond 1 hour, repair 24 hours. Nothing is
    promised for minor faults, so the contract's default applies to them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # What a demonstration has invented would reach into the cases.
        cls.env["om.key.period"].search([("id", "!=", False)]).unlink()
        cls.calendar = cls.env["om.service.calendar"].create(
            {"name": "Test: always", "always": True}
        )
        cls.policy = cls._create_policy(
            "Test promise",
            [
                ("urgent", "respond", 30, "minute"),
                ("urgent", "onsite", 2, "hour"),
                ("urgent", "fix", 8, "hour"),
                ("serious", "respond", 1, "hour"),
                ("serious", "fix", 24, "hour"),
                ("general", "respond", 4, "hour"),
                ("general", "fix", 48, "hour"),
            ],
        )
        cls.unit = cls._create_party("甲单位", "user_unit")
        cls.other_unit = cls._create_party("乙单位", "user_unit")
        cls.purchaser = cls._create_party("采购单位", "purchaser")
        cls.supervisor = cls._create_party("监理单位", "supervisor")
        cls.contract = cls.env["agreement"].create(
            {
                "name": "甲合同",
                "code": "FAULTS-1",
                "partner_id": cls.purchaser.id,
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
            }
        )
        shipped = cls.env.ref("om_helpdesk.om_sla_policy_default")
        cls.default = shipped.copy(
            {"agreement_id": cls.contract.id, "is_default": True}
        )
        cls.system = cls._create_system("甲单位办公系统", cls.unit)
        cls.other_system = cls._create_system("乙单位监控系统", cls.other_unit)
        cls.system.agreement_id = cls.contract
        cls.system.supervisor_id = cls.supervisor
        cls.engineer = cls._create_user("engineer")
        cls.second_engineer = cls._create_user("engineer", "_2")
        cls.dispatcher = cls._create_user("dispatcher")
        cls.manager = cls._create_user("manager")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Test team",
                "user_ids": [
                    (6, 0, (cls.engineer | cls.second_engineer | cls.dispatcher).ids)
                ],
                "user_id": cls.dispatcher.id,
            }
        )

    @classmethod
    def _create_policy(cls, name, promises, **values):
        return cls.env["om.sla.policy"].create(
            {
                "name": name,
                "calendar_id": cls.calendar.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "severity": severity,
                            "target": target,
                            "value": value,
                            "unit": unit,
                            "clock": "always",
                        },
                    )
                    for severity, target, value, unit in promises
                ],
                **values,
            }
        )

    @classmethod
    def _create_party(cls, name, role):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "om_role": role}
        )

    @classmethod
    def _create_system(cls, name, unit):
        system = cls.env["om.system"].create(
            {
                "name": name,
                "unit_id": unit.id,
                "service_start": "2026-01-01",
                "service_end": "2026-12-31",
                "sla_policy_id": cls.policy.id,
            }
        )
        system.action_start()
        return system

    @classmethod
    def _create_user(cls, role, suffix="", **values):
        return new_test_user(
            cls.env,
            login=f"om_helpdesk_{role}{suffix}",
            groups=f"om_base.group_{role}",
            email=f"{role}{suffix}@example.com",
            tz="Asia/Shanghai",
            context={"no_reset_password": True, "tracking_disable": True},
            **values,
        )

    @classmethod
    def _create_portal_user(cls, role, party):
        user = new_test_user(
            cls.env,
            login=f"om_helpdesk_{role}_{party.id}",
            groups=f"om_base.group_{role}",
        )
        user.partner_id.parent_id = party
        return user

    def _report(self, severity="urgent", at=REPORTED, **values):
        """Return a fault that was reported, and typed in, at ``at``."""
        with freeze_time(at):
            ticket = self.env["helpdesk.ticket"].create(
                {
                    "name": "Test fault",
                    "description": "Test",
                    "system_id": self.system.id,
                    "team_id": self.team.id,
                    "severity": severity,
                    **values,
                }
            )
            self.env.flush_all()
            return ticket

    @contextmanager
    def _refused(self, text, error=UserError):
        """Expect a refusal that says ``text``, and take back what was tried."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), text)
        self.env.invalidate_all()

    def _at(self, moment, ticket, method, user=None, *args, **kwargs):
        """Call a method of the ticket as ``user`` at ``moment``."""
        with freeze_time(moment):
            record = ticket.with_user(user or self.engineer)
            result = getattr(record, method)(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _pause(self, ticket, at, user=None, **values):
        with freeze_time(at):
            pause = (
                self.env["om.ticket.pause"]
                .with_user(user or self.engineer)
                .create(
                    {
                        "ticket_id": ticket.id,
                        "kind": "user",
                        "reason": "the room is locked",
                        **values,
                    }
                )
            )
            self.env.flush_all()
        self.env.invalidate_all()
        return pause
