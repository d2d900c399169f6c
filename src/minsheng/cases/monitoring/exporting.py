"""Standing violations in the lake: rule, unit, day, whether handed on; nobody who answers, and nothing that is hidden.

Source: JY-20.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from minsheng.cases.monitoring.actions import VIOLATIONS
from minsheng.core.features.values import Fresh, Range
from minsheng.core.lifecycles import exporting
from minsheng.domain.monitoring.violation import TRANSFERRED
from minsheng.domain.monitoring_rule import OFFICE


def export(part: Range) -> Iterator[Fresh]:
    """Give the violations that got a fact in this part of the ledger; what does not count any more leaves the lake."""
    for ids in exporting.touched(VIOLATIONS, part):
        rows = VIOLATIONS.light_rows().filter(pk__in=ids)
        told = ((row, _told(row) if row.counts and not row.is_restricted else None) for row in rows)
        yield from exporting.fresh("violations", ((row.city_id, str(row.pk), row.month, each) for row, each in told))


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
