import re
from base64 import b64decode

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .inspection_common import SIGNATURE, InspectionCommon

LINK = re.compile(r'href="/my/inspections/(\d+)\?')
SILENT = ("odoo.addons.base.models.ir_rule", "odoo.http")


@tagged("post_install", "-at_install")
class TestInspectionPortal(HttpCase, InspectionCommon):
    """What a user unit sees of its inspections, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inspection.with_user(cls.engineer).action_start_inspection()
        items = {item.name: item for item in cls.inspection.result_ids}
        items["温度"].value = 31
        items["状态"].write({"result": "fail", "note": "指示灯告警"})
        items["状态"].action_open_fault()
        items["标签"].result = "pass"
        cls.photo = cls.env["ir.attachment"].create(
            {
                "name": "photo.png",
                "raw": b64decode(SIGNATURE),
                "mimetype": "image/png",
                "res_model": "om.inspection.result",
                "res_id": items["状态"].id,
            }
        )
        items["状态"].photo_ids = cls.photo
        cls.inspection.with_user(cls.engineer).inspector_signature = SIGNATURE
        cls.planned = cls._create_inspection(
            name="四月巡检",
            inspection_date="2026-04-10",
            inspection_deadline="2126-04-30",
        )
        cls.other = cls._create_inspection(
            name="乙单位巡检", system_id=cls.other_system.id
        )
        for login, role, unit in (
            ("om_own", "user_unit", cls.unit),
            ("om_foreign", "user_unit", cls.other_unit),
            ("om_purchaser", "purchaser", cls.unit),
            ("om_supervisor", "supervisor", cls.unit),
        ):
            contact = cls.env["res.partner"].create(
                {"name": f"乙 {login}", "parent_id": unit.id}
            )
            user = new_test_user(
                cls.env,
                login=login,
                groups=f"om_base.group_portal_{role}",
                partner_id=contact.id,
            )
            setattr(cls, login, user)

    def _open(self, path, login="om_own"):
        self.authenticate(login, login)
        return self.url_open(path, allow_redirects=False)

    def _listed(self, query, login="om_own"):
        page = self._open(f"/my/inspections?{query}", login)
        self.assertEqual(page.status_code, 200)
        return [int(number) for number in LINK.findall(page.text)]

    def test_list_has_its_own_unit_only(self):
        mine = [self.planned.id, self.inspection.id]
        self.assertEqual(self._listed("filterby=all"), mine)
        self.assertEqual(self._listed("filterby=all", "om_foreign"), [self.other.id])

    def test_purchaser_and_supervisor_see_what_their_rules_let_them(self):
        for user in (self.om_purchaser, self.om_supervisor):
            with self.subTest(user=user.login):
                visible = (
                    self.env["maintenance.request"]
                    .with_user(user)
                    .search([("is_inspection", "=", True)])
                )
                listed = self._listed("filterby=all", user.login)
                self.assertEqual(sorted(listed), sorted(visible.ids))

    def test_filters(self):
        march, april = self.inspection.id, self.planned.id
        self.inspection.inspection_mode = "onsite"
        for query, expected in [
            ("filterby=2026-03", [march]),
            ("filterby=2026-04", [april]),
            ("filterby=all&sortby=system", [april, march]),
            ("filterby=all&state=missed", [march]),
            ("filterby=all&state=failed", [march]),
            ("filterby=all&state=open", [april]),
            ("filterby=all&state=done", []),
            ("filterby=all&state=unsigned", [march]),
            ("filterby=2026-04&state=unsigned", []),
            ("filterby=2026-03&state=open", []),
            ("filterby=all&state=x&sortby=name;drop", [april, march]),
        ]:
            with self.subTest(query=query):
                self.assertEqual(self._listed(query), expected)
        self.assertEqual(self._listed("filterby=1999-99'"), self._listed(""))

    def test_empty_list_says_so(self):
        page = self._open("/my/inspections?filterby=all&state=done")
        self.assertIn("o_om_no_inspections", page.text)

    def test_page_of_an_inspection(self):
        page = self._open(f"/my/inspections/{self.inspection.id}").text
        for text in ("甲单位办公系统", "指示灯告警", "31 ℃", "18–27 ℃", "甲11"):
            self.assertIn(text, page)
        stage = self.inspection.result_ids.fault_id.stage_id
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        names = [stage.with_context(lang=code).name for code in languages]
        self.assertTrue(any(name in page for name in names))
        self.assertIn(f"/photo/{self.photo.id}", page)
        self.assertIn("data:image/png;base64," + SIGNATURE[:40], page)
        page = self._open(f"/my/inspections/{self.planned.id}").text
        self.assertIn("o_om_no_items", page)

    @mute_logger(*SILENT)
    def test_the_unit_signs_with_its_own_login(self):
        path = f"/my/inspections/{self.inspection.id}/sign"
        self.inspection.inspection_mode = "onsite"
        self.assertEqual(
            self._listed("filterby=all&state=unsigned"), self.inspection.ids
        )

        def sign(login):
            self.authenticate(login, login)
            token = Request.csrf_token(self)
            return self.url_open(
                path, data={"csrf_token": token, "key": "k"}, allow_redirects=False
            )

        for login in ("om_foreign", "om_plain"):
            if login == "om_plain":
                new_test_user(self.env, login=login, groups="base.group_portal")
            self.assertEqual(sign(login).status_code, 404, login)
        self.assertIn(path, self._open(path.removesuffix("/sign")).text)
        self.assertEqual(sign("om_own").status_code, 303)
        self.assertEqual(sign("om_own").status_code, 422, "signed already")
        self.inspection.invalidate_recordset()
        self.assertTrue(self.inspection.unit_signed_on)
        self.assertEqual(self._listed("filterby=all&state=unsigned"), [])
        self.assertEqual(self.inspection.unit_signer, self.om_own.name)
        [line] = self._lines(self.inspection).filtered(
            lambda one: one.act == "unit_sign"
        )
        self.assertEqual(line.signature_id.way, "login")
        self.assertEqual(line.user_id, self.om_own)
        self.assertNotIn(path, self._open(path.removesuffix("/sign")).text)

    @mute_logger(*SILENT)
    def test_ids_cannot_be_guessed(self):
        fault = self.inspection.result_ids.fault_id
        for login, record_id in [
            ("om_own", self.other.id),
            ("om_foreign", self.inspection.id),
            ("om_foreign", self.planned.id),
            ("om_own", fault.id),
            ("om_own", self.other.id + 10**6),
        ]:
            with self.subTest(login=login, record_id=record_id):
                answer = self._open(f"/my/inspections/{record_id}", login)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("乙单位监控系统", answer.text)

    @mute_logger(*SILENT)
    def test_photos(self):
        path = f"/my/inspections/{self.inspection.id}/photo/"
        own = self._open(f"{path}{self.photo.id}")
        self.assertEqual(own.content, self.photo.raw)
        self.assertTrue(own.headers["Content-Type"].startswith("image/png"))
        small = self._open(f"{path}{self.photo.id}?thumbnail=1")
        self.assertEqual(small.status_code, 200)
        foreign = self._open(f"{path}{self.photo.id}", "om_foreign")
        self.assertEqual(foreign.status_code, 404)
        stray = self.photo.copy({"res_model": False, "res_id": 0})
        self.assertEqual(self._open(f"{path}{stray.id}").status_code, 404)

    @mute_logger(*SILENT)
    def test_monthly_report_of_ones_own_unit(self):
        path = f"/my/inspections/report/2026-03/{self.unit.id}"
        self.assertIn(path, self._open("/my/inspections?filterby=2026-03").text)
        # Odoo renders no PDF while it tests: what the PDF would be made of.
        report = self._open(path)
        self.assertEqual(report.status_code, 200)
        self.assertIn("attachment", report.headers["Content-Disposition"])
        self.assertIn("指示灯告警", report.text)
        self.assertNotIn("乙单位监控系统", report.text)
        for login, month, unit in [
            ("om_foreign", "2026-03", self.unit),
            ("om_own", "2026-03", self.other_unit),
            ("om_own", "2026-08", self.unit),
            ("om_own", "2026-13", self.unit),
            ("om_own", "2026-3", self.unit),
        ]:
            with self.subTest(login=login, month=month, unit=unit.name):
                answer = self._open(f"/my/inspections/report/{month}/{unit.id}", login)
                self.assertEqual(answer.status_code, 404)

    def test_report_holds_the_visible_systems_only(self):
        hidden = self.system.copy({"name": "丙系统-隐藏"})
        self._create_inspection(name="丙", system_id=hidden.id)
        self.env["ir.rule"].create(
            {
                "name": "hide",
                "model_id": self.env["ir.model"]._get_id("om.system"),
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        report = self._open(f"/my/inspections/report/2026-03/{self.unit.id}")
        self.assertIn("甲单位办公系统", report.text)
        self.assertNotIn("丙系统-隐藏", report.text)

    def test_home_counts(self):
        self.assertIn("/my/inspections", self._open("/my/home").text)
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["om_inspection_count"]}
        )
        self.assertEqual(answer, {"om_inspection_count": 2})

    def test_others_are_sent_home(self):
        new_test_user(self.env, login="om_plain", groups="base.group_portal")
        answer = self._open("/my/inspections", "om_plain")
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith("/my"))
        self.assertEqual(self._open("/my/home", "om_plain").status_code, 200)
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["om_inspection_count"]}
        )
        self.assertEqual(answer, {"om_inspection_count": 0})

    def test_strangers_log_in_first(self):
        self.authenticate(None, None)
        answer = self.url_open(
            f"/my/inspections/{self.inspection.id}", allow_redirects=False
        )
        self.assertIn("/web/login", answer.headers["Location"])

    def test_a_list_costs_the_same_for_many(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self._listed("filterby=2026-05&sortby=date"))
            return self.env.cr.sql_log_count - before

        def plan(number):
            self.env["maintenance.request"].create(
                [
                    {
                        "name": f"巡检 {index}",
                        "system_id": self.system.id,
                        "is_inspection": True,
                        "inspection_date": "2026-05-11",
                        "maintenance_type": "preventive",
                    }
                    for index in range(number)
                ]
            )
            self.env.flush_all()

        plan(2)
        count()
        small = count()
        plan(60)
        self.assertLessEqual(count(), small + 2)
