import base64
import io
import zipfile

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OmStaffingCommon

PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA"
        "SUVORK5CYII="
    )
)


@tagged("post_install", "-at_install")
class TestBidPack(OmStaffingCommon):
    def test_tables(self):
        pack = self.evaluation.get_pack()
        # 1+1+1+1+10+4 people; the repairers show two certificates each
        self.assertEqual(len(pack["team"]), 18)
        self.assertEqual(len(pack["certificates"]), 28)
        self.assertEqual(
            [row["name"] for row in pack["team"]][:4],
            ["manager0", "chief0", "security0", "data0"],
        )
        self.assertEqual({row["months"] for row in pack["insurance"]}, {3})
        self.assertEqual(
            {(row["first"], row["last"]) for row in pack["insurance"]},
            {("2025-10", "2025-12")},
        )

    def test_insurance_after_the_bid_is_not_shown(self):
        """The list proves the months up to the bid, whenever it is printed."""
        employee = self.people["manager"][0]
        self.env["om.social.insurance"].create(
            [
                {
                    "employee_id": employee.id,
                    "employer_id": self.company.partner_id.id,
                    "month": month,
                }
                for month in ("2026-02-01", "2026-03-01")
            ]
        )
        self.evaluation.date = "2026-01-04"
        row = self.evaluation.get_pack()["insurance"][0]
        self.assertEqual(
            (row["first"], row["last"], row["months"], row["on_record"]),
            ("2025-10", "2025-12", 3, 3),
        )

    def test_pages(self):
        """Nothing of the tables is lost between pages, and no page is too full."""
        report = self.env["report.om_staffing.om_bid_pack"]
        pack = self.evaluation.get_pack()
        tables = report._get_tables(pack)
        pages = report._get_pages(pack)
        self.assertGreater(len(pages), 1)
        for number, table in enumerate(tables):
            printed = [
                line
                for page in pages
                for piece in page
                if piece.key == str(number)
                for line in piece.lines
            ]
            self.assertEqual(printed, table.get_lines())

    def test_latest_version_is_shown(self):
        employee = self.people["manager"][0]
        self._certify(employee, "pm_senior", "2025-12-01", "2030-12-31")
        row = self.evaluation.get_pack()["certificates"][0]
        self.assertEqual(row["valid_to"], "2030-12-31")

    def test_archive(self):
        manager = self.people["manager"][0].employee_skill_ids
        manager.write({"scan": PNG, "scan_name": "x.png"})
        reference = self.env["om.reference"].create(
            {
                "name": "合同/甲",
                "signed_on": "2024-01-01",
                "company_id": self.company.id,
                "scan": PNG,
            }
        )
        action = self.evaluation.action_export_pack()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "om.bid.evaluation"), ("name", "like", ".zip")]
        )
        self.assertIn(str(attachment.id), action["url"])
        with zipfile.ZipFile(io.BytesIO(attachment.raw)) as archive:
            scans = [name for name in archive.namelist() if name.startswith("scans/")]
            [book] = [name for name in archive.namelist() if name.endswith(".xlsx")]
            sheet = load_workbook(io.BytesIO(archive.read(book))).worksheets[0]
        self.assertEqual(len(scans), 2)
        self.assertRegex(scans[0], r"^scans/2-001_manager0_.*\.png$")
        self.assertEqual(scans[1], "scans/5-001_合同_甲.png")
        self.assertEqual(sheet.max_row, 19)
        self.assertEqual(reference.scan, PNG)

    def test_proofs_of_the_team(self):
        """Degree, title, experience and insurance, named in the order of the tables."""
        manager = self.people["manager"][0]
        manager.write(
            {
                "om_degree_scan": PNG,
                "om_title_scan": PNG,
                "om_insurance_scan": PNG,
                "resume_line_ids": [
                    Command.create(
                        {
                            "name": "甲单位",
                            "date_start": "2020-01-01",
                            "om_experience": "support",
                            "certificate_file": PNG,
                        }
                    )
                    for _twice in range(2)
                ],
            }
        )
        manager.employee_skill_ids.scan = PNG
        names = [
            name
            for name, _scan in self.evaluation._get_scans(self.evaluation.get_pack())
        ]
        self.assertEqual(names, sorted(names))
        self.assertEqual(
            [name.split("_")[0] for name in names],
            ["1-001-1", "1-001-2", "1-001-3", "1-001-3", "2-001", "3-001"],
        )
        self.assertEqual(len(set(names)), 6)

    def test_export_twice(self):
        self.evaluation.action_export_pack()
        self.evaluation.action_export_pack()
        kept = self.env["ir.attachment"].search_count(
            [
                ("res_model", "=", "om.bid.evaluation"),
                ("res_id", "=", self.evaluation.id),
            ]
        )
        self.assertEqual(kept, 1)

    def test_frozen_evidence_stays(self):
        self.people["manager"][0].employee_skill_ids.scan = PNG
        self.evaluation.action_freeze()
        self.evaluation.action_check_fingerprint()
        for user in (self.env.user, self._create_user("staffing")):
            scan = self.evaluation.with_user(user).evidence_ids
            for act in (
                lambda scan=scan: scan.unlink(),
                lambda scan=scan: scan.sudo().unlink(),
                lambda scan=scan: scan.write({"raw": b"other"}),
                lambda scan=scan: scan.write({"res_id": False}),
            ):
                with self.assertRaises(UserError):
                    act()
        scan.sudo()._write({"checksum": "0" * 40})
        self.evaluation.invalidate_recordset()
        with self.assertRaises(UserError):
            self.evaluation.action_check_fingerprint()

    def test_frozen_evidence_outlives_the_scan(self):
        skill = self.people["manager"][0].employee_skill_ids
        skill.scan = PNG
        self.evaluation.action_freeze()
        skill.scan = False
        with zipfile.ZipFile(io.BytesIO(self.evaluation._get_archive())) as archive:
            scans = [name for name in archive.namelist() if name.startswith("scans/")]
        self.assertEqual(len(scans), 1)
        self.assertEqual(len(self.evaluation.evidence_ids), 1)
