from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .inspection_common import InspectionCommon

READERS = ("procurement", "warehouse", "staffing", "auditor")
PORTAL = ("portal_user_unit", "portal_purchaser", "portal_supervisor")
SILENT = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install")
class TestInspectionAccess(InspectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inspection.with_user(cls.engineer).action_start_inspection()
        cls.other = cls._create_inspection(
            name="乙单位巡检", system_id=cls.other_system.id, user_id=cls.colleague.id
        )
        cls.other.with_user(cls.colleague).action_start_inspection()
        cls.fault = cls.env["maintenance.request"].create(
            {"name": "故障", "system_id": cls.system.id}
        )
        cls.item = cls.inspection.result_ids[0]

    @mute_logger(*SILENT)
    def test_readers_read(self):
        for role in READERS:
            user = self._create_user(role)
            with self.subTest(role=role):
                self.inspection.with_user(user).read(["name", "item_progress"])
                self.item.with_user(user).read(["name", "result"])
                for attempt in (
                    lambda user=user: self.item.with_user(user).write({"note": "x"}),
                    lambda user=user: self.item.with_user(user).unlink(),
                    lambda user=user: (
                        self.env["om.inspection.visit"]
                        .with_user(user)
                        .create({"date": "2026-03-10"})
                    ),
                    lambda user=user: self.checklist.with_user(user).write(
                        {"name": "x"}
                    ),
                    lambda user=user: (
                        self.env["om.inspection.reopen"]
                        .with_user(user)
                        .create({"reason": "x"})
                    ),
                    lambda user=user: self.inspection.with_user(user).write(
                        {"inspector_signature": False}
                    ),
                ):
                    with self.assertRaises(AccessError):
                        attempt()

    @mute_logger(*SILENT)
    def test_engineers_judge_their_own(self):
        self.item.with_user(self.engineer).result = "pass"
        theirs = self.other.result_ids[0].with_user(self.engineer)
        theirs.read(["name"])
        with self.assertRaises(UserError):
            theirs.result = "pass"
        with self.assertRaises(UserError):
            self.other.with_user(self.engineer).action_pass_others()
        with self.assertRaises(AccessError):
            self.checklist.with_user(self.engineer).write({"name": "x"})
        with self.assertRaises(AccessError):
            self.env["om.inspection.reopen"].with_user(self.engineer).create(
                {"reason": "x"}
            )

    @mute_logger(*SILENT)
    def test_dispatchers_judge_all_and_managers_keep_checklists(self):
        self.item.with_user(self.dispatcher).result = "pass"
        self.other.result_ids[0].with_user(self.dispatcher).result = "pass"
        with self.assertRaises(AccessError):
            self.checklist.with_user(self.dispatcher).write({"name": "x"})
        self.checklist.with_user(self.manager).write({"name": "y"})
        self.checklist.with_user(self.manager).line_ids[0].name = "z"

    @mute_logger(*SILENT)
    def test_portal_reads_the_inspections_of_its_unit(self):
        for role in PORTAL:
            contact = self.env["res.partner"].create(
                {"name": f"乙 {role}", "parent_id": self.unit.id}
            )
            user = self._create_user(role, partner_id=contact.id)
            requests = self.env["maintenance.request"].with_user(user)
            results = self.env["om.inspection.result"].with_user(user)
            with self.subTest(role=role):
                self.assertEqual(requests.search([]), self.inspection)
                self.assertEqual(
                    requests.search([]).read(["name", "inspection_status"])[0]["name"],
                    "三月巡检",
                )
                self.assertEqual(
                    results.search([]), self.inspection.result_ids.with_user(user)
                )
                results.search([]).read(["name", "result", "note"])
                for record in (self.other, self.fault):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.item.with_user(user).write({"result": "fail"})
                with self.assertRaises(AccessError):
                    self.inspection.with_user(user).write({"unit_signer": "x"})
                with self.assertRaises(AccessError):
                    self.inspection.with_user(user).action_start_inspection()
                with self.assertRaises(AccessError):
                    self.env["om.inspection.checklist"].with_user(user).search([])

    @mute_logger(*SILENT)
    def test_another_company_is_another_world(self):
        company = self.env["res.company"].create({"name": "Second"})
        team = self.env["maintenance.team"].create(
            {"name": "x", "company_id": company.id}
        )
        system = self.other_system.copy({"name": "外", "company_id": company.id})
        foreign = self._create_inspection(
            name="外",
            company_id=company.id,
            system_id=system.id,
            maintenance_team_id=team.id,
            user_id=False,
        )
        foreign.action_start_inspection()
        for user in (self.engineer, self.manager):
            with self.assertRaises(AccessError):
                foreign.result_ids[0].with_user(user).read(["name"])
