from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, freeze_time, tagged, warmup

from odoo.addons.om_base.tests.common import new_test_user


def walk(value):
    """Yield the figures of an answer, wherever they stand."""
    if isinstance(value, dict):
        if "domain" in value:
            yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 04:00:00")
class TestDashboard(TransactionCase):
    """A company of its own: four systems, seven inspections, three devices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create({"name": "甲运维公司"})
        cls.team = cls.env["maintenance.team"].create(
            {"name": "甲班", "company_id": cls.company.id}
        )
        cls.units = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "om_role": "user_unit"}
                for name in ("甲单位", "乙单位")
            ]
        )
        cls.category = cls.env["om.system.category"].create({"name": "甲类"})
        cls.systems = cls._create_systems(4)
        cls.systems[3].write({"unit_id": cls.units[1].id, "category_id": False})
        cls.systems[3].write({"state": "stopped", "stop_date": "2026-04-01"})
        cls.systems[0].write(
            {"onsite_staff": 2, "service_end": "2026-06-10", "deployment_kind": "field"}
        )
        cls.users = {
            role: new_test_user(
                cls.env,
                login=f"om_dashboard_{role}",
                groups=f"om_base.group_{role}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for role in ("manager", "dispatcher", "engineer", "auditor")
        }
        cls._create_inspections(
            [
                # (planned, in time until, done)
                ("2026-05-04", "2026-05-31", "2026-05-04"),
                ("2026-05-04", "2026-05-10", "2026-05-12"),
                ("2026-05-05", "2026-05-10", False),
                ("2026-05-19", "2026-05-31", False),
                ("2026-05-21", "2026-05-22", False),
                ("2026-05-29", "2026-05-31", False),
                ("2026-04-10", "2026-04-30", False),
            ]
        )
        cls.env["maintenance.equipment"].create(
            [
                {
                    "name": f"设备 {number}",
                    "system_id": cls.systems[0].id,
                    "company_id": cls.company.id,
                    "to_complete": number < 2,
                    "om_state": "faulty" if number == 2 else "in_use",
                }
                for number in range(3)
            ]
        )

    @classmethod
    def _create_systems(cls, count):
        return cls.env["om.system"].create(
            [
                {
                    "name": f"系统 {number}",
                    "code": f"DASH-{cls.company.id}-{number}-{count}",
                    "unit_id": cls.units[0].id,
                    "company_id": cls.company.id,
                    "category_id": cls.category.id,
                    "service_start": "2026-01-01",
                    "state": "in_service",
                    "hardware_line_ids": [(0, 0, {"name": "x", "quantity": 5})],
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _create_inspections(cls, dates):
        return cls.env["maintenance.request"].create(
            [
                {
                    "name": "巡检",
                    "system_id": cls.systems[0].id,
                    "company_id": cls.company.id,
                    "maintenance_team_id": cls.team.id,
                    "is_inspection": True,
                    "maintenance_type": "preventive",
                    "inspection_date": planned,
                    "inspection_deadline": deadline,
                    "inspection_done_on": done,
                }
                for planned, deadline, done in dates
            ]
        )

    def _get_estate(self, role="manager"):
        return self.env["om.dashboard"].with_user(self.users[role]).get_estate()

    def _get_counts(self, figures):
        return {figure["key"]: figure["count"] for figure in figures}

    def test_inspections_of_the_month(self):
        estate = self._get_estate()
        self.assertEqual(
            self._get_counts(estate["inspections"]),
            {"in_time": 1, "late": 1, "missed": 1, "behind": 1, "upcoming": 2},
        )
        self.assertEqual(estate["day"], "2026-05-20")
        april = estate["months"][-2]
        self.assertEqual(april["month"], "2026-04-01")
        self.assertEqual(
            self._get_counts(april["figures"]),
            {"in_time": 0, "late": 0, "missed": 1, "behind": 0, "upcoming": 0},
        )
        self.assertEqual(len(estate["months"]), 12)
        self.assertEqual(estate["months"][0]["month"], "2025-06-01")

    def test_what_comes_first(self):
        attention = self._get_estate()["attention"]
        counts = self._get_counts(attention)
        for key, count in {
            "missed": 1,
            "last_chance": 1,
            "behind": 1,
            "unassigned": 2,
            "posting_missing": 1,
            "ending": 1,
            "faulty": 1,
            "to_complete": 2,
        }.items():
            self.assertEqual(counts[key], count, key)
        self.assertNotIn("faults", counts, "what is well is not shown")
        self.assertNotIn("mlps_overdue", counts)
        levels = [figure["level"] for figure in attention]
        order = ["danger", "warning", "info"]
        self.assertEqual(levels, sorted(levels, key=order.index))

    def test_size_of_the_estate(self):
        estate = self._get_estate()
        self.assertEqual(
            self._get_counts(estate["tiles"]),
            {"systems": 3, "units": 1, "declared": 15, "registered": 3, "posted": 0},
        )
        tiles = {tile["key"]: tile for tile in estate["tiles"]}
        self.assertEqual(tiles["posted"]["of"], 2)
        self.assertEqual(tiles["registered"]["of"], 15)
        self.assertEqual([f["count"] for f in estate["classes"]], [3])
        self.assertEqual([f["label"] for f in estate["units"]], ["甲单位"])
        self.assertEqual([f["count"] for f in estate["deployments"]], [2, 1])

    def test_many_units_are_cut(self):
        units = self.env["res.partner"].create(
            [{"name": f"单位 {n:02}", "om_role": "user_unit"} for n in range(14)]
        )
        for system, unit in zip(self._create_systems(14), units, strict=True):
            system.unit_id = unit
        figures = self._get_estate()["units"]
        self.assertEqual(len(figures), 13)
        # 15 units in all: the one with three systems and eleven more are named
        self.assertEqual(figures[0]["count"], 3)
        self.assertEqual(figures[-1]["count"], 3)
        self.assertTrue(figures[-1]["rest"])

    def test_mlps(self):
        self.systems[0].write({"mlps_level": "3", "mlps_last_year": 2024})
        self.systems[1].write({"mlps_level": "2", "mlps_state": "not_required"})
        # a stopped system owes nothing
        self.systems[3].write({"mlps_level": "3", "mlps_last_year": 2020})
        third, second = self._get_estate()["mlps"]
        self.assertEqual((third["level"], second["level"]), ("3", "2"))
        self.assertEqual([figure["count"] for figure in third["figures"]], [1, 0, 0, 0])
        self.assertEqual(
            [figure["count"] for figure in second["figures"]], [0, 0, 0, 1]
        )
        self.assertEqual(
            self._get_counts(self._get_estate()["attention"])["mlps_overdue"], 1
        )

    def test_each_figure_is_that_of_its_records(self):
        self.systems[1].write({"mlps_level": "3", "mlps_last_year": 2024})
        for role, user in self.users.items():
            with self.subTest(role=role):
                figures = list(walk(self._get_estate(role)))
                self.assertGreater(len(figures), 70)
                for figure in figures:
                    model = self.env[figure["model"]].with_user(user)
                    [(count,)] = model._read_group(
                        figure["domain"],
                        aggregates=[figure.get("measure", "__count")],
                    )
                    self.assertEqual(count or 0, figure["count"], figure["key"])

    def test_actions_list_what_was_counted(self):
        for figure in walk(self._get_estate()):
            action = self.env["ir.actions.act_window"]._for_xml_id(figure["action"])
            self.assertEqual(action["res_model"], figure["model"], figure["key"])

    def test_only_for_staff(self):
        for groups in ("base.group_user", "om_base.group_portal_purchaser"):
            user = new_test_user(self.env, login=f"no_{groups}", groups=groups)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self.env["om.dashboard"].with_user(user).get_estate()

    def test_an_empty_estate(self):
        company = self.env["res.company"].create({"name": "乙公司"})
        user = new_test_user(
            self.env,
            login="om_dashboard_empty",
            groups="om_base.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        estate = self.env["om.dashboard"].with_user(user).get_estate()
        self.assertEqual({tile["count"] for tile in estate["tiles"]}, {0})
        self.assertEqual(estate["units"], [])

    @warmup
    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_estate()
            return self.env.cr.sql_log_count - before

        count()
        small = count()
        self._create_systems(50)
        self._create_inspections([("2026-05-18", "2026-05-31", False)] * 50)
        # the user may have to be read again
        self.assertLessEqual(count(), small + 3)
        # the figures of the other add-ons' areas are one query each
        areas = self._get_estate()["areas"]
        self.assertLess(small - sum(len(area["figures"]) for area in areas), 45)
