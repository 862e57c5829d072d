from odoo.tests import TransactionCase, tagged

from odoo.addons.om_base.tests.common import create_role_users

PARTY_ROLES = ("purchaser", "user_unit", "supervisor", "supplier", "agency")


@tagged("post_install", "-at_install")
class TestParties(TransactionCase):
    """A field that asks for a party offers those who are one, by role or by record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]

    def _create(self, name, role, **values):
        return self.partners.create(
            {"name": name, "is_company": True, "om_role": role, **values}
        )

    def _acting(self, role):
        return self.partners.search([("om_acts_as", "=", role)])

    def test_a_body_has_the_roles_that_records_give_it(self):
        hospital = self._create("甲医院", "purchaser")
        watcher = self._create("乙公司", "supplier")
        self.assertNotIn(hospital, self._acting("user_unit"))
        self.env["om.system"].create(
            {"name": "系统", "unit_id": hospital.id, "supervisor_id": watcher.id}
        )
        self.assertIn(hospital, self._acting("user_unit"))
        self.assertIn(hospital, self._acting("purchaser"))
        self.assertIn(watcher, self._acting("supervisor"))
        self.assertNotIn(watcher, self._acting("user_unit"))
        for role in ("Purchaser", "User Unit"):
            self.assertIn(role, hospital.with_context(lang="en_US").om_acts_as)

    def test_contracts_and_tenders_name_parties(self):
        buyer = self._create("丙局", "user_unit")
        seller = self._create("丁公司", "agency")
        for number, (body, direction) in enumerate(
            ((buyer, "sale"), (seller, "purchase"))
        ):
            self.env["agreement"].create(
                {
                    "code": f"T-{number}",
                    "name": "合同",
                    "partner_id": body.id,
                    "domain": direction,
                }
            )
        self.assertIn(buyer, self._acting("purchaser"))
        self.assertIn(seller, self._acting("supplier"))
        self.assertNotIn(seller, self._acting("purchaser"))
        inviting = self._create("戊中心", "user_unit")
        self.env["om.tender"].create({"name": "项目", "partner_id": inviting.id})
        self.assertIn(inviting, self._acting("purchaser"))

    def test_no_person_and_no_administrator_is_offered(self):
        self.assertFalse(
            self.partners.search([("om_acts_as", "in", PARTY_ROLES)])
            & self.env["res.users"].search([]).partner_id
        )

    def test_the_same_queries_for_one_and_for_many(self):
        bodies = self.partners.browse(
            self._create(f"单位{number}", "user_unit").id for number in range(30)
        )
        self.env.flush_all()
        counts = []
        bodies[:1].mapped("om_acts_as")
        for some in (bodies[:1], bodies):
            some.invalidate_recordset(["om_acts_as"])
            before = self.env.cr.sql_log_count
            some.mapped("om_acts_as")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_a_body_typed_in_another_role_is_not_made_twice(self):
        unit = self._create("己单位", "user_unit")
        asked = self.partners.with_context(
            default_om_role="purchaser", default_is_company=True
        )
        self.assertEqual(asked.name_create(" 己单位 ")[0], unit.id)
        new = self.partners.browse(asked.name_create("庚单位")[0])
        self.assertEqual((new.om_role, new.is_company), ("purchaser", True))

    def test_fields_offer_parties(self):
        """Each field of ours that asks for a body has a domain: who is not one is not
        offered."""
        bare = []
        for name, model in self.env.registry.items():
            for field in model._fields.values():
                if (
                    field.type == "many2one"
                    and field.comodel_name == "res.partner"
                    and field.store
                    and not (field.readonly or field.related)
                    and name.startswith(("om.", "helpdesk.ticket"))
                    and any(module.startswith("om_") for module in field._modules)
                    and not field.domain
                    # Lines that a settlement freezes are nobody's to enter.
                    and not name.startswith("om.spare.settlement.")
                ):
                    bare.append(str(field))
        # Whose fault it is: the page offers the people of the unit.
        self.assertLessEqual(set(bare), {"helpdesk.ticket.partner_id"})

    def test_roles_of_logins_see_the_same(self):
        users = create_role_users(self)
        found = self._acting("purchaser")
        for role in ("procurement", "dispatcher", "staffing"):
            with self.subTest(role=role):
                self.assertEqual(
                    self.partners.with_user(users[role]).search(
                        [("om_acts_as", "=", "purchaser")]
                    ),
                    found,
                )
