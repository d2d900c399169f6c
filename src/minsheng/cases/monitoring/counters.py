"""The counters of the board: moved with every fact and every violation, and counted again from scratch to compare.

Source: JY-20.2, JY-20.12; A-68.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from django.db import connection

_MOVE: Final = """
    INSERT INTO monitoring_counter (city, code, party, month, is_hidden, facts, violations)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::int[], %s::int[])
    ON CONFLICT (city, month, code, party, is_hidden) DO UPDATE
    SET facts = monitoring_counter.facts + excluded.facts,
        violations = monitoring_counter.violations + excluded.violations
"""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What a counter is of."""

    city: str
    code: str
    party: str
    month: str
    is_hidden: bool = False


def move(*, facts: Mapping[Cell, int] | None = None, violations: Mapping[Cell, int] | None = None) -> None:
    """Add to counters, in the transaction of what they count; rows are taken in one order by all."""
    facts, violations = facts or {}, violations or {}
    cells = sorted(cell for cell in {*facts, *violations} if facts.get(cell) or violations.get(cell))
    if not cells:
        return
    columns = [[getattr(cell, each.name) for cell in cells] for each in fields(Cell)]
    counts = [[each.get(cell, 0) for cell in cells] for each in (facts, violations)]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [*columns, *counts])


def tally(cells: Iterable[Cell], *, by: int = 1) -> Tally[Cell]:
    """Return how often each counter is named, times a number."""
    found: Tally[Cell] = Tally()
    for cell in cells:
        found[cell] += by
    return found
