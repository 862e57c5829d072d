"""Nobody forges what a contract says: each role, each field, beside the right way."""

import json
from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tests.common import create_role_users

from .deduction_common import DeductionCase

PDF = "JVBERi0xLjQ="
WRITERS = ("procurement", "manager", "administrator")


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestFacts(DeductionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = create_role_users(cls)
        cls.contract = cls.make_contract(
            "60_30_10", 1000000.00, fees=(400000.00, 600000.00)
        )
        cls.bond = cls.contract.bond_ids
        cls.bond.with_user(cls.officer).action_receive(date="2026-02-02")
        system = cls.contract.system_ids[:1]
        cls.deduction = cls.agree(
            cls.deduct(
                cls.contract, "60_30_10_damages", amount=500.00, system_id=system.id
            )
        )
        cls.open_one = cls.deduct(cls.contract, "60_30_10_damages", amount=70.00)
        cls.deduction.action_apply()
        cls.milestone = cls.contract.milestone_ids.sorted()[1]
        funds = cls.milestone.condition_ids.filtered(lambda c: c.kind == "funds")
        cls.confirm(funds.with_user(cls.officer), "2026-06-01", "到账通知")
        cls.funds = funds
        cls.amendment = (
            cls.env["om.contract.amendment"]
            .with_user(cls.officer)
            .create(
                {
                    "agreement_id": cls.contract.id,
                    "name": "补01",
                    "reason": "甲原因",
                    "end_new": "2027-01-31",
                    "file": "JVBERi0xLjQ=",
                    "signatory": "甲经办",
                }
            )
        )
        cls.amendment.action_apply()
        cls.document = cls.env["om.contract.document"].create(
            {"agreement_id": cls.contract.id, "name": "甲合同", "file": "JVBERi0xLjQ="}
        )
        cls.env.flush_all()

    def _records(self):
        return (
            self.contract,
            self.milestone,
            self.funds,
            self.bond,
            self.bond.move_ids[:1],
            self.deduction,
            self.deduction.line_ids,
            self.contract.clause_ids[:1],
            self.amendment,
            self.document,
        )

    def _other(self, record, field):
        """A value that the field does not have, or None where there is none."""
        old = record[field.name]
        if field.type in ("char", "text", "html"):
            return f"{old or ''}X"
        if field.type in ("integer", "float", "monetary"):
            return (old or 0) + 1
        if field.type == "boolean":
            return not old
        if field.type == "date":
            return (old or date(2026, 1, 1)) - timedelta(days=3)
        if field.type == "datetime":
            return fields.Datetime.now() - timedelta(days=3)
        if field.type == "selection":
            return next((v for v in field.get_values(self.env) if v != old), None)
        if field.type == "many2one":
            others = self.env[field.comodel_name].sudo()
            return others.search([("id", "!=", old.id)], limit=1).id or None
        if field.type == "binary":
            return "WA=="
        return None

    def _is_written(self, record, name, value):
        """Whether the write went through; it is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            old = record.sudo()[name]
            record.write({name: value})
            self.env.flush_all()
            self.env.invalidate_all()
            return record.sudo()[name] != old
        except (AccessError, UserError):
            return False
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_no_role_writes_what_is_not_free(self):
        written = []
        tried = 0
        for record in self._records():
            free = record._get_free_fields()
            state = record._get_state()
            for name, field in record._fields.items():
                shut = name not in free or (
                    free[name] is not None and state not in free[name]
                )
                value = self._other(record, field) if field.store else None
                if not shut or not record._is_guarded(field) or value is None:
                    continue
                for role in (*WRITERS, "auditor"):
                    tried += 1
                    if self._is_written(
                        record.with_user(self.users[role]), name, value
                    ):
                        written.append((record._name, name, role))
        self.assertEqual(written, [])
        self.assertGreater(tried, 300)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_no_role_deletes_facts(self):
        for record in (*self._records(), self.contract.milestone_ids[:1]):
            for role in (*WRITERS, "auditor"):
                with (
                    self.subTest(model=record._name, role=role),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    record.with_user(self.users[role]).unlink()

    def test_payments_of_a_draft_go_in_their_contract(self):
        draft = self._create_contract("60_30_10")
        first, *others = draft.milestone_ids.sorted()
        for role in WRITERS:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                first.with_user(self.users[role]).unlink()
            forged = first.with_user(self.users[role]).with_context(
                om_contract_writing=True
            )
            with self.assertRaises(UserError), self.env.cr.savepoint():
                forged.unlink()
        draft.with_user(self.users["procurement"]).milestone_ids = [
            Command.delete(first.id),
            Command.update(others[0].id, {"percent": 90}),
        ]
        self.assertEqual([*draft.milestone_ids.sorted()], others)

    def test_money_that_is_booked_is_on_record(self):
        first = self.contract.milestone_ids.sorted()[0]
        invoice = self.pay(first, amount=1000.00)
        line = self._last(first)
        self.assertEqual(line.act, "pay")
        self.assertEqual(json.loads(line.facts)["paid"], "1000.00")
        self.assertEqual(line.user_id, self.env.user)
        matched = invoice.line_ids.matched_credit_ids
        matched.unlink()
        line = self._last(first)
        self.assertEqual(line.act, "take_back")
        self.assertEqual(json.loads(line.facts)["paid"], "0.00")
        self.assertEqual([*self.env["om.act"]._find_faults()], [])

    def test_papers_of_delays_and_fapiao_stay(self):
        officer, manager = self.users["procurement"], self.users["manager"]
        delay = self.env["om.fiscal.delay"].with_user(officer)
        values = {"agreement_id": self.contract.id, "cause": "甲原因", "file": PDF}
        delay = delay.create({**values, "date_from": "2026-03-01"})
        file = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", delay._name),
                    ("res_id", "=", delay.id),
                    ("res_field", "=", "file"),
                ]
            )
        )
        self.assertEqual(len(file), 1)
        scans = (
            self.env["ir.attachment"]
            .with_user(officer)
            .create([{"name": name, "datas": PDF} for name in ("甲.pdf", "乙.pdf")])
        )
        invoice = self.pay(self.contract.milestone_ids.sorted()[0], amount=1000.00)
        invoice = invoice.with_user(officer)
        invoice.om_fapiao_file_ids = [Command.link(scans[0].id)]
        for refused in (
            lambda: delay.write({"file": "eA=="}),
            lambda: delay.write({"file": False}),
            lambda: file.with_user(manager).write({"datas": "eA=="}),
            lambda: file.with_user(manager).unlink(),
            lambda: invoice.write({"om_fapiao_file_ids": [Command.clear()]}),
            lambda: scans[0].write({"datas": "eA=="}),
            lambda: scans[0].unlink(),
            lambda: scans[0].with_user(manager).unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                refused()
        # What puts it right comes beside it; a paper that was missing is handed in.
        invoice.om_fapiao_file_ids = [Command.link(scans[1].id)]
        self.assertEqual(invoice.om_fapiao_file_ids, scans)
        delay.write({"date_to": "2026-03-31", "cause": "甲原因，更正"})
        bare = {**values, "file": False, "date_from": "2026-05-01"}
        bare = delay.create(bare)
        bare.file = PDF
        self.assertTrue(bare.file)

    def test_a_line_tells_its_facts_in_words(self):
        line = self._last(self.contract).with_context(lang="zh_CN")
        self.assertEqual(line.model_label, "合同")
        told = dict(line._get_told())
        self.assertEqual(told["状态"], "履行中")
        self.assertIn(self.contract.partner_id.display_name, told.values())
        # Amounts are told to those who read them on the contract, and its text to
        # those who check it.
        engineer = self.users["engineer"]
        amount = f"{self.contract.amount_total:,.2f}"
        self.assertIn(amount, told.values())
        seen = line.with_user(engineer)
        self.assertTrue(seen._get_told())
        self.assertNotIn(amount, dict(seen._get_told()).values())
        self.assertNotIn(amount, seen.told)
        with self.assertRaises(AccessError):
            seen.read(["facts"])
        self.assertIn(amount, line.with_user(self.users["auditor"]).told)

    def test_what_is_free_is_written(self):
        manager = self.users["manager"]
        self.contract.with_user(manager).name = "甲合同二"
        self.bond.with_user(manager).date_expiry = "2027-03-01"
        self.deduction.with_user(manager).note = "补充说明"
        self.open_one.with_user(manager).amount = 80.00
        self.assertEqual(self._last(self.open_one).act, "change")
        self.open_one.with_user(manager).unlink()

    # ------------------------------------------------------------
    # The word of a party
    # ------------------------------------------------------------

    def _last(self, record):
        return self._lines(record)[-1]

    def _lines(self, record):
        return (
            self.env["om.act"]
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)])
            .sorted("position")
        )

    def test_nobody_agrees_for_a_party_without_its_paper(self):
        today = date(2026, 7, 15)
        for role in WRITERS:
            deduction = self.open_one.with_user(self.users[role])
            for paper in (
                None,
                Paper("甲经办", today, None),
                self.make_paper(today, person=" "),
                self.make_paper(today + timedelta(days=1)),
            ):
                with self.subTest(role=role), self.assertRaises(UserError):
                    deduction.action_agree("purchaser", paper=paper)
        self.assertFalse(self.open_one.purchaser_agreed_date)
        deduction = self.open_one.with_user(self.users["manager"])
        deduction.action_agree("purchaser", paper=self.make_paper("2026-06-30"))
        line = self._last(deduction)
        signature = line.signature_id
        self.assertEqual(
            (signature.way, signature.party_id, signature.capacity, signature.person),
            ("paper", self.purchaser, "purchaser", "甲经办"),
        )
        self.assertEqual(signature.user_id, self.users["manager"])
        # The day on the paper, in Beijing, and the moment of its entry.
        self.assertEqual(str(line.happened_at), "2026-06-29 16:00:00")
        self.assertEqual(str(line.entered_at), "2026-07-15 04:00:00")
        deduction.action_agree_contractor()
        signature = self._last(deduction).signature_id
        self.assertEqual(
            (signature.way, signature.party_id, signature.capacity),
            ("login", self.env.company.partner_id, "contractor"),
        )
        self.assertEqual(deduction.state, "agreed")

    def test_one_body_signs_in_each_capacity(self):
        """A purchaser that is also the unit signs twice, each time named."""
        system = self.contract.system_ids[1:2]
        system.unit_id = self.purchaser
        deduction = self.deduct(
            self.contract, "60_30_10_damages", amount=9.00, system_id=system.id
        )
        for party in ("unit", "purchaser"):
            deduction.action_agree(party, paper=self.make_paper("2026-06-30"))
        signatures = self._lines(deduction).signature_id
        self.assertEqual(signatures.party_id, self.purchaser)
        self.assertEqual(signatures.mapped("capacity"), ["user_unit", "purchaser"])

    def test_who_gets_the_money_gives_it_up(self):
        deduction = self.open_one.with_user(self.users["manager"])
        with self.assertRaisesRegex(UserError, "signed paper"):
            deduction.action_waive("甲原因")
        ours = self.deduct(self.contract, amount=5.00, direction="purchaser")
        ours.action_waive("我方放弃")
        self.assertEqual(ours.state, "waived")
        deduction.action_waive("采购人免除", self.make_paper("2026-07-01"))
        self.assertEqual(deduction.state, "waived")

    def test_nobody_accepts_or_amends_for_a_party(self):
        contract = self.make_contract(
            "single", 5000.00, end_date="2026-06-30"
        ).with_user(self.users["manager"])
        with self.assertRaisesRegex(UserError, "signed paper"):
            contract.action_accept("2026-07-01", "验收单")
        self.assertEqual(contract.state, "expired")
        contract.action_accept("2026-07-01", "验收单", self.make_scan(), "甲经办")
        self.assertEqual(self._last(contract).signature_id.capacity, "purchaser")
        amendment = self.amendment.with_user(self.users["manager"])
        signature = self._last(amendment).signature_id
        self.assertEqual((signature.way, signature.person), ("paper", "甲经办"))

    def test_a_supplier_s_contract_is_ours_to_accept(self):
        contract = self.make_contract(
            "single",
            6000.00,
            end_date="2026-06-30",
            domain="purchase",
            partner_id=self.supplier.id,
        ).with_user(self.users["procurement"])
        contract.action_accept("2026-07-01", "验收单")
        self.assertEqual(self._last(contract).signature_id.way, "login")

    # ------------------------------------------------------------
    # Terms, evidence, ledger
    # ------------------------------------------------------------

    def test_a_term_changes_with_its_reason(self):
        milestone = self.milestone.with_user(self.users["manager"])
        with self.assertRaisesRegex(UserError, "Change the Term"):
            milestone.term_value = 90
        with self.assertRaisesRegex(UserError, "reason"):
            milestone.action_change_term(90, "day", " ")
        milestone.action_change_term(90, "day", "双方函件约定")
        self.assertEqual((milestone.term_value, milestone.term_unit), (90, "day"))
        line = self._last(milestone)
        self.assertEqual((line.act, line.reason), ("change_term", "双方函件约定"))
        self.assertEqual(json.loads(line.facts)["term"], 90)

    def test_evidence_of_what_is_decided_stays(self):
        manager = self.users["manager"]
        proof = self.env["ir.attachment"].create(
            {
                "name": "照片.png",
                "raw": b"x",
                "res_model": "om.deduction",
                "res_id": self.deduction.id,
            }
        )
        for file in (proof, self.funds.evidence_ids):
            for vals in ({"raw": b"y"}, {"res_id": 0}, {"public": True}):
                with self.assertRaises(UserError):
                    file.with_user(manager).write(vals)
            with self.assertRaises(UserError):
                file.with_user(manager).unlink()

    def test_the_log_stays(self):
        message = self.deduction.message_ids[:1].with_user(self.users["manager"])
        with self.assertRaises(UserError):
            message.body = "改过"
        with self.assertRaises(UserError):
            message.unlink()

    @mute_logger("odoo.sql_db")
    def test_the_ledger_names_each_change_by_sql(self):
        models = [record._name for record in self._records()]
        domain = [
            ("res_model", "in", models),
            ("res_id", "in", [record.id for record in self._records()]),
        ]
        ledger = self.env["om.act"]

        def faults():
            self.env.flush_all()
            self.env.invalidate_all()
            return list(ledger._find_faults(domain))

        self.assertEqual(faults(), [])
        changes = {
            "price": (self.contract, "amount_total = 5"),
            "amount of a deduction": (self.deduction, "amount = 600"),
            "state of a deduction": (self.deduction, "state = 'proposed'"),
            "day of consent": (self.deduction, "unit_agreed_date = '2026-01-01'"),
            "bond held": (self.bond, "balance = 1"),
            "entry of a bond": (self.bond.move_ids[:1], "amount = 1"),
            "share": (self.milestone, "percent = 31"),
            "day of a condition": (self.funds, "date_confirmed = '2026-01-01'"),
            "amendment": (self.amendment, "end_new = '2030-01-01'"),
            "clause": (self.contract.clause_ids[:1], "percent = 99"),
        }
        for name, (record, change) in changes.items():
            with self.subTest(name):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(
                    f"UPDATE {record._table} SET {change} WHERE id = %s", [record.id]
                )
                found = faults()
                savepoint.close(rollback=True)
                self.env.invalidate_all()
                self.assertEqual(len(found), 1, (name, found))

    def test_a_name_in_another_language_is_no_forgery(self):
        clause = self.env.ref("om_contract.om_deduction_clause_review_secrecy")
        clause._take_over()
        domain = [("res_model", "=", clause._name), ("res_id", "=", clause.id)]
        for lang in ("en_US", "zh_CN"):
            ledger = self.env["om.act"].with_context(lang=lang)
            self.assertEqual(list(ledger._find_faults(domain)), [])

    def test_an_invoice_keeps_its_debt(self):
        """Nobody writes for which debt an invoice is, nor how it was paid."""
        first = self.contract.milestone_ids.sorted()[0]
        first.with_user(self.officer).action_make_invoice()
        invoice = first.invoice_ids.with_user(self.officer)
        invoice.action_post()
        self.assertIn("bill", self._lines(first).mapped("act"))
        for vals in (
            {"om_milestone_id": self.milestone.id},
            {"payment_state": "paid"},
            {"amount_residual": 0.0},
        ):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                invoice.write(vals)
        invoice.om_handed_in = "2026-07-01"
        line = self._last(first)
        self.assertEqual(line.act, "hand_in")
        self.assertEqual(json.loads(line.facts)["handed_in_on"], "2026-07-01")
        invoice.action_toggle_block_payment()
        self.assertEqual(invoice.payment_state, "blocked")
