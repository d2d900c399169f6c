"""One year of a country's calendar as a file says it: its holidays by name, its make-up days, its source.

The typed year that working time is counted with is `worktime.CalendarYear`; files are read by
`minsheng.gateways.packfiles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from minsheng.domain import kinds
from minsheng.domain.faults import Faults
from minsheng.domain.worktime import CalendarYear

_KEYS = ("country", "year", "status", "source", "holidays", "workdays")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday as the notice grants it: from the first day off to the last, weekend days included."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Every day off."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class YearFile:
    """A year's calendar with the names that the typed year does not keep."""

    country: str
    year: CalendarYear
    holidays: tuple[Holiday, ...]


def load_year(plain: Mapping[str, Any], *, where: str) -> YearFile:
    """Return the calendar that a file's plain values say, checked in full.

    Raises: Faulty with every fault of the file. Source: A-48; the State Council's notice named in the file.
    """
    faults = Faults(where)
    for key in plain:
        if key not in _KEYS:
            faults.add(key, f"没有这一项{kinds.near(key, _KEYS)}")
    country, source, status = (_text(plain, key, faults) for key in ("country", "source", "status"))
    if status not in ("final", "provisional"):
        faults.add("status", "应为 final（已公布）或 provisional（暂定）")
    number = plain.get("year")
    if not isinstance(number, int) or isinstance(number, bool) or not 2000 <= number <= 2200:
        faults.add("year", "应为四位数的年份")
        number = 0
    holidays = tuple(_holidays(plain.get("holidays"), number, faults))
    workdays = _workdays(plain.get("workdays", []), number, faults)
    off = frozenset(day for holiday in holidays for day in holiday.days)
    for day in sorted(off & workdays):
        faults.add("workdays", f"{day} 既放假又上班")
    if len(off) < sum(len(holiday.days) for holiday in holidays):
        faults.add("holidays", "节假日有重叠的日期")
    faults.done()
    return YearFile(country, CalendarYear(number, off, workdays, status == "final", source), holidays)


def _text(plain: Mapping[str, Any], key: str, faults: Faults) -> str:
    value = plain.get(key)
    if isinstance(value, str) and value.strip():
        return value
    faults.add(key, "缺少这一项，或不是文字")
    return ""


def _holidays(plain: object, year: int, faults: Faults) -> list[Holiday]:
    if not isinstance(plain, list) or not plain:
        faults.add("holidays", "应为 [[holidays]] 表，每个节日写 name、first、last")
        return []
    read = []
    for cell in plain:
        if not isinstance(cell, Mapping) or set(cell) != {"name", "first", "last"}:
            faults.add("holidays", "每个节日应有且只有 name、first、last")
            continue
        name, first, last = cell["name"], _day(cell["first"]), _day(cell["last"])
        if not isinstance(name, str) or not name.strip():
            faults.add("holidays.name", "应为节日名称")
        elif first is None or last is None or not (first <= last and first.year == last.year == year):
            faults.add("holidays", f"{name}的起止日期应为 {year} 年内的日期，且先起后止")
        else:
            read.append(Holiday(name, first, last))
    return read


def _workdays(plain: object, year: int, faults: Faults) -> frozenset[date]:
    days = [_day(one) for one in plain] if isinstance(plain, list) else [None]
    read = {day for day in days if day is not None and day.year == year and day.weekday() >= _SATURDAY}
    if len(read) != len(days):
        faults.add("workdays", f"应为 {year} 年内周六、周日的日期列表，且不重复：只写调休上班的日子")
    return frozenset(read)


def _day(plain: object) -> date | None:
    try:
        return plain if isinstance(plain, date) else date.fromisoformat(str(plain))
    except ValueError:
        return None
