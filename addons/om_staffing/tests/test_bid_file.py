import io
import zipfile

from openpyxl import load_workbook
from pypdf import PdfReader, PdfWriter

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.bid_form import find_parts
from ..reports.om_bid_file import CONFORMING, FORMS, QUALIFYING
from .common import OmStaffingCommon
from .test_bid_pack import PNG

PRICE = 60000000.00


@tagged("post_install", "-at_install")
class TestBidFile(OmStaffingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls.env["report.om_staffing.om_bid_file"]
        cls.tender.bid_line_ids.unlink()
        cls.system = cls._create_system(annual_fee=PRICE)
        cls.tender.write(
            {
                "system_ids": [Command.set(cls.system.ids)],
                "deviation_contract": "none",
                "deviation_need": "none",
                "deviation_spare": "none",
                "welfare": "no",
                "bid_chapter_ids": [
                    Command.create(
                        {
                            "kind": "chapter",
                            "name": name,
                            "points": points,
                            "estimate": points - 1,
                        }
                    )
                    for name, points in (("需求理解", 4), ("难点分析", 5))
                ],
            }
        )
        cls.evaluation.offer_ids = [
            Command.create({"name": "我方", "is_ours": True, "price": PRICE})
        ]
        cls.tender.action_open_bid()
        for key, answer in (("agency", "示例代理公司"), ("head_name", "示例法人")):
            cls._get_line(key).answer = answer

    @classmethod
    def _get_line(cls, key):
        return cls.tender.bid_line_ids.filtered(lambda line: line.key == key)

    def _get_lines(self, key):
        return self._get_form(key).part.tables[0].get_lines()

    def _get_form(self, key):
        forms = self.maker._get_forms(self.tender)
        return next(form for form in forms if form.key == key)

    def test_lines_are_made_once(self):
        number = len(self.tender.bid_line_ids)
        self.tender.action_open_bid()
        self.assertEqual(len(self.tender.bid_line_ids), number)

    def test_every_point_of_the_checklists_is_proven(self):
        self.assertEqual((len(QUALIFYING), len(CONFORMING)), (5, 17))
        keys = {form.key for form in FORMS}
        for _check, proofs in (*QUALIFYING, *CONFORMING):
            self.assertLessEqual(set(proofs), keys)
        self.assertEqual(
            {check for check, _proofs in QUALIFYING},
            self.maker._get_qualifying_labels().keys(),
        )
        self.assertEqual(
            {check for check, _proofs in CONFORMING},
            self.maker._get_conforming_labels().keys(),
        )
        self.assertEqual(self.maker._get_titles().keys(), keys)

    def test_an_unticked_table_is_told_before(self):
        """The tender: a table left unticked makes the bid invalid."""
        self.assertFalse(self.tender._get_bid_faults())
        for table in ("contract", "need", "spare"):
            field = f"deviation_{table}"
            self.tender[field] = False
            [fault] = self.tender._get_bid_faults()
            with self.assertRaisesRegex(UserError, "neither box"):
                self.tender.action_make_bid()
            self.assertIn(fault, self.tender.bid_check)
            self.tender[field] = "none"
        self.tender.bid_deviation_ids = [
            Command.create(
                {
                    "kind": "deviation",
                    "about": "need",
                    "name": "5.1",
                    "deviation": "positive",
                }
            )
        ]
        [fault] = self.tender._get_bid_faults()
        self.assertIn("one is listed", fault)
        self.tender.deviation_need = "listed"
        self.assertFalse(self.tender._get_bid_faults())

    def test_a_price_that_makes_it_invalid(self):
        self.evaluation.offer_ids.price = 77133300.01
        self.system.annual_fee = 77133300.01
        self.assertIn("77,133,300.00", " ".join(self.tender._get_bid_faults()))
        self.evaluation.offer_ids.price = PRICE
        # The detail adds up to something else.
        self.assertEqual(len(self.tender._get_bid_faults()), 1)
        self.evaluation.offer_ids.unlink()
        self.assertIn("No price", " ".join(self.tender._get_bid_faults()))

    def test_forms_are_filled_and_blanks_are_told(self):
        letter = self._get_form("letter")
        text = " ".join(letter.part.text)
        self.assertIn("示例代理公司", text)
        self.assertIn("0686-2511BJ143437Z", text)
        self.assertIn(" 90 ", text)
        self.assertIn("Fax", letter.blanks)
        opening = self._get_lines("opening")[0].cells
        self.assertEqual(opening[4], "60,000,000.00")
        self.assertEqual(opening[3], "陆仟万元整")
        schedule = self._get_lines("schedule")
        self.assertEqual(schedule[0].cells[3], "60,000,000.00")
        team = self._get_form("team")
        self.assertEqual(len(team.part.tables[0].rows), 18)
        self.assertIn("18 people without a profession", team.missing)
        ticked = [choice.is_ticked for choice in self._get_form("welfare").part.choices]
        self.assertEqual(ticked, [True, False])

    def test_profession_experience_and_duties(self):
        self.posts["manager"].duties = "主持履约"
        manager = self.people["manager"][0]
        manager.write(
            {
                "study_field": "通信工程",
                "resume_line_ids": [
                    Command.create(
                        {
                            "name": "甲项目",
                            "date_start": "2020-01-01",
                            "date_end": "2022-12-31",
                            "om_experience": "site_manager",
                        }
                    )
                ],
            }
        )
        cells = self._get_lines("team")[0].cells
        self.assertEqual(cells[2], "通信工程")
        self.assertEqual(cells[5], "2020-01 – 2022-12 甲项目")
        self.assertEqual(cells[6], "主持履约")

    def test_day_of_completion(self):
        self.env["om.reference"].create(
            {
                "name": "甲合同",
                "signed_on": "2024-01-01",
                "completed_on": "2024-12-31",
                "amount": 100.0,
                "company_id": self.company.id,
            }
        )
        cells = self._get_lines("references")[0].cells
        self.assertEqual(cells[2:4], ["100.00", "2024-12-31"])

    def test_advantage_needs_its_statement(self):
        self.evaluation.offer_ids.advantage = "small"
        self.assertTrue(self._get_form("enterprises").missing)
        self.tender.bid_enterprise_ids = [
            Command.create({"kind": "enterprise", "name": "甲", "size": "small"})
        ]
        form = self._get_form("enterprises")
        self.assertFalse(form.missing)
        self.assertEqual(form.part.tables[0].get_lines()[0].cells[3], "甲")

    def test_what_was_handed_in_stays(self):
        self.tender.action_submit()
        tender = self.tender.with_user(self._create_user("staffing"))
        for act in (
            lambda: self._get_line("fax").write({"answer": "1"}),
            lambda: tender.write({"deviation_need": "listed"}),
            lambda: self._get_line("fax").unlink(),
        ):
            with self.assertRaises(UserError):
                act()

    def test_roles(self):
        for role, may_write in (
            ("staffing", True),
            ("manager", True),
            ("auditor", False),
        ):
            user = self._create_user(role)
            tender = self.tender.with_user(user)
            self.assertTrue(tender.bid_check)
            tender.action_open_bid()
            line = tender.bid_value_ids[:1]
            if may_write:
                line.answer = role
            else:
                with self.assertRaises(AccessError):
                    line.answer = role
        engineer = self._create_user("engineer")
        with self.assertRaises(AccessError):
            self.env["om.bid.line"].with_user(engineer).search([])

    def test_estimates_and_authors_stay_ours(self):
        author = self._create_user("staffing", name="某位作者")
        self.tender.bid_chapter_ids[0].author_id = author
        forms = self.maker._get_forms(self.tender)
        volumes = [self.maker._get_bid_volume(self.tender, forms, n) for n in range(3)]
        parts = [part for volume in volumes for part in volume.parts]
        printed = repr(
            [(part, [table.get_lines() for table in part.tables]) for part in parts]
        )
        self.assertIn("需求理解", printed)
        self.assertNotIn(author.name, printed)
        pages = [
            [1] * sum(form.volume == number for form in forms) for number in range(3)
        ]
        tables = self.maker._get_index_tables(self.tender, forms, pages)
        total = tables[2].get_lines()[-1]
        self.assertEqual(total.cells[2:4], ["9.00", "7.00"])

    def test_more_people_and_systems_take_no_more_queries(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.maker._get_forms(self.tender)
            return self.env.cr.sql_log_count - start

        count()
        before = count()
        self.tender.system_ids |= self.env["om.system"].union(
            *(self._create_system(f"系统{number}") for number in range(20))
        )
        self._assign(
            "electrician", *(self._create_employee(f"e{n}") for n in range(20))
        )
        self.assertLessEqual(count(), before + 5)

    def _make(self):
        """The bid's file as the scheduler makes it: {name: content}."""
        job = self.env["om.job"].browse(self.tender.action_make_bid()["res_id"])
        for _step in range(200):
            if job.state not in ("waiting", "running"):
                break
            job._work()
        self.assertEqual(job.state, "done", job.message)
        content = job.attachment_id.sudo().raw
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @mute_logger("pypdf._reader")
    def test_volumes(self):
        """Each form begins on the page that the list names; scans and pages of other
        papers are shown; the spreadsheet has every table."""
        self.people["manager"][0].employee_skill_ids.scan = PNG
        writer = PdfWriter()
        for _page in range(3):
            writer.add_blank_page(595, 842)
        paper = io.BytesIO()
        writer.write(paper)
        self._get_line("licence").file_ids = [
            Command.create(
                {
                    "name": name,
                    "raw": content,
                    "mimetype": "application/pdf",
                }
            )
            for name, content in (("a.pdf", paper.getvalue()), ("b.pdf", b"%PDF-1.4 x"))
        ]
        files = self._make()
        self.assertEqual(len(files), 5)
        *volumes, sheet = [files[name] for name in sorted(files)]
        readers = [PdfReader(io.BytesIO(content)) for content in volumes]
        pages = [find_parts(content) for content in volumes]
        # A job speaks the language of who asked for it.
        maker = self.maker.with_context(lang=self.env.user.lang)
        forms = maker._get_forms(self.tender.with_env(maker.env))
        for number in range(3):
            titles = [form.title for form in forms if form.volume == number]
            for title, page in zip(titles, pages[number], strict=True):
                text = readers[number].pages[page - 1].extract_text()
                self.assertIn(title.split()[0], text)
        # The licence: its own page, then three of the paper; the damaged one is told.
        self.assertEqual(pages[0][1] - pages[0][0], 4)
        told = "".join(
            "".join(page.extract_text() for page in readers[3].pages).split()
        )
        self.assertIn("b.pdf", told)
        [authority] = maker._get_check_table(
            "", forms, pages, CONFORMING[:1], maker._get_conforming_labels()
        ).get_lines()
        self.assertIn("".join(authority.cells[2].split()), told)
        self.assertIn(str(pages[1][1]), authority.cells[2])
        book = load_workbook(io.BytesIO(sheet))
        titles = {form.key: form.title for form in forms}
        self.assertEqual(book[titles["letter"]].max_row, 5)
        self.assertEqual(book[titles["schedule"]]["D2"].value, PRICE)
