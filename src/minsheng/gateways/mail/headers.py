"""Fields of a mail's head as values: addresses, ids, moments, names of files, results of the own mail server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways.mail import charsets
from minsheng.gateways.mail.mails import Address

# So many recipients and ids are kept.
KEPT: Final = 100
_NAME_AT_MOST: Final = 100
_SUBJECT_AT_MOST: Final = 500
_ADDRESS: Final = re.compile(r"[^\s@<>(),:;\"\\\x00-\x20\x7f]{1,64}@[^\s@<>(),:;\"\\\[\]\x00-\x20\x7f]{1,255}")
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,250}>")
_RECIPIENTS: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_RESULT: Final = re.compile(r"(dkim|spf|dmarc)\s*=\s*(pass|fail|softfail|neutral|none|policy|temperror|permerror)\b")
_OF_DOMAIN: Final = re.compile(r"(?:header\.[di]|smtp\.mailfrom|header\.from)\s*=\s*\"?([^\s;\"]{1,320})")
# Directions of writing are signs that hide how a name ends.
_HIDDEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def as_written(message: Message, name: str) -> list[str]:
    """Return the raw values of a field, in the order of the head."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def text(message: Message, name: str) -> str:
    """Return a field as one clean line; empty where it is not there."""
    found = as_written(message, name)
    return one_line(charsets.header(found[0])) if found else ""


def one_line(value: str) -> str:
    """Return text that is kept and shown as one line, without signs that hide others."""
    return " ".join(_HIDDEN.sub("", kept_of(cleaned(value))).split())


def subject(message: Message) -> str:
    """Return the subject, shortened."""
    return text(message, "Subject")[:_SUBJECT_AT_MOST]


def sender(message: Message) -> Address:
    """Return who a mail says it is from; no address where it names several: then nobody knows who wrote."""
    found = _addresses(as_written(message, "From"))
    if len(found) != 1:
        return Address(found[0].name if found else "")
    return found[0]


def recipients(message: Message) -> tuple[tuple[str, ...], int]:
    """Return the first addresses that a mail was sent to, those of the own mail server first, and how many there are.

    `Delivered-To` and the like come first: a tag in them holds, whatever the sender wrote.
    """
    found = dict.fromkeys(each.address for name in _RECIPIENTS for each in _addresses(as_written(message, name)))
    found.pop("", None)
    return tuple(found)[:KEPT], len(found)


def message_ids(message: Message, name: str) -> tuple[str, ...]:
    """Return the Message-IDs of a field, each once; of too many the last ones."""
    found = [each for value in as_written(message, name) for each in _MESSAGE_ID.findall(value) if each.isascii()]
    return tuple(dict.fromkeys(found))[-KEPT:]


def sent_at(message: Message) -> datetime | None:
    """Return the moment that a mail says it was sent at, or None."""
    try:
        found = parsedate_to_datetime(as_written(message, "Date")[0][:200])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (IndexError, ValueError, TypeError, OverflowError):
        return None


def file_name(part: Message) -> str:
    """Return the name that a part gives its file, without any path; empty where it has none."""
    plain = Message()
    for name in ("Content-Disposition", "Content-Type"):
        for value in as_written(part, name)[:1]:
            plain[name] = _unbroken(value)
    try:
        found = plain.get_filename("")
    except Exception:  # odd parameters make the standard library raise several kinds
        found = ""
    if re.match(r"(?i)gb|utf-8''", found) and "''" in found:
        found = found.partition("''")[2]
    name = one_line(charsets.header(found))
    return re.split(r"[/\\]", name)[-1].lstrip(".")[-_NAME_AT_MOST:]


def checked(message: Message, *, authserv_id: str) -> dict[str, str]:
    """Return what the own mail server says of DKIM, SPF and DMARC: of its topmost header, never of a lower one.

    The own server takes away headers that come from outside under its name (RFC 8601, 5).
    """
    found: dict[str, str] = {}
    for method, result, _ in _results(message, authserv_id):
        # Of several signatures one that holds is enough.
        if found.get(method) != "pass":
            found[method] = result
    return found


def is_vouched(message: Message, *, authserv_id: str, sender: Address) -> bool:
    """Tell whether the own mail server has found that the sender's own domain sent the mail.

    A signature or a return path of another domain vouches for that one alone.
    """
    own = sender.address.rpartition("@")[2]
    return bool(own) and any(
        result == "pass" and (method == "dmarc" or own == domain or own.endswith(f".{domain}"))
        for method, result, domain in _results(message, authserv_id)
    )


def _results(message: Message, authserv_id: str) -> list[tuple[str, str, str]]:
    """Return methods, their results, and for which domain, in small letters, of the topmost header of the server."""
    for value in as_written(message, "Authentication-Results"):
        plain = _COMMENT.sub(" ", re.sub(r"[\r\n]+", "", value[: charsets.HEADER_AT_MOST])).lower()
        name, _, results = plain.partition(";")
        if authserv_id and name.split()[:1] == [authserv_id.lower()]:
            found = [(_RESULT.match(each.strip()), _OF_DOMAIN.search(each)) for each in results.split(";")]
            return [
                (result[1], result[2], domain[1].rpartition("@")[2] if domain else "none")
                for result, domain in found
                if result is not None
            ]
    return []


def _addresses(values: Iterable[str]) -> Sequence[Address]:
    plain = [_unbroken(each) for each in values]
    try:
        found = getaddresses(plain)
    except Exception:  # brackets nested a thousand times
        return []
    return [
        Address(one_line(charsets.header(name))[:_NAME_AT_MOST], address if _ADDRESS.fullmatch(address) else "")
        for name, address in ((name, address.strip().lower()) for name, address in found)
        if name or address
    ]


def _unbroken(value: str) -> str:
    """Return a header in one line, its bytes without a charset as text."""
    line = re.sub(r"[\r\n]+", "", value[: charsets.HEADER_AT_MOST * 4])
    if any("\udc80" <= letter <= "\udcff" for letter in line):
        return charsets.decoded(line.encode("utf-8", "surrogateescape"))
    return line
