"""When nobody is on duty, outside a unit's office hours or at any hour. Source: SZ-9b, SQ-11, JY-10.5, JS-1b."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from minsheng.domain.worktime import WorkTime

Span = tuple[datetime, datetime]


def uncovered(shifts: Iterable[Span], *, since: datetime, until: datetime, worktime: WorkTime) -> tuple[Span, ...]:
    """Return when from `since` to `until` the office is closed and nobody is on duty, in order."""
    return _empty(shifts, worktime.closed_between(since, until))


def empty(shifts: Iterable[Span], *, since: datetime, until: datetime) -> tuple[Span, ...]:
    """Return when from `since` to `until` nobody is there, at whatever hour, in order. Source: JS-1b."""
    return _empty(shifts, ((since, until),))


def _empty(shifts: Iterable[Span], wanted: Iterable[Span]) -> tuple[Span, ...]:
    found = []
    on_duty = sorted(shifts)
    for start, end in wanted:
        at = start
        for begins, ends in on_duty:
            if ends <= at or begins >= end:
                continue
            if begins > at:
                found.append((at, begins))
            at = max(at, ends)
        if at < end:
            found.append((at, end))
    return tuple(found)
