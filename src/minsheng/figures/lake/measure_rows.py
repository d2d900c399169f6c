"""Measures against units in the lake: sanctions that were sent, and what final cases of accountability came to.

A push exists for no unit, and a case against a person is nobody's but its readers': neither is in a table that units
get. Source: SZ-41c, SZ-44, SQ-21a, JY-21.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from minsheng.cases.accountability.actions import KIND as CASES
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.sanctions.actions import KIND as SANCTIONS
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles.kinds import Kind
from minsheng.domain.accountability.case import ARCHIVED, FINAL
from minsheng.domain.duties.sanction import CLOSED, PUSH, SENT

# When it was taken, and what it is.
Taken = tuple[datetime, str]


def export(part: Range) -> Iterator[Fresh]:
    """Give the measures that got a fact in this part of the ledger; what was annulled or revoked leaves the lake."""
    yield from _of(SANCTIONS, part, "sanction", _sanction)
    yield from _of(CASES, part, "case", _case)


def _of(kind: Kind[Any], part: Range, source: str, taken_of: Callable[[Any], Sequence[Taken]]) -> Iterator[Fresh]:
    streams = ledger.touched(kind.prefix, after_position=part.after_position, up_to=part.up_to)
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    keys: dict[str, set[str]] = {}
    for row in kind.rows(pk__in=[kind.id_of(stream) for stream in streams]):
        keys.setdefault(row.city_id, set()).add(str(row.pk))
        for moment, measure in taken_of(row):
            wall = moment.astimezone(ZONE).replace(tzinfo=None)
            told = {
                "city": row.city_id, "measure_id": str(row.pk), "taken_at": wall, "source": source, "kind": measure,
                "unit": row.target_unit,
            }  # fmt: skip
            made.setdefault(row.city_id, {}).setdefault(f"{wall:%Y-%m}", []).append(told)
    for city, of_city in keys.items():
        yield Fresh("measures", city, made.get(city, {}), frozenset(of_city), may_have_moved=True)


def _sanction(row: Any) -> Sequence[Taken]:
    if row.status not in (SENT, CLOSED) or row.kind == PUSH or row.approved_at is None:
        return ()
    return () if orders.for_few(SANCTIONS.read(row).orders) else ((row.approved_at, row.kind),)


def _case(row: Any) -> Sequence[Taken]:
    state = CASES.read(row)
    if row.is_personal or state.status not in (FINAL, ARCHIVED) or state.decided_at is None:
        return ()
    return tuple((state.decided_at, measure) for measure in state.measures)
