"""What a bounce says (RFC 3464): of which mail of ours, and whether it failed for good.

Which mail it was stands in the address that the bounce was sent to (`tags.BOUNCE`), else in the Message-ID of the mail
that it brings back. Servers here also bounce with nothing but words; then the status is looked for in these.
"""

from __future__ import annotations

import re
from email.message import Message
from typing import Final

from minsheng.gateways.mail import headers, mails, tags
from minsheng.gateways.mail.mails import Bounce, Ours

_STATUS: Final = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_REPLY_CODE: Final = re.compile(r"(?<![\d.])([45])\d\d(?=[ \-:：])")
_REPORTS: Final = ("message/delivery-status", "message/global-delivery-status")
_RETURNED: Final = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_OUTCOMES: Final = {"2": mails.DELIVERED, "4": mails.TEMPORARY, "5": mails.PERMANENT}
_WORDS: Final = re.compile(
    r"(?i)退信|投递失败|无法送达|未能送达|无法投递|发送失败|undeliver|delivery (status|fail)|failure notice"
    r"|returned mail|mail delivery|could not be delivered|not delivered|address (not found|rejected)|user unknown"
)
_LOST_FOR_GOOD: Final = re.compile(
    r"(?i)user (unknown|not found)|no such (user|recipient|mailbox)|mailbox (unavailable|not found|unknown)"
    r"|(收件人|用户|邮箱|地址)[^。\n]{0,12}(不存在|无效|已注销|被禁用)|does not exist"
    r"|address (not found|rejected)|unknown user"
)
_TEXT_AT_MOST: Final = 64 * 1024
_BLOCKS_AT_MOST: Final = 50


def read(
    parts: list[Message], *, text: str, subject: str, automatic: str, to: tuple[str, ...], ours: Ours
) -> Bounce | None:
    """Return what a mail says as a bounce; None for one that is none.

    An answer of a person or of a responder to the bounce address is none: somebody got the mail.
    """
    report = next((part for part in parts if part.get_content_type() in _REPORTS), None)
    if report is None and not (automatic in (mails.DAEMON, mails.NULL_PATH) and _WORDS.search(f"{subject}\n{text}")):
        return None
    outcome, status = _of_report(report) if report is not None else _of_words(f"{subject}\n{text[:_TEXT_AT_MOST]}")
    return Bounce(_id(parts, text, to, ours), outcome, status)


def _id(parts: list[Message], text: str, to: tuple[str, ...], ours: Ours) -> str:
    if id := tags.in_addresses(tags.BOUNCE, to, domain=ours.domain, keys=ours.keys):
        return id
    returned = [_plain(part) for part in parts if part.get_content_type() in _RETURNED]
    named = re.findall(r"(?im)^Message-ID:\s*(<[^<>\s]{1,250}>)", "\n".join([*returned, text[:_TEXT_AT_MOST]]))
    return next(iter(tags.in_message_ids(named, domain=ours.domain, keys=ours.keys)), "")


def _of_report(report: Message) -> tuple[str, str]:
    """Return outcome and status of the first recipient; each mail of ours has one recipient."""
    content = report.get_payload()
    blocks = [each for each in content if isinstance(each, Message)] if isinstance(content, list) else []
    for block in blocks[:_BLOCKS_AT_MOST]:
        action, status = headers.text(block, "Action").lower(), headers.text(block, "Status")
        if not action and not status:
            continue
        found = _STATUS.search(status) or _STATUS.search(headers.text(block, "Diagnostic-Code"))
        if action == "delayed":
            return "", found[0] if found else ""
        if action in ("delivered", "relayed", "expanded"):
            return mails.DELIVERED, found[0] if found else ""
        if found is not None and found[1] != "2":
            return _OUTCOMES[found[1]], found[0]
        return mails.PERMANENT, ""
    return _of_words(_plain(report))


def _of_words(words: str) -> tuple[str, str]:
    if found := re.search(r"\b[45]\.\d{1,3}\.\d{1,3}\b", words):
        return _OUTCOMES[found[0][0]], found[0]
    if _LOST_FOR_GOOD.search(words):
        return mails.PERMANENT, ""
    if code := _REPLY_CODE.search(words):
        return _OUTCOMES[code[1]], ""
    # Nobody says for good that nobody is there: another try, as often as any.
    return mails.TEMPORARY, ""


def _plain(part: Message) -> str:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content[:_TEXT_AT_MOST].decode("utf-8", "replace")
    return part.as_string()[:_TEXT_AT_MOST]
