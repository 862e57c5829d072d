from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..engine.merge import Reason

SOURCE = "om_assets_test"


@tagged("post_install", "-at_install")
class TestRegisterLoader(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loader = cls.env["om.register.loader"]
        cls.tag = cls.env["res.partner.category"].create({"name": "Tag"})
        cls.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "om_test.tag", "record": cls.tag}]
        )

    def _data(self):
        return {
            "res.partner": {
                "om_test.child": {
                    "name": "Child",
                    "is_company": True,
                    "parent_id": "om_test.parent",
                    "category_id": ["om_test.tag"],
                },
                "om_test.parent": {"name": "Parent", "is_company": True},
            },
            "om.system": {
                f"om_test.system_{n}": {
                    "name": f"System {n}",
                    "code": f"LOADER/{n}",
                    "unit_id": "om_test.child",
                    "service_start": "2026-01-01",
                    "state": "in_service",
                    "onsite_staff": None,
                    "summary": None,
                }
                for n in (1, 2)
            },
            "om.system.hardware": {
                "om_test.line_1": {
                    "system_id": "om_test.system_1",
                    "name": "Server",
                    "quantity": 3,
                },
                "om_test.line_2": {
                    "system_id": "om_test.system_2",
                    "name": "Switch",
                    "quantity": None,
                },
            },
        }

    def _load(self, data):
        report = self.loader._load(data, SOURCE)
        self.env.flush_all()
        self.env.invalidate_all()
        return report

    def _reasons(self, report):
        return {(kept.key, kept.field): kept.reason for kept in report.kept}

    def test_first_load(self):
        report = self._load(self._data())
        self.assertEqual(dict(report.created)["om.system"], 2)
        child = self.env.ref("om_test.child")
        self.assertEqual(child.parent_id, self.env.ref("om_test.parent"))
        self.assertEqual(child.category_id, self.tag)
        system = self.env.ref("om_test.system_1")
        self.assertEqual(system.unit_id, child)
        self.assertEqual(system.device_count, 3)
        self.assertEqual(
            self.env["om.register.baseline"].search_count([("source", "=", SOURCE)]), 6
        )

    def test_second_load_changes_nothing(self):
        self._load(self._data())
        report = self._load(self._data())
        self.assertEqual(sum(report.created.values()), 0)
        self.assertEqual(sum(report.updated.values()), 0)
        self.assertEqual(sum(report.deleted.values()), 0)
        self.assertEqual(report.kept, [])

    def test_hand_made_changes_stay_and_the_rest_follows(self):
        self._load(self._data())
        system = self.env.ref("om_test.system_1")
        system.name = "Corrected"
        data = self._data()
        data["om.system"]["om_test.system_1"].update(name="New", summary="Told")
        data["om.system"]["om_test.system_2"].update(name="New 2", onsite_staff=2)
        report = self._load(data)
        self.assertEqual(system.name, "Corrected")
        self.assertEqual(system.summary, "Told")
        other = self.env.ref("om_test.system_2")
        self.assertEqual((other.name, other.onsite_staff), ("New 2", 2))
        self.assertEqual(
            self._reasons(report), {("om_test.system_1", "name"): Reason.CHANGED}
        )

    def test_deleted_by_hand_stays_deleted(self):
        self._load(self._data())
        self.env.ref("om_test.line_1").unlink()
        data = self._data()
        data["om.system.hardware"]["om_test.line_1"]["quantity"] = 9
        for _again in range(2):
            report = self._load(data)
            self.assertFalse(self.env.ref("om_test.line_1", raise_if_not_found=False))
            self.assertEqual(
                self._reasons(report), {("om_test.line_1", ""): Reason.DELETED}
            )

    def test_new_line_of_a_deleted_system_is_left_out(self):
        self._load(self._data())
        system = self.env.ref("om_test.system_1")
        system.state = "draft"
        system.unlink()
        data = self._data()
        data["om.system.hardware"]["om_test.line_3"] = {
            "system_id": "om_test.system_1",
            "name": "Camera",
        }
        report = self._load(data)
        reasons = self._reasons(report)
        self.assertEqual(reasons["om_test.system_1", ""], Reason.DELETED)
        self.assertEqual(reasons["om_test.line_1", ""], Reason.DELETED)
        self.assertEqual(reasons["om_test.line_3", ""], Reason.ORPHAN)

    def test_gone_from_the_data(self):
        self._load(self._data())
        self.env.ref("om_test.line_2").quantity = 5
        line = self.env.ref("om_test.line_1")
        report = self._load({"res.partner": self._data()["res.partner"]})
        self.assertFalse(line.exists(), "untouched, so it goes")
        self.assertTrue(self.env.ref("om_test.line_2"), "touched, so it stays")
        self.assertTrue(self.env.ref("om_test.system_1"), "systems always stay")
        self.assertEqual(
            self._reasons(report),
            {
                ("om_test.line_2", ""): Reason.TOUCHED,
                ("om_test.system_1", ""): Reason.PROTECTED,
                ("om_test.system_2", ""): Reason.PROTECTED,
            },
        )
        report = self._load(self._data())
        self.assertEqual(dict(report.created)["om.system.hardware"], 1)

    def test_other_sources_are_left_alone(self):
        self._load(self._data())
        self.loader._load({}, "om_assets_other_test")
        self.assertTrue(self.env.ref("om_test.line_1"))

    def test_reference_to_nothing_is_an_error(self):
        data = self._data()
        data["om.system"]["om_test.system_1"]["unit_id"] = "om_test.nobody"
        with self.assertRaisesRegex(UserError, "om_test.nobody"):
            self._load(data)

    def test_optional_reference_to_nothing_is_left_empty_until_it_exists(self):
        data = self._data()
        data["res.partner"]["om_test.child"]["category_id"] = ["om_test.later"]
        self._load(data)
        child = self.env.ref("om_test.child")
        self.assertFalse(child.category_id)
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "om_test.later", "record": self.tag}]
        )
        self._load(data)
        self.assertEqual(child.category_id, self.tag)

    def test_circle_is_an_error(self):
        data = self._data()
        data["res.partner"]["om_test.parent"]["parent_id"] = "om_test.child"
        with self.assertRaisesRegex(UserError, "om_test.parent"):
            self._load(data)

    def test_xmlids_survive_the_clean_up_of_an_upgrade(self):
        self._load(self._data())
        self.assertTrue(
            self.env["ir.model.data"]
            .search([("module", "=", "om_test"), ("name", "like", "line_")])
            .mapped("noupdate")
        )
