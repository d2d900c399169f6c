"""Ratings in the lake: item, unit, grade, how it was verified and when rectified; no word and no rater.

Source: SZ-30b.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minsheng.cases.reviews.actions import KIND
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import exporting
from minsheng.domain.duties.review import CLOCK


def export(part: Range) -> Iterator[Fresh]:
    """Give the ratings that got a fact in this part of the ledger."""
    for ids in exporting.touched(KIND, part):
        rows = KIND.light_rows().filter(pk__in=ids)
        yield from exporting.fresh(
            "reviews",
            ((row.city_id, str(row.pk), f"{row.received_at.astimezone(ZONE):%Y-%m}", _told(row)) for row in rows),
        )


def _told(row: Any) -> dict[str, Any]:
    state = KIND.read(row)
    clock = state.timers.get(CLOCK)
    moments = {
        name: moment.astimezone(ZONE).replace(tzinfo=None) if moment is not None else None
        for name, moment in (
            ("received_at", state.received_at),
            ("verified_at", state.verified_at),
            ("rectified_at", state.rectified_at),
        )
    }
    return {
        "city": row.city_id,
        "review_id": str(row.pk),
        "item": state.item,
        "unit": state.unit,
        "grade": state.grade,
        "verdict": state.verdict or None,
        "timely": None if clock is None or clock.status in ("running", "paused") else clock.status == "met",
        **moments,
    }
