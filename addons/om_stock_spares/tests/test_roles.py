from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SparesCommon

MODELS = (
    "om.spare.list",
    "om.spare.quota",
    "om.spare.request",
    "om.spare.confirmation",
    "om.dismantled.part",
    "om.spare.swap",
    "om.spare.repair",
    "om.spare.check",
    "om.spare.readiness",
    "om.key.period.spare",
)
PARTIES_READ = {
    "om.spare.list",
    "om.spare.quota",
    "om.spare.request",
    "om.spare.confirmation",
    "om.dismantled.part",
    "om.spare.swap",
}
UNIT_READS = {"om.spare.request", "om.dismantled.part"}
# Role: models in which it may make new records.
MAY_CREATE = {
    "user": set(),
    "auditor": set(),
    "staffing": set(),
    "warehouse": {
        "om.dismantled.part",
        "om.spare.repair",
        "om.spare.check",
        "om.key.period.spare",
    },
    "engineer": {"om.spare.request", "om.dismantled.part", "om.spare.repair"},
    "dispatcher": {"om.spare.request", "om.spare.repair", "om.key.period.spare"},
    "procurement": {
        "om.spare.list",
        "om.spare.quota",
        "om.spare.swap",
    },
    "manager": {
        "om.spare.list",
        "om.spare.quota",
        "om.dismantled.part",
        "om.spare.swap",
        "om.spare.repair",
        "om.spare.check",
        "om.key.period.spare",
    },
}


@tagged("post_install", "-at_install")
class TestSpareRoles(SparesCommon):
    """What each role reads and does, and what is refused."""

    def _user(self, role):
        login = f"spares_{role}"
        return self.env["res.users"].search(
            [("login", "=", login)]
        ) or self._create_user(role)

    def test_internal_roles(self):
        for role, allowed in MAY_CREATE.items():
            user = self._user(role)
            for model in MODELS:
                records = self.env[model].with_user(user)
                self.assertTrue(records.has_access("read"), (role, model))
                # Managers and dispatchers are engineers, too; more is fine only there.
                if role not in ("manager", "dispatcher"):
                    self.assertEqual(
                        records.has_access("create"), model in allowed, (role, model)
                    )
                else:
                    missing = model in allowed and not records.has_access("create")
                    self.assertFalse(missing, (role, model))

    def test_nobody_writes_what_is_worked_out(self):
        for role in MAY_CREATE:
            readiness = self.env["om.spare.readiness"].with_user(self._user(role))
            for operation in ("create", "write", "unlink"):
                self.assertFalse(readiness.has_access(operation), (role, operation))
            confirmation = self.env["om.spare.confirmation"].with_user(self._user(role))
            self.assertFalse(confirmation.has_access("create"), role)

    def test_portal_roles(self):
        unit = self._create_party("portal_user_unit", self.unit)
        for user, readable in (
            (self.buyer, PARTIES_READ),
            (self.overseer, PARTIES_READ),
            (unit, UNIT_READS),
        ):
            for model in MODELS:
                records = self.env[model].with_user(user)
                self.assertEqual(
                    records.has_access("read"), model in readable, (user.login, model)
                )
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(
                        records.has_access(operation), (user.login, model, operation)
                    )

    def test_what_the_roles_do(self):
        request = self._request()
        self._confirm(request)
        for role in ("user", "auditor", "procurement", "staffing"):
            with self.assertRaises(AccessError, msg=role):
                request.with_user(self._user(role)).action_issue()
        request.with_user(self.clerk).action_issue()
        for role in ("user", "auditor", "procurement"):
            with self.assertRaises(AccessError, msg=role):
                request.with_user(self._user(role))._install()
        request.with_user(self.engineer)._install()
        self.assertEqual(request.state, "installed")

    def test_parties_see_their_own_only(self):
        mine = self._request()
        mine.action_ask()
        other = self._create_company("别的采购人二", "purchaser")
        contact = self.env["res.partner"].create(
            {"name": "乙 别处", "parent_id": other.id}
        )
        stranger = self.env["res.users"].create(
            {
                "login": "spares_stranger",
                "partner_id": contact.id,
                "group_ids": [
                    (6, 0, self.env.ref("om_base.group_portal_purchaser").ids)
                ],
            }
        )
        found = self.env["om.spare.request"].search([("id", "=", mine.id)])
        self.assertEqual(
            found.with_user(self.buyer).search([("id", "=", mine.id)]), mine
        )
        self.assertFalse(found.with_user(stranger).search([("id", "=", mine.id)]))
        draft = self._request()
        self.assertFalse(
            draft.with_user(self.buyer).search([("id", "=", draft.id)]),
            "drafts are nobody's business yet",
        )
