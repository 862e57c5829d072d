"""Purchaser and supervisor in the portal: what is there, what they owe, the package."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.om_base.tests.common import new_test_user

from .common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestSettlementPortal(AssessmentCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = cls._create_partner("甲监理", "supervisor")
        cls.supervisor_user = cls.make_user("supervisor", cls.supervisor)
        cls.stranger = cls.make_user(
            "purchaser", cls._create_partner("乙采购人", "purchaser"), "stranger"
        )
        cls.contract.write(
            {
                "signature_date": "2026-01-05",
                "effective_date": "2026-01-05",
                "supervisor_id": cls.supervisor.id,
                "payment_template_id": cls.env.ref(
                    "om_contract.om_payment_template_review"
                ).id,
            }
        )
        cls.contract.action_make_milestones()
        cls.contract.action_activate()
        cls.settlement = cls.env["om.settlement"].create(
            {"agreement_id": cls.contract.id}
        )
        cls.settlement.item_ids.filtered(
            lambda item: item.document_kind == "acceptance"
        )[:1].write({"owner": "supervisor"})

    @classmethod
    def make_user(cls, role, party, name=None):
        name = name or role
        user = new_test_user(
            cls.env,
            login=f"om_settlement_{name}",
            password=f"{name}-of-the-settlement",
            groups=f"om_base.group_portal_{role}",
        )
        user.partner_id.parent_id = party
        return user

    def make_package(self):
        self.settlement.with_user(self.users["manager"]).action_make_package()
        self.env.ref("om_base.om_job_cron_work").method_direct_trigger()
        self.env.invalidate_all()
        return self.settlement.package_id

    def open(self, path, name):
        password = (
            "purchaser-of-the-test"
            if name == "om_assessment_purchaser"
            else "unit-of-the-test"
            if name == "om_assessment_unit"
            else f"{name.removeprefix('om_settlement_')}-of-the-settlement"
        )
        self.authenticate(name, password)
        return self.url_open(path)

    def test_each_sees_what_it_owes(self):
        page = f"/my/contract-settlements/{self.settlement.id}"
        for name in ("om_assessment_purchaser", "om_settlement_supervisor"):
            listed = self.open("/my/contract-settlements", name)
            self.assertIn(page, listed.text, name)
            text = self.open(page, name).text
            for item in self.settlement.item_ids:
                self.assertIn(item.name, text)
        owed = self.settlement._get_owed_by(self.supervisor_user)
        self.assertEqual(set(owed.mapped("owner")), {"supervisor"})
        self.assertTrue(
            {"purchaser"}
            >= set(self.settlement._get_owed_by(self.purchaser_user).mapped("owner"))
        )
        self.assertFalse(self.settlement._get_owed_by(self.unit_user))

    def test_the_package_and_its_fingerprint(self):
        package = self.make_package()
        page = f"/my/contract-settlements/{self.settlement.id}"
        zip_url = f"{page}/files/{package.attachment_id.id}"
        name = "om_assessment_purchaser"
        self.assertNotIn(package.fingerprint, self.open(page, name).text)
        self.assertEqual(self.url_open(zip_url).status_code, 404, "not handed in yet")
        package.with_user(self.users["manager"]).action_hand_in()
        self.assertIn(package.fingerprint, self.url_open(page).text)
        for file in (package.attachment_id, package.volume_id):
            got = self.url_open(f"{page}/files/{file.id}")
            self.assertEqual(got.status_code, 200)
            self.assertEqual(got.content, file.sudo().raw)
        other = self.env["ir.attachment"].create({"name": "甲", "raw": b"x"})
        self.assertEqual(self.url_open(f"{page}/files/{other.id}").status_code, 404)
        told = self.open(page, "om_settlement_supervisor").text
        self.assertIn(package.fingerprint, told)
        self.assertNotIn("/files/", told, "a package tells prices")
        self.assertEqual(self.url_open(zip_url).status_code, 404)

    def test_what_is_not_theirs_is_not_found(self):
        package = self.make_package()
        package.with_user(self.users["manager"]).action_hand_in()
        page = f"/my/contract-settlements/{self.settlement.id}"
        for name in ("om_settlement_stranger", "om_assessment_unit"):
            self.assertEqual(self.open(page, name).status_code, 404, name)
            got = self.url_open(f"{page}/files/{package.attachment_id.id}")
            self.assertEqual(got.status_code, 404, name)
        self.open("/my", "om_assessment_purchaser")
        self.assertEqual(
            self.url_open("/my/contract-settlements/999999999").status_code, 404
        )

    def test_a_supervisor_reads_no_price_and_nobody_writes(self):
        own = self.settlement.with_user(self.supervisor_user)
        self.assertTrue(own.missing_count)
        for name in ("amount_claimed", "final_amount", "note"):
            with self.assertRaises(AccessError):
                own.read([name])
        self.assertTrue(
            self.settlement.with_user(self.purchaser_user).read(["amount_claimed"])
        )
        for user in (self.supervisor_user, self.purchaser_user):
            with self.assertRaises(AccessError):
                self.settlement.with_user(user).write({"item_ids": []})
            with self.assertRaises(AccessError):
                self.settlement.with_user(user).action_make_package()
            with self.assertRaises(AccessError):
                self.env["om.settlement.package"].with_user(user).search([])
