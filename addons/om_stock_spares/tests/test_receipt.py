from ast import literal_eval
from base64 import b64encode
from io import BytesIO

from openpyxl import Workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PNG, SparesCommon


@tagged("post_install", "-at_install")
class TestSpareReceipt(SparesCommon):
    """What a supplier delivers is in the store with its numbers, or nothing is."""

    def _receive(self, *lines, user=None, **values):
        Receipt = self.env["om.spare.receipt"].with_user(user or self.clerk)
        form = Form(Receipt)
        form.note = "示例送货单 1"
        form.location_id = self.stock
        for product, quantity, serials in lines:
            with form.line_ids.new() as line:
                line.product_id = product
                if serials:
                    line.serials = serials
                else:
                    line.quantity = quantity
        receipt = form.save()
        receipt.write(values)
        return receipt

    def test_parts_come_with_their_numbers(self):
        before = self.lamp.qty_available
        receipt = self._receive(
            (self.lamp, 4, ""),
            (self.camera, 0, "COME-1\n COME-2 \n\n"),
            file=PNG,
            file_name="送货单.png",
        )
        self.assertEqual(receipt.line_ids[1].quantity, 2)
        receipt.action_receive()
        self.assertEqual(self.lamp.qty_available - before, 4)
        lots = self.env["stock.lot"].search([("name", "=like", "COME-%")])
        self.assertEqual(lots.mapped("name"), ["COME-1", "COME-2"])
        self.assertEqual(set(lots.mapped("product_qty")), {1.0})
        picking = self.env["stock.picking"].search(
            [("origin", "=", "示例送货单 1")], order="id desc", limit=1
        )
        self.assertEqual(
            (picking.state, picking.picking_type_code), ("done", "incoming")
        )
        paper = self.env["ir.attachment"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertEqual(paper.mapped("name"), ["送货单.png"])
        action = self.env.ref("om_stock_spares.om_spare_receipt_action")
        shown = (
            self.env["stock.move"]
            .with_user(self.clerk)
            .search(literal_eval(action.domain) + [("picking_id", "=", picking.id)])
        )
        self.assertEqual(shown.product_id, self.lamp | self.camera)

    def test_each_refusal_leaves_the_store_as_it_was(self):
        before = self.camera.qty_available
        for serials, quantity, said in (
            ("ONE-1", 2, "1 serial numbers for 2"),
            ("SAME\nSAME", 2, "twice: SAME"),
            ("NEW-1", 1, "already: NEW-1"),
        ):
            receipt = self._receive((self.camera, 0, serials))
            receipt.line_ids.quantity = quantity
            with self.assertRaisesRegex(UserError, said):
                receipt.action_receive()
        with self.assertRaisesRegex(UserError, "parts that have come"):
            self._receive().action_receive()
        with self.assertRaisesRegex(UserError, "how many"):
            self._receive((self.lamp, 0, "")).action_receive()
        self.camera.invalidate_recordset()
        self.assertEqual(self.camera.qty_available, before)

    def test_a_part_sent_back_may_come_again(self):
        """A number that has left the store is no second part."""
        request = self._request(self.camera_quota)
        self._confirm(request)
        request.with_user(self.clerk).action_issue(self.lots[0])
        self._receive((self.camera, 0, "NEW-1")).action_receive()
        self.assertEqual(self.lots[0].product_qty, 1)

    def test_who_keeps_the_store_receives(self):
        with self.assertRaises(AccessError):
            self._receive((self.lamp, 1, ""), user=self.engineer)

    def _form(self):
        form = Form(self.env["om.spare.receipt"].with_user(self.clerk))
        form.note = "示例送货单 2"
        form.location_id = self.stock
        return form

    def test_scanned_one_after_the_other(self):
        """The code of a part, then its numbers; parts without numbers are counted."""
        self.camera.barcode, self.lamp.barcode = "SCAN-CAM", "SCAN-LAMP"
        form = self._form()
        form.scan = "SCAN-NOBODY"
        self.assertIn("SCAN-NOBODY", form.scan_text)
        for code in (
            "scan-lamp",
            "ＳＣＡＮ－ＬＡＭＰ",
            "SCAN-CAM",
            "SN-1",
            "SN-2",
            "SN-1",
        ):
            form.scan = code
            self.assertFalse(form.scan, "the field is free for the next one")
        self.assertIn("SN-1", form.scan_text, "it is told")
        form.scan = "SCAN-LAMP"
        receipt = form.save()
        lines = {line.product_id: line for line in receipt.line_ids}
        self.assertEqual(lines[self.lamp].quantity, 3)
        self.assertEqual(lines[self.camera]._get_names(), ["SN-1", "SN-2"])
        self.assertEqual(lines[self.camera].quantity, 2)

    def test_read_from_a_sheet(self):
        self.camera.default_code, self.lamp.default_code = "CAM-1", "LAMP-1"
        rows = [
            ("编码", "名称", "序列号", "数量"),
            ("cam-1", "", "SN-11", 1),
            ("CAM-1", "", "SN-12", 1),
            ("LAMP-1", "", "", 7),
        ]
        receipt = self._form().save()
        receipt.sheet = make_sheet(rows)
        receipt.action_read_sheet()
        lines = {line.product_id: line for line in receipt.line_ids}
        self.assertEqual(lines[self.lamp].quantity, 7)
        self.assertEqual(lines[self.camera]._get_names(), ["SN-11", "SN-12"])
        receipt.action_receive()
        self.assertEqual(
            self.env["stock.lot"].search_count([("name", "=like", "SN-1_")]), 2
        )

    def test_a_sheet_with_mistakes_enters_nothing(self):
        receipt = self._form().save()
        receipt.sheet = make_sheet(
            [
                ("编码", "数量"),
                ("NOBODY", 1),
                ("", 2),
                ("X", "viel"),
            ]
        )
        with self.assertRaisesRegex(UserError, "(?s)A2.*NOBODY.*B4.*viel"):
            receipt.action_read_sheet()
        self.assertFalse(receipt.line_ids)


def make_sheet(rows):
    """A workbook with these rows."""
    stream = BytesIO()
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return b64encode(stream.getvalue())
