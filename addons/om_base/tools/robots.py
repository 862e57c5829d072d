"""Message robots of 企业微信, 钉钉 and 飞书: what is posted to them, what they answer.

Each is one HTTPS POST of JSON. 钉钉 signs the address, 飞书 the body, with the robot's
secret and the time; 企业微信 knows the robot by its address alone. The vendors' pages
"群机器人配置说明", "自定义机器人接入" and "自定义机器人使用指南" give the forms, the
limits and the codes.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode, urlsplit

Kind = Literal["wecom", "dingtalk", "feishu"]
HOSTS = {
    "wecom": "qyapi.weixin.qq.com",
    "dingtalk": "oapi.dingtalk.com",
    "feishu": "open.feishu.cn",
}
# Bytes of UTF-8 that 企业微信 takes; the others take more.
MAX_BYTES = 2048
# Messages a minute that the strictest of the three takes.
PER_MINUTE = 20
# "Too many at once": try again later. Every other code but 0 is a refusal.
BUSY = {
    "wecom": {45009, -1},
    "dingtalk": {130101, 130102, -1},
    "feishu": {11232, 9499},
}


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent: an address and a JSON body."""

    url: str
    body: dict = field(hash=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it: ``sent``, ``again`` (later) or ``refused`` (never so)."""

    state: Literal["sent", "again", "refused"]
    words: str = ""


def is_address(kind: Kind, url: str) -> bool:
    """Whether this is an address of that vendor's robots, by HTTPS."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc == HOSTS[kind] and bool(parts.path)


def make_post(
    kind: Kind, url: str, secret: str, text: str, phones: list[str], now: float
) -> Post:
    """The message as the vendor takes it.

    :param secret: empty where the robot's settings do not ask for signatures
    :param phones: mobile numbers of those who are called by name (@); 飞书 knows people
        by its own numbers only, so there the text has to name them
    :param now: seconds since 1970
    """
    text = shorten(text)
    if kind == "wecom":
        content = {"content": text, "mentioned_mobile_list": phones}
        return Post(url, {"msgtype": "text", "text": content})
    if kind == "dingtalk":
        if secret:
            stamp = str(round(now * 1000))
            sign = _sign(secret.encode(), f"{stamp}\n{secret}".encode())
            url += f"&{urlencode({'timestamp': stamp, 'sign': sign})}"
        people = {"atMobiles": phones, "isAtAll": False}
        return Post(url, {"msgtype": "text", "text": {"content": text}, "at": people})
    body = {"msg_type": "text", "content": {"text": text}}
    if secret:
        stamp = str(int(now))
        # The text that is signed is empty: time and secret are the key.
        body |= {"timestamp": stamp, "sign": _sign(f"{stamp}\n{secret}".encode(), b"")}
    return Post(url, body)


def read_answer(kind: Kind, status: int, body: object) -> Answer:
    """What the vendor's answer means.

    :param status: HTTP's
    :param body: the JSON that came, whatever it is
    """
    if status == 429 or status >= 500:
        return Answer("again", f"HTTP {status}")
    if status != 200 or not isinstance(body, dict):
        return Answer("refused", f"HTTP {status}")
    names = ("code", "StatusCode") if kind == "feishu" else ("errcode",)
    code = next((body[name] for name in names if name in body), None)
    words = str(body.get("errmsg") or body.get("msg") or "")[:300]
    if code == 0:
        return Answer("sent")
    return Answer("again" if code in BUSY[kind] else "refused", f"{code} {words}")


def shorten(text: str) -> str:
    """As much of the text as every vendor takes, cut between characters."""
    data = text.encode()
    if len(data) <= MAX_BYTES:
        return text
    return data[: MAX_BYTES - 3].decode(errors="ignore") + "…"


def _sign(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
