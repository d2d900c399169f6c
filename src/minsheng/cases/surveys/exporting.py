"""Answers in the lake: of each published survey how an option was chosen; no cell of fewer than five, no answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minsheng.cases.surveys import queries
from minsheng.cases.surveys.actions import KIND
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.domain.surveys import survey


def export(part: Range) -> Iterator[Fresh]:
    """Give the shown cells of the surveys that got a fact in this part of the ledger, of those that are published."""
    streams = ledger.touched(KIND.prefix, after_position=part.after_position, up_to=part.up_to)
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    keys: dict[str, set[str]] = {}
    for row in KIND.rows(pk__in=[KIND.id_of(stream) for stream in streams], status=survey.PUBLISHED):
        keys.setdefault(row.city_id, set()).add(str(row.pk))
        for told in _told(row):
            made.setdefault(row.city_id, {}).setdefault(f"{told['closed_at']:%Y-%m}", []).append(told)
    for city, rows in made.items():
        yield Fresh("survey_answers", city, rows, frozenset(keys[city]))


def _told(row: Any) -> Iterator[dict[str, Any]]:
    state = KIND.read(row)
    assert state.closed_at is not None
    for each in queries.figures(row, state.questions, state.shares):
        for cell in each.cells:
            if cell.count is not None and each.of is not None:
                yield {
                    "city": row.city_id,
                    "survey_id": str(row.pk),
                    "closed_at": state.closed_at.astimezone(ZONE).replace(tzinfo=None),
                    "question": each.number,
                    "option": cell.option,
                    "count": cell.count,
                    "of": each.of,
                }
