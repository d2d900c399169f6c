"""When nobody is on duty outside office hours. Clauses: SZ-9b, SQ-11, JY-10.5."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import pytest

from minsheng.domain import packs
from minsheng.domain.duties.roster import Span, uncovered
from minsheng.domain.worktime import WorkTime
from minsheng.gateways import packfiles


@cache
def worktime() -> WorkTime:
    chosen = packs.in_force(packfiles.shipped_packs(), "jiangyin", on=date(2026, 1, 1))
    return packs.rules(chosen.pack, calendar=packfiles.load_calendar()).worktime


def span(text: str) -> Span:
    """Return what `06 17:30 09 09:00` writes: days of March 2026, the 6th is a Friday."""
    words = text.split()
    start, end = (datetime.fromisoformat(f"2026-03-{words[at]}T{words[at + 1]}:00+08:00") for at in (0, 2))
    return start, end


# From Friday at 16:00 to Monday at 10:00: the office closes on Friday at 17:30 and opens on Monday at 9:00.
ALL = "06 17:30 09 09:00"


@pytest.mark.parametrize(
    ("shifts", "open_hours"),
    [
        ((), (ALL,)),
        ((ALL,), ()),
        # Office hours need nobody, and nobody who comes then helps at night.
        (("06 09:00 06 17:30",), (ALL,)),
        (("06 17:30 07 09:00", "07 09:00 09 09:00"), ()),
        # A hole between two, a late beginning, an early end.
        (("06 17:30 07 09:00", "08 09:00 09 09:00"), ("07 09:00 08 09:00",)),
        (("06 20:00 09 06:00",), ("06 17:30 06 20:00", "09 06:00 09 09:00")),
        # Two at once, one inside the other.
        (("06 17:30 09 09:00", "07 09:00 08 09:00"), ()),
        (("07 09:00 08 09:00", "06 17:30 07 12:00"), ("08 09:00 09 09:00",)),
    ],
)
def test_hours_without_anybody_on_a_weekend(shifts: tuple[str, ...], open_hours: tuple[str, ...]) -> None:
    since, until = span("06 16:00 09 10:00")

    found = uncovered(map(span, shifts), since=since, until=until, worktime=worktime())

    assert found == tuple(map(span, open_hours))


def test_a_time_that_ends_at_night_is_open_until_then() -> None:
    since, until = span("06 16:00 06 22:00")

    assert uncovered((), since=since, until=until, worktime=worktime()) == (span("06 17:30 06 22:00"),)


def test_the_break_at_noon_is_outside_office_hours() -> None:
    since, until = span("06 09:00 06 17:00")

    assert worktime().closed_between(since, until) == (span("06 12:00 06 13:30"),)
