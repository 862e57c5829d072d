from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged

from .common import OmObligationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-09 02:00:00")
class TestHandingIn(OmObligationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.obligation = cls._create_obligation()
        cls.september = cls.obligation.item_ids.sorted("period_start")[8]

    def _get_standing(self, item):
        self.env.flush_all()
        return self.env["om.obligation.standing"].search([("item_id", "=", item.id)])

    def test_late_by_a_day(self):
        """Due on the 8th, handed in on the 9th: late by one day, whoever accepts."""
        self._hand_in(self.september)
        self.assertEqual(self.september.state, "handed_in")
        self.assertEqual((self.september.result, self.september.late_days), ("late", 1))
        self.assertEqual(self._get_standing(self.september).standing, "late")

    def test_entered_a_day_late(self):
        """Handed over on the 8th and entered on the 9th: in time; the ledger has
        both."""
        self._hand_in(self.september, day="2026-10-08")
        self.assertEqual((self.september.result, self.september.late_days), ("kept", 0))
        line = self.september.act_ids.filtered(lambda act: act.act == "hand_in")
        self.assertLess(line.happened_at.date(), line.entered_at.date())
        with self.assertRaises(UserError):
            self._hand_in(self.obligation.item_ids[0], day="2026-05-04")

    def test_partial_deliveries(self):
        """000: 200 and 48 of 250 e-books: short by two, and October is not helped."""
        books = self._create_obligation(
            name="电子图书", kind="quota", quantity=250, due_rule="period_end"
        )
        september, october = books.item_ids.sorted("period_start")[8:10]
        with freeze_time("2026-09-10 02:00:00"):
            self._hand_in(september, 200, is_whole=False)
        self.assertEqual(september.state, "owed")
        with freeze_time("2026-09-29 02:00:00"):
            self._hand_in(september, 48)
        self.assertEqual(september.quantity_done, 248)
        self.assertEqual((september.result, september.quantity_short), ("short", 2))
        self.assertEqual(october.quantity_due, 250)
        self.assertEqual(len(september.delivery_ids), 2)

    def test_newspapers(self):
        papers = self._create_obligation(
            name="数字报纸", quantity=30, per="day", due_rule="period_end"
        )
        by_day = {item.due_date: item for item in papers.item_ids}
        for number, result in ((30, "kept"), (29, "short")):
            day = date(2026, 10, 8 if number == 30 else 9)
            self._hand_in(by_day[day], number, day=str(day))
            self.assertEqual(by_day[day].result, result)

    def test_missed_counts_by_itself(self):
        self.assertEqual(self._get_standing(self.september).standing, "missed")
        self.assertTrue(self.september.is_overdue)
        october = self.obligation.item_ids.sorted("period_start")[9]
        self.assertEqual(self._get_standing(october).standing, "open")
        overdue = self.env["om.obligation.item"].search(
            [("is_overdue", "=", True), ("obligation_id", "=", self.obligation.id)]
        )
        self.assertEqual(len(overdue), 9)

    def test_receiver_accepts(self):
        self._hand_in(self.september)
        mine = self.september.with_user(self.unit_user)
        mine.action_receive()
        self.assertEqual(self.september.state, "receipted")
        mine.action_accept()
        self.assertEqual(self.september.state, "accepted")
        signature = (
            self.env["om.signature"]
            .search([("res_model", "=", self.september._name), ("act", "=", "accept")])
            .filtered(lambda one: one.res_id == self.september.id)
        )
        self.assertEqual((signature.way, signature.capacity), ("login", "user_unit"))

    def test_receiver_returns(self):
        """It is owed again and what came back does not count; the reason stays."""
        self._hand_in(self.september, day="2026-10-08")
        mine = self.september.with_user(self.unit_user)
        with self.assertRaises(UserError):
            mine.action_return(reason=" ")
        mine.action_return(reason="缺少附件")
        self.assertEqual(self.september.state, "returned")
        self.assertEqual(self.september.remark, "缺少附件")
        self.assertEqual(self.september.quantity_done, 0)
        self.assertFalse(self.september.result)
        self._hand_in(self.september)
        self.assertEqual((self.september.result, self.september.late_days), ("late", 1))

    def test_nobody_else_receives(self):
        """Another unit sees nothing; ours need the paper; the engineer signs not."""
        self._hand_in(self.september)
        with self.assertRaises(AccessError):
            self.september.with_user(self.other_user).action_accept()
        self.assertFalse(
            self.env["om.obligation.item"].with_user(self.other_user).search([])
        )
        ours = self.september.with_user(self.users["manager"])
        with self.assertRaises(UserError):
            ours.action_accept()
        with self.assertRaises(UserError):
            ours.action_accept(paper=self._paper(self.users["manager"].name))
        ours.action_accept(paper=self._paper())
        self.assertEqual(self.september.state, "accepted")

    def test_take_back(self):
        self._hand_in(self.september)
        with self.assertRaises(AccessError):
            self.september.with_user(self.users["dispatcher"]).action_take_back("错")
        self.september.with_user(self.users["manager"]).action_take_back("交错文件")
        self.assertEqual(self.september.state, "owed")
        self.assertFalse(self.september.result)

    def test_engineer_hands_in_what_is_his(self):
        with self.assertRaises(AccessError):
            self._hand_in(self.september, role="engineer")
        self.obligation.user_id = self.users["engineer"]
        self._hand_in(self.september, role="engineer")
        self.assertEqual(self.september.state, "handed_in")

    def test_files_stay(self):
        """What was handed in is neither replaced nor deleted."""
        file = self._hand_in(self.september)
        with self.assertRaises(UserError):
            file.with_user(self.users["manager"]).write({"datas": "eA=="})
        with self.assertRaises(UserError):
            file.with_user(self.users["manager"]).unlink()

    def test_dialog(self):
        """One paper for two items: each has its own copy."""
        items = self.obligation.item_ids.sorted("period_start")[7:9]
        manager = self.users["manager"]
        file = (
            self.env["ir.attachment"]
            .with_user(manager)
            .create({"name": "合并报告.pdf", "datas": "eA=="})
        )
        dialog = (
            self.env["om.obligation.hand.in"]
            .with_user(self.users["manager"])
            .with_context(
                **items.with_user(self.users["manager"]).action_open_hand_in()[
                    "context"
                ]
            )
            .create({"file_ids": [(6, 0, file.ids)]})
        )
        dialog.action_hand_in()
        self.assertEqual(set(items.mapped("state")), {"handed_in"})
        self.assertEqual([len(item.file_ids) for item in items], [1, 1])
        self.assertEqual(
            {(f.res_model, f.res_id) for f in items.file_ids},
            {(items._name, item.id) for item in items},
        )

    def test_dialog_needs_evidence(self):
        dialog = self.env["om.obligation.hand.in"].create(
            {"item_ids": [(6, 0, self.september.ids)]}
        )
        with self.assertRaises(UserError):
            dialog.action_hand_in()

    def test_reminders(self):
        """30, 7 and 1 days before, once each; done stays done; daily ones never."""
        monthly = self._create_obligation(
            name="十月报告", due_rule="next_month_day", due_number=30
        )
        self._create_obligation(name="日报", per="day", due_rule="period_end")
        item = monthly.item_ids.sorted("period_start")[9]
        self.assertEqual(item.due_date, date(2026, 11, 30))
        told = []
        for day in ("2026-10-30", "2026-10-31", "2026-11-23", "2026-11-29"):
            with freeze_time(f"{day} 02:00:00"):
                self.env["om.expiry"]._cron_remind()
                notice = self.env["om.expiry.notice"].search(
                    [("kind", "=", "obligation"), ("res_id", "=", item.id)]
                )
                told.append(notice.stage)
        self.assertEqual(told, [0, 30, 7, 1])
        daily = self.env["om.expiry"].search([("name", "like", "日报")])
        self.assertFalse(daily)

    def test_yearly_sheet(self):
        self._hand_in(self.september)
        report = self.env.ref("om_obligation.om_obligation_year_report")
        content, kind = report._render_xlsx(
            report.report_name, self.contract.ids, data={}
        )
        self.assertEqual(kind, "xlsx")
        self.assertTrue(content.startswith(b"PK"))

    def test_yearly_volume(self):
        """As a paper: the figures of each obligation, the items of each receiver."""
        self._hand_in(self.september)
        self._create_obligation(name="应急预案", per=False, agree=False)
        maker = self.env["report.om_obligation.om_obligation_year"]
        volume = maker._get_volume(self.contract)
        rows = {row.cells[0]: row.cells[3:] for row in volume.tables[0].get_lines()}
        # Late: September; overdue: January to August; ahead: October to December.
        self.assertEqual(rows["月度报告"], ["0", "1", "0", "8", "3"])
        self.assertEqual(rows["应急预案"], ["0", "0", "0", "0", "0"])
        (part,) = volume.parts
        self.assertEqual(part.name, self.unit.name)
        self.assertEqual(len(part.tables[0].rows), 12)
        late = part.tables[0].get_lines()[8]
        self.assertEqual(
            late.cells[-3:], ["2026-10-09", "1", maker._get_standing_label("late")]
        )
        self.assertEqual(late.bad, [6])
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(
                "om_obligation.om_obligation_year_volume", self.contract.ids
            )
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))


@tagged("post_install", "-at_install")
class TestObligationPortal(OmObligationCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        obligation = cls._create_obligation(name="门户报告")
        cls.item = obligation.item_ids.sorted("period_start")[0]
        cls.file = cls._hand_in(cls.item)

    def _decide(self, **values):
        return self.url_open(
            f"/my/obligations/{self.item.id}/decide",
            data={"csrf_token": Request.csrf_token(self), **values},
        )

    def test_unit_takes_receipt(self):
        self.authenticate(self.unit_user.login, "unit-of-the-test")
        page = self.url_open("/my/obligations")
        self.assertIn("门户报告", page.text)
        page = self.url_open(f"/my/obligations/{self.item.id}")
        self.assertIn("报告.pdf", page.text)
        file = self.url_open(f"/my/obligations/{self.item.id}/file/{self.file.id}")
        self.assertTrue(file.content.startswith(b"%PDF"))
        self._decide(decision="receive")
        self.assertEqual(self.item.state, "receipted")
        self._decide(decision="return")
        self.assertEqual(self.item.state, "receipted")
        self._decide(decision="return", reason="缺页")
        self.assertEqual((self.item.state, self.item.remark), ("returned", "缺页"))

    def test_other_unit_reads_nothing(self):
        self.authenticate(self.other_user.login, "other-of-the-test")
        self.assertNotIn("门户报告", self.url_open("/my/obligations?filterby=all").text)
        page = self.url_open(f"/my/obligations/{self.item.id}")
        self.assertNotIn("门户报告", page.text)
        file = self.url_open(f"/my/obligations/{self.item.id}/file/{self.file.id}")
        self.assertFalse(file.content.startswith(b"%PDF"))
        self._decide(decision="accept")
        self.assertEqual(self.item.state, "handed_in")
