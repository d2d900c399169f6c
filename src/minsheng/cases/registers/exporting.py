"""Incidents of the platform in the lake; one that has not ended has no minutes yet. Source: AR-2.6.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minsheng.cases.registers.actions import INCIDENTS
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE


def export(part: Range) -> Iterator[Fresh]:
    """Give the incidents that got events in this part of the ledger."""
    streams = ledger.touched(INCIDENTS.prefix, after_position=part.after_position, up_to=part.up_to)
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in INCIDENTS.rows(pk__in=[INCIDENTS.id_of(stream) for stream in streams]):
        began = row.began_at.astimezone(ZONE).replace(tzinfo=None)
        told = {
            "city": row.city_id,
            "incident_id": str(row.pk),
            "began_at": began,
            "level": row.kind,
            "severity": int(row.state["severity"]),
            "down_minutes": row.down_minutes,
        }
        made.setdefault(row.city_id, {}).setdefault(f"{began:%Y-%m}", []).append(told)
    for city, rows in made.items():
        keys = frozenset(each["incident_id"] for month in rows.values() for each in month)
        yield Fresh("incidents", city, rows, keys)
