from datetime import timedelta

from odoo.tests import tagged

from .common import OmContractCommon


@tagged("post_install", "-at_install")
class TestWorkOfContract(OmContractCommon):
    """Inspections, their reports and the overview know their contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["maintenance.request"]._get_inspection_today()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.first = cls._create_contract(code="WORK-1")
        cls.second = cls._create_contract(code="WORK-2")
        cls.systems = cls.env["om.system"]
        for name, contract in (("甲系统", cls.first), ("乙系统", cls.second)):
            cls.systems |= cls._create_system(
                name,
                agreement_id=contract.id,
                service_start=cls.today - timedelta(days=400),
                service_end=cls.today + timedelta(days=400),
                state="in_service",
            )
        cls.lonely = cls._create_system("未签合同的系统", state="in_service")
        cls.inspections = cls._plan(cls.systems | cls.lonely)

    @classmethod
    def _plan(cls, systems):
        return cls.env["maintenance.request"].create(
            [
                {
                    "name": f"巡检 {system.name}",
                    "is_inspection": True,
                    "maintenance_type": "preventive",
                    "system_id": system.id,
                    "inspection_date": cls.today,
                    "inspection_deadline": cls.today + timedelta(days=3),
                }
                for system in systems
            ]
        )

    def test_an_inspection_is_of_its_contract(self):
        self.assertEqual(
            self.inspections.mapped("agreement_id.code"), ["WORK-1", "WORK-2"]
        )
        self.assertFalse(self.inspections[2].agreement_id)
        self.lonely.agreement_id = self.first
        self.assertEqual(self.inspections[2].agreement_id, self.first)

    def test_following_costs_the_same_for_many(self):
        counts = []
        for number in (1, 20):
            systems = self.env["om.system"].create(
                [
                    {"name": f"系统 {each}", "unit_id": self.unit.id}
                    for each in range(number)
                ]
            )
            self._plan(systems)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["maintenance.request"]._follow_systems(systems)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    def test_the_monthly_report_is_of_one_contract(self):
        wizard = self.env["om.inspection.report.wizard"].create(
            {
                "year": self.today.year,
                "month": str(self.today.month),
                "agreement_id": self.first.id,
            }
        )
        report = self.env["report.om_assets.om_inspection_monthly"]
        (sheet,) = report._get_sheets(wizard)
        self.assertEqual(
            [row["request"] for row in sheet["rows"]], list(self.inspections[0])
        )
        self.assertIn("WORK-1", wizard._get_contract_text())
        self.assertIn("WORK-1", wizard._get_file_name())
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "om_assets.om_inspection_monthly_report", wizard.ids
        )
        self.assertIn("WORK-1", page.decode())
        self.assertNotIn("乙系统", page.decode())
        wizard.agreement_id = False
        requests = self.env["maintenance.request"].search(
            wizard._get_inspection_domain()
        )
        self.assertIn(self.inspections[2], requests)
        self.assertFalse(requests & self.inspections[:2])

    def test_a_unit_with_two_contracts_gets_two_reports(self):
        wizards = self.env["om.inspection.report.wizard"]._create_reports(
            self.systems, self.today.year, self.today.month
        )
        self.assertEqual(wizards.agreement_id, self.first | self.second)
        for wizard in wizards:
            found = self.env["maintenance.request"].search(
                wizard._get_inspection_domain()
            )
            self.assertEqual(found.agreement_id, wizard.agreement_id)

    def test_compliance_by_contract(self):
        month = self.today.replace(day=1)
        rows = self.env["om.inspection.compliance"].search(
            [("system_id", "in", self.systems.ids), ("month", "=", month)]
        )
        self.assertEqual(
            {row.system_id: row.agreement_id for row in rows},
            {system: system.agreement_id for system in self.systems},
        )
        # Within a month the system goes on: a row for each contract.
        self.second.sudo().state = "expired"
        with self.second._act("amend", reason="甲") as contract:
            system = self.systems[1].with_context(**contract.env.context)
            system.agreement_id = self.first
        self._plan(self.systems[1])
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["om.inspection.compliance"].search(
            [("system_id", "=", self.systems[1].id), ("month", "=", month)]
        )
        self.assertEqual(len(set(rows.ids)), 2)
        self.assertEqual(rows.agreement_id, self.first | self.second)
        action = rows[0].action_view_inspections()
        found = self.env["maintenance.request"].search(action["domain"])
        self.assertEqual(found.agreement_id, rows[0].agreement_id)

    def test_the_overview_of_a_contract(self):
        dashboard = self.env["om.dashboard"].with_user(self._create_user("manager"))
        whole = dashboard.get_estate(False)
        mine = dashboard.get_estate(self.first.id)
        self.assertFalse(whole["contract"])
        self.assertEqual(mine["contract"], self.first.id)
        names = {each["id"] for each in mine["contracts"]}
        self.assertTrue({self.first.id, self.second.id} <= names)
        counts = [
            {tile["key"]: tile["count"] for tile in estate["tiles"]}
            for estate in (whole, mine)
        ]
        self.assertEqual(counts[1]["systems"], 1)
        self.assertGreater(counts[0]["systems"], 2)
        planned = {each["key"]: each["count"] for each in mine["inspections"]}
        self.assertEqual(sum(planned.values()), 1)
        # A figure opens what it counts.
        for figure in [*mine["tiles"][:1], *mine["inspections"]]:
            self.assertEqual(
                self.env[figure["model"]].search_count(figure["domain"]),
                figure["count"],
                figure,
            )
        # What is of no contract does not stand under one.
        for figure in mine["attention"]:
            self.assertNotEqual(figure["model"], "om.audit.rule")
        self.assertFalse(dashboard.get_estate(10**9)["contract"])

    def test_who_works_for_one_contract_sees_it_first(self):
        request = self.env["maintenance.request"].with_user(self.dispatcher)
        mine = [("is_my_contract", "=", True), ("id", "in", self.inspections.ids)]
        self.assertEqual(
            request.search(mine), self.inspections, "for none in particular"
        )
        for contract in (self.first, self.second):
            contract.sudo().state = "in_force"
        self.first.sudo().user_id = self.dispatcher
        self.assertEqual(self.dispatcher._get_working_contracts(), self.first)
        self.assertEqual(
            request.search(mine), self.inspections[0] | self.inspections[2]
        )
        self.assertTrue(self.inspections[0].with_user(self.dispatcher).is_my_contract)
        self.assertFalse(self.inspections[1].with_user(self.dispatcher).is_my_contract)
        dashboard = self.env["om.dashboard"].with_user(self.dispatcher)
        self.assertEqual(dashboard.get_estate()["contract"], self.first.id)
        wizard = self.env["om.inspection.report.wizard"].with_user(self.dispatcher)
        self.assertEqual(wizard.new().agreement_id._origin, self.first)
        # Responsible for a system is working for its contract.
        self.systems[1].sudo().user_id = self.dispatcher
        self.assertEqual(
            self.dispatcher._get_working_contracts(), self.first | self.second
        )
        self.assertFalse(dashboard.get_estate()["contract"])
