"""Working time: calendars, office hours, due moments and their derivations.

Pure and small. Read `../shared` conventions as summarized in docs/glossary.md: WH, WD, CH, CD, MIN.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

Shift = tuple[time, time]
WorkdayRule = Literal["end_of_nth_day", "same_time", "end_of_day_24"]

CalendarName = Literal["CN", "every_day"]

UNITS = ("WH", "WD", "CH", "CD", "MIN")
LAST_SECOND = time(23, 59, 59)
# The end of a shift that lasts until 24:00, which `time` cannot hold.
END_OF_DAY = time.max
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
HALF = 0.5
_AMOUNT = re.compile(r"\s*(?:([1-9]\d{0,5})\s*(WH|WD|CH|CD|MIN)|((?:0|[1-9]\d{0,5})\.5)\s*(WH|CH))(?P<rolls> roll)?\s*")


class CalendarNotLoaded(LookupError):
    """A day lies before the first year that is loaded: nobody knows whether it was worked."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time as a rule writes it: WH, WD (working), CH, CD, MIN (by the clock).

    Hours may be halved; a half is exact in binary, so that sums of them are. `rolls`: one whose last day is no working
    day ends with the next one, written `7 CD roll` (A-32).
    """

    count: int | float
    unit: str
    rolls: bool = False

    @classmethod
    def parse(cls, text: str) -> Amount:
        """Return the amount that `text` writes, as in `4 WH` or `0.5 WH`.

        Raises: ValueError for anything else, also for no time at all and for other parts of a unit than half an hour.
        """
        match = _AMOUNT.fullmatch(text)
        if match is None or (match["rolls"] and match[2] != "CD"):
            raise ValueError(f"not an amount: {text!r}")
        rolls = match["rolls"] is not None
        return cls(int(match[1]), match[2], rolls) if match[1] else cls(float(match[3]), match[4])

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{' roll' if self.rolls else ''}"

    @property
    def is_working(self) -> bool:
        """Whether the amount is counted in working time, and so rests on a calendar."""
        return self.unit in ("WH", "WD")


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year of a country's working days: weekdays off and weekend days worked, with their source."""

    year: int
    holidays: frozenset[date]
    workdays: frozenset[date]
    final: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years that are loaded; a later year is plain Monday to Friday and provisional (decision A-48).

    Where `every_day` is worked no year is asked for, and nothing is provisional.
    """

    years: Mapping[int, CalendarYear]
    every_day: bool = False

    def is_workday(self, day: date) -> bool:
        """Return whether people work on `day`.

        Raises: CalendarNotLoaded before the first loaded year.
        """
        year = self.years.get(day.year)
        if year is not None:
            if day in year.workdays:
                return True
            if day in year.holidays:
                return False
        elif self.every_day:
            return True
        elif not self.years or day.year < min(self.years):
            raise CalendarNotLoaded(f"no calendar for {day.year}")
        return day.weekday() < 5

    def is_final(self, year: int) -> bool:
        """Return whether the State Council's notice for `year` is loaded."""
        known = self.years.get(year)
        return (known is not None and known.final) or self.every_day

    def why_off(self, day: date) -> str:
        """Return why `day` is not worked, in Chinese, for a derivation."""
        year = self.years.get(day.year)
        if year is not None and day in year.holidays:
            return "节假日"
        return "周末"

    def with_year(self, year: CalendarYear) -> Calendar:
        """Return the calendar with `year` added or replaced; to one that works every day no year says anything."""
        return self if self.every_day else Calendar({**self.years, year.year: year})


EVERY_DAY = Calendar({}, every_day=True)


@dataclass(frozen=True, slots=True)
class Season:
    """Shifts between two days of the year, both included, as (month, day)."""

    first: tuple[int, int]
    last: tuple[int, int]
    shifts: tuple[Shift, ...]

    def covers(self, day: date) -> bool:
        """Return whether `day` falls into the season; one that ends before it begins crosses the new year."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The shifts of a working day: the first season that covers the day decides (decision A-01)."""

    seasons: tuple[Season, ...]

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """Return the shifts of `day`, were it a working day."""
        for season in self.seasons:
            if season.covers(day):
                return season.shifts
        raise LookupError(f"no office hours on {day}")

    @property
    def is_one(self) -> bool:
        """Whether they are the same all year."""
        return [(season.first, season.last) for season in self.seasons] == [((1, 1), (12, 31))]

    def length_on(self, day: date) -> timedelta:
        """Return how long people work on `day`, were it a working day."""
        spans = (span(day, shift) for shift in self.shifts_on(day))
        return sum((closes - opens for opens, closes in spans), timedelta(0))


@dataclass(frozen=True, slots=True)
class UnitHours:
    """The office hours of one unit, and its calendar where that is not the city's."""

    hours: OfficeHours
    calendar: CalendarName | None = None


def span(day: date, shift: Shift, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """Return begin and end of a shift on `day`; one until 24:00 ends with the first moment of the next day."""
    opens, closes = shift
    ends = (day + ONE_DAY, time(0)) if closes == END_OF_DAY else (day, closes)
    return datetime.combine(day, opens, zone), datetime.combine(*ends, zone)


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment, and whether it rests on a year without a final calendar."""

    moment: datetime
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a due moment came about: what was counted, and which days were skipped and why."""

    start: datetime
    length: str
    counted: tuple[tuple[datetime, datetime], ...]
    skipped: tuple[tuple[date, str], ...]
    due: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkTime:
    """A city's working time: calendar, office hours, the reading of a working day, and the zone."""

    calendar: Calendar
    office_hours: OfficeHours
    workday_rule: WorkdayRule
    zone: tzinfo
    _days: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def due(self, start: datetime, amount: Amount) -> Due:
        """Return the moment at which `amount` has run from `start`.

        Units: as in the amount; WH(n) ends inside or at the end of a shift, WD(n) does not count the day
        of the start, CD(n) ends with the last second of the day (24:00 is written 23:59:59), rolled if it says so.
        Raises: CalendarNotLoaded before the first loaded year.
        Source: conventions; A-01, A-02, A-32.
        """
        match amount.unit:
            case "MIN":
                return Due(self._local(start) + timedelta(minutes=amount.count))
            case "CH":
                return Due(self._local(start) + timedelta(hours=amount.count))
            case "CD":
                last_day = day = self._local(start).date() + ONE_DAY * amount.count
                while amount.rolls and not self.calendar.is_workday(day):
                    day += ONE_DAY
                provisional = amount.rolls and self._touches_provisional(last_day, day)
                return Due(datetime.combine(day, LAST_SECOND, self.zone), provisional)
            case "WH":
                return self.after_working(start, timedelta(hours=amount.count))
            case _:
                return self._after_workdays(start, amount.count)

    def after_working(self, start: datetime, length: timedelta) -> Due:
        """Return the moment at which `length` of office time has passed since `start`.

        A length that ends exactly with a shift ends there, not at the start of the next one; at 24:00 it is written
        23:59:59, unless the office works on through the night.
        """
        begin = self._local(start)
        if length <= timedelta(0):
            return Due(begin, not self.calendar.is_final(begin.year))
        rest = length
        for opens, closes in self._segments_from(self._end_as_read(begin)):
            if rest <= closes - opens:
                ends = opens + rest
                if ends.day != opens.day and not self._opens_at_midnight(ends.date()):
                    ends -= ONE_SECOND
                return Due(ends, self._touches_provisional(begin.date(), opens.date()))
            rest -= closes - opens
        raise AssertionError("segments never end")  # pragma: no cover

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the office time between two moments; nothing if `end` is not after `start`."""
        begin, finish = self._end_as_read(self._local(start)), self._end_as_read(self._local(end))
        total = timedelta(0)
        for opens, closes in self._segments_from(begin):  # pragma: no branch  (segments never end)
            if opens >= finish:
                break
            total += (closes if closes < finish else finish) - opens
        return total

    def closed_between(self, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return when the office is closed from `start` to `end`, the breaks of a day included."""
        at, finish = self._local(start), self._local(end)
        found = []
        for opens, closes in self._segments_from(at):  # pragma: no branch  (segments never end)
            if opens >= finish:
                break
            if at < opens:
                found.append((at, opens))
            at = closes
        if at < finish:
            found.append((at, finish))
        return tuple(found)

    def in_office(self, moment: datetime) -> bool:
        """Return whether the office is open at `moment`; the first and the last second of a shift are."""
        here = self._local(moment)
        return any(opens <= here <= closes for opens, closes in self._segments_on(here.date()))

    def local_day(self, moment: datetime) -> date:
        """Return the city's date at `moment`."""
        return self._local(moment).date()

    def derive(self, start: datetime, length: Amount | timedelta) -> Derivation:
        """Return the due moment with everything that was counted and skipped on the way."""
        begin = self._local(start)
        if isinstance(length, Amount) and not length.is_working:
            due = self.due(start, length)
            day, off = begin.date() + ONE_DAY * length.count, []
            while length.rolls and day < due.moment.date():
                off.append((day, self.calendar.why_off(day)))
                day += ONE_DAY
            return Derivation(begin, str(length), ((begin, due.moment),), tuple(off), due.moment, due.provisional)
        due = self.due(start, length) if isinstance(length, Amount) else self.after_working(start, length)
        whole_days = isinstance(length, Amount) and length.unit == "WD"
        counted: list[tuple[datetime, datetime]] = []
        skipped: list[tuple[date, str]] = []
        if whole_days:
            skipped.append((begin.date(), "当日不计"))
        day = begin.date() + (ONE_DAY if whole_days else timedelta(0))
        while day <= due.moment.date():
            segments = self._segments_on(day)
            if not segments:
                skipped.append((day, self.calendar.why_off(day)))
            elif whole_days:
                counted.append((segments[0][0], _as_written(segments[-1])))
            else:
                parts = [(max(each[0], begin), min(_as_written(each), due.moment)) for each in segments]
                counted.extend(part for part in parts if part[0] < part[1])
            day += ONE_DAY
        text = str(length) if isinstance(length, Amount) else f"工作时间{length_text(length)}"
        return Derivation(begin, text, tuple(counted), tuple(skipped), due.moment, due.provisional)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def _after_workdays(self, start: datetime, count: int | float) -> Due:
        begin = self._local(start)
        day, left = begin.date(), count
        while left:
            day += ONE_DAY
            if self.calendar.is_workday(day):
                left -= 1
        match self.workday_rule:
            case "same_time":
                ends = begin.timetz().replace(tzinfo=None)
            case "end_of_day_24":
                ends = LAST_SECOND
            case _:
                ends = self.office_hours.shifts_on(day)[-1][1]
                if ends == END_OF_DAY:
                    ends = LAST_SECOND
        return Due(datetime.combine(day, ends, self.zone), self._touches_provisional(begin.date(), day))

    def _touches_provisional(self, first: date, last: date) -> bool:
        if first.year == last.year:  # nearly always, and a due moment is asked for often
            return not self.calendar.is_final(first.year)
        return any(not self.calendar.is_final(year) for year in range(first.year, last.year + 1))

    def _segments_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        known = self._days.get(day)
        if known is None:
            known = ()
            if self.calendar.is_workday(day):
                known = tuple(span(day, shift, self.zone) for shift in self.office_hours.shifts_on(day))
            self._days[day] = known
        return known

    def _opens_at_midnight(self, day: date) -> bool:
        segments = self._segments_on(day)
        return bool(segments) and segments[0][0].time() == time(0)

    def _end_as_read(self, local: datetime) -> datetime:
        """Return the midnight that the last second of the day stands for, where the office closes with it.

        So a limit that was written 23:59:59 loses no second when it is stopped, or counted on.
        """
        if local.second < 59 or local.minute < 59 or local.hour < 23:
            return local
        segments, midnight = self._segments_on(local.date()), local.date() + ONE_DAY
        closes = bool(segments) and segments[-1][1].date() == midnight
        return segments[-1][1] if closes and not self._opens_at_midnight(midnight) else local

    def _segments_from(self, begin: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = begin.date()
        while True:
            for opens, closes in self._segments_on(day):
                if closes > begin:
                    yield max(opens, begin), closes
            day += ONE_DAY


def _as_written(segment: tuple[datetime, datetime]) -> datetime:
    """Return the end of a segment as people write it: 24:00 as 23:59:59 (conventions)."""
    opens, closes = segment
    return closes if closes.day == opens.day else closes - ONE_SECOND


def length_text(length: timedelta) -> str:
    """Return a length in Chinese, to the second: `2小时40分`."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "小时"), (minutes, "分"), (seconds, "秒")]
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0小时"
