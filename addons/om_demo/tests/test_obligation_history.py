from odoo.tests import tagged

from .common import HistoryCase

MODEL = "om.obligation.item"


@tagged("post_install", "-at_install")
class TestObligationHistory(HistoryCase):
    """The invented reports became what the rules say, each fate is there, the ledger
    is whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = cls.env["om.act"].search(
            [("res_model", "=", MODEL), ("act", "=", "invent")]
        )
        cls.items = cls.env[MODEL].browse(lines.mapped("res_id"))

    def test_every_fate(self):
        self.assertLessEqual({"kept", "late"}, set(self.items.mapped("result")))
        self.assertLessEqual(
            {"accepted", "receipted", "returned"}, set(self.items.mapped("state"))
        )
        overdue = self.env["om.obligation.standing"].search_count(
            [("standing", "=", "missed")], limit=1
        )
        self.assertTrue(overdue)

    def test_results_follow_from_deliveries(self):
        """Reckoned anew from the deliveries alone."""
        for item in self.items.filtered(lambda one: one.state != "returned"):
            given = item.delivery_ids.filtered(lambda one: not one.is_returned)
            done = sum(given.mapped("quantity"))
            last = max(given.mapped("date"))
            wanted = "late" if last > item.due_date else "kept"
            if done < item.quantity_due:
                wanted = "short"
            self.assertEqual(item.result, wanted, item.name)
            self.assertEqual(item.handed_in_on, last, item.name)

    def test_books_of_tongzhou(self):
        """200 + 48 of 250: short by two, whoever looks."""
        books = self.items.filtered(
            lambda one: one.quantity_due == 250 and one.state != "returned"
        )
        for item in books:
            self.assertEqual(
                (item.quantity_done, item.quantity_short, item.result),
                (248, 2, "short"),
            )

    def test_the_ledger_is_whole(self):
        self.env.flush_all()
        faults = self.env["om.act"]._find_faults(
            [("res_model", "=", MODEL), ("res_id", "in", self.items.ids)]
        )
        self.assertFalse(list(faults))
