"""Kinds of reports as data: their sections, tables and words, for which period, who approves, in which cities.

The file is `packs/reports.toml`; which kinds a city has is said by its pack (`reports`, `assessment.cycle`,
`special_report_period`). Source: SZ-35, SZ-37, JY-14, SQ-13, SQ-14, SQ-16, AR-0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, cast, get_args

from minsheng.domain.duties.report import APPROVERS
from minsheng.domain.faults import Fault, Faulty
from minsheng.domain.packs import Rules
from minsheng.domain.periods import Period

Span = Literal["day", "week", "month", "quarter", "year", "free"]
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its heading, the words it begins with (figures as `{{table/row/column}}`), and what it shows.

    `is_written`: somebody must have changed its words before the report is handed in; `is_optional`: it is left out as
    long as it has no words.
    """

    code: str
    heading: str
    level: int = 1
    text: str = ""
    tables: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    is_written: bool = False
    is_optional: bool = False

    def is_left_out(self, words: Mapping[str, str]) -> bool:
        """Tell whether the section stands in no document, by the words that were written."""
        return self.is_optional and not words.get(self.code, self.text).strip()


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A kind of report. `of`: the pack's own kind; `cycle`: the assessment's; `rhythm`: the special report's.

    `title` and the mark may name `{city}`, `{hotline}` and `{period}`. `is_public`: it is published for everybody.
    """

    code: str
    label: str
    span: Span
    title: str
    sections: tuple[Section, ...]
    of: str = ""
    cycle: str = ""
    rhythm: str = ""
    mark: str = ""
    approvers: frozenset[str] = APPROVERS
    is_duty: bool = False
    is_public: bool = False
    assesses: bool = False

    @property
    def is_regular(self) -> bool:
        """Whether it comes with every period of its own accord."""
        return self.span != "free" and self.rhythm != "daily_in_incidents" and self.span != "day"

    def is_in(self, rules: Rules) -> bool:
        """Tell whether the city has this kind."""
        if self.of and self.of not in rules.reports:
            return False
        if self.cycle and self.cycle not in rules.assessment_cycle:
            return False
        return not self.rhythm or self.rhythm in rules.special_report_period


def kinds_of(kinds: Mapping[str, ReportKind], rules: Rules) -> dict[str, ReportKind]:
    """Return the kinds that a city has, in the order of the file."""
    return {code: kind for code, kind in kinds.items() if kind.is_in(rules)}


def last_period(span: Span, *, today: date) -> Period:
    """Return the last whole period before `today`; weeks begin on Monday (SQ-13). Raises: ValueError for `free`."""
    match span:
        case "day":
            return Period.day(today - timedelta(days=1))
        case "week":
            monday = today - timedelta(days=today.weekday())
            return week(monday - _WEEK)
        case "month":
            last = today.replace(day=1) - timedelta(days=1)
            return Period.month(last.year, last.month)
        case "quarter":
            quarter = (today.month - 1) // 3
            return Period.quarter(today.year, quarter) if quarter else Period.quarter(today.year - 1, 4)
        case "year":
            return Period.year(today.year - 1)
        case _:
            raise ValueError(span)


def week(monday: date) -> Period:
    """Return a week, Monday 00:00 to Sunday 24:00, by its number of ISO 8601."""
    year, number, _ = monday.isocalendar()
    return Period(monday, monday + _WEEK, f"{year}年第{number}周")


def period_of(since: date, until: date) -> Period:
    """Return a period with the name that its days give it."""
    for candidate in _named(since):
        if (candidate.since, candidate.until) == (since, until):
            return candidate
    last = until - timedelta(days=1)
    return Period(since, until, f"{_day(since)}至{_day(last)}")


def _named(since: date) -> Iterator[Period]:
    yield Period.day(since)
    yield week(since - timedelta(days=since.weekday()))
    yield Period.month(since.year, since.month)
    yield Period.quarter(since.year, (since.month - 1) // 3 + 1)
    yield Period.year(since.year)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def read(content: Mapping[str, Any], *, file: str) -> dict[str, ReportKind]:
    """Return the kinds of a file, by code. Raises: Faulty with everything that is wrong."""
    faults: list[Fault] = []
    kinds: dict[str, ReportKind] = {}
    for code, plain in content.items():
        try:
            kinds[code] = _kind(code, plain)
        except (KeyError, TypeError, ValueError) as wrong:
            faults.append(Fault(file, code, f"报告种类不完整或有误：{wrong}"))
    if faults:
        raise Faulty(faults)
    return kinds


def _kind(code: str, plain: Mapping[str, Any]) -> ReportKind:
    rest = dict(plain)
    sections = tuple(_section(each) for each in rest.pop("section"))
    span = rest.pop("period")
    if span not in get_args(Span):
        raise ValueError(span)
    approvers = frozenset(rest.pop("approvers", APPROVERS))
    if not approvers <= APPROVERS:
        raise ValueError("、".join(sorted(approvers - APPROVERS)))
    return ReportKind(code=code, span=cast(Span, span), sections=sections, approvers=approvers, **rest)


def _section(plain: Mapping[str, Any]) -> Section:
    rest = dict(plain)
    tables, charts = tuple(rest.pop("tables", ())), tuple(rest.pop("charts", ()))
    text = str(rest.pop("text", "")).strip()
    return Section(tables=tables, charts=charts, text=text, **rest)
