"""Which mails a machine wrote: absence notices, mailing machines, bounces.

Sources: RFC 3834 (Auto-Submitted), RFC 5321 4.5.5 (the empty sender of bounces), and
the marks that mail servers set beside them. Such mails report no fault, are no answer
to one, and are not answered themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

_PRECEDENCE = {"bulk", "auto_reply", "junk"}
_MARKS = (
    "X-Auto-Response-Suppress",
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
)
_SENDERS = {"mailer-daemon", "postmaster"}


def is_machine(headers: Mapping, sender: str = "") -> bool:
    """Tell whether a machine wrote a mail.

    :param headers: of the mail; names in any case, as ``email.message`` has them
    :param sender: address of the From header

    >>> from email.message import EmailMessage
    >>> mail = EmailMessage()
    >>> is_machine(mail, "c01@unit.example")
    False
    >>> mail["Auto-Submitted"] = "auto-replied; owner-email=x"
    >>> is_machine(mail, "c01@unit.example")
    True
    """
    submitted = _read(headers, "Auto-Submitted").partition(";")[0].strip()
    if submitted not in ("", "no"):
        return True
    if _read(headers, "Precedence") in _PRECEDENCE:
        return True
    if any(_read(headers, name) not in ("", "no", "none") for name in _MARKS):
        return True
    if _read(headers, "Return-Path") == "<>":
        return True
    return sender.partition("@")[0].strip().lower() in _SENDERS


def _read(headers: Mapping, name: str) -> str:
    return str(headers.get(name) or "").strip().lower()
