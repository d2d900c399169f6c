"""Kinds of the corpus: what machines write: responders, lists, our own mails come back, bounces of several servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.mail_ground import BOX, DOMAIN, ID, KEY, OUR_ID, PEOPLE, WORDS, Written, head, part, parts, plain, word

from minsheng.gateways.mail import tags

Made = tuple[bytes, Mapping[str, object]]
RETURN = tags.address(tags.BOUNCE, ID, domain=DOMAIN, key=KEY)
NAMES = ("no.such.person", "gone", "full", "typo", "left")


def _with(automatic: str, *values: Mapping[str, str]) -> Callable[[int], Made]:
    """Return what makes a mail that is known by some fields; `values`: of the first, second … mail, again and again."""

    def made(n: int) -> Made:
        return plain(n, WORDS[n], **values[n % len(values)]), {"automatic": automatic, "text": WORDS[n], "bounce": None}

    return made


def _away(n: int) -> Made:
    subjects = (
        "自动回复: 办理结果",
        "[自动回复] 我在休假",
        "Automatic reply: 12345",
        "Out of Office",
        "自動回覆：出差",
    )
    raw = plain(n, "我正在休假，下周一回复。", subject=word(subjects[n]))
    return raw, {"automatic": "responder", "bounce": None}


def _away_to_the_return_path(n: int) -> Made:
    # Responders write to the return path (RFC 3834, 4): somebody has got our mail.
    raw = plain(n, "I am on holiday until Monday.", To=RETURN, Auto_Submitted="auto-replied; comment")
    return raw, {"automatic": "auto_submitted", "bounce": None}


def _from_daemon(n: int) -> list[tuple[str, str | bytes]]:
    fields = [(name, value) for name, value in head(n) if name not in ("From", "To")]
    return [
        ("Return-Path", "<>"),
        *fields,
        ("From", "Mail Delivery System <MAILER-DAEMON@mx.example.com>"),
        ("To", RETURN),
    ]


def _report(action: str, status: str, outcome: str, *, diagnostic: str = "", to: str = RETURN) -> Callable[[int], Made]:
    def made(n: int) -> Made:
        name = f"{NAMES[n]}@example.com"
        told = (
            f"Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; {name}\r\nAction: {action}\r\n"
            f"Status: {status}\r\n" + (f"Diagnostic-Code: smtp; {diagnostic}\r\n" if diagnostic else "")
        )
        returned = f"From: {BOX}\r\nTo: {name}\r\nMessage-ID: {OUR_ID}\r\nSubject: x\r\n\r\nx"
        body = (
            part("text/plain", b"This is the mail system at host mx.example.com.", way="7bit"),
            part("message/delivery-status", told.encode(), way="7bit"),
            part("message/rfc822", returned.encode(), way="7bit"),
        )
        raw = parts(n, *body, kind="report; report-type=delivery-status")
        raw = raw.replace(f"To: 12345 <{BOX}>".encode(), f"To: {to}".encode(), 1)
        raw = b"Return-Path: <>\r\n" + raw.replace(PEOPLE[n][1].encode(), b"MAILER-DAEMON@mx.example.com", 1)
        return raw, {"outcome": outcome, "of": ID, "automatic": "daemon", "fault": ""}

    return made


def _words(*told: tuple[str, str]) -> Callable[[int], Made]:
    """Return what makes a bounce of a server that has nothing but words; each with its outcome."""

    def made(n: int) -> Made:
        words, outcome = told[n]
        raw = Written([*_from_daemon(n), ("Content-Type", "text/plain; charset=utf-8")], words.encode()).raw()
        return raw, {"outcome": outcome, "of": ID}

    return made


def _stranger(n: int) -> Made:
    wrong = tags.address(tags.BOUNCE, ID, domain=DOMAIN, key=b"another key")
    words = f"Undelivered mail: user unknown. Message-ID: <x{n}@example.com>"
    raw = Written([*_from_daemon(n), ("Content-Type", "text/plain")], words.encode()).raw()
    return raw.replace(RETURN.encode(), wrong.encode()), {"outcome": "permanent", "of": ""}


def _own(n: int) -> Made:
    senders = (BOX, f"12345+x@{DOMAIN}", RETURN, f"reply+x@{DOMAIN}", f"colleague@{DOMAIN}")
    raw = plain(n, WORDS[n]).replace(PEOPLE[n][1].encode(), senders[n].encode(), 1)
    return raw, {"automatic": "own" if n < 4 else "", "from": senders[n]}


KINDS = {
    "auto-submitted": _with(
        "auto_submitted", {"Auto_Submitted": "auto-generated"}, {"Auto_Submitted": "auto-notified"}
    ),
    "not-auto-submitted": _with("", {"Auto_Submitted": "no"}, {"Auto_Submitted": "No"}),
    "list": _with(
        "precedence",
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"Precedence": "junk"},
        {"List_Id": "<l.example.com>"},
    ),
    "null-path": _with("null_path", {"Return_Path": "<>"}),
    "loop": _with("loop", {"X_Loop": DOMAIN}, {"X_Loop": DOMAIN.upper()}),
    "responder-fields": _with("responder", {"X_Autoreply": "yes"}, {"X_Auto_Response_Suppress": "All"}),
    "responder-subject": _away,
    "responder-to-return-path": _away_to_the_return_path,
    "own": _own,
    "bounce-permanent": _report("failed", "5.1.1", "permanent", diagnostic="550 5.1.1 User unknown"),
    "bounce-temporary": _report("failed", "4.4.1", "temporary"),
    "bounce-delayed": _report("delayed", "4.4.1", ""),
    "bounce-elsewhere": _report("failed", "5.0.0", "permanent", to=BOX),
    "bounce-words": _words(
        ("退信：收件人邮箱地址不存在，无法送达。", "permanent"),
        (
            "Hi. This is the qmail-send program. Failure notice.\n<x@example.com>:\nNo mailbox here. (#5.1.1)",
            "permanent",
        ),
        ("Delivery Status Notification (Failure): 452 4.2.2 mailbox full, not delivered", "temporary"),
        ("邮件投递失败，对方服务器返回：550 Mailbox not found", "permanent"),
        ("邮件未能送达：对方服务器暂时没有响应。", "temporary"),
    ),
    "bounce-of-a-stranger": _stranger,
}
