"""What binds words that are kept beside the ledger to a fact: one salted digest of them all.

The salt stands with the words. Without it whoever reads the ledger alone could find a name, a place or the name of a
file by trying; the ledger never holds a word that was said (ADR 0021).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from minsheng.cases.appeals.models import Addition, Appeal
from minsheng.core.ledger.values import canonical

_SALT_BYTES = 16
# The columns of an appeal that only its own digest binds. Who said it and the category stand in the ledger themselves.
SAID = ("title", "content", "place", "target_person", "said_at", "source_digest", "source_no")


def new_salt() -> bytes:
    """Return a salt that nobody can guess."""
    return secrets.token_bytes(_SALT_BYTES)


def digest(salt: bytes, words: Mapping[str, object]) -> str:
    """Return the digest of words by name: moments in UTC, bytes as hexadecimal digits, nothing as null."""
    return hashlib.sha256(salt + canonical({name: _plain(value) for name, value in words.items()})).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """An appeal as it is kept, for comparing: digests of what was said, the rest as it stands."""

    city: str
    title: str
    content: str
    bound: str
    appellant: str | None
    category: str
    created_at: datetime


def kept(appeals: Iterable[str]) -> dict[str, Kept]:
    """Return appeals by id, as they are kept now."""
    return {
        row.id: Kept(
            city=row.city_id,
            title=row.title,
            content=digest_of_text(row.content),
            bound=digest_of_appeal(row),
            appellant=str(row.appellant_id) if row.appellant_id else None,
            category=row.category,
            created_at=row.created_at,
        )
        for row in Appeal.objects.filter(id__in=list(appeals))
    }


def additions(orders: Iterable[str]) -> dict[str, list[tuple[str, datetime, str]]]:
    """Return digest, moment and joined appeal of what was said afterwards, by order, the oldest first."""
    found: dict[str, list[tuple[str, datetime, str]]] = {}
    for row in Addition.objects.filter(order__in=list(orders)).order_by("id"):
        found.setdefault(row.order, []).append((digest_of_text(row.text), row.at, row.joined))
    return found


def digest_of_text(text: str) -> str:
    """Return the plain digest that facts hold of a text alone, empty for none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def digest_of_appeal(row: Appeal) -> str:
    """Return the digest of an appeal's words as they stand in its row."""
    return digest(bytes(row.salt), {name: getattr(row, name) for name in SAID})


def digest_of_name(salt: bytes, name: str) -> str:
    """Return the digest of a file's name."""
    return digest(salt, {"name": name})


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return value
