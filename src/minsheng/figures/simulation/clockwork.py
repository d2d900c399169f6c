"""When things happen in a simulated year: days of the year, hours of the day, and working time, all as arrays.

Moments are seconds of wall time since 1970, as int64; `to_work` and `from_work` carry them into office time and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from minsheng.domain.worktime import LAST_SECOND, WorkTime, span

Moments = NDArray[np.int64]
Weights = NDArray[np.float64]

DAY = 86_400
_EPOCH = date(1970, 1, 1)
# How calls come over the day; the small hours are never silent.
_HOURS = np.array([9, 6, 4, 3, 3, 5, 14, 34, 66, 88, 92, 80, 56, 60, 80, 84, 80, 72, 58, 50, 46, 38, 26, 16], float)
_WEEKDAY = np.array([1.13, 1.08, 1.06, 1.05, 1.04, 0.80, 0.74])
_SEASON = np.array([0.92, 0.90, 1.02, 0.99, 1.00, 1.03, 1.12, 1.10, 1.02, 0.96, 0.99, 0.95])
_HOLIDAY = 0.66  # of an ordinary Sunday
_BRIDGE = 1.04  # a weekend day that is worked


def seconds_of(moment: datetime | date) -> int:
    """Return a wall moment as seconds."""
    whole = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    return int((whole - datetime(1970, 1, 1)).total_seconds())


@dataclass(frozen=True, slots=True)
class OfficeTime:
    """Office hours laid end to end: `starts` and `ends` of the shifts, and office seconds before each."""

    starts: Moments
    ends: Moments
    before: Moments
    first_day: int
    day_number: Moments  # of each calendar day: how many working days up to and including it
    day_ends: Moments  # close of office of each working day, by number

    @classmethod
    def of(cls, worktime: WorkTime, first: date, last: date) -> OfficeTime:
        """Lay out the shifts of all working days from `first` to `last`."""
        starts, ends, numbers, day_ends = [], [], [], []
        day, number = first, 0
        while day <= last:
            if worktime.calendar.is_workday(day):
                number += 1
                for shift in worktime.office_hours.shifts_on(day):
                    opens, closes = span(day, shift)
                    starts.append(seconds_of(opens))
                    ends.append(seconds_of(closes))
                day_ends.append(min(ends[-1], seconds_of(datetime.combine(day, LAST_SECOND))))
            numbers.append(number)
            day += timedelta(days=1)
        opened, closed = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
        before = np.concatenate([[0], np.cumsum(closed - opened)[:-1]]).astype(np.int64)
        return cls(
            opened, closed, before, (first - _EPOCH).days, np.array(numbers, dtype=np.int64),
            np.array(day_ends, dtype=np.int64),
        )  # fmt: skip

    def to_work(self, moments: Moments) -> Moments:
        """Return office seconds up to each moment."""
        place = np.maximum(np.searchsorted(self.starts, moments, side="right") - 1, 0)
        within = np.maximum(np.minimum(moments, self.ends[place]) - self.starts[place], 0)
        worked: Moments = self.before[place] + within
        return worked

    def from_work(self, work: Moments) -> Moments:
        """Return the moment at which so many office seconds have passed: the earlier one at a shift's end."""
        place = np.searchsorted(self.before, work, side="left") - 1
        place = np.maximum(place, 0)
        moments: Moments = self.starts[place] + work - self.before[place]
        return moments

    def due(self, moments: Moments, working_days: NDArray[np.int64]) -> Moments:
        """Return the close of office of the n-th working day after each moment, its own day not counted (A-02)."""
        closes: Moments = self.day_ends[self.day_number[moments // DAY - self.first_day] + working_days - 1]
        return closes


@dataclass(frozen=True, slots=True)
class Year:
    """The shape of a year: how much of it falls on each day."""

    year: int
    weights: Weights  # of each day

    @classmethod
    def of(cls, year: int, worktime: WorkTime) -> Year:
        """Return the year's shape: weekdays, seasons, holidays and worked weekends."""
        days = [date(year, 1, 1) + timedelta(days=number) for number in range(366 if _is_leap(year) else 365)]
        weights = [_weight(day, worktime) for day in days]
        return cls(year, np.array(weights))

    def month(self, month: int) -> Weights:
        """Return the weights of a month's days."""
        first = (date(self.year, month, 1) - date(self.year, 1, 1)).days
        return self.weights[first : first + days_in(self.year, month)]

    def months(self) -> Weights:
        """Return how much of the year falls into each month."""
        return np.array([self.month(month).sum() for month in range(1, 13)])

    def moments(self, month: int, count: int, chance: np.random.Generator) -> Moments:
        """Return so many moments of a month in ascending order."""
        weights = self.month(month)
        by_day = chance.multinomial(count, weights / weights.sum())
        days = np.repeat(np.arange(len(weights), dtype=np.int64), by_day)
        hours = np.searchsorted(np.cumsum(_HOURS / _HOURS.sum())[:-1], chance.random(count), side="right")
        start = seconds_of(date(self.year, month, 1))
        found = start + days * DAY + hours * 3600 + chance.integers(0, 3600, count)
        found.sort()
        return found


def days_in(year: int, month: int) -> int:
    """Return how many days a month has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def _weight(day: date, worktime: WorkTime) -> float:
    weight = float(_SEASON[day.month - 1] * _WEEKDAY[day.weekday()])
    works, weekend = worktime.calendar.is_workday(day), day.weekday() >= 5
    if works and weekend:
        return float(_SEASON[day.month - 1]) * _BRIDGE
    if not works and not weekend:
        return float(_SEASON[day.month - 1] * _WEEKDAY[6]) * _HOLIDAY
    return weight


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
