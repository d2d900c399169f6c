"""Keyed tags: an id in a mail address or a Message-ID, with a code that nobody makes without the key.

Mail servers do not keep capitals of a local part, so tags are small letters and digits.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Sequence
from typing import Final

# Where the answer to a mail goes, where its bounces go, and its own id: a tag of one purpose is none of another.
REPLY, BOUNCE, ID = "reply", "bounce", "id"
_ID_BYTES: Final = 16
_CODE_BYTES: Final = 8
_CHARACTERS: Final = 39


def id_of(reference: str, *, key: bytes) -> str:
    """Return the id of a mail that is handed over under a reference: 32 hexadecimal digits, the same each time."""
    return hmac.digest(key, b"mail id\0" + reference.encode(), "sha256")[:_ID_BYTES].hex()


def tag(purpose: str, id: str, *, key: bytes) -> str:
    """Return the tag of an id of 32 hexadecimal digits: 39 letters and digits."""
    content = bytes.fromhex(id)
    return base64.b32encode(content + _code(purpose, content, key)).decode().rstrip("=").lower()


def read(purpose: str, tag: str, *, keys: Iterable[bytes]) -> str:
    """Return the id of a tag that one of the keys made; empty for any other text. Keys are compared in equal time."""
    if len(tag) != _CHARACTERS or not tag.isascii():
        return ""
    try:
        content = base64.b32decode(tag.upper() + "=")
    except binascii.Error:
        return ""
    id, code = content[:_ID_BYTES], content[_ID_BYTES:]
    fitting = [key for key in keys if hmac.compare_digest(_code(purpose, id, key), code)]
    return id.hex() if fitting else ""


def address(purpose: str, id: str, *, domain: str, key: bytes) -> str:
    """Return the address with the tag of an id, such as `reply+…@example.com`."""
    return f"{purpose}+{tag(purpose, id, key=key)}@{domain}"


def message_id(id: str, *, domain: str, key: bytes) -> str:
    """Return the Message-ID of a mail of ours."""
    return f"<{tag(ID, id, key=key)}@{domain}>"


def in_addresses(purpose: str, addresses: Iterable[str], *, domain: str, keys: Sequence[bytes]) -> str:
    """Return the first id that stands as a tag of the purpose in an address of the domain; empty for none."""
    for each in addresses:
        local, _, at = each.rpartition("@")
        prefix, _, text = local.partition("+")
        if at.lower() == domain.lower() and prefix.lower() == purpose and (id := read(purpose, text, keys=keys)):
            return id
    return ""


def in_message_ids(message_ids: Iterable[str], *, domain: str, keys: Sequence[bytes]) -> tuple[str, ...]:
    """Return the ids of those Message-IDs that are ours, in their order, each once."""
    found: dict[str, None] = {}
    for each in message_ids:
        local, _, at = each.strip("<>").rpartition("@")
        if at.lower() == domain.lower() and (id := read(ID, local.lower(), keys=keys)):
            found[id] = None
    return tuple(found)


def _code(purpose: str, content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, f"mail {purpose}\0".encode() + content, "sha256")[:_CODE_BYTES]
