import io

from lxml import etree
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

    def test_heads_and_feet_are_handed_to_the_engine(self):
        """Its frame reads no file, and fills page numbers by classes of its own."""
        layout = (
            "<html><body><div class='header o_x'><img src='/logo.png'/>"
            "<img src='data:image/png;base64,AA=='/>示例公司</div>"
            "<div class='footer'><span class='page'/> / <span class='topage'/></div>"
            "</body></html>"
        )
        report = self.env["ir.actions.report"]
        sides = {"margin_left": 0.0, "margin_right": 20.0}
        head = report._om_prepare_frame(layout, "header", sides, 6)
        self.assertIn("示例公司", head)
        self.assertIn("data:image/png", head)
        self.assertNotIn("/logo.png", head)
        foot = report._om_prepare_frame(layout, "footer", sides)
        self.assertIn('class="pageNumber"', foot)
        self.assertIn('class="totalPages"', foot)
        self.assertNotIn("示例公司", foot)
        empty = "<html><body><div class='footer'> </div></body></html>"
        for page in ("", None, empty):
            self.assertEqual(report._om_prepare_frame(page, "footer", sides), "")

    def test_no_layout_prints_the_picture_of_a_company_that_has_none(self):
        """Whichever layout a company chooses; Odoo's example is no company's."""
        layouts = self.env["report.layout"].search([]).view_id
        self.assertGreater(len(layouts), 5)
        for layout in layouts:
            pictures = etree.fromstring(layout.get_combined_arch()).xpath(
                "//img[contains(@t-att-src, 'company.logo')]"
            )
            self.assertTrue(pictures, layout.key)
            for picture in pictures:
                self.assertIn("uses_default_logo", picture.get("t-if"), layout.key)

    def test_nobody_waits_for_scripts_that_no_paper_has(self):
        def get_delay():
            report = self.env["ir.actions.report"]
            command = report._build_wkhtmltopdf_args(
                self.env.ref("base.paperformat_euro"), False
            )
            return command[command.index("--javascript-delay") + 1]

        self.assertEqual(get_delay(), "0")
        self.env["ir.config_parameter"].set_param("report.print_delay", "300")
        self.assertEqual(get_delay(), "300")
