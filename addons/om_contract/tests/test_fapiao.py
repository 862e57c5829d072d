import base64

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon

DIGITAL = "26112000000123456789"


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestFapiao(OmContractCommon):
    """Tax invoices in both directions: number, day, files, red letter, on paper."""

    def setUp(self):
        super().setUp()
        self.milestone, self.move = self._make()

    def _make(self, **values):
        contract = self._create_contract(
            "single", end_date="2026-01-31", amount_total=1060.0, **values
        )
        contract.action_activate()
        contract.action_accept("2026-02-02", "甲验收单", self.make_scan(), "甲经办")
        milestone = contract.milestone_ids
        milestone.action_make_invoice()
        move = milestone.invoice_ids
        move.invoice_date = "2026-02-02"
        move.action_post()
        return milestone, move

    def _attach(self, name):
        return (
            self.env["ir.attachment"]
            .with_user(self.officer)
            .create({"name": name, "datas": base64.b64encode(b"x")})
        )

    def test_numbers(self):
        for number in ("12345678", DIGITAL):
            self.move.fapiao = number
            self.assertEqual(self.move.fapiao, number)
        for number in ("1234567", "123456789", DIGITAL[:-1], "1" * 19 + "a", "１" * 20):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self.move.fapiao = number

    def test_stored_whole(self):
        """The localisation's column took 8 characters."""
        self.move.fapiao = DIGITAL
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.move.fapiao, DIGITAL)

    def test_a_digital_one_only_once(self):
        self.move.fapiao = DIGITAL
        _milestone, bill = self._make(partner_id=self.supplier.id, domain="purchase")
        bill.fapiao = "12345678"
        with self.assertRaisesRegex(ValidationError, "more than once"):
            bill.fapiao = DIGITAL
        # Eight digits are their own only together with a code that is not kept.
        self.move.fapiao = "12345678"
        bill.fapiao = DIGITAL
        bill.button_draft()
        bill.button_cancel()
        self.move.fapiao = DIGITAL
        self.assertFalse(self.move.copy().fapiao)

    def test_day_and_files(self):
        with self.assertRaisesRegex(ValidationError, "a day to come"):
            self.move.om_fapiao_date = "2026-02-03"
        self.move.om_fapiao_date = "2026-02-02"
        files = [self._attach(name) for name in ("甲.pdf", "甲.OFD", "甲.xml")]
        self.move.om_fapiao_file_ids = [Command.link(file.id) for file in files]
        self.assertEqual(
            {(file.res_model, file.res_id) for file in files},
            {("account.move", self.move.id)},
        )
        with self.assertRaisesRegex(ValidationError, "甲.docx"):
            self.move.om_fapiao_file_ids = [Command.link(self._attach("甲.docx").id)]

    def test_red_letter_of_its_own_party(self):
        note = self._credit(self.move, 500.0)
        self.assertEqual(note.reversed_entry_id, self.move)
        foreign = self._make(
            partner_id=self._create_partner("乙采购人", "purchaser").id
        )
        values = {"move_type": "out_refund", "partner_id": self.purchaser.id}
        with self.assertRaisesRegex(UserError, "red letter"):
            self.env["account.move"].create(
                {**values, "reversed_entry_id": foreign[1].id}
            )

    def _get_rows(self, milestone):
        report = self.env["report.om_contract.om_payment_application"]
        application = report.with_user(self.officer)._get_report_values(milestone.ids)
        return application["applications"][milestone.id]["invoices"]

    def test_on_the_application(self):
        self.move.write({"fapiao": DIGITAL, "om_fapiao_date": "2026-02-01"})
        note = self._credit(self.move, 500.0)
        note.fapiao = "26112000000123456790"
        blue, red = self._get_rows(self.milestone)
        self.assertEqual(
            (blue["number"], str(blue["date"]), f"{blue['amount']:.2f}"),
            (DIGITAL, "2026-02-01", "1060.00"),
        )
        self.assertEqual(
            (red["number"], red["blue"], f"{red['amount']:.2f}"),
            ("26112000000123456790", DIGITAL, "-500.00"),
        )
        html = (
            self.env["ir.actions.report"]
            .with_user(self.officer)
            ._render_qweb_html(
                "om_contract.om_payment_application_report", self.milestone.ids
            )[0]
            .decode()
        )
        self.assertEqual(html.count(DIGITAL), 3, "the row, its red letter, the papers")
        self.assertNotRegex(html, r"2026[年/]", "one form of dates on one paper")

    def test_bills_of_suppliers(self):
        milestone, bill = self._make(partner_id=self.supplier.id, domain="purchase")
        bill.fapiao = DIGITAL
        self.assertEqual(
            [row["number"] for row in self._get_rows(milestone)], [DIGITAL]
        )
