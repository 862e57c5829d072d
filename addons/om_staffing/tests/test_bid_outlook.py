"""The dialogs that look ahead of a bid."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .common import OmStaffingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-03 02:00:00")
class TestBidOutlook(OmStaffingCommon):
    def _open(self, model, **values):
        return self.env[model].create({"evaluation_id": self.evaluation.id, **values})

    def test_a_certificate_drops_on_its_day(self):
        """The one data officer's certificate ends on 2026-08-31: a point less from the
        next day on, until then all eight of the team."""
        officer = self.people["data"][0]
        officer.employee_skill_ids.valid_to = "2026-08-31"
        dialog = self._open(
            "om.bid.readiness", date_from="2026-01-04", date_to="2026-12-31"
        )
        self.assertIn("2026-09-01", dialog.result)
        self.assertIn("8.00", dialog.result)
        self.assertIn("7.00", dialog.result)
        self.assertIn(officer.name, dialog.result)
        self.assertIn("<svg", dialog.result)
        self.assertNotIn("2026-08-31 ", dialog.result)
        dialog.team = "best"
        self.assertIn("7.00", dialog.result)
        dialog.date_to = "2036-01-01"
        self.assertNotIn("<svg", dialog.result)

    def test_price_that_wins(self):
        self.evaluation.offer_ids = [
            Command.create({"name": "我方", "is_ours": True, "price": 60000000}),
            Command.create({"name": "甲", "price": 60000000, "other_points": 85}),
        ]
        dialog = self._open("om.bid.price", other_points=84)
        self.assertEqual((dialog.low, dialog.high), (34709985.00, 77133300.00))
        # As in test_bid_form, by hand.
        self.assertIn("54,029,999.99", dialog.result)
        dialog.other_points = 60
        self.assertIn("At no price", dialog.result)

    def test_our_points_are_those_of_the_page_and_the_estimate(self):
        self.tender.bid_line_ids.unlink()
        self.tender.bid_chapter_ids = [
            Command.create(
                {"kind": "chapter", "name": "甲", "points": 70, "estimate": 61.5}
            )
        ]
        self.assertEqual(self._open("om.bid.price").other_points, 69.5)

    def test_corrections(self):
        self.tender.system_ids = self._create_system(annual_fee=1000.0)
        self.evaluation.offer_ids = [
            Command.create({"name": "我方", "is_ours": True, "price": 1000.0})
        ]
        dialog = Form(
            self.env["om.bid.correction"].with_context(
                default_evaluation_id=self.evaluation.id
            )
        )
        self.assertIn("Nothing has to be corrected", dialog.result)
        dialog.listed_words = "壹仟贰佰元整"
        self.assertIn("Invalid unless", dialog.result)
        dialog.is_confirmed = True
        # Words first; then the sum of the prices, which is 1,000.00.
        self.assertIn("1,000.00", dialog.result)
        dialog.listed_words = "一千"
        self.assertIn("no amount in words", dialog.result)

    def test_cheapest_measures(self):
        """Two bids lack the same certificate: it is paid once."""
        officer = self.people["data"][0]
        officer.employee_skill_ids.valid_to = "2025-12-31"
        self.skill["analyst_senior"].exam_price = 900
        other = self.tender.sudo().copy(
            {"bid_date": "2026-01-04", "service_start": "2028-01-01"}
            | {"service_end": "2028-12-31", "name": "乙招标"}
        )
        dialog = self.env["om.bid.measures"].create(
            {"tender_ids": [Command.set((self.tender | other).ids)]}
        )
        self.assertIn("900 yuan together", dialog.result)
        self.assertIn("乙招标", dialog.result)
        self.assertIn("7.00", dialog.result)
        self.assertIn("8.00", dialog.result)

    def test_roles(self):
        for role in ("auditor", "engineer", "procurement"):
            user = self._create_user(role)
            for model in ("readiness", "price", "correction", "measures"):
                with self.assertRaises(AccessError):
                    self.env[f"om.bid.{model}"].with_user(user).create({})
        staffing = self._create_user("staffing")
        dialog = self._open("om.bid.readiness").with_user(staffing)
        self.assertIn("<svg", dialog.result)
