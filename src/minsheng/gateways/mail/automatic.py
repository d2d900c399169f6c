"""Whether a machine wrote a mail (RFC 3834): such a mail is read and kept like any other, and never answered.

A mail of a list, of a responder, of a mail server or of our own is one.
"""

from __future__ import annotations

import re
from email.message import Message
from typing import Final

from minsheng.gateways.mail import headers, mails, tags
from minsheng.gateways.mail.mails import Address, Ours

# The field by which our own mails are known when they come back.
LOOP_FIELD: Final = "X-Loop"
_DAEMONS: Final = re.compile(
    r"(mailer-daemon|postmaster|mail-daemon|mdaemon|no-?reply|do-?not-?reply|bounces?)([+\-=].*)?"
)
_LISTS: Final = ("list", "bulk", "junk", "auto_reply")
_LIST_FIELDS: Final = ("List-Id", "List-Unsubscribe", "Feedback-ID")
_RESPONDER_FIELDS: Final = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-Suppress", "X-Vacation")
# Mailboxes here answer without saying so in any field.
_RESPONDER_SUBJECT: Final = re.compile(
    r"(?i)\s*[\[【]?(自动回复|自動回覆|自动答复|自動回復|休假自动|外出自动"
    r"|auto(matic)?[- ]?(reply|response)|out of (the )?office|automatische antwort|réponse automatique)"
)


def reason(message: Message, *, sender: Address, subject: str, ours: Ours) -> str:
    """Return why a mail is a machine's, as a code of `mails.AUTOMATIC`; empty where a person may have written it."""
    submitted = headers.text(message, "Auto-Submitted").partition(";")[0].strip().lower()
    path = headers.as_written(message, "Return-Path")[:1]
    local = sender.address.partition("@")[0]
    found = (
        (
            mails.LOOP,
            any(ours.domain in headers.one_line(each).lower() for each in headers.as_written(message, LOOP_FIELD)),
        ),
        (mails.OWN, _is_ours(sender.address, ours)),
        (mails.DAEMON, bool(_DAEMONS.fullmatch(local))),
        (mails.NULL_PATH, bool(path) and path[0].strip() in ("<>", "")),
        (mails.AUTO_SUBMITTED, submitted not in ("", "no")),
        (mails.PRECEDENCE, headers.text(message, "Precedence").lower() in _LISTS or _has(message, _LIST_FIELDS)),
        (mails.RESPONDER, _has(message, _RESPONDER_FIELDS) or bool(_RESPONDER_SUBJECT.match(subject))),
    )
    return next((code for code, holds in found if holds), "")


def _is_ours(address: str, ours: Ours) -> bool:
    """Tell whether an address is one of our boxes, with or without a tag; others of the domain may be colleagues."""
    local, _, domain = address.rpartition("@")
    prefix, plus, _ = local.partition("+")
    tagged = domain == ours.domain and bool(plus) and prefix in (tags.REPLY, tags.BOUNCE)
    return tagged or f"{prefix}@{domain}" in ours.addresses


def _has(message: Message, names: tuple[str, ...]) -> bool:
    return any(headers.as_written(message, name) for name in names)
