from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .test_inspection_planning import InspectionPlanningCommon

STATUSES = ("planned", "overdue", "done", "late", "missed", "cancelled")


@tagged("post_install", "-at_install")
@freeze_time("2026-01-05 02:00:00")
class TestInspectionCompliance(InspectionPlanningCommon):
    """One system, one inspection a month; what becomes of them as time goes by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-05 02:00:00"):
            cls._generate()
        requests = cls.plan.request_ids.sorted("inspection_date")
        cls.january, cls.february, cls.march, cls.april, cls.may = requests[:5]

    def _done(self, request, day):
        request.sudo().inspection_done_on = day

    def _figures(self):
        domain = [("system_id", "=", self.system.id)]
        rows = self.env["om.inspection.compliance"].with_user(self.engineer)
        rows.invalidate_model()
        return {row.month.month: row for row in rows.search(domain)}

    def test_status_and_search_agree(self):
        self._done(self.january, self.january.inspection_date)
        self._done(self.february, "2026-03-01")
        self.april.archive = True
        today = self.may.inspection_date
        moments = {
            f"{today} 02:00:00": {
                "done": self.january,
                "late": self.february,
                "missed": self.march,
                "cancelled": self.april,
            },
        }
        for moment, expected in moments.items():
            with freeze_time(moment):
                for status in STATUSES:
                    found = self.env["maintenance.request"].search(
                        [
                            ("inspection_plan_id", "=", self.plan.id),
                            ("inspection_status", "=", status),
                        ]
                    )
                    self.env.invalidate_all()
                    with self.subTest(moment=moment, status=status):
                        self.assertEqual(
                            found,
                            self.plan.request_ids.filtered(
                                lambda r, status=status: r.inspection_status == status
                            ),
                        )
                        if status in expected:
                            self.assertEqual(found, expected[status])

    def test_the_day_turns_at_midnight_in_beijing(self):
        for moment, expected in (
            ("2026-03-31 15:59:59", "overdue"),
            ("2026-03-31 16:00:00", "missed"),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.march.invalidate_recordset()
                self.assertEqual(self.march.inspection_status, expected)
                figures = self._figures()[3]
                self.assertEqual(figures.missed, int(expected == "missed"))
                self.assertEqual(figures.behind, int(expected == "overdue"))

    def test_the_last_day_is_in_time(self):
        self._done(self.march, "2026-03-31")
        self.assertEqual(self.march.inspection_status, "done")
        self._done(self.march, "2026-04-01")
        self.assertEqual(self.march.inspection_status, "late")

    def test_figures_per_month(self):
        self._done(self.january, self.january.inspection_date)
        self._done(self.february, "2026-03-01")
        self.april.archive = True
        with freeze_time("2026-05-31 02:00:00"):
            figures = self._figures()
            names = (
                *("planned", "in_time", "late", "missed"),
                *("behind", "upcoming", "cancelled"),
            )
            for month, expected in {
                1: (1, 1, 0, 0, 0, 0, 0),
                2: (1, 0, 1, 0, 0, 0, 0),
                3: (1, 0, 0, 1, 0, 0, 0),
                4: (0, 0, 0, 0, 0, 0, 1),
                5: (1, 0, 0, 0, 1, 0, 0),
                6: (1, 0, 0, 0, 0, 1, 0),
            }.items():
                with self.subTest(month=month):
                    self.assertEqual(
                        tuple(figures[month][name] for name in names), expected
                    )
            self.assertEqual((figures[1].rate, figures[2].rate), (100, 0))
            for month in (1, 3):
                action = figures[month].action_view_inspections()
                self.assertEqual(
                    self.env["maintenance.request"].search(action["domain"]),
                    self.plan.request_ids.filtered(
                        lambda r, month=month: r.inspection_date.month == month
                    ),
                )

    def test_a_rate_of_months_is_that_of_their_sums(self):
        weekly = self.env["om.inspection.plan"].create(
            {"system_id": self.system.id, "per": "week"}
        )
        self._generate(weekly)
        for request in weekly.request_ids.filtered(
            lambda r: r.inspection_month == date(2026, 1, 1)
        ):
            self._done(request, request.inspection_date)
        with freeze_time("2026-03-31 16:00:00"):
            months = self._figures()
            done = months[1].in_time
            decided = sum(
                months[m].in_time + months[m].late + months[m].missed for m in (1, 2, 3)
            )
            ((rate,),) = self.env["om.inspection.compliance"]._read_group(
                [("system_id", "=", self.system.id), ("month", "<=", "2026-03-01")],
                [],
                ["rate:avg"],
            )
            self.assertGreater(done, 0)
            self.assertAlmostEqual(rate, 100 * done / decided, 6)

    def test_moving_an_inspection_does_not_mend_its_month(self):
        self.march.with_user(self.dispatcher).inspection_date = "2026-05-06"
        with freeze_time("2026-05-10 02:00:00"):
            figures = self._figures()
            self.assertEqual((figures[3].planned, figures[3].missed), (1, 1))
            self.assertEqual(figures[5].planned, 1)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_reads_the_figures(self):
        for role in ("auditor", "staffing"):
            user = self._create_user(role)
            rows = self.env["om.inspection.compliance"].with_user(user).search([])
            self.assertIn(self.system, rows.system_id)
        portal = self._create_user("portal_user_unit")
        with self.assertRaises(AccessError):
            self.env["om.inspection.compliance"].with_user(portal).search([])

    def test_another_company_has_its_own_figures(self):
        company = self.env["res.company"].create({"name": "Second"})
        user = self._create_user(
            "manager", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        rows = self.env["om.inspection.compliance"].with_user(user).search([])
        self.assertNotIn(self.system, rows.system_id)
