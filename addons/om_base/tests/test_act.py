import hashlib
import json
from base64 import b64decode
from datetime import datetime, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..models.om_act_mixin import Paper, can_act
from ..tools.acts import Act, Fact
from .common import new_test_user

PNG = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)


class Claim(models.Model):
    """A claim between two parties; for these tests only."""

    _name = "om.test.claim"
    _description = "Claim"
    _inherit = ["om.act.mixin"]
    _module = "om_base"

    _free_fields = {
        "name": None,
        "party_id": ("draft",),
        "amount": ("draft",),
        "line_ids": ("draft",),
        "proof_ids": ("draft",),
    }
    _acts = {
        "submit": Act("Submit", source=("draft",), target="submitted"),
        "agree": Act(
            "Agree", source=("submitted",), target="agreed", party="_get_side"
        ),
        "waive": Act(
            "Waive",
            source=("submitted", "agreed"),
            target="waived",
            groups=("om_base.group_manager",),
            reason=True,
            late=timedelta(days=2),
        ),
    }
    _shut_hint = "Waive the claim and make another."
    _facts = {
        "amount": Fact("amount", sealed=("submitted", "agreed", "waived")),
        "state": Fact("state"),
        "party": Fact("party_id"),
        "witness": Fact("witness", personal=True),
        "picture": Fact("picture"),
    }

    name = fields.Char(required=True)
    party_id = fields.Many2one("res.partner")
    amount = fields.Float(digits=(12, 2))
    witness = fields.Char()
    number = fields.Char()
    secret = fields.Char(groups="base.group_system", copy=False)
    proof_ids = fields.Many2many("ir.attachment", bypass_search_access=True)
    picture = fields.Binary(attachment=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("agreed", "Agreed"),
            ("waived", "Waived"),
        ],
        default="draft",
        required=True,
    )
    doubled = fields.Float(compute="_compute_doubled", store=True)
    line_ids = fields.One2many("om.test.claim.line", "claim_id")
    can_waive = can_act()

    def _compute_doubled(self):
        for claim in self:
            claim.doubled = claim.amount * 2

    def _get_side(self):
        return self.party_id, "user_unit"

    @api.model
    def _complete_new(self, vals_list):
        vals_list = super()._complete_new(vals_list)
        return [{**vals, "number": vals.get("number") or "1"} for vals in vals_list]

    def action_submit(self, key=None):
        with self._act("submit", key=key, evidence="proof_ids") as claims:
            for claim in claims:
                claim.amount += 1

    def action_agree(self, paper=None):
        with self._act("agree", paper=paper):
            pass

    def action_waive(self, reason, happened_at=None, evidence=None):
        with self._act(
            "waive", reason=reason, happened_at=happened_at, evidence=evidence
        ):
            pass


class ClaimLine(models.Model):
    _name = "om.test.claim.line"
    _description = "Claim Line"
    _inherit = ["om.act.mixin"]
    _module = "om_base"
    _free_fields = {"claim_id": None, "text": None}
    _acts = {"decide": Act("Decide")}

    claim_id = fields.Many2one("om.test.claim", ondelete="cascade")
    text = fields.Char()
    decided = fields.Boolean()


class ActCase(TransactionCase):
    """Claims between two parties, and the people who act on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ["om.test.claim", "om.test.claim.line"]
        # As Odoo's own tests enter a model: nothing public does.
        from odoo.orm.model_classes import add_to_registry  # noqa: PLC0415

        registry = cls.registry
        for model in (Claim, ClaimLine):
            add_to_registry(registry, model)
        cls.addClassCleanup(cls._forget, names)
        registry._setup_models__(cls.env.cr, [])
        registry.init_models(cls.env.cr, names, {"module": "om_base"}, install=True)
        cls.env["ir.model.access"].create(
            [
                {
                    "name": f"{name} {group}",
                    "model_id": cls.env["ir.model"]._get_id(name),
                    "group_id": cls.env.ref(group).id,
                    "perm_read": True,
                    "perm_write": write,
                    "perm_create": write,
                    "perm_unlink": write,
                }
                for name in names
                for group, write in (
                    ("om_base.group_user", True),
                    ("om_base.group_auditor", False),
                    ("base.group_portal", False),
                )
            ]
        )
        cls.unit = cls.env["res.partner"].create({"name": "甲单位", "is_company": True})
        cls.engineer = new_test_user(cls.env, "act_e", groups="om_base.group_engineer")
        cls.manager = new_test_user(cls.env, "act_m", groups="om_base.group_manager")
        person = cls.env["res.partner"].create(
            {"name": "甲经办", "parent_id": cls.unit.id}
        )
        cls.theirs = new_test_user(
            cls.env, "act_u", groups="base.group_portal", partner_id=person.id
        )
        cls.stranger = new_test_user(cls.env, "act_s", groups="base.group_portal")

    @classmethod
    def _forget(cls, names):
        for name in names:
            del cls.registry[name]
        cls.registry._setup_models__(cls.env.cr, [])

    def _claim(self, **vals):
        vals = {"name": "甲", "party_id": self.unit.id, "amount": 100, **vals}
        return self.env["om.test.claim"].with_user(self.engineer).create(vals)

    def _lines(self, claim):
        return (
            self.env["om.act"]
            .search([("res_model", "=", claim._name), ("res_id", "=", claim.id)])
            .sorted("position")
        )

    def _faults(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return list(
            self.env["om.act"]._find_faults([("res_model", "=", "om.test.claim")])
        )

    def _scan(self, content=PNG):
        return self.env["ir.attachment"].create(
            {"name": "签字页.png", "datas": content}
        )


@tagged("post_install", "-at_install")
class TestAct(ActCase):
    # ------------------------------------------------------------
    # Refused by default
    # ------------------------------------------------------------

    def test_only_free_fields_are_written(self):
        claim = self._claim()
        claim.name = "乙"
        claim.amount = 5
        for vals in (
            {"state": "agreed"},
            {"doubled": 1},
            {"active": False},
            {"witness": "甲"},
        ):
            with self.assertRaises(UserError, msg=str(vals)):
                claim.write(vals)
        with self.assertRaises(UserError):
            claim.action_archive()
        self.assertEqual((claim.name, claim.amount, claim.state), ("乙", 5, "draft"))

    def test_a_field_is_free_until_its_state(self):
        claim = self._claim()
        claim.action_submit()
        claim.name = "乙"
        with self.assertRaisesRegex(UserError, "Submitted.*make another"):
            claim.amount = 1
        with self.assertRaises(UserError):
            claim.write({"line_ids": [Command.create({"text": "甲"})]})

    def test_what_stays_as_it_is_may_be_sent_along(self):
        claim = self._claim()
        claim.action_submit()
        claim.write({"name": "丙", "amount": 101.0, "state": "submitted"})
        self.assertEqual(claim.name, "丙")

    def test_a_new_record_takes_nothing_but_free_fields(self):
        with self.assertRaises(UserError):
            self._claim(state="agreed")
        with self.assertRaises(UserError):
            self._claim(doubled=7)
        claims = self.env["om.test.claim"].with_user(self.engineer)
        claim = claims.with_context(
            default_state="agreed", default_witness="乙"
        ).create({"name": "甲"})
        self.assertEqual((claim.state, claim.witness), ("draft", False))
        self.env["ir.default"].with_user(self.engineer).create(
            {
                "field_id": self.env["ir.model.fields"]._get(claims._name, "state").id,
                "user_id": self.engineer.id,
                "json_value": '"agreed"',
            }
        )
        self.assertEqual(claims.create({"name": "甲"}).state, "draft")

    def test_nested_commands_meet_the_guard_of_the_lines(self):
        with self.assertRaises(UserError):
            self._claim(line_ids=[Command.create({"text": "甲", "decided": True})])
        claim = self._claim(line_ids=[Command.create({"text": "甲"})])
        self.assertFalse(claim.line_ids.decided)
        self.assertFalse(self._lines(claim.line_ids), "they tell no facts")

    def test_the_server_numbers_what_a_client_enters(self):
        self.assertEqual(self._claim().number, "1")
        with self.assertRaises(UserError):
            self._claim(number="2")

    def test_each_record_has_its_own_evidence(self):
        proof = self._scan().with_user(self.engineer).copy()
        claims = self._claim(proof_ids=[Command.set(proof.ids)])
        claims |= self._claim()
        claims.action_submit()
        self.assertEqual(
            [self._lines(claim)[-1].attachment_ids for claim in claims],
            [claims[0].proof_ids, claims[1].proof_ids],
        )

    def test_an_import_meets_the_guard(self):
        claims = self.env["om.test.claim"].with_user(self.engineer)
        result = claims.load(["name", "state"], [["甲", "agreed"]])
        self.assertFalse(result["ids"])

    def test_a_copy_starts_anew(self):
        claim = self._claim()
        claim.action_submit()
        copy = claim.copy()
        self.assertEqual((copy.state, copy.amount), ("draft", 101))
        self.assertEqual(self._lines(copy).mapped("act"), ["create"])

    def test_no_flag_of_a_client_opens_the_door(self):
        claim = self._claim()
        for flag in (True, 1, "open", {"is_open": True}):
            with self.assertRaises(UserError):
                claim.with_context(om_act=flag).write({"state": "agreed"})

    def test_the_door_is_shut_after_the_act(self):
        claim = self._claim()
        with claim._act("submit") as kept:
            kept.witness = "甲"
        with self.assertRaises(UserError):
            kept.write({"state": "agreed"})

    def test_facts_are_deleted_only_while_nothing_followed(self):
        claim = self._claim()
        lines = self._lines(claim)
        claim.unlink()
        self.assertEqual(self._lines(claim).mapped("act"), ["create", "delete"])
        self.assertEqual(self._lines(claim)[0], lines)
        self.assertEqual(self._faults(), [], "who may delete it is no forger")
        claim = self._claim()
        claim.action_submit()
        with self.assertRaisesRegex(UserError, "stays on record"):
            claim.unlink()

    def test_what_goes_along_is_asked_too(self):
        """The database would take lines away with their claim, asking nobody."""
        claim = self._claim(line_ids=[Command.create({"text": "甲"})])
        claim.unlink()
        claim = self._claim(line_ids=[Command.create({"text": "甲"})])
        with claim.line_ids._act("decide") as inside:
            inside.decided = True
        with self.assertRaisesRegex(UserError, "stays on record"):
            claim.unlink()

    def test_what_has_no_free_fields_is_not_entered(self):
        lines = self.env["om.act.mixin"].with_user(self.engineer)
        with self.assertRaisesRegex(UserError, "by acts only"):
            lines._check_enterable()

    def test_a_picture_is_told_by_its_content_not_by_its_size(self):
        claim = self._claim()
        with claim.with_context(bin_size=True)._act("submit") as inside:
            inside.picture = PNG
        told = json.loads(self._lines(claim)[-1].facts)["picture"]
        self.assertEqual(told, hashlib.sha256(b64decode(PNG)).hexdigest())
        self.assertEqual(self._faults(), [])

    def test_what_its_document_tells_has_no_lines_of_its_own(self):
        claim = self._claim(line_ids=[Command.create({"text": "甲"})])
        claim.line_ids.text = "乙"
        self.assertFalse(self._lines(claim.line_ids))

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def test_an_act_writes_a_line(self):
        claim = self._claim()
        with claim._act("submit") as inside:
            inside.write({"witness": "甲", "amount": 101})
        created, submitted = self._lines(claim)
        self.assertEqual((created.position, created.previous), (1, False))
        self.assertEqual(submitted.previous, created.digest)
        self.assertEqual(
            (submitted.state_from, submitted.state_to, submitted.user_id),
            ("draft", "submitted", self.engineer),
        )
        told = json.loads(submitted.facts)
        self.assertEqual((told["amount"], told["state"]), ("101.00", "submitted"))
        self.assertEqual(told["party"], self.unit.id)
        self.assertIn("hash", told["witness"])

    def test_a_free_write_of_a_fact_is_on_record(self):
        claim = self._claim()
        claim.amount = 7
        claim.name = "乙"
        self.assertEqual(self._lines(claim).mapped("act"), ["create", "change"])

    def test_an_act_needs_its_state_its_reason_and_its_group(self):
        claim = self._claim()
        with self.assertRaisesRegex(UserError, "needs: Submitted"):
            claim.with_user(self.manager).action_waive("甲")
        claim.action_submit()
        with self.assertRaisesRegex(UserError, "reason"):
            claim.with_user(self.manager).action_waive(" ")
        with self.assertRaisesRegex(AccessError, "Project Manager"):
            claim.action_waive("甲")
        self.assertFalse(claim.can_waive)
        self.assertTrue(claim.with_user(self.manager).can_waive)
        claim.with_user(self.manager).action_waive("甲")
        self.assertEqual(claim.state, "waived")
        self.assertEqual(self._lines(claim)[-1].reason, "甲")
        self.assertFalse(claim.with_user(self.manager).can_waive)

    def test_time_of_fact_and_time_of_entry(self):
        now = fields.Datetime.now()
        claim = self._claim()
        claim.action_submit()
        waive = claim.with_user(self.manager).action_waive
        for wrong in (now + timedelta(hours=1), now - timedelta(days=3)):
            with self.assertRaises(UserError):
                waive("甲", happened_at=wrong)
        waive("甲", happened_at=now - timedelta(days=1))
        line = self._lines(claim)[-1]
        self.assertEqual(line.happened_at, now - timedelta(days=1))
        self.assertGreaterEqual(line.entered_at, now)
        claim = self._claim()
        with (
            self.assertRaises(UserError),
            claim._act("submit", happened_at=now - timedelta(1)),
        ):
            pass

    def test_a_request_sent_twice_acts_once(self):
        claim = self._claim()
        other = self._claim()
        claim.action_submit(key="k1")
        (claim | other).action_submit(key="k1")
        self.assertEqual((claim.amount, other.amount), (101, 101))
        self.assertEqual(len(self._lines(claim)), 2)

    def test_what_an_act_changes_beside_is_on_record_too(self):
        claim, other = self._claim(), self._claim()
        with claim._act("submit") as inside:
            beside = other.with_env(inside.env)
            beside.amount = 55
            beside.amount = 56
            made = beside.create({"name": "丙", "state": "agreed"})
        self.assertEqual(self._lines(other).mapped("act"), ["create", "change"])
        self.assertEqual(self._lines(made).mapped("act"), ["create"])
        self.assertEqual(self._faults(), [])

    def test_what_is_older_than_the_ledger_is_taken_over(self):
        claim = self._claim()
        self.env.flush_all()
        ids = tuple(self._lines(claim).ids)
        self.env.cr.execute("DELETE FROM om_act_personal WHERE act_id IN %s", [ids])
        self.env.cr.execute("DELETE FROM om_act WHERE id IN %s", [ids])
        self.env.invalidate_all()
        claim._take_over()
        claim._take_over()
        self.assertEqual(self._lines(claim).mapped("act"), ["take_over"])
        self.assertEqual(self._faults(), [])

    def test_the_server_writes_many_with_one_line_each(self):
        claims = self._claim() | self._claim()
        with claims.sudo()._together() as inside:
            for number, claim in enumerate(inside):
                claim.amount = number
                claim.write({"amount": number + 7, "state": "agreed"})
        for claim in claims:
            self.assertEqual(self._lines(claim).mapped("act"), ["create", "change"])
        self.assertEqual(self._faults(), [])
        with self.assertRaises(ValueError), claims._together():
            pass

    def test_what_fails_leaves_nothing(self):
        claim = self._claim()
        with self.assertRaises(ZeroDivisionError), claim._act("submit") as inside:
            inside.witness = "甲"
            raise ZeroDivisionError
        with self.assertRaises(UserError):
            claim.write({"state": "agreed"})
        self.assertEqual(len(self._lines(claim)), 1)

    # ------------------------------------------------------------
    # Parties
    # ------------------------------------------------------------

    def test_a_party_signs_with_its_own_login(self):
        claim = self._claim()
        claim.action_submit()
        with self.assertRaises(AccessError):
            claim.with_user(self.stranger).action_agree()
        claim.with_user(self.theirs).action_agree()
        signature = self._lines(claim)[-1].signature_id
        self.assertEqual(
            (claim.state, signature.way, signature.party_id, signature.person),
            ("agreed", "login", self.unit, self.theirs.name),
        )
        self.assertEqual(signature.user_id, self.theirs)

    def test_our_own_company_needs_no_paper(self):
        claim = self._claim(party_id=self.env.company.partner_id.id)
        claim.action_submit()
        claim.action_agree()
        self.assertEqual(self._lines(claim)[-1].signature_id.way, "login")

    def test_a_day_is_its_beginning_in_beijing(self):
        claims = self.env["om.test.claim"]
        self.assertEqual(claims._get_moment("2026-03-04"), datetime(2026, 3, 3, 16, 0))
        with freeze_time("2026-03-03 17:00"):
            self.assertIsNone(claims._get_moment("2026-03-04"))

    def test_ours_enter_its_paper_and_nothing_less(self):
        claim = self._claim()
        claim.action_submit()
        manager = claim.with_user(self.manager)
        today = fields.Date.today()
        for paper in (
            None,
            Paper("李某", today, None),
            Paper("李某", today, self._scan(False)),
            Paper(" ", today, self._scan()),
            Paper("李某", today + timedelta(days=2), self._scan()),
            Paper("李某", None, self._scan()),
        ):
            with self.assertRaises(UserError):
                manager.action_agree(paper)
        manager.action_agree(Paper("李某", today, self._scan()))
        signature = self._lines(claim)[-1].signature_id
        self.assertEqual(
            (signature.way, signature.person, signature.user_id),
            ("paper", "李某", self.manager),
        )
        self.assertIn("entered by", signature.display_name)

    def test_none_of_ours_is_who_signs_for_a_party(self):
        claim = self._claim()
        claim.action_submit()
        paper = Paper(f"{self.manager.name} ", fields.Date.today(), self._scan())
        with self.assertRaisesRegex(UserError, "one of ours"):
            claim.with_user(self.manager).action_agree(paper)

    def test_its_person_draws_on_our_screen(self):
        claim = self._claim().with_user(self.engineer)
        claim.action_submit()
        action = claim._open_paper("agree", "drawn")
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.engineer)
            .with_context(**action["context"])
        )
        wizard.person = "李某"
        wizard.file = PNG
        wizard.save().action_enter()
        signature = self._lines(claim)[-1].signature_id
        self.assertEqual(
            (signature.way, signature.person, signature.signed_on),
            ("drawn", "李某", claim._get_signing_day()),
        )
        self.assertTrue(signature.attachment_id)

    # ------------------------------------------------------------
    # On record
    # ------------------------------------------------------------

    def test_nobody_writes_the_ledger(self):
        claim = self._claim()
        claim.action_submit()
        claim.with_user(self.theirs).action_agree()
        line = self._lines(claim)[-1]
        for record in (line, line.signature_id):
            with self.assertRaises(UserError):
                record.write({"res_id": 1})
            with self.assertRaises(UserError):
                record.unlink()
            for user in (self.manager, self.engineer):
                with self.assertRaises(AccessError):
                    record.with_user(user).create({})
        self.assertTrue(getattr(type(line).create, "_api_private", False))

    def test_who_reads_the_document_reads_its_lines(self):
        claim = self._claim()
        rule = {
            "name": "own",
            "model_id": self.env["ir.model"]._get_id("om.test.claim"),
            "domain_force": "[('create_uid', '=', user.id)]",
            "groups": [Command.link(self.env.ref("om_base.group_user").id)],
        }
        self.env["ir.rule"].create(rule)
        lines = self.env["om.act"].with_user(self.manager)
        domain = [("res_model", "=", "om.test.claim"), ("res_id", "=", claim.id)]
        self.assertFalse(lines.search(domain))
        self.assertTrue(lines.with_user(self.engineer).search(domain))
        with self.assertRaises(AccessError):
            self._lines(claim).with_user(self.manager).read(["facts"])

    @mute_logger("odoo.sql_db")
    def test_each_change_by_sql_is_named(self):
        claim = self._claim()
        with claim._act("submit") as inside:
            inside.write({"witness": "甲", "amount": 101})
        claim.with_user(self.manager).action_agree(
            Paper("李某", fields.Date.today(), self._scan())
        )
        proof = self._scan()
        claim.with_user(self.manager).action_waive("甲", evidence=proof)
        self.assertEqual(self._faults(), [])
        lines = self._lines(claim)
        signature = lines[2].signature_id
        self.env.flush_all()
        changes = {
            "a time": "UPDATE om_act SET entered_at = entered_at - interval '1 h'"
            f" WHERE id = {lines[1].id}",
            "an amount told": "UPDATE om_act SET facts = replace(facts, '101', '100')"
            f" WHERE id = {lines[1].id}",
            "a reason": f"UPDATE om_act SET reason = '乙' WHERE id = {lines[3].id}",
            "who": f"UPDATE om_act SET user_id = 1 WHERE id = {lines[1].id}",
            "a deleted line": "DELETE FROM om_act_personal WHERE act_id ="
            f" {lines[1].id}; DELETE FROM om_act WHERE id = {lines[1].id}",
            "the last line deleted": "DELETE FROM om_act_personal WHERE act_id ="
            f" {lines[3].id}; DELETE FROM om_act_attachment_rel WHERE act_id ="
            f" {lines[3].id}; DELETE FROM om_act WHERE id = {lines[3].id}",
            "swapped lines": f"UPDATE om_act SET position = 9 WHERE id = {lines[1].id};"
            f"UPDATE om_act SET position = 2 WHERE id = {lines[2].id};"
            f"UPDATE om_act SET position = 3 WHERE id = {lines[1].id}",
            "an amount": f"UPDATE om_test_claim SET amount = 5 WHERE id = {claim.id}",
            "a state": "UPDATE om_test_claim SET state = 'agreed'"
            f" WHERE id = {claim.id}",
            "the document deleted": f"DELETE FROM om_test_claim WHERE id = {claim.id}",
            "a replaced attachment": "UPDATE ir_attachment SET db_datas = 'x',"
            f" store_fname = NULL WHERE id = {proof.id}",
            "an attachment deleted": "DELETE FROM om_act_attachment_rel WHERE"
            f" attachment_id = {proof.id}; DELETE FROM ir_attachment"
            f" WHERE id = {proof.id}",
            "the person who signed": "UPDATE om_signature SET person = '乙'"
            f" WHERE id = {signature.id}",
            "the way of a signature": "UPDATE om_signature SET way = 'login'"
            f" WHERE id = {signature.id}",
            "a personal fact": "UPDATE om_act_personal SET value = '\"乙\"'"
            f" WHERE act_id = {lines[1].id}",
        }
        for name, statement in changes.items():
            with self.subTest(name):
                savepoint = self.env.cr.savepoint()
                self.env.cr.execute(statement)
                faults = self._faults()
                savepoint.close(rollback=True)
                self.assertEqual(len(faults), 1, (name, faults))

    def test_a_personal_value_ends_and_the_chain_holds(self):
        claim = self._claim()
        with claim._act("submit") as inside:
            inside.witness = "甲"
        self.env["om.act.personal"].sudo().search([]).unlink()
        self.assertEqual(self._faults(), [])

    def test_personal_values_end_by_themselves(self):
        claim = self._claim()
        with claim._act("submit") as inside:
            inside.witness = "甲"
        personal = self.env["om.act.personal"].sudo()
        self.assertTrue(personal.search([("act_id.res_id", "=", claim.id)]))
        personal._gc_ended()
        self.assertTrue(personal.search([("act_id.res_id", "=", claim.id)]))
        with freeze_time(fields.Datetime.now() + timedelta(days=5 * 366)):
            personal._gc_ended()
        self.assertFalse(personal.search([("act_id.res_id", "=", claim.id)]))
        self.assertEqual(self._faults(), [])

    def test_queries_do_not_grow_with_the_batch(self):
        counts = []
        for number in (10, 100):
            claims = self._claim().browse()
            for _each in range(number):
                claims |= self._claim()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with claims._act("submit"):
                pass
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
