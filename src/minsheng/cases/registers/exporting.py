"""Incidents of the platform in the lake; one that has not ended has no minutes yet. Source: AR-2.6.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minsheng.cases.registers.actions import INCIDENTS
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import exporting


def export(part: Range) -> Iterator[Fresh]:
    """Give the incidents that got events in this part of the ledger."""
    for ids in exporting.touched(INCIDENTS, part):
        told = (_told(row) for row in INCIDENTS.rows(pk__in=ids))
        yield from exporting.fresh(
            "incidents", ((x["city"], x["incident_id"], f"{x['began_at']:%Y-%m}", x) for x in told)
        )


def _told(row: Any) -> dict[str, Any]:
    return {
        "city": row.city_id,
        "incident_id": str(row.pk),
        "began_at": row.began_at.astimezone(ZONE).replace(tzinfo=None),
        "level": row.kind,
        "severity": int(row.state["severity"]),
        "down_minutes": row.down_minutes,
    }
