"""Robots of 企业微信, 钉钉 and 飞书, and text messages, against servers that do as the
vendors' documents say."""

import hashlib
import hmac
import json
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

from freezegun import freeze_time
from markupsafe import Markup

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, TransactionCase, tagged

from ..tools import robots, sms
from .common import new_test_user

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
        cls.told.om_notice_channel_ids = cls.channel
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
        self.other.om_notice_channel_ids = self.channel
        delivery = self._notify(self.told | self.other)
        self.assertEqual(delivery.user_ids, self.told | self.other)
        self.other.om_notice_channel_ids = False
        self.assertEqual(self._notify(self.other), delivery)

    def test_nobody_chose_nothing_asked(self):
        self.told.om_notice_channel_ids = False
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
        self.other.with_user(self.other).om_notice_channel_ids = channel
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


class TestTextMessages(BaseCase):
    def test_the_signature_is_the_vendors(self):
        """The example of "V3版本请求体&签名机制": a virtual machine is made."""
        headers = {
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
            "a495991b7852b855",
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        }
        query = (
            "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
            "&RegionId=cn-shanghai"
        )
        self.assertEqual(
            sms.sign("YourAccessKeySecret", "POST", query, headers),
            "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
        )

    def test_variables_are_short_and_have_no_addresses(self):
        text = "已超时：修复\nHT00012 【核心交换机】断电\nhttps://example.com/odoo/12"
        self.assertEqual(sms.shorten(text), "已超时：修复，HT00012 （核心交换机）断电")
        long = sms.shorten("测" * 36)
        self.assertEqual(long, "测" * 34 + "…")
        self.assertEqual(sms.shorten("测" * 35), "测" * 35)

    def test_answers(self):
        for status, body, state in (
            (200, {"Code": "OK", "Message": "OK", "BizId": "9"}, "sent"),
            (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}, "again"),
            (200, {"Code": "isp.SYSTEM_ERROR"}, "again"),
            (400, {"Code": "Throttling.User"}, "again"),
            (503, {"Code": "ServiceUnavailable"}, "again"),
            (502, None, "again"),
            (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, "refused"),
            (200, {"Code": "isv.AMOUNT_NOT_ENOUGH"}, "refused"),
            (400, {"Code": "SignatureDoesNotMatch"}, "refused"),
            (404, {"Code": "InvalidAccessKeyId.NotFound"}, "refused"),
            (200, "<html>", "refused"),
        ):
            with self.subTest(status=status, body=body):
                self.assertEqual(sms.read_answer(status, body).state, state)


class Gateway(BaseHTTPRequestHandler):
    """The SMS service as its pages tell: it checks the signature on its own, takes a
    nonce once, and a number so many times."""

    KEYS = {"LTAI-TEST": "secret-of-the-test"}
    LIMIT = 2

    def do_POST(self):
        answer = self._check()
        if self.server.broken:
            self.server.broken -= 1
            answer = 503, {"Code": "ServiceUnavailable", "Message": "busy"}
        elif answer[1]["Code"] == "OK":
            self.server.taken.append(dict(parse_qsl(urlsplit(self.path).query)))
        data = json.dumps(answer[1]).encode()
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _check(self):
        own, _space, words = self.headers["Authorization"].partition(" ")
        said = dict(part.split("=", 1) for part in words.split(","))
        names = said["SignedHeaders"].split(";")
        asked = parse_qsl(urlsplit(self.path).query)
        canonical = "&".join(
            f"{quote(name, safe='~')}={quote(value, safe='~')}"
            for name, value in sorted(asked)
        )
        signed = "".join(f"{name}:{self.headers[name]}\n" for name in names)
        text = f"POST\n/\n{canonical}\n{signed}\n{';'.join(names)}\n"
        text += hashlib.sha256(b"").hexdigest()
        told = f"{own}\n{hashlib.sha256(text.encode()).hexdigest()}"
        secret = self.KEYS.get(said["Credential"], "")
        right = hmac.new(secret.encode(), told.encode(), "sha256").hexdigest()
        if not secret or right != said["Signature"] or own != "ACS3-HMAC-SHA256":
            return 400, {"Code": "SignatureDoesNotMatch", "Message": "signature"}
        nonce = self.headers["x-acs-signature-nonce"]
        if nonce in self.server.nonces:
            return 400, {"Code": "SignatureNonceUsed", "Message": "nonce"}
        self.server.nonces.add(nonce)
        values = dict(asked)
        if len(json.loads(values["TemplateParam"])["content"]) > 35:
            return 200, {"Code": "isv.PARAM_LENGTH_LIMIT", "Message": "length"}
        numbers = values["PhoneNumbers"].split(",")
        if any(self._count(number) >= self.LIMIT for number in numbers):
            return 200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "limit"}
        return 200, {"Code": "OK", "Message": "OK", "BizId": "1"}

    def _count(self, number):
        return sum(number in taken["PhoneNumbers"] for taken in self.server.taken)

    def log_message(self, *args):
        pass


@tagged("post_install", "-at_install")
class TestTextMessageChannel(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
        cls.addClassCleanup(cls.gateway.server_close)
        cls.addClassCleanup(cls.gateway.shutdown)
        threading.Thread(target=cls.gateway.serve_forever, daemon=True).start()
        port = cls.gateway.server_address[1]
        cls.startClassPatcher(patch.object(sms, "URL", f"http://127.0.0.1:{port}/"))
        cls.channel = cls.env["om.notice.channel"].create(
            {
                "name": "示例短信",
                "kind": "sms",
                "key_id": "LTAI-TEST",
                "secret": "secret-of-the-test",
                "sign_name": "示例运维",
                "template": "SMS_000000",
            }
        )
        cls.told, cls.other = (
            new_test_user(
                cls.env,
                f"sms_{name}",
                groups="om_base.group_engineer",
                phone=f"1390000000{number}",
            )
            for number, name in enumerate(("told", "other"))
        )
        (cls.told | cls.other).om_notice_channel_ids = cls.channel

    def setUp(self):
        super().setUp()
        self.gateway.taken, self.gateway.nonces, self.gateway.broken = [], set(), 0

    def _tell(self, texts):
        before = self.channel.delivery_ids
        self.env["om.notice.channel"]._tell_texts(texts)
        return self.channel.delivery_ids - before

    def _send(self):
        self.env["om.notice.delivery"]._cron_send()

    def test_one_message_for_all_who_are_told_the_same(self):
        same = dict.fromkeys((self.told | self.other).ids, "已超时：修复\n100%")
        self.assertEqual(len(self._tell(same)), 1)
        self._send()
        (taken,) = self.gateway.taken
        numbers = sorted(taken["PhoneNumbers"].split(","))
        self.assertEqual(numbers, ["13900000000", "13900000001"])
        self.assertEqual(taken["SignName"], "示例运维")
        self.assertEqual(taken["TemplateCode"], "SMS_000000")
        content = json.loads(taken["TemplateParam"])["content"]
        self.assertEqual(content, "已超时：修复，100%")

    def test_each_reads_what_is_told_to_him(self):
        self._tell({self.told.id: "甲", self.other.id: "乙"})
        self._send()
        self.assertEqual(
            {
                each["PhoneNumbers"]: each["TemplateParam"]
                for each in self.gateway.taken
            },
            {"13900000000": '{"content":"甲"}', "13900000001": '{"content":"乙"}'},
        )

    def test_the_limit_is_waited_out(self):
        deliveries = self.env["om.notice.delivery"]
        for number in range(3):
            deliveries |= self._tell({self.told.id: f"示例 {number}"})
        self._send()
        self.assertEqual(deliveries.mapped("state"), ["sent", "sent", "waiting"])
        late = deliveries[2]
        self.assertIn("isv.BUSINESS_LIMIT_CONTROL", late.answer)
        self.gateway.taken.clear()
        with freeze_time(late.send_at):
            self._send()
        self.assertEqual(late.state, "sent")

    def test_a_service_that_is_down_loses_nothing(self):
        delivery = self._tell({self.told.id: "示例"})
        self.gateway.broken = 3
        for _try in range(4):
            self.assertEqual(delivery.state, "waiting")
            with freeze_time(delivery.send_at):
                self._send()
        self.assertEqual((delivery.state, delivery.tries), ("sent", 4))
        self.assertEqual(len(self.gateway.taken), 1)

    def test_a_wrong_secret_is_refused_and_shown(self):
        self.channel.secret = "another"
        delivery = self._tell({self.told.id: "示例"})
        self._send()
        self.assertEqual(delivery.state, "failed")
        self.assertIn("SignatureDoesNotMatch", delivery.answer)

    def test_a_number_is_needed(self):
        without = new_test_user(self.env, "sms_no", groups="om_base.group_engineer")
        with self.assertRaisesRegex(ValidationError, "mobile number"):
            without.om_notice_channel_ids = self.channel
        delivery = self._tell({self.told.id: "示例"})
        self.told.phone = False
        self._send()
        self.assertEqual(delivery.state, "failed")
        self.assertFalse(self.gateway.taken)

    def test_all_four_are_needed(self):
        for name in ("key_id", "secret", "sign_name", "template"):
            with self.assertRaisesRegex(ValidationError, "console"):
                self.channel.copy({name: False})

    def test_a_test_goes_to_the_own_telephone(self):
        self.env.user.phone = "13900000009"
        self.assertEqual(self.channel.action_test()["params"]["type"], "success")
        self.assertEqual(self.gateway.taken[0]["PhoneNumbers"], "13900000009")


def _closed_port():
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        return server.server_address[1]
