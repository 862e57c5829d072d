"""Robots of 企业微信, 钉钉 and 飞书, against a server that does as they say."""

import json
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from markupsafe import Markup

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, TransactionCase, new_test_user, tagged

from ..tools import robots

SECRET = "SEC0123"
# 2026-01-01 00:00:00 UTC. The signatures of this moment were made with openssl.
MOMENT = 1767225600
DINGTALK_SIGN = "QZP1SIjYf+aj3hEjNYtvhHA1DBZAaLmjNh8qyIuUKK0="
FEISHU_SIGN = "hphXs//J1T+N5YmLeF4g4AFdvbdoFR3xHd149fEa73g="


class TestPosts(BaseCase):
    def _post(self, kind, secret="", text="示例", phones=()):
        url = f"https://{robots.HOSTS[kind]}/robot/send?access_token=x"
        return robots.make_post(kind, url, secret, text, list(phones), MOMENT)

    def test_wecom_calls_by_number(self):
        post = self._post("wecom", phones=["13800000000"])
        self.assertEqual(
            post.body,
            {
                "msgtype": "text",
                "text": {
                    "content": "示例",
                    "mentioned_mobile_list": ["13800000000"],
                },
            },
        )

    def test_dingtalk_signs_the_address(self):
        asked = parse_qs(urlsplit(self._post("dingtalk", SECRET).url).query)
        self.assertEqual(asked["timestamp"], [f"{MOMENT}000"])
        self.assertEqual(asked["sign"], [DINGTALK_SIGN])
        self.assertEqual(asked["access_token"], ["x"])
        self.assertNotIn("sign", self._post("dingtalk").url)

    def test_feishu_signs_the_body(self):
        body = self._post("feishu", SECRET).body
        self.assertEqual(body["timestamp"], str(MOMENT))
        self.assertEqual(body["sign"], FEISHU_SIGN)
        self.assertNotIn("sign", self._post("feishu").body)

    def test_long_texts_are_cut_between_characters(self):
        text = self._post("wecom", text="测" * 2000).body["text"]["content"]
        self.assertLessEqual(len(text.encode()), robots.MAX_BYTES)
        self.assertEqual(set(text), {"测", "…"})

    def test_addresses(self):
        for kind, url, right in (
            ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", True),
            ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", False),
            ("wecom", "https://oapi.dingtalk.com/robot/send?access_token=x", False),
            ("wecom", "https://qyapi.weixin.qq.com@example.com/send", False),
            ("wecom", "https://qyapi.weixin.qq.com:8080/send", False),
            ("feishu", "https://[", False),
        ):
            self.assertEqual(robots.is_address(kind, url), right, url)

    def test_answers(self):
        for kind, status, body, state in (
            ("wecom", 200, {"errcode": 0, "errmsg": "ok"}, "sent"),
            ("wecom", 200, {"errcode": 45009, "errmsg": "api freq"}, "again"),
            ("wecom", 200, {"errcode": 93000, "errmsg": "invalid"}, "refused"),
            ("dingtalk", 200, {"errcode": 0}, "sent"),
            ("dingtalk", 200, {"errcode": 310000, "errmsg": "sign"}, "refused"),
            ("dingtalk", 200, {"errcode": 130101}, "again"),
            ("feishu", 200, {"code": 0, "msg": "success"}, "sent"),
            ("feishu", 200, {"StatusCode": 0}, "sent"),
            ("feishu", 200, {"code": 19021, "msg": "sign"}, "refused"),
            ("feishu", 200, {"code": 11232}, "again"),
            ("feishu", 502, None, "again"),
            ("feishu", 429, {}, "again"),
            ("wecom", 200, "<html>", "refused"),
            ("wecom", 302, None, "refused"),
            ("wecom", 200, {}, "refused"),
        ):
            with self.subTest(kind=kind, status=status, body=body):
                self.assertEqual(robots.read_answer(kind, status, body).state, state)


class Service(BaseHTTPRequestHandler):
    """A robot's server; its answers and what it was sent are the test's."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.sent.append(json.loads(self.rfile.read(length)))
        status, body = self.server.answers.pop(0) if self.server.answers else (200, {})
        if status == 200 and not body:
            body = {"errcode": 0, "errmsg": "ok"}
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@tagged("post_install", "-at_install")
class TestNoticeChannel(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        cls.addClassCleanup(cls.service.server_close)
        cls.addClassCleanup(cls.service.shutdown)
        threading.Thread(target=cls.service.serve_forever, daemon=True).start()
        cls.startClassPatcher(patch.object(robots, "is_address", return_value=True))
        port = cls.service.server_address[1]
        cls.channel = cls.env["om.notice.channel"].create(
            {"name": "示例群", "url": f"http://127.0.0.1:{port}/send?key=x"}
        )
        cls.told, cls.other = (
            new_test_user(cls.env, f"channel_{name}", groups="om_base.group_engineer")
            for name in ("told", "other")
        )
        cls.told.phone = "+86 138 0000 0000"
        cls.told.om_notice_channel_id = cls.channel
        cls.document = cls.env["res.partner"].create({"name": "示例单位"})

    def setUp(self):
        super().setUp()
        self.service.sent, self.service.answers = [], []

    def _notify(self, users=None, **values):
        self.document.message_notify(
            partner_ids=(users or self.told).partner_id.ids,
            subject="故障已派给您",
            body=Markup("<p>机房 <b>断电</b></p>"),
            **values,
        )
        return self.channel.delivery_ids.sorted("id")

    def _send(self):
        self.env["om.notice.delivery"]._cron_send()

    def test_a_notice_reaches_the_group_once(self):
        delivery = self._notify(self.told | self.other)
        self.assertEqual((len(delivery), delivery.state), (1, "waiting"))
        self.assertEqual(delivery.user_ids, self.told)
        self._send()
        self._send()
        self.assertEqual(delivery.state, "sent")
        (sent,) = self.service.sent
        self.assertEqual(sent["text"]["mentioned_mobile_list"], ["13800000000"])
        lines = sent["text"]["content"].split("\n")
        self.assertEqual(lines[:3], ["故障已派给您", "示例单位", "机房 *断电*"])
        self.assertIn(f"res_id={self.document.id}", lines[-1])

    def test_two_people_of_a_group_are_told_in_one_message(self):
        self.other.om_notice_channel_id = self.channel
        delivery = self._notify(self.told | self.other)
        self.assertEqual(delivery.user_ids, self.told | self.other)
        self.other.om_notice_channel_id = False
        self.assertEqual(self._notify(self.other), delivery)

    def test_nobody_chose_nothing_asked(self):
        self.told.om_notice_channel_id = False
        self.env["om.notice.channel"]._get_told_users()
        message = self.document.message_post(body="示例")
        with self.assertQueryCount(0):
            self.env["om.notice.channel"]._tell(message, self.told.ids)
        self.assertFalse(self._notify())

    def test_a_busy_service_is_asked_again_and_nothing_overtakes(self):
        self._notify()
        deliveries = self._notify()
        self.service.answers = [(200, {"errcode": 45009, "errmsg": "freq"})]
        self._send()
        self.assertEqual(deliveries.mapped("state"), ["waiting", "waiting"])
        self.assertEqual(len(self.service.sent), 1)
        with freeze_time(deliveries[0].send_at):
            self._send()
        self.assertEqual(deliveries.mapped("state"), ["sent", "sent"])
        self.assertEqual(deliveries[0].tries, 2)

    def test_a_server_that_is_down_loses_nothing(self):
        delivery = self._notify()
        self.channel.url = f"http://127.0.0.1:{_closed_port()}/"
        self._send()
        self.assertEqual((delivery.state, delivery.tries), ("waiting", 1))
        self.assertNotIn("127.0.0.1", delivery.answer)

    def test_a_refusal_is_told_and_can_be_sent_again(self):
        admin = new_test_user(
            self.env, "channel_admin", groups="om_base.group_administrator"
        )
        delivery = self._notify()
        self.service.answers = [(200, {"errcode": 93000, "errmsg": "invalid url"})]
        self._send()
        self.assertEqual(delivery.state, "failed")
        self.assertIn("93000", delivery.answer)
        told = self.env["mail.message"].search(
            [("partner_ids", "in", admin.partner_id.ids)], limit=1
        )
        self.assertIn("示例群", told.subject)
        delivery.with_user(admin).action_send_again()
        self._send()
        self.assertEqual(delivery.state, "sent")

    def test_it_is_given_up_after_twelve_tries(self):
        delivery = self._notify()
        self.service.answers = [(503, {})] * 20
        for _try in range(15):
            with freeze_time(delivery.send_at):
                self._send()
        self.assertEqual((delivery.state, delivery.tries), ("failed", 12))

    def test_quiet_hours_are_beijings(self):
        self.channel.write({"quiet_from": 22, "quiet_to": 7.5})
        for moment, told in (
            # Beijing 21:59, 22:00, 03:00, 07:29 and 07:30.
            ("2026-06-01 13:59:00", "2026-06-01 13:59:00"),
            ("2026-06-01 14:00:00", "2026-06-01 23:30:00"),
            ("2026-06-01 19:00:00", "2026-06-01 23:30:00"),
            ("2026-06-01 23:29:00", "2026-06-01 23:30:00"),
            ("2026-06-01 23:30:00", "2026-06-01 23:30:00"),
        ):
            self.assertEqual(
                self.channel._get_moment(datetime.fromisoformat(moment)),
                datetime.fromisoformat(told),
                moment,
            )
        self.channel.write({"quiet_from": 12, "quiet_to": 14})
        self.assertEqual(
            self.channel._get_moment(datetime(2026, 6, 1, 5)), datetime(2026, 6, 1, 6)
        )
        with self.assertRaises(ValidationError):
            self.channel.quiet_to = 24

    def test_many_are_sent_by_the_minute(self):
        for _number in range(3):
            self._notify()
        with patch.object(robots, "PER_MINUTE", 2):
            self._send()
            self.assertEqual(len(self.service.sent), 2)
            self._send()
        self.assertEqual(len(self.service.sent), 3)

    def test_a_person_chooses_and_reads_no_secret(self):
        channel = self.channel.with_user(self.other)
        self.other.with_user(self.other).om_notice_channel_id = channel
        self.assertEqual(channel.name, "示例群")
        for name in ("url", "secret", "delivery_ids"):
            with self.assertRaises(AccessError):
                channel.read([name])
        with self.assertRaises(AccessError):
            channel.name = "别的群"
        with self.assertRaises(AccessError):
            channel.action_test()
        with self.assertRaises(AccessError):
            self._notify().with_user(self.other).action_send_again()

    def test_a_test_says_what_the_service_answered(self):
        self.assertEqual(self.channel.action_test()["params"]["type"], "success")
        self.service.answers = [(200, {"errcode": 93000, "errmsg": "invalid"})]
        params = self.channel.action_test()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("93000 invalid", params["message"])

    def test_only_the_services_own_address(self):
        with (
            patch.object(robots, "is_address", return_value=False),
            self.assertRaises(ValidationError),
        ):
            self.channel.url = "https://example.com/hook"


def _closed_port():
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        return server.server_address[1]
