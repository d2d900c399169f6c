"""When things happen in a demonstration: moments counted back from the present, in the time that the city works.

A city whose limits are working time acts in office hours; one that counts clock hours acts around the clock.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta

from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount, WorkTime, span

_REACHES_BACK = timedelta(days=100)
_MINUTE = timedelta(minutes=1)
_OFFICE_DAY = 420  # minutes (conventions: seven hours)
_CLOCK_DAY = 1440
_CLOCK = {"MIN": 1, "CH": 60, "CD": _CLOCK_DAY, "WH": 60, "WD": _CLOCK_DAY}
_OFFICE = {"MIN": 1, "CH": 60, "CD": _OFFICE_DAY, "WH": 60, "WD": _OFFICE_DAY}


@dataclass(frozen=True, slots=True)
class Pace:
    """Counts minutes back from `now`: office minutes when there are segments of office time, else clock minutes."""

    now: datetime
    segments: tuple[tuple[datetime, datetime], ...] = ()
    ends: tuple[float, ...] = ()  # office minutes up to each segment's end

    def back(self, minutes: float) -> datetime:
        """Return the moment that lies so many minutes back."""
        if not self.segments:
            return self.now - minutes * _MINUTE
        place = max(self.ends[-1] - minutes, 0.0)
        number = bisect_left(self.ends, place)
        opens, closes = self.segments[number]
        return max(opens, closes - (self.ends[number] - place) * _MINUTE)

    @property
    def day(self) -> int:
        """A day's length in minutes."""
        return _OFFICE_DAY if self.segments else _CLOCK_DAY

    def length(self, limit: Amount, share: float) -> float:
        """Return a share of a limit in minutes; more than the whole is safely past it.

        A limit of working days ends with the last day's office hours, so a further day makes sure.
        """
        minutes = limit.count * (_OFFICE if self.segments else _CLOCK)[limit.unit] * share
        return minutes + (self.day if share > 1 and limit.unit in ("WD", "CD") else 0)


def clock_pace(now: datetime) -> Pace:
    """Return the pace of those who act around the clock: emergencies, and cities that count clock hours."""
    return Pace(now)


def office_pace(now: datetime, worktime: WorkTime) -> Pace:
    """Return the pace of office hours up to now."""
    segments: list[tuple[datetime, datetime]] = []
    ends: list[float] = []
    total = 0.0
    last = worktime.local_day(now)
    day = worktime.local_day(now - _REACHES_BACK)
    while day <= last:
        if worktime.calendar.is_workday(day):
            for shift in worktime.office_hours.shifts_on(day):
                opens, until = span(day, shift, worktime.zone)
                closes = min(until, now)
                if closes > opens:
                    total += (closes - opens) / _MINUTE
                    segments.append((opens, closes))
                    ends.append(total)
        day += timedelta(days=1)
    return Pace(now, tuple(segments), tuple(ends))


def pace_of(rules: Rules, *, now: datetime) -> Pace:
    """Return the city's pace: clock hours where signing is counted in them (SQ-10.3b), else office hours."""
    limit = rules.sign_limit
    if limit is not None and not limit.is_working:
        return clock_pace(now)
    return office_pace(now, rules.worktime)


def minutes(text: str, *, pace: Pace, rules: Rules, consult: bool, chance: random.Random) -> float:
    """Return how many minutes of the pace `text` means.

    `45` minutes, `3d` days, `handle*0.9` a share of a limit, `10..90` anything between two of these.
    """
    low, dots, high = text.partition("..")
    if dots:
        ends = (minutes(end, pace=pace, rules=rules, consult=consult, chance=chance) for end in (low, high))
        return chance.uniform(*ends)
    if text.endswith("d"):
        return float(text[:-1]) * pace.day
    name, star, share = text.partition("*")
    if not star:
        return float(text)
    limit = _limit(name, rules, consult=consult)
    return pace.length(limit, float(share)) if limit is not None else 60 * float(share)


def _limit(name: str, rules: Rules, *, consult: bool) -> Amount | None:
    if name == "handle":
        return rules.handle_limit_consult if consult else rules.handle_limit_other
    found = {
        "dispatch": rules.dispatch_limit,
        "sign": rules.sign_limit,
        "audit": rules.audit_limit,
        "callback": rules.callback_limit,
        "sms": rules.sms_answer_window,
        "opinion": rules.determine_limit,
        "supervision": rules.supervision_limit,
    }
    return found[name]
