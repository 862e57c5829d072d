"""Document 003: months from the 15th to the 14th, twelve reviews, then accepted."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import AssessmentCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-06-20 04:00:00")
class TestMonthlyReviews(AssessmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.write(
            {
                "start_date": "2026-06-15",
                "end_date": "2027-06-14",
                "signature_date": "2026-06-01",
                "effective_date": "2026-06-01",
                "payment_template_id": cls.env.ref(
                    "om_contract.om_payment_template_60_30_10"
                ).id,
            }
        )
        (cls.system | cls.other_system).write(
            {"service_start": "2026-06-15", "service_end": "2027-06-14"}
        )
        cls.contract.action_make_milestones()
        cls.contract.action_activate()
        scheme = cls._create_scheme(first_day=15)
        cls._create_memorandum(
            cls.env["res.partner"],
            cls.env["om.system"],
            scheme_id=scheme.id,
            date_from="2026-06-15",
        )
        cls.env["agreement"]._cron_expire()
        cls.days = [
            *(f"2026-{month:02d}-20" for month in range(6, 13)),
            *(f"2027-{month:02d}-20" for month in range(1, 6)),
        ]

    def review(self, day):
        sheet = self.env["om.assessment"]._draw_up(
            self.env["agreement"]._fields["start_date"].to_date(day), self.contract
        )
        sheet.action_no_events()
        sheet.with_user(self.users["manager"]).action_submit()
        sheet.with_user(self.purchaser_user).action_confirm()
        self.assertEqual(sheet.state, "confirmed")
        return sheet

    def accept(self):
        scan = self._paper().scan
        self.contract.with_user(self.users["manager"]).action_accept(
            "2027-06-18", "验收意见", scan, "采购乙"
        )

    def test_eleven_of_twelve_reviews_passed_acceptance_names_the_month(self):
        settlement = (
            self.env["om.settlement"]
            .with_user(self.users["procurement"])
            .create({"agreement_id": self.contract.id})
        )
        reviews = settlement.item_ids.filtered(lambda item: item.least == 12)
        for day in self.days[:3] + self.days[4:]:
            self.review(day)
        self.env.invalidate_all()
        self.assertEqual(
            (reviews.standing, reviews.found_count, reviews.missing_count),
            ("missing", 11, 1),
        )
        self.assertEqual(reviews.what_is_missing, "2026-09-15 – 2026-10-14")
        with self.assertRaisesRegex(UserError, "2026-09-15 – 2026-10-14"):
            self.accept()
        # Drawn up and put to the purchaser is not passed.
        sheet = self.env["om.assessment"]._draw_up(
            self.env["agreement"]._fields["start_date"].to_date(self.days[3]),
            self.contract,
        )
        sheet.action_no_events()
        sheet.with_user(self.users["manager"]).action_submit()
        with self.assertRaisesRegex(UserError, "2026-09-15 – 2026-10-14"):
            self.accept()
        sheet.with_user(self.purchaser_user).action_confirm()
        self.env.invalidate_all()
        self.assertEqual((reviews.standing, reviews.missing_count), ("accepted", 0))
        self.accept()
        self.assertEqual(self.contract.state, "accepted")

    def test_a_contract_without_reviews_is_accepted_as_ever(self):
        self.env["om.memorandum"].search(
            [("agreement_id", "=", self.contract.id)]
        ).sudo().write({"state": "draft"})
        self.accept()
        self.assertEqual(self.contract.state, "accepted")
