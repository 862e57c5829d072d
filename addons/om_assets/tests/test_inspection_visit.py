from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .inspection_common import SIGNATURE, InspectionCommon


@tagged("post_install", "-at_install")
class TestInspectionVisit(InspectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.system.copy({"name": "甲单位门户"})
        cls.inspections = cls.inspection | cls._create_inspection(
            name="门户巡检", system_id=cls.second.id
        )

    def _visit(self, inspections=None):
        inspections = (inspections or self.inspections).with_user(self.engineer)
        action = inspections.action_group_into_visits()
        return (
            self.env["om.inspection.visit"]
            .with_user(self.engineer)
            .browse(action["res_id"])
        )

    def test_one_trip_one_signature_results_per_system(self):
        visit = self._visit()
        self.assertEqual(visit.unit_id, self.unit)
        self.assertEqual(visit.state, "planned")
        self.assertIn("甲单位 2026-03-10", visit.name)
        visit.action_start()
        self.assertEqual(visit.open_item_count, 6)
        for inspection in visit.request_ids:
            self._items(inspection)["温度"].value = 20
        failed = self._items(visit.request_ids[0])["状态"]
        failed.write({"result": "fail", "note": "告警"})
        visit.action_pass_others()
        visit.inspector_signature = SIGNATURE
        visit.action_unit_sign(self._paper())
        self.assertTrue(visit.unit_signed_on)
        for inspection in visit.request_ids:
            self.assertEqual(inspection.inspector_id, self.engineer)
            self.assertEqual(inspection.unit_signer, "乙11")
            self.assertTrue(inspection.unit_signed_on)
        visit.action_close()
        self.assertEqual(visit.state, "done")
        self.assertEqual(
            visit.request_ids.mapped("inspection_result"), ["fail", "pass"]
        )
        with self.assertRaisesRegex(UserError, "finished"):
            visit.action_unit_sign(self._paper("乙12"))
        with self.assertRaisesRegex(UserError, "by hand"):
            visit.unit_signer = "乙12"
        with self.assertRaisesRegex(UserError, "record"):
            visit.with_user(self.dispatcher).unlink()

    def test_visit_of_nobody_becomes_mine(self):
        self.inspections.user_id = False
        visit = self._visit()
        self.assertFalse(visit.user_id)
        visit.action_start()
        self.assertEqual(visit.user_id, self.engineer)
        self.assertEqual(visit.request_ids.user_id, self.engineer)

    def test_open_items_of_one_system_hold_the_visit(self):
        visit = self._visit()
        visit.action_start()
        first = self.inspection.with_user(self.engineer)
        self._items(first)["温度"].value = 20
        first.action_pass_others()
        with self.assertRaisesRegex(UserError, "门户巡检: 状态"):
            visit.action_close()
        with self.assertRaises(UserError):
            visit.inspector_signature = SIGNATURE

    def test_change_voids_the_signature_of_the_visit(self):
        visit = self._visit()
        visit.action_start()
        for inspection in visit.request_ids:
            self._items(inspection)["温度"].value = 20
        visit.action_pass_others()
        visit.inspector_signature = SIGNATURE
        changed, other = visit.request_ids
        self._items(changed)["状态"].result = "na"
        self.assertFalse(visit.inspector_signature)
        self.assertFalse(changed.inspector_signature)
        self.assertTrue(other.inspector_signature)

    def test_units_days_and_inspectors_travel_apart(self):
        other = self._create_inspection(name="乙", system_id=self.other_system.id)
        later = self._create_inspection(name="后", inspection_date="2026-03-11")
        theirs = self._create_inspection(name="他", user_id=self.colleague.id)
        everything = self.inspections | other | later | theirs
        visits = self.env["om.inspection.visit"]._group(everything)
        self.assertEqual(len(visits), 4)
        self.assertEqual(self.inspections.visit_id, visits[0])
        with self.assertRaisesRegex(UserError, "三月巡检"):
            self.env["om.inspection.visit"]._group(self.inspection)

    def test_system_of_another_unit_is_refused(self):
        other = self._create_inspection(name="乙", system_id=self.other_system.id)
        visit = self._visit()
        with self.assertRaisesRegex(ValidationError, "乙单位监控系统"):
            visit.with_user(self.dispatcher).request_ids |= other
        place = self.env["om.inspection.visit"].create(
            {"place": "机房", "date": "2026-03-10"}
        )
        place.request_ids = other
        place.request_ids |= self._create_inspection(name="甲")
        with self.assertRaisesRegex(UserError, "own systems"):
            place.with_user(self.dispatcher).action_unit_sign(self._paper())

    def test_closed_inspection_stays_in_its_visit(self):
        visit = self._visit()
        self._close(visit.request_ids[0])
        with self.assertRaisesRegex(UserError, "locked"):
            visit.with_user(self.dispatcher).request_ids = [(5,)]

    def _count(self, function):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _create_planned(self, label, number):
        """Make inspections as the planning does: with plan, slot and engineer."""
        plan = self.system.inspection_plan_ids
        return self.env["maintenance.request"].create(
            [
                {
                    "name": f"{label}{index}",
                    "system_id": self.system.id,
                    "inspection_plan_id": plan.id,
                    "inspection_slot": f"{label}/{index}",
                    "inspection_date": "2026-03-10",
                    "maintenance_type": "preventive",
                    "user_id": self.engineer.id,
                }
                for index in range(number)
            ]
        )

    def test_queries_belong_to_the_batch(self):
        self.system.inspection_plan_ids.write({"scope": "hardware", "mode": "remote"})
        warm, small, large = (
            self._create_planned(label, number).with_user(self.engineer)
            for label, number in (("w", 1), ("s", 3), ("l", 20))
        )
        steps = {
            "start": lambda some: some.action_start_inspection(),
            "pass": lambda some: some.action_pass_others(),
            "measure": lambda some: some.result_ids.filtered("measured").write(
                {"value": 20}
            ),
            "progress": lambda some: some.mapped("item_progress"),
            "close": lambda some: some.action_close_inspection(),
        }
        for name, step in steps.items():
            step(warm)
            with self.subTest(step=name):
                few = self._count(lambda step=step: step(small))
                self.assertLessEqual(
                    self._count(lambda step=step: step(large)), few + 5
                )
        self.assertEqual(set(large.mapped("inspection_step")), {"done"})

    def test_faults_are_looked_up_in_one_query(self):
        self.inspections.action_start_inspection()
        self.inspections.result_ids.write({"result": "fail"})
        items = self.inspections.result_ids
        self.assertLessEqual(self._count(lambda: items._get_open_faults()), 3)
