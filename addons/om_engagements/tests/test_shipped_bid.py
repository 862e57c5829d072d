from datetime import date

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file


@tagged("post_install", "-at_install")
class TestShippedBid(TransactionCase):
    """What the documents of Shunyi's tender print: days, technical part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As on the first day: what is there may have been carried on since.
        cls.env["ir.model.data"].search(
            [
                ("module", "=", "om_staffing"),
                ("model", "in", ("om.tender", "om.post", "om.tender.rule")),
            ]
        ).unlink()
        cls.env["om.setup"]._bring_examples_back()
        convert_file(
            cls.env,
            *("om_engagements", "data/om_tender_data.xml", {}),
            mode="init",
            noupdate=True,
        )
        cls.tender = cls.env.ref("om_staffing.tender_shunyi")

    def test_days_and_security(self):
        """Invitation 3 and 4; notes to 3.1 (19 December, 14:00), 12.1 and 13.1."""
        tender = self.tender
        self.assertEqual(tender.documents_until, date(2025, 12, 18))
        self.assertEqual(str(tender.visit_at), "2025-12-19 06:00:00")
        self.assertEqual((tender.bid_date, tender.close_time), (date(2026, 1, 4), 9.5))
        self.assertEqual(tender.security_amount, 800000.00)
        self.assertEqual(tender.validity_end, date(2026, 4, 4))
        tender.write({"asked_on": "2025-12-22", "decided_on": "2026-01-06"})
        tender.notified_on = "2026-01-08"
        for day in (
            "2025-12-18",
            "2025-12-19",
            # A question of Monday is answered by Thursday: 3 working days.
            "2025-12-25",
            "2026-01-04",
            # 2 working days after Tuesday; 30 days end on a Saturday; 1 + 7 workdays.
            "2026-01-08",
            "2026-02-09",
            "2026-01-20",
            "2026-04-04",
        ):
            self.assertIn(day, tender.timetable)

    def test_technical_part(self):
        """15 chapters, 70 points: 4 + 5 + 8, 8 x 4, 3, 10, 4 and 4."""
        chapters = self.tender.bid_chapter_ids
        self.assertEqual(chapters.mapped("points"), [4, 5, 8, *[4] * 8, 3, 10, 4, 4])
        self.assertEqual(self.tender.chapter_points, 70)
        self.assertEqual(self.tender.full_points, 8)
