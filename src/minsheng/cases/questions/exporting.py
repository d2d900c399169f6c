"""Questions in the lake: how each was answered, read and converted; no word and nobody who asked. Source: E-6.

Views have positions of their own, so questions that were read in the months of this part of the ledger are told again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from minsheng.cases.questions import views
from minsheng.cases.questions.actions import KIND
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import exporting
from minsheng.core.people import queries as people
from minsheng.domain.knowledge.question import OPEN, ORDER

_AT_ONCE = 2_000


def export(part: Range) -> Iterator[Fresh]:
    """Give the questions that got a fact or a reader in this part of the ledger."""
    streams = ledger.touched(KIND.prefix, after_position=part.after_position, up_to=part.up_to)
    since, until = ledger.span(after_position=part.after_position, up_to=part.up_to, now=part.now)
    read = views.viewed_between(since, until)
    ids = sorted({KIND.id_of(stream) for stream in streams} | read)
    for start in range(0, len(ids), _AT_ONCE):
        yield from exporting.fresh("questions", _of(ids[start : start + _AT_ONCE]))


def _of(ids: Sequence[UUID]) -> Iterator[exporting.Told]:
    count = views.views(ids)
    for row in KIND.light_rows().filter(pk__in=ids):
        yield row.city_id, str(row.pk), f"{row.asked_at.astimezone(ZONE):%Y-%m}", _told(row, count.get(row.pk, 0))


def _told(row: Any, views_: int) -> dict[str, Any] | None:
    """Return its row; none for what nobody has answered yet, and for what became an order, which counts as one."""
    state = KIND.read(row)
    if row.status == OPEN or state.converted_to == ORDER:
        return None
    assert state.asked_at is not None
    facts = people.unit_facts(row.city_id, names=[state.unit], now=state.asked_at) if state.unit else {}
    level = facts[state.unit].level if state.unit in facts else "city"
    return {
        "city": row.city_id,
        "question_id": str(row.pk),
        "asked_at": state.asked_at.astimezone(ZONE).replace(tzinfo=None),
        # Towns lie in counties, whose row of the release they are in.
        "level": "city" if level == "city" else "county",
        "answered_by": state.answered_by,
        "views": views_,
        "recommended": state.recommended,
        "converted": bool(state.converted_to),
    }
