"""Stretches of days that figures are made for: from a day up to, not including, another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

_FEBRUARY, _LEAP_DAY = 2, 29


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of `since` up to the beginning of `until`, in the city's own time."""

    since: date
    until: date
    name: str = ""

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise ValueError("a period must end after it begins")

    @classmethod
    def year(cls, year: int) -> Period:
        """Return a calendar year."""
        return cls(date(year, 1, 1), date(year + 1, 1, 1), f"{year}年")

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        """Return a quarter, counted from one."""
        return cls(_month(year, 3 * quarter - 2), _month(year, 3 * quarter + 1), f"{year}年第{quarter}季度")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """Return a calendar month, counted from one."""
        return cls(_month(year, month), _month(year, month + 1), f"{year}年{month}月")

    @classmethod
    def day(cls, day: date) -> Period:
        """Return one day."""
        return cls(day, day + timedelta(days=1), f"{day.year}年{day.month}月{day.day}日")

    @property
    def starts_at(self) -> datetime:
        """The first moment, by the city's wall clock."""
        return datetime.combine(self.since, time.min)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it, by the city's wall clock."""
        return datetime.combine(self.until, time.min)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days

    @property
    def before(self) -> Period:
        """The same days of the year before."""
        name = self.name.replace(f"{self.since.year}年", f"{self.since.year - 1}年")
        # A leap day is set against the last day of February; a period that ends before it ends with that day.
        since = self.since if not _is_leap_day(self.since) else self.since - timedelta(days=1)
        until = self.until if not _is_leap_day(self.until) else self.until + timedelta(days=1)
        return Period(since.replace(year=since.year - 1), until.replace(year=until.year - 1), name)

    @property
    def months(self) -> tuple[str, ...]:
        """The months that it touches, as `YYYY-MM`."""
        found = []
        here = self.since.replace(day=1)
        while here < self.until:
            found.append(f"{here:%Y-%m}")
            here = _month(here.year, here.month + 1)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment up to another, by the city's wall clock, beside as long a stretch some days earlier.

    What a cockpit compares: today until now with the same weekday of last week until the same time.
    """

    starts_at: datetime
    ends_at: datetime
    name: str = ""
    days_back: int = 7

    @property
    def before(self) -> Stretch:
        """The same stretch so many days earlier."""
        back = timedelta(days=self.days_back)
        return Stretch(self.starts_at - back, self.ends_at - back, self.name, self.days_back)


class Span(Protocol):
    """What figures are counted for: a period of days, or a stretch up to a moment."""

    @property
    def starts_at(self) -> datetime:
        """The first moment, by the city's wall clock."""

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""

    @property
    def before(self) -> Span:
        """What it is compared with."""


def _month(year: int, month: int) -> date:
    years, place = divmod(month - 1, 12)
    return date(year + years, place + 1, 1)


def _is_leap_day(day: date) -> bool:
    return (day.month, day.day) == (_FEBRUARY, _LEAP_DAY)
