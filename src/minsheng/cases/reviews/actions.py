"""Ratings on PostgreSQL, over `domain.duties.review`; what was said, and how to reach who said it, is kept sealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from minsheng.cases.reviews import labels
from minsheng.cases.reviews.models import Review
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import successors
from minsheng.core.words import actions as words
from minsheng.domain.duties import review
from minsheng.domain.rejected import Rejected

__all__ = ["KIND"]


def _known(asked: Asked) -> review.Known:
    command = asked.command
    state = KIND.read(asked.row) if asked.row is not None else review.Review("")
    unit, number = getattr(command, "unit", ""), getattr(command, "source_no", "")
    facts = people.unit_facts(asked.city, names=[each for each in (unit, state.unit) if each], now=asked.now)
    if unit and unit not in facts:
        raise Rejected("unit_unknown", unit=unit)
    is_received = False
    if number:
        # Two that are sent at once: the second finds the first.
        ledger.hold(f"review {number} {asked.city}")
        is_received = KIND.rows_in(asked.city, source_no=number).exists()
    return review.Known(frozenset(name for name, each in facts.items() if not each.roster), is_received)


def _columns(state: review.Review) -> dict[str, Any]:
    return {
        "kind": "bad" if state.grade < review.LOWEST_GOOD else "good",
        "units": [state.unit],
        "target_unit": state.unit,
        "item": state.item,
        "grade": state.grade,
        "source_no": state.source_no,
        "received_at": state.received_at,
    }


def _opens(id: UUID, city: str) -> Review:
    return Review(id=id, city_id=city, number=numbers.next_of(Review, "评价", id=id, city=city))


KIND = Kind(
    review.CYCLE,
    model=Review,
    names=people.names,
    words=labels.EVENTS,
    facts=_known,
    keeps=words.keep,
    columns=_columns,
    readers=successors.readers("office", "supervisor", "connector"),
    labels=labels.LABELS,
    opens=_opens,
    sought=("item",),
)
