"""Sessions of programmes in the lake: guests, what was collected and what became of it, what was published.

Source: AR-1.3, AR-2.2.1, A-72.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from minsheng.cases.coordination.actions import PROGRAMMES, tally_of
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE

_ORDER = "order/"
_AT_ONCE = 2_000


def export(part: Range) -> Iterator[Fresh]:
    """Give the sessions that went on air and got events in this part of the ledger, or whose appeals did."""
    range_ = {"after_position": part.after_position, "up_to": part.up_to}
    ids = {PROGRAMMES.id_of(stream) for stream in ledger.touched(PROGRAMMES.prefix, **range_)}
    touched = [stream.removeprefix(_ORDER) for stream in ledger.touched(_ORDER, **range_)]
    for start in range(0, len(touched), _AT_ONCE):
        ids |= {UUID(each) for each in orders.sessions_of(touched[start : start + _AT_ONCE])}
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in PROGRAMMES.rows(pk__in=ids):
        state = PROGRAMMES.read(row)
        if state.aired_at is None:
            continue
        aired = state.aired_at.astimezone(ZONE).replace(tzinfo=None)
        counts = tally_of(row)
        told = {
            "city": row.city_id,
            "session_id": str(row.pk),
            "aired_at": aired,
            "guests": len(state.attending),
            "heads": len(state.heads),
            "received": counts["received"],
            "answered": counts["answered_on_air"],
            "followed_up": counts["followed_up"],
            "satisfied": orders.satisfied_of(str(row.pk)),
            "hot_topics": state.topics,
            "answers": state.answers,
        }
        made.setdefault(row.city_id, {}).setdefault(f"{aired:%Y-%m}", []).append(told)
    for city, rows in made.items():
        keys = frozenset(each["session_id"] for month in rows.values() for each in month)
        yield Fresh("broadcasts", city, rows, keys)
