"""The first day: facts decide what is done; one job per person; who reads only."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import new_test_user


@tagged("post_install", "-at_install")
class TestSetup(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "My Company"})
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )

    def get_step(self, key):
        steps = self.env["om.setup"].get_setup()["steps"]
        return next(step for step in steps if step["key"] == key)

    def test_company(self):
        self.assertEqual(len(self.get_step("company")["missing"]), 5)
        self.company.write(
            {
                "name": "首日测试公司",
                "street": "示例路1号",
                "city": "北京",
                "vat": "示例",
                "phone": "010-00000000",
                "external_report_layout_id": self.env["ir.ui.view"]
                .search([("type", "=", "qweb")], limit=1)
                .id,
            }
        )
        self.assertEqual(self.get_step("company")["missing"], [])

    def test_people(self):
        self.assertEqual(len(self.get_step("people")["missing"]), 1)
        user = new_test_user(
            self.env,
            "om_setup_store",
            groups="om_base.group_warehouse",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        # A storekeeper alone inspects nothing.
        self.assertEqual(len(self.get_step("people")["missing"]), 1)
        user.om_job = "engineer"
        step = self.get_step("people")
        self.assertEqual(step["missing"], [])
        self.assertEqual(len(step["hints"]), 1)

    @freeze_time("2030-05-05")
    def test_a_year_without_its_list(self):
        self.assertEqual(len(self.get_step("calendar")["missing"]), 1)

    @freeze_time("2026-05-05")
    def test_a_year_with_its_list(self):
        self.assertEqual(self.get_step("calendar")["missing"], [])

    def test_who_may_see_it(self):
        engineer = new_test_user(
            self.env, "om_setup_engineer", groups="om_base.group_engineer"
        )
        with self.assertRaises(AccessError):
            self.env["om.setup"].with_user(engineer).get_setup()
        manager = new_test_user(
            self.env, "om_setup_manager", groups="om_base.group_manager"
        )
        setup = self.env["om.setup"].with_user(manager).get_setup()
        # A button is for who may use what it opens.
        [company] = [step for step in setup["steps"] if step["key"] == "company"]
        self.assertEqual(company["buttons"], [])


@tagged("post_install", "-at_install")
class TestJob(TransactionCase):
    def test_one_choice_gives_one_job(self):
        user = new_test_user(
            self.env,
            "om_job",
            groups="om_base.group_procurement,base.group_erp_manager",
        )
        self.assertEqual(user.om_job, "procurement")
        user.om_job = "manager"
        self.assertEqual(user.om_job, "manager")
        self.assertTrue(user.has_group("om_base.group_engineer"))
        self.assertFalse(user.has_group("om_base.group_procurement"))
        # What other applications gave stays.
        self.assertIn(self.env.ref("base.group_erp_manager"), user.group_ids)
        user.om_job = False
        self.assertFalse(user.has_group("om_base.group_user"))
        self.assertTrue(user._is_internal())

    def test_several_jobs_are_told_and_kept(self):
        user = new_test_user(
            self.env,
            "om_jobs",
            groups="om_base.group_warehouse,om_base.group_engineer",
        )
        self.assertEqual(user.om_job, "several")
        before = user.group_ids
        user.om_job = "several"
        self.assertEqual(user.group_ids, before)

    def test_what_a_job_brings_is_no_second_job(self):
        user = new_test_user(
            self.env,
            "om_job_admin",
            groups="om_base.group_administrator,om_base.group_manager",
        )
        self.assertEqual(user.om_job, "administrator")

    def test_a_new_person_has_the_job_at_once(self):
        user = self.env["res.users"].create(
            {"name": "甲某", "login": "om_job_new", "om_job": "engineer"}
        )
        self.assertTrue(user.has_group("om_base.group_engineer"))
        self.assertFalse(user.has_group("om_base.group_manager"))


@tagged("post_install", "-at_install")
class TestReadsOnly(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = new_test_user(
            cls.env, "om_reads_only", groups="om_base.group_auditor"
        )

    def test_nothing_shared_can_be_written(self):
        """By no list of access that Odoo gives every employee, now or later."""
        from ..models.ir_model_access import OWN

        env = self.env(user=self.auditor)
        for name, model in env.registry.items():
            if model._abstract or model._transient or name in OWN:
                continue
            for mode in ("write", "create", "unlink"):
                self.assertFalse(
                    env["ir.model.access"].check(name, mode, raise_exception=False),
                    (name, mode),
                )

    def test_said_plainly(self):
        event = self.env["res.partner.category"].with_user(self.auditor)
        with self.assertRaises(AccessError):
            event.create({"name": "示例"})

    def test_own_things_stay_possible(self):
        favourite = (
            self.env["ir.filters"]
            .with_user(self.auditor)
            .create(
                {
                    "name": "示例",
                    "model_id": "res.partner",
                    "user_ids": [(6, 0, self.auditor.ids)],
                }
            )
        )
        self.assertTrue(favourite.id)

    def test_with_a_second_role_the_role_decides(self):
        self.auditor.group_ids += self.env.ref("om_base.group_procurement")
        access = self.env["ir.model.access"].with_user(self.auditor)
        self.assertTrue(access.check("res.partner", "create", raise_exception=False))
