import base64

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OmStaffingCommon

SCAN = base64.b64encode(b"%PDF-1.4 a scan")
PRIVATE = (
    "om.posting",
    "om.tender",
    "om.tender.rule",
    "om.post",
    "om.roster",
    "om.roster.shift",
    "om.reference",
    "om.qualification",
    "om.safety.training",
    "om.bid.offer",
)
PERSONAL = ("om.social.insurance", "om.post.assignment", "om.bid.evaluation")


@tagged("post_install", "-at_install")
class TestAccess(OmStaffingCommon):
    def test_staffing_and_manager_evaluate(self):
        for role in ("staffing", "manager"):
            user = self._create_user(role)
            evaluation = self.evaluation.with_user(user)
            self.assertEqual(evaluation.get_compliance()["team"]["points"], 8.0)
            self.assertEqual(len(evaluation.get_pack()["team"]), 18)
            evaluation.get_people(search="data")
            evaluation.get_advice()
            evaluation.action_apply_best()

    def test_auditor_reads(self):
        auditor = self._create_user("auditor")
        evaluation = self.evaluation.with_user(auditor)
        self.assertFalse(evaluation.get_compliance()["evaluation"]["editable"])
        for act in (evaluation.action_freeze, evaluation.action_apply_best):
            with self.assertRaises(AccessError):
                act()

    def test_others_read_no_personal_data(self):
        for role in ("engineer", "dispatcher", "warehouse", "procurement"):
            user = self._create_user(role)
            for model in PERSONAL:
                with self.assertRaises(AccessError, msg=f"{role} {model}"):
                    self.env[model].with_user(user).search([]).read([])
            with self.assertRaises(AccessError):
                self.evaluation.with_user(user).get_compliance()
            found = self.env["hr.employee.skill"].with_user(user).search([])
            self.assertFalse(found.filtered("is_certification"))

    def test_menus_read_what_they_show(self):
        """Every page of the menus a role has opens for it, as the client reads it."""
        self.tender.write({"service_start": "2026-01-01", "service_end": "2026-12-31"})
        self.tender.action_submit()
        self.tender.action_run()
        roster = self.env["om.roster"].create(
            {
                "tender_id": self.tender.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-02",
            }
        )
        roster.action_publish()
        shown = {
            "om.tender": ("procurement", "auditor", "staffing", "manager"),
            "om.roster": (
                "engineer",
                "warehouse",
                "dispatcher",
                "procurement",
                "auditor",
                "staffing",
                "manager",
            ),
        }
        users = {role: self._create_user(role) for role in shown["om.roster"]}
        for model, roles in shown.items():
            for role in roles:
                records = self.env[model].with_user(users[role])
                records.env.invalidate_all()
                views = records.get_views([(False, "list"), (False, "form")])["views"]
                for view in views.values():
                    names = {
                        node.get("name")
                        for node in etree.fromstring(view["arch"]).iter("field")
                        if node.get("name") in records._fields
                    }
                    found = records.web_search_read(
                        [], {name: {"fields": {"display_name": {}}} for name in names}
                    )
                    self.assertTrue(found["records"], f"{role} {model}")

    def test_dispatcher_reads_running_tenders_only(self):
        dispatcher = self._create_user("dispatcher")
        tenders = self.env["om.tender"].with_user(dispatcher)
        self.assertNotIn(self.tender, tenders.search([]))
        self.tender.write({"service_start": "2026-01-01", "service_end": "2026-12-31"})
        self.tender.action_submit()
        self.tender.action_run()
        self.assertIn(self.tender, tenders.search([]))
        self.env["om.roster"].with_user(dispatcher).create(
            {
                "tender_id": self.tender.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-02",
            }
        )

    def test_nobody_certifies_oneself(self):
        user = self._create_user("engineer")
        employee = self.people["data"][0]
        employee.user_id = user
        own = employee.employee_skill_ids.with_user(user)
        self.assertEqual(own.skill_id, self.skill["analyst_senior"])
        with self.assertRaises(AccessError):
            own.valid_to = "2040-01-01"
        with self.assertRaises(AccessError):
            self._certify(employee.with_user(user), "cisp").with_user(user).unlink()
        with self.assertRaises(AccessError):
            own.read(["number"])

    def test_portal(self):
        self.people["data"][0].om_degree_scan = SCAN
        archive = self._export()
        for role in ("portal_user_unit", "portal_purchaser", "portal_supervisor"):
            user = self._create_user(role)
            for model in (*PERSONAL, *PRIVATE, "hr.employee", "hr.employee.skill"):
                with self.assertRaises(AccessError, msg=f"{role} {model}"):
                    self.env[model].with_user(user).search([]).read([])
            for scan in self._get_scan() | archive:
                with self.assertRaises(AccessError, msg=f"{role} {scan.name}"):
                    scan.with_user(user).read(["raw"])
            Change = self.env["om.posting.change"].with_user(user)
            if Change.has_access("read"):
                self.assertFalse(Change.search([]))

    def test_personal_files(self):
        """What is in a person's file, its scans and the pack made of them."""
        employee = self.people["data"][0]
        employee.write({"om_degree_scan": SCAN, "identification_id": "ID-1"})
        archive = self._export()
        fields = [name for name in employee._fields if name.startswith("om_")]
        self.assertGreater(len(fields), 10)
        for role in ("engineer", "dispatcher", "warehouse", "procurement"):
            user = self._create_user(role)
            for field in (*fields, "identification_id"):
                with self.assertRaises(AccessError, msg=f"{role} {field}"):
                    employee.with_user(user).read([field])
            for scan in self._get_scan() | archive:
                with self.assertRaises(AccessError, msg=f"{role} {scan.name}"):
                    scan.with_user(user).read(["raw"])
            with self.assertRaises(AccessError):
                self.evaluation.with_user(user).action_export_pack()
        for role in ("staffing", "administrator"):
            user = self._create_user(role)
            [row] = employee.with_user(user).read(["om_degree_scan", "om_title"])
            self.assertTrue(row["om_degree_scan"])

    def test_readers_change_nothing(self):
        line = self.people["data"][0].om_insurance_ids[0]
        skill = self.people["data"][0].employee_skill_ids
        for role in ("manager", "auditor"):
            user = self._create_user(role)
            self.assertTrue(line.with_user(user).read(["month"]))
            self.assertTrue(skill.with_user(user).read(["number"]))
            for act in (
                lambda user=user: line.with_user(user).write({"proof": "x"}),
                lambda user=user: line.with_user(user).unlink(),
                lambda user=user: skill.with_user(user).write({"number": "x"}),
                lambda user=user: skill.with_user(user).action_verify(),
                lambda user=user: skill.with_user(user).unlink(),
            ):
                with self.assertRaises(AccessError, msg=role):
                    act()

    def test_months_of_insurance_stay(self):
        line = self.people["data"][0].om_insurance_ids[0]
        for role in ("staffing", "administrator"):
            mine = line.with_user(self._create_user(role))
            for act in (
                lambda mine=mine: mine.write({"proof": "x"}),
                lambda mine=mine: mine.write({"month": "2020-01-01"}),
                lambda mine=mine: mine.write({"active": False}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine._withdraw(" "),
            ):
                with self.assertRaises(UserError, msg=role):
                    act()
        mine._withdraw("同名人员，误录")
        line.flush_recordset()
        self.assertFalse(line.active)
        self.assertNotIn(line, self.people["data"][0].om_insurance_ids)
        again = line.with_user(mine.env.user).create(
            {
                "employee_id": line.employee_id.id,
                "employer_id": line.employer_id.id,
                "month": line.month,
            }
        )
        self.assertTrue(again.active)

    def test_every_model_has_rights_and_a_company_rule(self):
        own = [
            (name, model)
            for name, model in self.env.items()
            if model._original_module == "om_staffing" and not model._abstract
        ]
        self.assertGreater(len(own), 15)
        for name, model in own:
            record = self.env["ir.model"]._get(name)
            self.assertTrue(record.access_ids, name)
            if model._transient or name == "om.qualification.type":
                continue
            rules = record.rule_ids.filtered("global")
            self.assertTrue(
                any("company_ids" in (rule.domain_force or "") for rule in rules), name
            )

    def _export(self):
        self.evaluation.action_export_pack()
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "om.bid.evaluation"),
                ("res_id", "=", self.evaluation.id),
            ]
        )

    def _get_scan(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "hr.employee"), ("res_field", "=", "om_degree_scan")]
        )

    def test_other_company(self):
        user = self._create_user("staffing")
        other = self.env["res.company"].create({"name": "other"})
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        environment = self.env(
            user=user, context={**self.env.context, "allowed_company_ids": other.ids}
        )
        for records in (
            self.tender,
            self.tender.post_ids,
            self.tender.post_ids.step_ids,
            self.tender.rule_ids,
            self.tender.rule_ids.item_ids,
            self.tender.assignment_ids,
            self.evaluation,
            self.people["data"][0].om_insurance_ids,
        ):
            self.assertTrue(records)
            found = environment[records._name].search([("id", "in", records.ids)])
            self.assertFalse(found, records._name)
        with self.assertRaises(AccessError):
            self.evaluation.with_env(environment).get_compliance()
