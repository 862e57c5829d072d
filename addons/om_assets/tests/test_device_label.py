import re
from base64 import b64decode
from hashlib import sha1

from odoo import http
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import BaseCase, HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from ..engine import fault_report
from ..engine.fault_report import FaultReport, ReportError, parse_report
from ..engine.qr import QUIET, qr_svg
from .common import OmAssetsCommon

# The smallest picture there is.
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
GOOD = {"reporter": "乙01", "contact": "分机 8801", "text": "屏幕不亮"}


class TestFaultReportRules(BaseCase):
    def _problems(self, **values):
        with self.assertRaises(ReportError) as caught:
            parse_report({**GOOD, **values})
        return caught.exception.problems

    def test_good_report(self):
        self.assertEqual(
            parse_report(GOOD), FaultReport("乙01", "分机 8801", "屏幕不亮")
        )
        self.assertEqual(
            parse_report({**GOOD, "contact": "yi01@example.com"})[1], "yi01@example.com"
        )

    def test_every_wrong_field_is_named(self):
        self.assertEqual(
            self._problems(reporter=" ", contact="me", text="abc"),
            {"reporter": "missing", "contact": "not_a_contact", "text": "too_short"},
        )
        self.assertEqual(self._problems(text="x" * 1001), {"text": "too_long"})
        self.assertEqual(self._problems(reporter="x" * 41), {"reporter": "too_long"})
        self.assertEqual(self._problems(contact="1" * 81), {"contact": "too_long"})

    def test_programs_fill_in_the_hidden_field(self):
        self.assertEqual(self._problems(website="http://x"), {"website": "robot"})

    def test_control_characters_are_dropped(self):
        report = parse_report(
            {**GOOD, "reporter": "乙\u202e0\x001", "text": "a\r\nbcd"}
        )
        self.assertEqual(report.reporter, "乙01")
        self.assertEqual(report.text, "a\nbcd")

    def test_what_is_no_text_counts_as_missing(self):
        self.assertEqual(self._problems(text=["a", "b"]), {"text": "missing"})

    def test_photos(self):
        good = b"\xff\xd8\xff" + bytes(10)
        fault_report.check_photos([good, b"\x89PNG\r\n", good])
        for photos, problem in (
            ([good] * 4, "too_many"),
            ([good + bytes(12 * 1024 * 1024)], "too_large"),
            ([good, b"<svg onload=alert(1)>"], "no_picture"),
            ([b""], "no_picture"),
        ):
            with self.assertRaises(ReportError) as caught:
                fault_report.check_photos(photos)
            self.assertEqual(caught.exception.problems, {"photos": problem})

    def test_codes_are_read_however_they_are_typed(self):
        codes = {fault_report.make_code() for _each in range(200)}
        self.assertEqual(len(codes), 200)
        for code in codes:
            self.assertFalse(set(code) & set("01OIL"), "nobody takes one for another")
            shown = fault_report.show_code(code)
            for typed in (code, shown, shown.lower(), f"{code[:2]} {code[2:]}"):
                self.assertEqual(fault_report.read_code(typed), code)
        for wrong in ("", "ABCD234", "ABCD23456", "ABCD2341", "ABCD234%"):
            self.assertEqual(fault_report.read_code(wrong), "")


class TestQr(BaseCase):
    def _matrix(self, text):
        """Draw the paths of the SVG into rows of 0 and 1."""
        svg = qr_svg(text)
        size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
        rows = [[0] * size for _row in range(size)]
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
            rows[int(y)][int(x) : int(x) + int(length)] = [1] * int(length)
        return rows

    def test_shape_of_a_qr_code(self):
        rows = self._matrix("https://om.example/om/d/0123456789abcdef")
        size = len(rows)
        # ISO/IEC 18004: 17 + 4 v modules, a quiet zone of 4 around them.
        self.assertEqual((size - 2 * QUIET - 17) % 4, 0)
        for edge in (*range(QUIET), *range(size - QUIET, size)):
            self.assertFalse(any(rows[edge]))
            self.assertFalse(any(row[edge] for row in rows))
        finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001"]
        far = size - QUIET - 7
        for y, x in ((QUIET, QUIET), (QUIET, far), (far, QUIET)):
            for offset, expected in enumerate([*finder, "1111111"]):
                found = "".join(map(str, rows[y + offset][x : x + 7]))
                self.assertEqual(found, expected)

    def test_texts_differ(self):
        self.assertNotEqual(self._matrix("a"), self._matrix("b"))
        with self.assertRaises(ValueError):
            qr_svg("")


@tagged("post_install", "-at_install")
class TestDeviceLabel(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls._create_user("engineer")
        cls.device = cls.env["maintenance.equipment"].create(
            {
                "name": "摄像机 <b>01</b>",
                "hardware_line_id": cls.system.hardware_line_ids[0].id,
            }
        )
        cls.Request = cls.env["maintenance.request"]

    def _report(self, device=None, **values):
        return self.Request._report_through_label(
            device or self.device, parse_report({**GOOD, **values})
        )

    def _token(self):
        url = self.device._get_label_urls()[self.device.id]
        return url.rpartition("/om/d/")[2]

    def test_addresses_are_secret_and_stay(self):
        other = self.device.copy()
        urls = (self.device | other).with_user(self.engineer)._get_label_urls()
        again = (self.device | other).with_user(self.engineer)._get_label_urls()
        self.assertEqual(urls, again, "labels glued on stay valid")
        self.assertNotEqual(urls[self.device.id], urls[other.id])
        token = self._token()
        self.assertGreaterEqual(len(token), 16)
        with self.assertRaises(AccessError):
            self.device.with_user(self.engineer).read(["label_token"])
        find = self.env["maintenance.equipment"]._find_by_label
        self.assertEqual(find(token), self.device)
        for wrong in ("", token[:-1], token.swapcase(), "%", str(self.device.id)):
            with self.subTest(wrong=wrong):
                self.assertFalse(find(wrong))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_a_label_is_made_void(self):
        old = self._token()
        with self.assertRaises(AccessError):
            self.device.with_user(self.engineer).action_renew_label()
        self.device.with_user(self._create_user("manager")).action_renew_label()
        find = self.env["maintenance.equipment"]._find_by_label
        self.assertFalse(find(old))
        self.assertEqual(find(self._token()), self.device)

    def test_report_becomes_a_corrective_request(self):
        self.device.technician_user_id = self.engineer
        fault = self._report(text="屏幕 <script>alert(1)</script>")
        self.assertEqual(fault.maintenance_type, "corrective")
        self.assertEqual(fault.equipment_id, self.device)
        self.assertEqual(fault.system_id, self.system)
        self.assertEqual(fault.user_id, self.engineer)
        self.assertEqual(fault.report_channel, "label")
        self.assertEqual(fault.reporter_name, "乙01")
        self.assertEqual(fault.reporter_contact, "分机 8801")
        self.assertNotIn("<script", fault.description)
        self.assertIn("alert(1)", fault.description)

    def test_one_open_report_per_device(self):
        first = self._report()
        self.assertEqual(self._report(text="又坏了一次"), first)
        other = self.device.copy()
        self.assertNotEqual(self._report(other), first)
        first.stage_id = self.env["maintenance.stage"].search(
            [("done", "=", True)], limit=1
        )
        self.assertNotEqual(self._report(), first)

    def test_another_fault_of_the_same_device(self):
        first = self._report()
        other = self._report(text="触摸没有反应", other="1")
        self.assertNotEqual(other, first)
        self.assertEqual(self._report(text="又坏了一次"), first)
        # What says the same is the same, whatever it calls itself.
        self.assertEqual(self._report(text="触摸没有反应", other="1"), other)
        self.assertEqual(self._report(other="1"), first)
        self.assertNotEqual(first.report_code, other.report_code)

    def test_ten_reports_a_day_from_one_address(self):
        devices = [self.device.copy() for _each in range(11)]

        def report(device, origin):
            return self.Request._report_through_label(
                device, parse_report(GOOD), origin
            )

        for device in devices[:10]:
            fault = report(device, "192.0.2.7")
        self.assertNotIn("192.0.2.7", fault.sudo().report_origin)
        with self.assertRaisesRegex(UserError, "network"):
            report(devices[10], "192.0.2.7")
        self.assertTrue(report(devices[10], "192.0.2.8"))
        with self.assertRaises(AccessError):
            fault.with_user(self.engineer).read(["report_origin"])
        # It is not kept longer than it is counted.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE maintenance_request SET create_date = now() - interval '3 days'"
            " WHERE id = %s",
            [fault.id],
        )
        self.Request._gc_report_origins()
        self.env.invalidate_all()
        self.assertFalse(fault.sudo().report_origin)

    @freeze_time("2026-03-10 08:00:00")
    def test_three_reports_a_day(self):
        done = self.env["maintenance.stage"].search([("done", "=", True)], limit=1)
        for _number in range(3):
            self._report().stage_id = done
            self.env.flush_all()
        self.env.cr.execute(
            "UPDATE maintenance_request SET create_date = '2026-03-10 07:00:00'"
            " WHERE equipment_id = %s",
            [self.device.id],
        )
        with self.assertRaisesRegex(UserError, "telephone"):
            self._report()
        with freeze_time("2026-03-11 07:00:01"):
            self.assertTrue(self._report())

    def test_devices_out_of_service_take_no_reports(self):
        removed = self.device.copy({"om_state": "removed"})
        archived = self.device.copy({"to_complete": True, "active": False})
        for device in (removed, archived):
            with self.subTest(device=device), self.assertRaises(UserError):
                self._report(device)
        self.system.write({"state": "stopped", "stop_date": "2026-03-01"})
        with self.assertRaises(UserError):
            self._report()

    def test_labels_of_a_sheet(self):
        devices = self.device | self.device.copy() | self.device.copy()
        for _number in range(22):
            devices |= self.device.copy()
        values = self.env[
            "report.om_assets.maintenance_equipment_label"
        ]._get_report_values(devices.ids)
        shape = [[len(row) for row in sheet] for sheet in values["sheets"]]
        self.assertEqual(shape, [[3] * 8, [1]], "25 labels, 24 on a sheet")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "om_assets.maintenance_equipment_label_report", devices.ids
        )[0]
        self.assertEqual(html.count(b"<svg"), 25)
        self.assertIn(self.device.ledger_number.encode(), html)
        self.assertNotIn(b"<b>01</b>", html)

    def test_labels_of_a_roll(self):
        for size in ("60x40", "50x30"):
            devices = self.device | self.device.copy()
            html = self.env["ir.actions.report"]._render_qweb_html(
                f"om_assets.equipment_label_{size}_report", devices.ids
            )[0]
            self.assertEqual(html.count(b"<svg"), 2)
            self.assertEqual(html.count(b'class="om_box"'), 2, "one on each page")
            width = f"width: {size[:2]}mm".encode()
            self.assertIn(width, html)

    def test_too_many_labels(self):
        devices = self.env["maintenance.equipment"].browse(range(1, 1202))
        with self.assertRaisesRegex(UserError, "1201"):
            devices.action_print_labels()
        with self.assertRaises(UserError):
            self.other_system.action_print_labels()


@tagged("post_install", "-at_install")
class TestDeviceLabelPage(HttpCase, OmAssetsCommon):
    """What whoever holds a label, and nobody else, gets to see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.env["maintenance.equipment"].create(
            {
                "name": "摄像机01",
                "system_id": cls.system.id,
                "model": "型号-机密",
                "location": "机房-机密",
                "ip_address": "10.9.8.7",
                "serial_no": "序列-机密",
            }
        )
        url = cls.device._get_label_urls()[cls.device.id]
        cls.path = "/om/d/" + url.rpartition("/om/d/")[2]
        for login, unit in (("om_own", cls.unit), ("om_foreign", cls.other_unit)):
            contact = cls.env["res.partner"].create(
                {"name": f"乙 {login}", "parent_id": unit.id}
            )
            new_test_user(
                cls.env,
                login=login,
                groups="om_base.group_portal_user_unit",
                partner_id=contact.id,
            )

    def _open(self, login=None, path=None):
        self.authenticate(login, login)
        return self.url_open(path or self.path, allow_redirects=False)

    def _send(self, photos=(), **values):
        return self.url_open(
            f"{self.path}/report",
            data={"csrf_token": http.Request.csrf_token(self), **GOOD, **values},
            files=[("photos", ("photo.png", each)) for each in photos] or None,
            allow_redirects=False,
        )

    def _faults(self):
        return self.env["maintenance.request"].search(
            [("equipment_id", "=", self.device.id)]
        )

    def test_the_public_sees_whose_device_it_is_and_no_more(self):
        for login in (None, "om_foreign"):
            with self.subTest(login=login):
                page = self._open(login)
                self.assertEqual(page.status_code, 200)
                self.assertIn("摄像机01", page.text)
                self.assertIn("甲单位办公系统", page.text)
                for secret in ("机密", "10.9.8.7"):
                    self.assertNotIn(secret, page.text)
                self.assertEqual(page.headers["Cache-Control"], "no-store")
                self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_the_own_unit_sees_the_place(self):
        page = self._open("om_own")
        self.assertIn("机房-机密", page.text)
        self.assertIn("型号-机密", page.text)
        self.assertNotIn("10.9.8.7", page.text)

    def test_staff_comes_to_the_form(self):
        user = self._create_user("engineer")
        page = self._open(user.login)
        self.assertEqual(page.status_code, 303)
        self.assertTrue(
            page.headers["Location"].endswith(f"/odoo/om-devices/{self.device.id}")
        )

    def test_nothing_is_found_by_number(self):
        for path in (f"/om/d/{self.device.id}", "/om/d/0", "/om/d/" + "x" * 16):
            with self.subTest(path=path):
                page = self._open(path=path)
                self.assertEqual(page.status_code, 404)
                self.assertNotIn("摄像机01", page.text)

    def test_a_fault_is_reported_once(self):
        self._open()
        answer = self._send()
        self.assertEqual(answer.status_code, 303)
        fault = self._faults()
        self.assertEqual(fault.reporter_contact, "分机 8801")
        followed = answer.headers["Location"]
        self.assertIn(f"/om/f/{fault.report_code}", followed)
        thanked = self._open(path=followed)
        self.assertIn("o_om_thanks", thanked.text)
        self.assertNotIn("o_om_thanks", self._open().text, "others are only told")
        # Somebody else's report of the same: it is there, and theirs is not told.
        again = self._send(text="第二次上报")
        self.assertIn(f"{self.path}?reported=1", again.headers["Location"])
        self.assertEqual(self._faults(), fault)
        page = self._open()
        self.assertIn("o_om_other_fault", page.text)
        self.assertNotIn("8801", page.text, "contacts are for the engineers")
        self.assertNotIn("屏幕不亮", page.text)
        self._send(text="触摸没有反应", other="1")
        self.assertEqual(len(self._faults()), 2)

    def test_photos_come_with_the_report(self):
        self._open()
        answer = self._send(photos=[b"no picture"])
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self._faults())
        self._send(photos=[PNG, PNG])
        self.assertTrue(self._faults())
        # Of the fault, or of the ticket that another add-on makes of it.
        checksum = sha1(PNG).hexdigest()
        files = self.env["ir.attachment"].search([("checksum", "=", checksum)])
        models = ("maintenance.request", "helpdesk.ticket")
        mine = files.filtered(lambda file: file.res_model in models)
        self.assertEqual(len(mine), 2)
        self.assertTrue(all(mine.mapped("res_id")))

    def test_a_report_is_followed_by_its_code(self):
        self._open()
        self._send(text="屏幕不亮，声音正常")
        fault = self._faults()
        code = fault.report_code
        for typed in (code, fault_report.show_code(code), code.lower()):
            page = self._open(path=f"/om/f/{typed}")
            self.assertEqual(page.status_code, 200)
            self.assertIn("屏幕不亮，声音正常", page.text)
            self.assertIn(fault_report.show_code(code), page.text)
            self.assertNotIn("8801", page.text)
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        asked = self._open(path="/om/f")
        self.assertIn('name="code"', asked.text)
        self.assertEqual(self._open(path=f"/om/f?code={code}").status_code, 200)
        for wrong in ("XXXXXXXX", str(fault.id), "%25"):
            page = self._open(path=f"/om/f/{wrong}")
            self.assertEqual(page.status_code, 404)
            self.assertNotIn("摄像机01", page.text)

    def test_wrong_input_comes_back(self):
        self._open()
        answer = self._send(contact="x", text="屏幕 <i>不亮</i>")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("屏幕 &lt;i&gt;不亮&lt;/i&gt;", answer.text)
        self.assertIn("is-invalid", answer.text)
        self._send(website="http://x")
        self.assertFalse(self._faults())

    @mute_logger("odoo.http")
    def test_forged_forms_are_refused(self):
        self._open()
        answer = self.url_open(f"{self.path}/report", data=GOOD)
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._faults())

    def test_a_device_out_of_service_shows_no_form(self):
        self.device.om_state = "removed"
        self.assertNotIn("<form", self._open().text)
        self.assertEqual(self._send().status_code, 422)
        self.assertFalse(self._faults())

    def test_a_report_of_the_same_moment_waits(self):
        def locked(*_args, **_kwargs):
            raise LockError("locked")

        self.patch(type(self.env["maintenance.equipment"]), "lock_for_update", locked)
        self._open()
        self.assertEqual(self._send().status_code, 422)
        self.assertFalse(self._faults())
