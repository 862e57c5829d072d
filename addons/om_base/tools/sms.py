"""Text messages by Alibaba Cloud's SMS service: what is posted to it, what it answers.

One HTTPS POST, signed by the cloud's "V3" rules (ACS3-HMAC-SHA256); the text is the
variable ``content`` of a template that the carriers have approved. The vendor's pages
"V3版本请求体&签名机制", "SendSms", "模板变量规范" and "API错误码" give form, limits and
codes.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from .robots import Answer

URL = "https://dysmsapi.aliyuncs.com/"
ACTION, VERSION = "SendSms", "2017-05-25"
ALGORITHM = "ACS3-HMAC-SHA256"
# Characters that a variable may have, whether Chinese or Latin.
MAX_CHARACTERS = 35
# The service refuses variables with an address in them, and reads these as marks.
ADDRESSES = ("http://", "https://")
MARKS = str.maketrans("【】[]", "（）（）")
# "Too many at once" and "not now": try again later. Every other code is a refusal.
BUSY = {
    "isv.BUSINESS_LIMIT_CONTROL",
    "isv.DAY_LIMIT_CONTROL",
    "isp.SYSTEM_ERROR",
    "InternalError",
    "ServiceUnavailable",
}
THROTTLED = "Throttling"


@dataclass(frozen=True, slots=True)
class Sender:
    """The account that sends: ``sign_name`` stands in 【】 before each message."""

    key_id: str
    secret: str
    sign_name: str
    template: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: an address with all that is asked, and headers; no body."""

    url: str
    headers: dict[str, str]


def make_request(
    sender: Sender, text: str, phones: list[str], now: float, nonce: str, url: str = URL
) -> Request:
    """The message as the vendor takes it.

    :param phones: mobile numbers of the mainland, at most a thousand
    :param now: seconds since 1970; the service takes what is 15 minutes off at most
    :param nonce: never the same twice
    """
    asked = {
        "PhoneNumbers": ",".join(phones),
        "SignName": sender.sign_name,
        "TemplateCode": sender.template,
        "TemplateParam": json.dumps(
            {"content": shorten(text)}, ensure_ascii=False, separators=(",", ":")
        ),
    }
    query = "&".join(
        f"{_encode(name)}={_encode(value)}" for name, value in sorted(asked.items())
    )
    headers = {
        "host": urlsplit(url).netloc,
        "x-acs-action": ACTION,
        "x-acs-content-sha256": _digest(""),
        "x-acs-date": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    signed = ";".join(sorted(headers))
    signature = sign(sender.secret, "POST", query, headers)
    headers["Authorization"] = (
        f"{ALGORITHM} Credential={sender.key_id},SignedHeaders={signed},"
        f"Signature={signature}"
    )
    return Request(f"{url}?{query}", headers)


def sign(secret: str, method: str, query: str, headers: dict[str, str]) -> str:
    """The signature of a request to ``/`` without a body, as lower hexadecimals.

    :param query: encoded, its parameters by name
    :param headers: those that are signed, in small letters
    """
    names = sorted(headers)
    lines = [method, "/", query, *(f"{name}:{headers[name]}" for name in names)]
    lines += ["", ";".join(names), headers["x-acs-content-sha256"]]
    to_sign = f"{ALGORITHM}\n{_digest(chr(10).join(lines))}"
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def read_answer(status: int, body: object) -> Answer:
    """What the vendor's answer means.

    :param status: HTTP's
    :param body: the JSON that came, whatever it is
    """
    if not isinstance(body, dict) or "Code" not in body:
        again = status == 429 or status >= 500
        return Answer("again" if again else "refused", f"HTTP {status}")
    code = str(body["Code"])
    if code == "OK" and status == 200:
        return Answer("sent")
    again = code in BUSY or code.startswith(THROTTLED) or status >= 500
    words = str(body.get("Message") or "")[:300]
    return Answer("again" if again else "refused", f"{code} {words}")


def shorten(text: str) -> str:
    """The lines of a notice that fit into a variable, without addresses."""
    lines = (line.strip() for line in text.splitlines())
    words = "，".join(
        line for line in lines if line and not any(each in line for each in ADDRESSES)
    ).translate(MARKS)
    if len(words) <= MAX_CHARACTERS:
        return words
    return words[: MAX_CHARACTERS - 1] + "…"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")
