from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.om_base.tests.common import plan_with_only

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
class TestLargeEstate(OmAssetsCommon):
    """What is asked of hundreds of thousands of rows is answered from an index, and
    once. A partial index serves only the very conditions that the ORM sends."""

    def assertServes(self, index, query):
        counted = query.select(SQL("COUNT(*)"))
        self.assertIn(index, plan_with_only(self.env, index, counted))

    def test_the_audit_reads_indexes_of_devices(self):
        for name, index in {
            "hardware_incomplete": "maintenance_equipment_of_line",
            "equipment_no_place": "maintenance_equipment_nowhere",
            "equipment_dates": "maintenance_equipment_dates_in_disorder",
            "equipment_same_ip": "maintenance_equipment_by_ip_address",
        }.items():
            with self.subTest(rule=name):
                rule = self.env.ref(f"om_assets.om_audit_rule_{name}")
                self.assertServes(index, rule._get_query())

    def test_registered_devices_are_counted_from_an_index(self):
        devices = self.env["maintenance.equipment"]
        query = devices._search(
            Domain("system_id.state", "!=", "stopped") & devices._get_present_domain()
        )
        self.assertServes("maintenance_equipment_served", query)

    def test_devices_of_lines_are_counted_from_an_index(self):
        devices = self.env["maintenance.equipment"]
        lines = self.env["om.system.hardware"].create(
            [
                {"system_id": self.system.id, "name": f"设备 {number}", "quantity": 2}
                for number in range(3)
            ]
        )
        query = devices._search(
            Domain("hardware_line_id", "in", lines.ids) & devices._get_present_domain()
        )
        self.assertServes("maintenance_equipment_of_line", query)

    def test_the_status_of_inspections_comes_with_the_rest(self):
        """The calendar asks for a month of them: not for a thousand at a time again."""
        request = self.env["maintenance.request"]
        inspections = request.create(
            [
                {
                    "name": "巡检",
                    "system_id": self.system.id,
                    "is_inspection": True,
                    "inspection_date": f"2026-03-{day:02d}",
                }
                for day in (2, 3)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        found = request.search_fetch(
            [("id", "in", inspections.ids)], ["inspection_status"]
        )
        with self.assertQueryCount(0):
            found.mapped("inspection_status")

    def test_months_are_reckoned_once_for_a_list(self):
        manager = self._create_user("manager")
        self.env["maintenance.request"].create(
            {
                "name": "巡检",
                "system_id": self.system.id,
                "is_inspection": True,
                "inspection_date": "2026-03-02",
            }
        )
        self.env.flush_all()
        rows = self.env["om.inspection.compliance"].with_user(manager)
        domain = [("system_id", "=", self.system.id), ("month", "=", "2026-03-01")]
        arch = etree.fromstring(rows.get_view(view_type="list")["arch"])
        names = [node.get("name") for node in arch.iter("field")]
        rows.search_fetch(domain, names).read(names, load=None)
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            [row] = rows.search_fetch(domain, names).read(names, load=None)
        self.assertEqual(row["planned"], 1)
