"""What binds words that are kept beside the ledger to a fact: one salted digest of them all.

The salt stands with the words. Without it whoever reads the ledger alone could find a name, a place or the name of a
file by trying; the ledger never holds a word that was said (ADR 0021).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from minsheng.core.ledger.values import canonical

_SALT_BYTES: Final = 16


def new_salt() -> bytes:
    """Return a salt that nobody can guess."""
    return secrets.token_bytes(_SALT_BYTES)


def digest(salt: bytes, words: Mapping[str, object]) -> str:
    """Return the digest of words by name: moments in UTC, bytes as hexadecimal digits, nothing as null."""
    return hashlib.sha256(salt + canonical({name: _plain(value) for name, value in words.items()})).hexdigest()


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return value
