"""At which hours nobody is there at all. Clause: JS-1b."""

from __future__ import annotations

from datetime import datetime

import pytest

from minsheng.domain.duties.roster import Span, empty


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-09-{text}+08:00")


SINCE, UNTIL = at("18 00:00"), at("19 00:00")


@pytest.mark.parametrize(
    ("shifts", "gaps"),
    [
        ([], [("18 00:00", "19 00:00")]),
        ([("18 00:00", "18 03:00"), ("18 04:00", "19 00:00")], [("18 03:00", "18 04:00")]),
        ([("18 04:00", "20 00:00"), ("17 00:00", "18 03:00")], [("18 03:00", "18 04:00")]),
        ([("18 00:00", "18 12:00"), ("18 06:00", "19 00:00")], []),
        ([("17 00:00", "17 23:00"), ("19 00:00", "19 08:00")], [("18 00:00", "19 00:00")]),
    ],
)
def test_hours_without_anybody(shifts: list[tuple[str, str]], gaps: list[tuple[str, str]]) -> None:
    spans: list[Span] = [(at(start), at(end)) for start, end in shifts]

    assert empty(spans, since=SINCE, until=UNTIL) == tuple((at(start), at(end)) for start, end in gaps)
