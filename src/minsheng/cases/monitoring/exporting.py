"""Standing violations in the lake: rule, unit, day, whether handed on; nobody who answers, and nothing that is hidden.

Source: JY-20.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any, Final

from minsheng.cases.monitoring.actions import VIOLATIONS
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.domain.monitoring.violation import TRANSFERRED
from minsheng.domain.monitoring_rule import OFFICE

_AT_ONCE: Final = 2_000


def export(part: Range) -> Iterator[Fresh]:
    """Give the violations that got a fact in this part of the ledger; what does not count any more leaves the lake."""
    streams = ledger.touched(VIOLATIONS.prefix, after_position=part.after_position, up_to=part.up_to)
    for start in range(0, len(streams), _AT_ONCE):
        ids = [VIOLATIONS.id_of(stream) for stream in streams[start : start + _AT_ONCE]]
        made: dict[str, dict[str, list[dict[str, Any]]]] = {}
        keys: dict[str, set[str]] = {}
        for row in VIOLATIONS.light_rows().filter(pk__in=ids):
            keys.setdefault(row.city_id, set()).add(str(row.pk))
            month = made.setdefault(row.city_id, {}).setdefault(row.month, [])
            if row.counts and not row.is_restricted:
                month.append(_told(row))
        for city, rows in made.items():
            yield Fresh("violations", city, rows, frozenset(keys[city]))


def _told(row: Any) -> dict[str, Any]:
    return {
        "city": row.city_id,
        "violation_id": str(row.pk),
        "counted_in": datetime.combine(row.counted, time()),
        "code": row.kind,
        "unit": row.target_unit or None,
        "office": row.party == OFFICE,
        "transferred": row.status == TRANSFERRED,
    }
