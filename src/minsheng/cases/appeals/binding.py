"""What of an appeal's words is bound to facts: one salted digest of them all (`ledger.salted`), plain ones of texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.appeals.models import Addition, Appeal
from minsheng.core.ledger import salted

# The columns of an appeal that only its own digest binds. Who said it and the category stand in the ledger themselves.
SAID = ("title", "content", "place", "target_person", "said_at", "source_digest", "source_no")


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
    return salted.digest(bytes(row.salt), {name: getattr(row, name) for name in SAID})
