"""The orders that are evidence of a case: found by number, copied as they stand, sealed.

A copy has the facts of the order and its words with personal data covered: who complained is in none of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from minsheng.cases.accountability.models import Snapshot
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.reading import words
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.orders.storage import records
from minsheng.core.ledger.values import canonical
from minsheng.core.people import vault
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids


@dataclass(frozen=True, slots=True)
class Copy:
    """What an order says at a moment, as plain text, and its digest; `is_open`: the unit's head reads the order."""

    order: str
    number: str
    reminders: int
    is_open: bool
    body: bytes

    @property
    def digest(self) -> str:
        """Return the digest that the ledger holds."""
        return hashlib.sha256(self.body).hexdigest()


def copies(names: Iterable[str], *, unit: str, actor: Actor, city: str) -> dict[str, Copy]:
    """Return the copies of the orders among the evidence, by what was typed; what is no order is a document.

    Called inside the transaction of the proposal, which holds the orders until it ends.
    """
    rows = {}
    for name in dict.fromkeys(names):
        try:
            rows[name] = orders.find(name, actor=actor, city=city)
        except Rejected:
            continue
    # Locked, so that what is kept is what the ledger has the digest of.
    orders.lock({row.id for row in rows.values()})
    made = {row.id: _copy(row, unit=unit, city=city) for row in rows.values()}
    return {name: made[row.id] for name, row in rows.items()}


def keep(case: Any, made: Iterable[Copy], *, now: datetime) -> None:
    """Keep the copies beside their case, one of an order however often it was named."""
    for each in {copy.order: copy for copy in made}.values():
        id = ids.uuid7(now)
        sealed = vault.encrypt(each.body.decode(), owner=f"snapshot/{id}", field="body")
        Snapshot.objects.create(
            id=id,
            case=case,
            order=each.order,
            number=each.number,
            is_open=each.is_open,
            digest=each.digest,
            body_enc=sealed,
        )


def opened(case: UUID, *, order: str) -> Mapping[str, Any] | None:
    """Return the copy of an order in a case's evidence, or None. Raises: VaultBroken."""
    row = Snapshot.objects.filter(case=case, order=order).first()
    if row is None:
        return None
    body = vault.decrypt(bytes(row.body_enc), owner=f"snapshot/{row.pk}", field="body")
    found: Mapping[str, Any] = msgspec.json.decode(body)
    return found


def _copy(row: Any, *, unit: str, city: str) -> Copy:
    """Return what a head of the unit would read of the order today."""
    state = orders.peek([row.id])[row.id].order
    facts = [records.from_ledger(each) for each in orders.history(row.id)]
    said = appeals.words_of(records.appeal_of(row.id))
    covered = words.of(state, actor=Actor("head", unit), city=city, words=said).said
    body = {
        "number": row.number,
        "status": state.status,
        "title": covered(said.title) if said else "",
        "content": covered(said.content) if said else "",
        "facts": [
            {
                "at": fact.at.isoformat(),
                "event": type(fact.event).__name__,
                "step": fact.event.step,
                "role": fact.by.role,
                "unit": fact.by.unit or "",
                "said": {name: covered(_text(value)) for name, value in asdict(fact.event).items() if _tells(value)},
            }
            for fact in facts
        ],
    }
    is_open = orders.visible(Actor("head", unit), city=city).filter(pk=row.pk).exists()
    return Copy(row.id, row.number, state.reminders, is_open, canonical(body))


def _text(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _tells(value: object) -> bool:
    return value not in ("", None, False, ())
