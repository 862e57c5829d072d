import re
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .common import OmContractCommon

MODELS = ("om.payment.milestone", "om.payment.condition", "om.bond")


@tagged("post_install", "-at_install")
class TestPortal(OmContractCommon, HttpCase):
    """Who sees what from outside, and what the purchaser can confirm there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(
            "50_30_20", code="P-1", name="甲门户合同", supervisor_id=cls.supervisor.id
        )
        cls.system = cls._create_system(agreement_id=cls.contract.id)
        cls.contract.action_activate()
        cls.first = cls.contract.milestone_ids[0]
        other = cls._create_partner("乙采购人", "purchaser")
        cls.other_contract = cls._create_contract(
            "60_40", code="P-2", name="乙门户合同", partner_id=other.id
        )
        cls.other_contract.action_activate()
        cls.draft = cls._create_contract("60_40", code="P-3", name="甲草稿合同")
        cls.people = {
            "purchaser": cls._create_portal_user("purchaser", cls.purchaser),
            "supervisor": cls._create_portal_user("supervisor", cls.supervisor),
            "user_unit": cls._create_portal_user("user_unit", cls.unit),
        }
        cls.stranger = cls._create_portal_user("purchaser", other, "om_c3_stranger")

    @classmethod
    def _create_portal_user(cls, role, organisation, login=None):
        user = new_test_user(
            cls.env,
            login=login or f"om_c3_{role}",
            password=login or f"om_c3_{role}",
            groups=f"om_base.group_portal_{role}",
        )
        user.partner_id.parent_id = organisation
        return user

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _get_condition(self, kind):
        return self.first.condition_ids.filtered(lambda c: c.kind == kind)

    def _get_token(self):
        page = self.url_open(f"/my/milestones/{self.first.id}").text
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    def _post(self, condition, files=None, **values):
        return self.url_open(
            f"/my/conditions/{condition.id}/confirm",
            data={"csrf_token": self._get_token(), **values},
            files=files,
        )

    # ------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------

    def test_purchaser_reads_its_contract(self):
        self._log_in(self.people["purchaser"])
        page = self.url_open("/my/contracts").text
        self.assertIn("甲门户合同", page)
        self.assertIn("1,000,000.00", page)
        self.assertNotIn("乙门户合同", page)
        self.assertNotIn("甲草稿合同", page)
        page = self.url_open(f"/my/contracts/{self.contract.id}").text
        # 50, 30 and 20 percent, and the bond of 10.
        for amount in ("500,000.00", "300,000.00", "200,000.00", "100,000.00"):
            self.assertIn(amount, page)
        self.assertIn("壹佰万元整", page)
        self.assertIn(self.system.name, page)
        page = self.url_open(f"/my/milestones/{self.first.id}").text
        self.assertIn("500,000.00", page)

    def test_others_read_no_prices(self):
        for role in ("supervisor", "user_unit"):
            with self.subTest(role=role):
                self._log_in(self.people[role])
                for path in ("/my/contracts", f"/my/contracts/{self.contract.id}"):
                    page = self.url_open(path)
                    self.assertEqual(page.status_code, 200)
                    self.assertIn("甲门户合同", page.text)
                    self.assertNotIn("00,000.00", page.text)
                    self.assertNotIn("乙门户合同", page.text)
                answer = self.url_open(
                    f"/my/milestones/{self.first.id}", allow_redirects=False
                )
                self.assertEqual(answer.status_code, 404)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_way_to_invoices_is_for_who_gets_them(self):
        for role, is_shown in (("purchaser", True), ("user_unit", False)):
            self._log_in(self.people[role])
            home = self.url_open("/my").text
            self.assertEqual("/my/invoices?filterby=invoices" in home, is_shown, role)

    def test_strangers_are_turned_away(self):
        self._log_in(self.stranger)
        self.assertNotIn("甲门户合同", self.url_open("/my/contracts").text)
        for path in (
            f"/my/contracts/{self.contract.id}",
            f"/my/contracts/{self.draft.id}",
            f"/my/milestones/{self.first.id}",
            f"/my/milestones/{self.first.id}/application",
            "/my/contracts/99999999",
            "/my/milestones/99999999",
        ):
            with self.subTest(path=path):
                answer = self.url_open(path, allow_redirects=False)
                self.assertEqual(answer.status_code, 404)

    def test_nobody_without_a_login(self):
        # Where there are several languages, the way leads through the visitor's.
        answer = self.url_open("/my/contracts")
        self.assertIn("/web/login", answer.url)

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_records(self):
        """What the pages show is what the rules let through."""
        purchaser, stranger = self.people["purchaser"], self.stranger
        env = self.env(user=purchaser)
        self.assertEqual(env["agreement"].search([]), self.contract)
        for model in MODELS:
            own = env[model].search([])
            self.assertTrue(own, model)
            self.assertEqual(own.agreement_id, self.contract, model)
            with self.assertRaises(AccessError):
                own.with_user(stranger).read(["id"])
            with self.assertRaises(AccessError):
                own[:1].write({"name" if "name" in own else "note": "x"})
            with self.assertRaises(AccessError):
                own.unlink()
        for role in ("supervisor", "user_unit"):
            env = self.env(user=self.people[role])
            self.assertEqual(env["agreement"].search([]), self.contract)
            with self.assertRaises(AccessError):
                env["agreement"].browse(self.contract.id).read(["amount_total"])
            for model in MODELS:
                with self.assertRaises(AccessError):
                    env[model].search([])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_acts_are_not_open_to_rpc(self):
        condition = self._get_condition("funds").with_user(self.people["supervisor"])
        with self.assertRaises(AccessError):
            condition.action_confirm("2026-03-01", "甲文件")
        with self.assertRaises(AccessError):
            self.first.with_user(self.people["purchaser"]).action_make_invoice()

    # ------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------

    def test_confirm(self):
        condition = self._get_condition("funds")
        self._log_in(self.people["purchaser"])
        answer = self._post(
            condition,
            date="2026-02-27",
            evidence="甲到账通知",
            files={"files": ("甲通知.pdf", b"%PDF-1.4", "application/pdf")},
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn("confirmed=1", answer.url)
        self.assertEqual(condition.date_met, date(2026, 2, 27))
        self.assertEqual(condition.confirmed_by_id, self.people["purchaser"])
        self.assertEqual(condition.evidence, "甲到账通知")
        self.assertEqual(condition.evidence_ids.name, "甲通知.pdf")
        file = condition.evidence_ids
        path = f"/my/conditions/{condition.id}/files/{file.id}"
        self.assertEqual(self.url_open(path).content, b"%PDF-1.4")
        bond = self._get_condition("bond")
        answer = self.url_open(f"/my/conditions/{bond.id}/files/{file.id}")
        self.assertEqual(answer.status_code, 404)
        self._log_in(self.stranger)
        answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, 404)

    def test_confirm_refused(self):
        """Without evidence, for a day to come, twice, with a program as evidence."""
        condition = self._get_condition("funds")
        self._log_in(self.people["purchaser"])
        program = {"files": ("甲.html", b"<script/>", "text/html")}
        for values in (
            {"date": "2026-02-27"},
            {"date": "2999-01-01", "evidence": "甲"},
            {"date": "no day", "evidence": "甲"},
            {"date": "2026-02-27", "evidence": "甲", "files": program},
        ):
            with self.subTest(values=values):
                answer = self._post(condition, **values)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("alert-danger", answer.text)
                self.assertFalse(condition.date_met)
        self.assertFalse(
            self.env["ir.attachment"].search(
                [("res_model", "=", condition._name), ("res_id", "=", condition.id)]
            )
        )
        self._post(condition, date="2026-02-27", evidence="甲")
        answer = self._post(condition, date="2026-02-28", evidence="乙")
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(condition.date_met, date(2026, 2, 27))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.http")
    def test_confirm_what_is_not_ones_own(self):
        funds = self._get_condition("funds")
        self._log_in(self.people["purchaser"])
        token = self._get_token()
        # The bond is no word of the purchaser: the ledger of the bond says it.
        answer = self._post(
            self._get_condition("bond"), date="2026-02-27", evidence="甲"
        )
        self.assertEqual(answer.status_code, 422)
        foreign = self.other_contract.milestone_ids.condition_ids.filtered(
            lambda condition: condition.kind == "funds"
        )[:1]
        for condition, sent in ((foreign, token), (funds, "forged")):
            self.url_open(
                f"/my/conditions/{condition.id}/confirm",
                data={"csrf_token": sent, "date": "2026-02-27", "evidence": "甲"},
                allow_redirects=False,
            )
            self.assertFalse(condition.date_met)

    def test_application(self):
        """The purchaser gets the same application that we print."""
        html = self.env["ir.actions.report"]._render_qweb_html(
            "om_contract.om_payment_application_report", self.first.ids
        )[0]
        text = html.decode()
        for part in (
            "伍拾万元整",
            "500,000.00",
            self.contract.code,
            self.contract.name,
            self.purchaser.name,
            self.env.company.name,
        ):
            self.assertIn(part, text)
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "TEST 0001", "partner_id": self.env.company.partner_id.id}
        )
        html = self.env["ir.actions.report"]._render_qweb_html(
            "om_contract.om_payment_application_report", self.first.ids
        )[0]
        self.assertIn(bank.acc_number, html.decode())
