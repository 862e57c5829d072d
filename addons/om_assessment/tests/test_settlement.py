import base64
import hashlib
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tests.common import new_test_user
from odoo.addons.om_base.tools.volume import print_volume
from odoo.addons.om_contract.tests.deduction_common import PRICE, DeductionCase

# Three fees that come to document 002's ceiling.
FEES = (70000000.00, 7133299.99, 0.01)


class SettlementCase(DeductionCase):
    def settle(self, contract):
        return (
            self.env["om.settlement"]
            .with_user(self.officer)
            .create({"agreement_id": contract.id})
        )

    def find(self, settlement, source):
        return settlement.item_ids.filtered(lambda item: item.source == source)

    def add_paper(self, contract, kind, name="甲文件"):
        self.env["om.contract.document"].create(
            {
                "agreement_id": contract.id,
                "kind": kind,
                "name": name,
                "file": base64.b64encode(b"%PDF-1.4"),
            }
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
@freeze_time("2027-06-15 04:00:00")
class TestSettlementReview(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract("review", PRICE, fees=FEES)
        cls.contract = cls.contract.with_user(cls.officer)
        cls.env["agreement"]._cron_expire()
        cls.first, cls.second, cls.last = cls.contract.milestone_ids.sorted()

    def cut(self, settlement):
        """The review leaves 76,500,000.00: 633,300.00 less for the first system."""
        line = settlement.line_ids.sorted("amount_claimed")[-1]
        line.amount_reviewed = 69366700.00
        line.remark = "按实际工作量核减"
        return line

    def review(self, settlement, reason=False):
        dialog = Form.from_action(
            self.env(user=self.officer), settlement.action_open_review()
        )
        dialog.date = "2027-03-10"
        dialog.evidence = "结算评审报告"
        dialog.file = base64.b64encode(b"%PDF-1.4 review")
        if reason:
            dialog.reason = reason
        dialog.save().action_confirm()

    def test_shunyi_from_the_review_to_the_last_payment(self):
        """30 and 40 % of 77,133,300.00; reviewed 76,500,000.00, less 0.1 % and what a
        memorandum takes: 22,428,356.70."""
        self.assertEqual(self.first.amount, 23139990.00)
        self.assertEqual(self.second.amount, 30853320.00)
        penalty = self.deduct(self.contract, "review_capability")
        self.assertEqual(penalty.amount, 77133.30)
        memorandum = self.deduct(self.contract, "review_memorandum", amount=1200.00)
        self.agree(penalty | memorandum, "2026-12-31")
        settlement = self.settle(self.contract)
        self.assertEqual(settlement.amount_claimed, PRICE)
        self.assertEqual(settlement.amount_difference, 0.0)
        line = self.cut(settlement)
        self.assertEqual(line.amount_difference, -633300.00)
        self.assertEqual(settlement.amount_difference, -633300.00)
        self.review(settlement)
        (penalty | memorandum).action_apply(milestone=self.last)
        self.assertEqual(settlement.state, "reviewed")
        self.assertEqual(self.contract.settlement_amount, 76500000.00)
        self.assertEqual(self.last.amount_due, 22428356.70)
        self.assertEqual(settlement.final_milestone_id, self.last)
        self.assertEqual(settlement.final_amount, 22428356.70)
        paper = self.contract.document_ids.filtered(lambda d: d.kind == "settlement")
        self.assertEqual(paper.name, "结算评审报告")

    def test_refusing_to_hand_over_costs_half_a_percent(self):
        refusal = self.contract.clause_ids.filtered(lambda c: c.percent == 0.5)[:1]
        deduction = self.deduct(self.contract, clause_id=refusal.id)
        self.assertEqual(deduction.amount, 385666.50)

    def test_a_review_needs_its_paper_and_the_end_of_service(self):
        settlement = self.settle(self.contract)
        none = self.env["ir.attachment"]
        with self.assertRaisesRegex(UserError, "scan"):
            settlement.action_review("2027-03-10", "评审报告", none)
        running = self.make_contract(
            "review", 1000000.00, start_date="2027-01-01", end_date="2027-12-31"
        )
        early = self.settle(running)
        with self.assertRaisesRegex(UserError, "service period is over"):
            early.action_review("2027-06-10", "评审报告", self.make_scan())
        self.assertEqual(early.state, "open")

    def test_a_review_is_corrected_with_a_reason_only(self):
        settlement = self.settle(self.contract)
        line = self.cut(settlement)
        self.review(settlement)
        with self.assertRaisesRegex(UserError, "not changed by hand"):
            line.amount_reviewed = 1.0
        with self.assertRaisesRegex(UserError, "stays on record"):
            settlement.item_ids[0].unlink()
        with self.assertRaisesRegex(UserError, "reviewed"):
            settlement.action_draw_up()
        with self.assertRaisesRegex(UserError, "reason"):
            settlement.action_correct()
        settlement.action_correct("抄录有误")
        line.amount_reviewed = 69466700.00
        with self.assertRaisesRegex(UserError, "corrected"):
            settlement.action_review("2027-03-10", "评审报告", self.make_scan())
        self.review(settlement, reason="按评审报告更正")
        self.assertEqual(self.contract.settlement_amount, 76600000.00)
        acts = settlement.act_ids.sorted("id").mapped("act")
        self.assertEqual(acts[-3:], ["review", "correct", "review"])

    def test_a_stopped_system_is_asked_for_without_what_it_did_not_earn(self):
        """10,000.00 for 365 days, stopped on 2026-12-22: 10 days are 273.97 less."""
        contract = self.make_contract("review", 10000.00, fees=(10000.00,))
        settlement = self.settle(contract)
        self.assertEqual(settlement.amount_claimed, 10000.00)
        contract.system_ids.write({"state": "stopped", "stop_date": "2026-12-22"})
        self.assertEqual(contract.deduction_ids.amount, 273.97)
        settlement.action_draw_up()
        self.assertEqual(settlement.amount_claimed, 9726.03)
        # Nothing was cut yet: what is reviewed follows.
        self.assertEqual(settlement.amount_reviewed, 9726.03)
        settlement.line_ids.amount_reviewed = 9000.00
        contract.deduction_ids.action_waive("误录", self.make_paper("2027-01-20"))
        settlement.action_draw_up()
        self.assertEqual(settlement.amount_claimed, 10000.00)
        self.assertEqual(settlement.amount_reviewed, 9000.00)

    def test_what_of_the_price_is_no_systems_is_a_line(self):
        contract = self.make_contract("60_40", 1296000.00)
        settlement = self.settle(contract)
        self.assertEqual(settlement.line_ids.mapped("amount_claimed"), [1296000.00])
        self.assertFalse(settlement.line_ids.system_id)

    def test_tongzhous_bond_comes_back_less_what_the_experts_take(self):
        """10 % of 2,680,000.00 are 268,000.00; 10,000.00 less: 258,000.00 back, no
        interest."""
        contract = self.make_contract("50_30_20", 2680000.00)
        bond = contract.bond_ids or self.env["om.bond"].create(
            {"agreement_id": contract.id, "percent": 10.0}
        )
        bond = bond.with_user(self.officer)
        self.assertEqual(bond.amount, 268000.00)
        bond.action_receive(date="2026-02-01")
        experts = self.deduct(contract, amount=10000.00, name="专家考评扣减")
        self.agree(experts, "2027-01-20")
        experts.action_apply(bond=bond)
        bond.action_return(date="2027-02-01")
        back = bond.move_ids.filtered(lambda move: move.kind == "returned")
        self.assertEqual(back.amount, 258000.00)
        self.assertEqual(bond.balance, 0.0)


@tagged("post_install", "-at_install")
@freeze_time("2027-01-05 04:00:00")
class TestSettlementIndex(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract("review", PRICE, fees=FEES)
        cls.contract = cls.contract.with_user(cls.officer)
        cls.env["agreement"]._cron_expire()

    def test_the_terms_say_what_is_asked_for(self):
        """Each of the five kinds of contracts asks for its own."""
        templates = self.env["om.payment.template"]
        for name in ("review", "60_30_10", "50_30_20", "60_40", "single"):
            template = self.env.ref(f"om_contract.om_payment_template_{name}")
            self.assertTrue(template.requirement_ids, name)
            templates |= template
        settlement = self.settle(self.contract)
        asked = self.contract.payment_template_id.requirement_ids
        for name in ("clause", "source", "owner", "least", "document_kind"):
            self.assertEqual(settlement.item_ids.mapped(name), asked.mapped(name), name)
        own = self.contract._in_own_language().env.lang
        self.assertEqual(
            settlement.item_ids.mapped("name"),
            asked.with_context(lang=own).mapped("name"),
        )
        copied = self.contract.payment_template_id.copy()
        self.assertEqual(len(copied.requirement_ids), len(asked))

    def test_a_unit_that_has_not_signed_is_named(self):
        settlement = self.settle(self.contract)
        papers = self.find(settlement, "unit_paper")
        self.assertEqual(papers.standing, "missing")
        self.assertEqual(papers.owner, "user_unit")
        self.assertIn("甲单位", papers.what_is_missing)
        lines = self.contract.milestone_ids.paper_ids
        lines.action_enter(Paper("甲经办", "2027-01-04", self.make_scan(lines.env)))
        self.env.invalidate_all()
        self.assertEqual(papers.standing, "accepted")
        self.assertFalse(papers.what_is_missing)

    def test_months_without_a_signed_sheet_are_missing(self):
        """All months of all units: those nobody drew up as those nobody signed."""
        settlement = self.settle(self.contract)
        sheets = self.find(settlement, "assessment")
        # Three systems of one unit, January to December.
        self.assertEqual((sheets.standing, sheets.missing_count), ("missing", 12))
        self.assertIn("甲单位 2026-01", sheets.what_is_missing)
        scheme = self.env["om.assessment.scheme"].create({"name": "甲办法"})
        drawn = self.env["om.assessment"].create(
            [
                {
                    "agreement_id": self.contract.id,
                    "unit_id": self.unit.id,
                    "scheme_id": scheme.id,
                    "period_start": f"2026-{month:02d}-01",
                    "period_end": f"2026-{month:02d}-28",
                }
                for month in range(1, 13)
            ]
        )
        self.env.invalidate_all()
        self.assertEqual((sheets.standing, sheets.missing_count), ("missing", 12))
        for state in ("submitted", "disputed", "returned"):
            drawn.write({"state": state})
            self.env.invalidate_all()
            self.assertEqual(sheets.standing, "missing", state)
        for state in ("signed", "confirmed", "final"):
            drawn.write({"state": state})
            self.env.invalidate_all()
            self.assertEqual(sheets.standing, "accepted", state)
        drawn[4].state = "disputed"
        self.env.invalidate_all()
        self.assertEqual((sheets.standing, sheets.missing_count), ("missing", 1))
        self.assertIn("2026-05", sheets.what_is_missing)

    def test_a_stopped_system_asks_for_no_sheet_after_its_stop(self):
        """Stopped on 2026-10-01: its unit has no system from October on."""
        settlement = self.settle(self.contract)
        sheets = self.find(settlement, "assessment")
        self.contract.sudo().system_ids.write(
            {"state": "stopped", "stop_date": "2026-10-01"}
        )
        self.env.invalidate_all()
        self.assertEqual(sheets.missing_count, 9)

    def test_another_sides_paper_is_its_word(self):
        settlement = self.settle(self.contract)
        acceptance = settlement.item_ids.filtered(
            lambda item: item.document_kind == "acceptance"
        )
        letters = settlement.item_ids.filtered(
            lambda item: item.document_kind == "letter"
        )
        self.assertEqual(acceptance.standing, "missing")
        self.assertEqual(acceptance.missing_count, 1)
        self.assertEqual(letters.standing, "none")
        self.add_paper(self.contract, "acceptance")
        self.add_paper(self.contract, "letter")
        self.assertEqual(acceptance.standing, "accepted")
        self.assertEqual(letters.standing, "present")

    def test_papers_of_a_kind_are_told_by_their_title(self):
        contract = self.make_contract("60_30_10", 3960000.00)
        settlement = self.settle(contract)
        meetings = settlement.item_ids.filtered("document_words")
        self.add_paper(contract, "other", "其他说明")
        self.assertEqual(meetings.standing, "missing")
        self.add_paper(contract, "other", "6月会议保障记录")
        self.assertEqual(meetings.standing, "present")

    def test_open_deductions_and_payments_are_missing(self):
        settlement = self.settle(self.contract)
        deductions = self.find(settlement, "deduction")
        payments = self.find(settlement, "payment")
        self.assertEqual(deductions.standing, "none")
        # The last one is measured by the review and invoiced after it.
        self.assertEqual((payments.found_count, payments.missing_count), (0, 2))
        deduction = self.deduct(self.contract, amount=1200.0, name="甲扣减")
        self.env.invalidate_all()
        self.assertEqual(deductions.standing, "missing")
        self.assertIn("甲扣减", deductions.what_is_missing)
        self.agree(deduction, "2026-12-31")
        self.contract.milestone_ids.sorted()[0].action_make_invoice()
        self.env.invalidate_all()
        self.assertEqual(deductions.standing, "accepted")
        self.assertEqual(payments.missing_count, 1)

    def test_every_source_is_asked_and_opens_its_records(self):
        """No source names a field or a model that is not there."""
        settlement = self.settle(self.contract)
        sources = self.env["om.settlement.source"]._get_sources()
        for name, source in sources.items():
            item = self.find(settlement, name)[:1]
            if not item:
                item = self.env["om.settlement.item"].create(
                    {"settlement_id": settlement.id, "name": name, "source": name}
                )
            self.assertTrue(item.standing, name)
            action = item.action_view_records()
            self.env[source.model].search_count(action["domain"])
            every, missing, accepted = self.env["om.settlement.source"]._get_records(
                item
            )
            self.assertLessEqual(missing | accepted, every, name)
            self.assertFalse(missing & accepted, name)

    def test_as_many_queries_for_ten_contracts_as_for_one(self):
        def make(number):
            contract = self.make_contract(
                "review", 1000.0 * number, fees=(1000.0,) * number
            )
            return self.settle(contract)

        one = make(1)
        many = self.env["om.settlement"].union(*(make(n) for n in range(2, 12)))

        def ask(settlements):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            settlements.with_user(self.officer).mapped("missing_count")
            return self.env.cr.sql_log_count - before

        ask(one)
        self.assertLessEqual(ask(many), ask(one))

    def test_who_may_do_what(self):
        settlement = self.settle(self.contract)
        for role in ("engineer", "dispatcher"):
            user = self._create_user(role)
            with self.assertRaises(AccessError):
                settlement.with_user(user).read(["amount_claimed"])
        auditor = self._create_user("auditor")
        self.assertTrue(settlement.with_user(auditor).item_ids.mapped("standing"))
        with self.assertRaises(AccessError):
            settlement.with_user(auditor).line_ids[:1].write({"remark": "甲"})
        with self.assertRaises(AccessError):
            settlement.with_user(auditor).action_draw_up()
        with self.assertRaisesRegex(UserError, "not written by hand"):
            settlement.line_ids[:1].write({"amount_claimed": 1.0})
        with self.assertRaises(AccessError):
            settlement.line_ids[:1].unlink()
        other = self.env["res.company"].create({"name": "乙公司"})
        stranger = new_test_user(
            self.env,
            login="om_settlement_stranger",
            groups="om_base.group_procurement",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("om.settlement", "om.settlement.item", "om.settlement.line"):
            self.assertFalse(self.env[model].with_user(stranger).search([]), model)

    def test_a_draft_has_no_settlement_and_no_contract_two(self):
        draft = self.make_contract("60_40", 5000.0, activate=False)
        with self.assertRaisesRegex(UserError, "draft"):
            self.settle(draft)
        settlement = self.settle(self.contract)
        action = self.contract.action_open_om_settlement()
        self.assertEqual(action["res_id"], settlement.id)

    def test_the_volume_holds_the_index_and_the_sheet(self):
        settlement = self.settle(self.contract)
        report = self.env["report.om_assessment.om_settlement_volume"]
        volume = report.with_user(self.officer)._get_volume(settlement)
        index = volume.tables[0].get_lines()
        self.assertEqual(
            [row.cells[1] for row in index], settlement.item_ids.mapped("name")
        )
        self.assertTrue(any(row.bad for row in index))
        sheet = volume.parts[-1].tables[0].get_lines()
        self.assertEqual(len(sheet), len(FEES) + 1)
        self.assertIn("77,133,300.00", sheet[-1].cells[3])
        self.assertTrue(print_volume(volume).startswith(b"%PDF"))

    def test_the_volume_tells_a_program_what_it_holds(self):
        """Each file with its fingerprint, each requirement with its records."""
        self.add_paper(self.contract, "acceptance", "验收单")
        lines = self.contract.milestone_ids.paper_ids
        lines.action_enter(Paper("甲经办", "2027-01-04", self.make_scan(lines.env)))
        settlement = self.settle(self.contract)
        report = self.env["report.om_assessment.om_settlement_volume"]
        volume = report.with_user(self.officer)._get_volume(settlement)
        facts = json.loads(volume.files[0].content)
        self.assertEqual(facts["price"], "77133300.00")
        self.assertEqual(len(facts["systems"]), len(FEES))
        self.assertEqual(
            [each["standing"] for each in facts["requirements"]],
            settlement.item_ids.mapped("standing"),
        )

        def digests(source):
            item = self.find(settlement, source)[-1:]
            place = settlement.item_ids.ids.index(item.id)
            records = facts["requirements"][place]["records"]
            return [file["sha256"] for each in records for file in each["files"]]

        paper = hashlib.sha256(b"%PDF-1.4").hexdigest()
        self.assertEqual(digests("document"), [paper])
        scan = hashlib.sha256(b"%PDF-1.4 signed").hexdigest()
        self.assertEqual(digests("unit_paper"), [scan])
        # They stand on the paper, too.
        cells = [
            cell
            for part in volume.parts
            for table in part.tables
            for row in table.get_lines()
            for cell in row.cells
        ]
        self.assertIn(scan, cells)
