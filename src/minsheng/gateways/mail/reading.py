"""Bytes to a `Mail`. Nothing raises: what can't be read has a `fault`, and its bytes as a file.

The parser keeps fields as they came (policy `compat32`): that of the policy `default` raises for some odd fields while
it reads, and takes a second for a head of 80 KB (docs/adr/0109). Nested mails, archives and winmail.dat are kept as
files; whether they may be kept is asked where files are (`core.files`).
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways.mail import automatic, bounces, charsets, headers, mails, quoting, tags
from minsheng.gateways.mail.mails import File, Mail, Ours

_log = logging.getLogger(__name__)

# Bytes of a mail that is read; that many parts, and so deep in each other.
AT_MOST: Final = 60 * 1024 * 1024
PARTS_AT_MOST: Final = 300
DEPTH_AT_MOST: Final = 20
TEXT_AT_MOST: Final = 200_000
_HEAD_AT_MOST: Final = 1024 * 1024
_FIELDS_AT_MOST: Final = 3_000
# Parts that hold others are read by one generator in the other, so that their number is the cost of every line.
_HOLDERS: Final = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
_HOLDERS_AT_MOST: Final = 60
# Encrypted, or signed in a way that only a mail client opens.
_ENCLOSED: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
# Fields that a sender writes, and no server on the way changes.
_WRITTEN: Final = ("Message-ID", "From", "Date", "Subject", "In-Reply-To", "Content-Type", "Content-Transfer-Encoding")
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")


@dataclass(slots=True)
class _Found:
    """What the parts of a mail hold."""

    texts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    parts: list[Message] = field(default_factory=list)
    fault: str = ""


def read(raw: bytes, *, ours: Ours, whole: bool = True) -> Mail:
    """Return what the bytes of a mail say; `whole`: false where only the head of a mail too large was fetched."""
    if not raw.strip():
        return Mail(digest=hashlib.sha256(raw).hexdigest(), fault=mails.EMPTY)
    try:
        found = _head(raw, ours)
    except Exception as fault:
        _say(fault)
        return Mail(digest=hashlib.sha256(raw).hexdigest(), fault=mails.UNREADABLE, files=(_kept(raw),))
    if too := _too_much(raw, whole):
        return replace(found, fault=too, files=(_kept(raw),) if whole else ())
    try:
        return _body(found, message_from_bytes(raw), raw, ours)
    except Exception as fault:
        _say(fault)
        return replace(found, fault=mails.UNREADABLE, files=(_kept(raw),))


def _head(raw: bytes, ours: Ours) -> Mail:
    end = _end_of_head(raw)
    message = BytesHeaderParser().parsebytes(raw[:end])
    to, count = headers.recipients(message)
    sender, subject = headers.sender(message), headers.subject(message)
    answered, references = headers.message_ids(message, "In-Reply-To"), headers.message_ids(message, "References")
    return Mail(
        digest=_digest(message, raw[end:]),
        message_id=next(iter(headers.message_ids(message, "Message-ID")), ""),
        in_reply_to=answered,
        references=references,
        sender=sender,
        to=to,
        recipient_count=count,
        subject=subject,
        sent_at=headers.sent_at(message),
        answers=tags.in_message_ids((*answered, *reversed(references)), domain=ours.domain, keys=ours.keys),
        tag=tags.in_addresses(tags.REPLY, to, domain=ours.domain, keys=ours.keys),
        automatic=automatic.reason(message, sender=sender, subject=subject, ours=ours),
        checked=headers.checked(message, authserv_id=ours.authserv_id),
        is_vouched=headers.is_vouched(message, authserv_id=ours.authserv_id, sender=sender),
    )


def _digest(message: Message, body: bytes) -> str:
    made = hashlib.sha256(body)
    for name in _WRITTEN:
        made.update("\0".join([name, *headers.as_written(message, name)]).encode("utf-8", "surrogateescape"))
    return made.hexdigest()


def _too_much(raw: bytes, whole: bool) -> str:
    """Return why the parts of a mail are not looked for; empty where they are."""
    head = raw[: _end_of_head(raw)]
    if not whole or len(raw) > AT_MOST or len(head) > _HEAD_AT_MOST:
        return mails.TOO_LARGE
    if head.count(b"\n") > _FIELDS_AT_MOST * 2:
        return mails.TOO_MANY
    too_deep = any(number > _HOLDERS_AT_MOST for number, _ in enumerate(_HOLDERS.finditer(raw), start=1))
    return mails.TOO_DEEP if too_deep else ""


def _body(mail: Mail, message: Message, raw: bytes, ours: Ours) -> Mail:
    found = _Found()
    _walk(message, found, depth=0)
    if found.fault:
        return replace(mail, fault=found.fault, files=(_kept(raw),))
    text = kept_of(cleaned("\n\n".join(each for each in found.texts if each.strip())))[:TEXT_AT_MOST]
    typed, quoted = quoting.split(text)
    bounce = bounces.read(
        found.parts, text=text, subject=mail.subject, automatic=mail.automatic, to=mail.to, ours=ours
    )  # fmt: skip
    enclosed = any(part.get_content_type() in _ENCLOSED for part in found.parts)
    return replace(
        mail,
        text=typed, quoted=quoted, files=tuple(found.files), bounce=bounce,
        fault=mails.ENCRYPTED if enclosed and not typed else "",
    )  # fmt: skip


def _walk(part: Message, found: _Found, *, depth: int) -> None:
    found.parts.append(part)
    if depth > DEPTH_AT_MOST:
        found.fault = mails.TOO_DEEP
    elif len(found.parts) > PARTS_AT_MOST:
        found.fault = mails.TOO_MANY
    if found.fault:
        return
    kind = part.get_content_type()
    if kind == "multipart/alternative" and isinstance(part.get_payload(), list):
        _walk_alternatives(part, found, depth=depth)
    elif part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
        for each in _inner(part):
            _walk(each, found, depth=depth + 1)
    elif part.get_content_maintype() == "multipart":  # without its boundary: one text
        found.texts.append(charsets.decoded(_content(part), _charset(part)))
    elif kind.startswith("text/") and _is_body(part, kind):
        text = charsets.decoded(_content(part)[: quoting.HTML_AT_MOST], _charset(part))
        found.texts.append(quoting.of_html(text) if kind == "text/html" else text)
    else:
        found.files.append(_file(part, kind, len(found.files) + 1))


def _walk_alternatives(part: Message, found: _Found, *, depth: int) -> None:
    """Take of the forms of one text the plain one, where it says anything; files in any form are kept."""
    forms: list[_Found] = []
    for each in _inner(part):
        form = _Found(parts=found.parts)
        _walk(each, form, depth=depth + 1)
        found.files += form.files
        found.fault = found.fault or form.fault
        forms.append(form)
    said = [form.texts for form in forms if any(each.strip() for each in form.texts)]
    found.texts += said[0] if said else []


def _is_body(part: Message, kind: str) -> bool:
    """Tell whether a text is what the mail says, not a file of it."""
    if part.get_content_disposition() == "attachment":
        return False
    return kind in ("text/plain", "text/html") and not headers.file_name(part)


def _file(part: Message, kind: str, number: int) -> File:
    name = headers.file_name(part)
    if kind in (mails.RAW, "message/global") and isinstance(part.get_payload(), list):
        inner = _inner(part)
        return File(name or f"{number}.eml", mails.RAW, inner[0].as_bytes() if inner else b"")
    return File(name or f"{number}{_EXTENSIONS.get(kind, '.dat')}", kind[:100], _content(part))


_EXTENSIONS: Final = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/html": ".html", "application/zip": ".zip", "text/calendar": ".ics", "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s", "application/ms-tnef": ".tnef", "image/tiff": ".tif",
}  # fmt: skip


def _inner(part: Message) -> list[Message]:
    content = part.get_payload()
    return [each for each in content if isinstance(each, Message)] if isinstance(content, list) else []


def _content(part: Message) -> bytes:
    """Return the bytes of a part; of a broken transfer encoding what it holds as it stands."""
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    return part.as_string().encode("utf-8", "surrogateescape")


def _charset(part: Message) -> str:
    found = part.get_param("charset", "")
    return str(found[2] if isinstance(found, tuple) else found)


def _kept(raw: bytes) -> File:
    return File("mail.eml", mails.RAW, raw)


def _end_of_head(raw: bytes) -> int:
    found = _END_OF_HEAD.search(raw, 0, _HEAD_AT_MOST + 4)
    return found.end() if found is not None else min(len(raw), _HEAD_AT_MOST + 4)


def _say(fault: Exception) -> None:
    # The words of a fault may hold what somebody wrote.
    _log.warning("a mail could not be read: %s", type(fault).__name__)
