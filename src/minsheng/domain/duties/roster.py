"""Who is on duty outside office hours: when nobody is. Source: SZ-9b, SQ-11, JY-10.5."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from minsheng.domain.worktime import WorkTime

Span = tuple[datetime, datetime]


def uncovered(shifts: Iterable[Span], *, since: datetime, until: datetime, worktime: WorkTime) -> tuple[Span, ...]:
    """Return when from `since` to `until` the office is closed and nobody is on duty, in order."""
    found = []
    on_duty = sorted(shifts)
    for start, end in worktime.closed_between(since, until):
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
