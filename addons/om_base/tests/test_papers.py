import io

from PIL import Image

from odoo.tests import TransactionCase, tagged

KINDS = {"Code128": "OM-0001", "EAN13": "5901234123457", "QR": "https://om.test/x"}


@tagged("post_install", "-at_install")
class TestPapers(TransactionCase):
    def test_barcodes_are_pictures(self):
        """Odoo's labels of places, lots and parts have them; a library draws them that
        is another one on each release of Python."""
        seen = set()
        for kind, value in KINDS.items():
            data = self.env["ir.actions.report"].barcode(kind, value, width=600)
            picture = Image.open(io.BytesIO(data)).convert("1")
            dark = picture.histogram()[0] / (picture.width * picture.height)
            self.assertTrue(0.05 < dark < 0.7, f"{kind}: {dark:.0%} of it is dark")
            other = self.env["ir.actions.report"].barcode(kind, value[:-1], width=600)
            self.assertTrue(kind == "EAN13" or data != other, f"{kind} tells its value")
            seen.add(data)
        self.assertEqual(len(seen), len(KINDS))
