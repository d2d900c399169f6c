"""Ratings in the lake: item, unit, grade, how it was verified and when rectified; no word and no rater.

Source: SZ-30b.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from minsheng.cases.reviews.actions import KIND
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.domain.duties.review import CLOCK

_AT_ONCE: Final = 2_000


def export(part: Range) -> Iterator[Fresh]:
    """Give the ratings that got a fact in this part of the ledger."""
    streams = ledger.touched(KIND.prefix, after_position=part.after_position, up_to=part.up_to)
    for start in range(0, len(streams), _AT_ONCE):
        ids = [KIND.id_of(stream) for stream in streams[start : start + _AT_ONCE]]
        made: dict[str, dict[str, list[dict[str, Any]]]] = {}
        keys: dict[str, set[str]] = {}
        for row in KIND.light_rows().filter(pk__in=ids):
            keys.setdefault(row.city_id, set()).add(str(row.pk))
            month = f"{row.received_at.astimezone(ZONE):%Y-%m}"
            made.setdefault(row.city_id, {}).setdefault(month, []).append(_told(row))
        for city, rows in made.items():
            yield Fresh("reviews", city, rows, frozenset(keys[city]))


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
