"""Counting a report's figures from the lake: every table and chart that its kind shows, and what doesn't hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

from minsheng.domain.assessment import Scheme, Score, Tally, assess
from minsheng.domain.periods import Period
from minsheng.domain.report_kinds import ReportKind
from minsheng.figures.lake import assessing, courses, engines
from minsheng.figures.lake.engines import Lake
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.cycle import monitored
from minsheng.figures.reports.documents import fields
from minsheng.figures.reports.documents.figures import ASSESSMENT, Chart, Figures, explained_of, score_table
from minsheng.figures.reports.release import checks, releases
from minsheng.figures.reports.release.annual import Annual
from minsheng.figures.reports.release.counts import Parameters

# Hears what is being counted; what it raises stops the counting.
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be counted. `as_of`: the report date by the city's wall clock, not included.

    `imported`: unit → criterion → score, of the period; `titles`: what the city's rules of monitoring are called, those
    that are hidden left out; `trained`: who passed of those who came to trainings of the period, by unit.
    """

    city: str
    kind: ReportKind
    period: Period
    as_of: datetime
    made_at: datetime
    population: int
    population_note: str
    scheme: Scheme
    imported: Mapping[str, Mapping[str, Fraction]]
    titles: Mapping[str, str] = field(default_factory=dict)
    trained: Mapping[str, Tally] = field(default_factory=dict)


def compose(folder: Path, request: Request, *, told: Told) -> tuple[Figures, tuple[str, ...]]:
    """Return the figures, and every identity that they break, in words. `told` hears what is being counted.

    Raises: Rejected when there is no lake, or the city is not in it; whatever `told` raises stops the counting.
    """
    store = Store(folder)
    manifest = store.read()
    with engines.opened(store, city=request.city, manifest=manifest) as lake:
        parameters = Parameters(request.period, request.as_of, request.population, request.population_note)
        release = releases.build(lake, parameters, told=told)
        wanted = _wanted(request.kind)
        broken = tuple(str(each) for each in checks.broken(release) if each.check in wanted)
        tables = [table for table in release.tables if table.id in wanted]
        scores: list[Score] = []
        if ASSESSMENT in wanted:
            told("assessment")
            scores = scores_of(lake, request)
            scheme = request.scheme
            tables.append(score_table(scores, steadiness=scheme.steadiness, least=scheme.least))
        if monitored.VIOLATIONS in wanted:
            told(monitored.VIOLATIONS)
            tables.append(monitored.table(lake, request.period, request.titles))
        charts = tuple(_charts(lake, request, release, told))
    counted = Figures(
        tuple(tables),
        charts,
        request.made_at,
        request.as_of,
        manifest.generation,
        request.population,
        explained_of(scores),
    )
    return counted, broken


def scores_of(lake: Lake, request: Request) -> list[Score]:
    """Return the units' assessment for the period."""
    orders: dict[str, int] = {}
    tallies: dict[str, dict[str, Tally]] = {}
    for row in lake.rows(assessing.orders(lake, request.period, request.as_of)):
        unit = str(row["unit"])
        orders[unit] = int(row["orders"])
        tallies[unit] = {
            "timely": Tally(int(row["timely"]), int(row["orders"])),
            "at_once": Tally(int(row["at_once"]), int(row["answered"])),
            "returns": Tally(int(row["returns"]), int(row["orders"])),
        }
    for row in lake.rows(assessing.callbacks(lake, request.period, request.as_of)):
        unit = str(row["unit"])
        orders.setdefault(unit, 0)
        tallies.setdefault(unit, {}).update(
            satisfied=Tally(int(row["satisfied"]), int(row["judged"])),
            solved=Tally(int(row["solved"]), int(row["told"])),
        )
    for unit, of in _tallied(lake, request, orders):
        orders.setdefault(unit, 0)
        tallies.setdefault(unit, {}).update(of)
    return assess(request.scheme, orders=orders, tallies=tallies, imported=request.imported)


def _tallied(lake: Lake, request: Request, orders: Mapping[str, int]) -> Iterator[tuple[str, dict[str, Tally]]]:
    """Give what else units are judged by; where something was counted, also those that had none of it."""
    period = request.period
    counted = {
        "late_signs": assessing.late_signs(lake, period),
        "violations": assessing.violations(lake, period),
        "measures": assessing.measures(lake, period),
    }
    for code, query in counted.items():
        found = {str(row["unit"]): int(row["count"]) for row in lake.rows(query)}
        for unit in {*orders, *found}:
            number = found.get(unit, 0)
            # Against the orders of the period; of a unit that has fewer orders than misses every one is a miss.
            yield unit, {code: Tally(number, max(orders.get(unit, 0), number))}
    for row in lake.rows(assessing.supervisions(lake, period)):
        yield str(row["unit"]), {"supervision": Tally(int(row["timely"]), int(row["count"]))}
    for unit, tally in request.trained.items():
        yield unit, {"training": tally}


def _wanted(kind: ReportKind) -> frozenset[str]:
    """Return the ids of the tables that the kind shows or speaks of."""
    shown = {table for section in kind.sections for table in section.tables}
    spoken = {field.partition("/")[0] for section in kind.sections for field in fields.used(section.text)}
    return frozenset(shown | spoken)


def counts_violations(kind: ReportKind) -> bool:
    """Tell whether the kind shows or speaks of electronic monitoring."""
    return monitored.VIOLATIONS in _wanted(kind)


def _charts(lake: Lake, request: Request, release: Annual, told: Told) -> Iterator[Chart]:
    for code in dict.fromkeys(chart for section in request.kind.sections for chart in section.charts):
        told(code)
        match code:
            case "months":
                yield _course(lake, request, code, "各月受理诉求", by_day=False)
            case "days":
                yield _course(lake, request, code, "每日受理诉求", by_day=True)
            case "units":
                rows = [row for row in release["E-10"].rows if row["诉求量"].value is not None]
                values = tuple(float(row["诉求量"].value or 0) for row in rows)
                yield Chart(code, "承办量较多的单位", "bars", "件", tuple(row.label for row in rows), (("件", values),))
            case "classes":
                figures = [(name, cell) for name, cell in release["E-11"]["总计"].cells if not name.endswith("占比")]
                values = tuple(float(cell.value or 0) for _, cell in figures)
                names = tuple(name for name, _ in figures)
                yield Chart(code, "诉求较多的类型", "bars", "件", names, (("件", values),))
            case _:
                raise ValueError(code)


def _course(lake: Lake, request: Request, code: str, caption: str, *, by_day: bool) -> Chart:
    """Return the course of the period beside the same days of the year before; nothing where there was nothing."""
    query = courses.by_day if by_day else courses.by_month
    rows = lake.rows(query(lake, request.period, request.as_of))
    found = {(row["now"], row["month"], row.get("day")): float(row["count"]) for row in rows}
    places = _days(request.period) if by_day else [(int(month[5:]), None) for month in request.period.months]
    names = tuple(f"{month}-{day}" if day else f"{month}月" for month, day in places)
    series: list[tuple[str, tuple[float | None, ...]]] = [
        ("本期", tuple(found.get((True, *place), 0.0) for place in places))
    ]
    if any(not now for now, _, _ in found):
        series.append(("上年同期", tuple(found.get((False, *place), 0.0) for place in places)))
    return Chart(code, caption, "lines", "件", names, tuple(series))


def _days(period: Period) -> list[tuple[int, int | None]]:
    """Return month and day of every day of the period."""
    days = (period.since + timedelta(days=number) for number in range(period.days))
    return [(day.month, day.day) for day in days]
