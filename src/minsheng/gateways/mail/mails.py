"""A mail as it was read: who, to whom, what was typed, what was quoted, files, and what is known of its origin.

Nothing here is trusted: `checked` alone comes from the own mail server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

# What a bounce says of a mail that was sent; the words are those of receipts of text messages.
DELIVERED, PERMANENT, TEMPORARY = "delivered", "permanent", "temporary"
# Why a mail could not be read, wholly or in part: what it has then stands in its files.
EMPTY, TOO_LARGE, TOO_DEEP, TOO_MANY, ENCRYPTED, UNREADABLE = FAULTS = (
    "empty", "too_large", "too_deep", "too_many", "encrypted", "unreadable",
)  # fmt: skip
# Why nobody typed a mail (RFC 3834): it is never answered by the platform.
AUTO_SUBMITTED, PRECEDENCE, NULL_PATH, LOOP, DAEMON, OWN, RESPONDER = AUTOMATIC = (
    "auto_submitted", "precedence", "null_path", "loop", "daemon", "own", "responder",
)  # fmt: skip
RAW: Final = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Address:
    """A name and a mail address in small letters; an empty address where none, or more than one, was given."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a mail: its name without any path, the type that the mail claims, its bytes."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server tells of a mail that was sent: its id, the outcome, and the status such as `5.1.1`.

    An empty id: the bounce is of none of ours. An empty outcome: it is still tried.
    """

    id: str
    outcome: str
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What is ours: the domain, its addresses in small letters, keys of tags (the newest first), the server's name.

    `authserv_id`: the name under which the own mail server writes its results of DKIM and SPF; empty for none.
    """

    domain: str
    addresses: frozenset[str]
    keys: tuple[bytes, ...]
    authserv_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail; `digest` is SHA-256 in hexadecimal of what its sender wrote, not of what servers on the way added.

    `text`: what was typed, `quoted`: what was quoted, never to be copied anywhere. `answers`: ids of ours that it
    answers by its headers, the nearest first; `tag`: the id in the address it was sent to. `recipient_count`: how many
    stood in the headers; `to` holds the first of them. `checked`: results of `dkim`, `spf` and `dmarc`; `is_vouched`:
    whether one of them is the sender's own domain.
    `automatic` and `fault` are empty, or one of the codes above.
    """

    digest: str
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address = Address()
    to: tuple[str, ...] = ()
    recipient_count: int = 0
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    quoted: str = ""
    files: tuple[File, ...] = ()
    answers: tuple[str, ...] = ()
    tag: str = ""
    automatic: str = ""
    bounce: Bounce | None = None
    checked: Mapping[str, str] = field(default_factory=dict)
    is_vouched: bool = False
    fault: str = ""
