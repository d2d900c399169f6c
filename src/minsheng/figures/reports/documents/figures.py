"""The figures of a report as they were counted once: tables, charts, scores, and as of when. Kept as JSON with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from minsheng.domain.assessment import Scheme, Score, Tally, assess
from minsheng.domain.indicators import part, rounded
from minsheng.figures.reports.documents import charts
from minsheng.figures.reports.documents.document import Picture
from minsheng.figures.reports.release.annual import Cell, Row, Table

ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart draws: names along the axis, and named rows of values."""

    code: str
    caption: str
    form: Literal["lines", "bars"]
    unit: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]

    def picture(self) -> Picture:
        """Return it drawn, with its values in words."""
        drawn = [charts.Series(name, values) for name, values in self.series]
        if self.form == "lines":
            svg = charts.lines(self.categories, drawn, unit=self.unit)
        else:
            svg = charts.bars(self.categories, drawn[0], unit=self.unit)
        first = ((name, value) for name, value in zip(self.categories, self.series[0][1], strict=True))
        spoken = "，".join(f"{name} {value:g}{self.unit}" for name, value in first if value is not None)
        return Picture(self.caption, svg, spoken)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a unit has its points of one criterion: what was counted, its rate, the steadied rate, in percent.

    `rate` and `steadied` are None where nothing was counted or given; then the criterion weighs nothing.
    """

    unit: str
    criterion: str
    label: str
    weight: int
    good: int
    of: int
    rate: Decimal | None
    steadied: Decimal | None
    points: Decimal | None
    is_imported: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything counted for a report. `generation`: the lake's; `as_of`: the report date, not included."""

    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    made_at: datetime
    as_of: datetime
    generation: int
    population: int = 0
    explained: tuple[Explained, ...] = ()

    def __getitem__(self, table_id: str) -> Table:
        return {table.id: table for table in self.tables}[table_id]

    def has(self, table_id: str) -> bool:
        """Tell whether there is a table of that id."""
        return any(table.id == table_id for table in self.tables)

    def cells(self) -> Iterator[tuple[str, Row, str, Cell]]:
        """Yield table id, row, column and cell of every figure."""
        for table in self.tables:
            for row in table.rows:
                for column, cell in row.cells:
                    yield table.id, row, column, cell

    def chart(self, code: str) -> Chart | None:
        """Return a chart by its code."""
        return next((chart for chart in self.charts if chart.code == code), None)


_decoder = msgspec.json.Decoder(Figures)


def plain(figures: Figures) -> Any:
    """Return the figures as the database keeps them."""
    return msgspec.to_builtins(figures, str_keys=True)


def read(content: Any) -> Figures:
    """Return the figures of what the database kept."""
    return _decoder.decode(msgspec.json.encode(content))


def digest(figures: Figures) -> str:
    """Return the digest that the ledger keeps: of the figures, whenever they were counted."""
    counted = {"tables": figures.tables, "charts": figures.charts, "as_of": figures.as_of}
    return hashlib.sha256(msgspec.json.encode(counted, order="deterministic")).hexdigest()


def explained_of(scores: list[Score]) -> tuple[Explained, ...]:
    """Return every unit's criteria as an assessment explains them."""
    return tuple(
        Explained(
            score.unit,
            line.criterion.code,
            line.criterion.label,
            line.criterion.weight,
            line.good,
            line.of,
            _percent(line.rate),
            _percent(line.steadied),
            None if line.points is None else rounded(line.points, digits=2),
            line.criterion.is_imported,
        )
        for score in scores
        for line in score.lines
    )


def score_table(scores: list[Score], *, steadiness: int, least: int) -> Table:
    """Return an assessment as a table: rank, points, and each criterion's own rate with what it rests on."""
    criteria = [line.criterion for line in scores[0].lines if line.criterion.weight] if scores else []
    rows = []
    for score in scores:
        cells = [
            ("名次", Cell(text="—") if score.rank is None else Cell(rounded(Fraction(score.rank), digits=0), "", 0)),
            ("得分", _points(score.points)),
            (
                "到期工单",
                Cell(
                    rounded(Fraction(score.orders), digits=0),
                    "件",
                    0,
                    rows=f"orders@due_at?accepted=true&disposal=unit&excluded=false&unit={score.unit}",
                ),
            ),
        ]
        for line in score.lines:
            if not line.criterion.weight:
                continue
            if line.rate is None:
                cells.append((line.criterion.label, Cell(text="—")))
            elif line.criterion.is_imported:
                cells.append((line.criterion.label, Cell(rounded(line.rate * 100, digits=2), "分", 2)))
            else:
                cells.append((line.criterion.label, Cell(part(line.good, line.of), "%", 2, cases=line.of)))
        rows.append(Row(score.unit, tuple(cells)))
    notes = [
        f"得分按各项权重合成：{'、'.join(f'{each.label} {each.weight}%' for each in criteria)}。",
        f"件数少的单位，比率按“（达标件数＋{steadiness}×全市比率）÷（件数＋{steadiness}）”向全市平均靠拢后计分，"
        f"以免几件工单决定名次；到期工单不足 {least} 件的单位计分不排名。表中列出的是各单位实际比率。",
        "书面不予受理意见经确认的工单、联系不上诉求人的工单不计入。",
    ]
    incomplete = [score.unit for score in scores if score.missing]
    if incomplete:
        notes.append(f"缺少第三方得分、结果不完整的单位 {len(incomplete)} 个。")
    columns = ("名次", "得分", "到期工单", *(each.label for each in criteria))
    return Table(ASSESSMENT, "各单位评估", columns, tuple(rows), heads=(), notes=tuple(notes), clause="SZ-37, SQ-15")


def reweighed(explained: Sequence[Explained], scheme: Scheme, units: Sequence[str]) -> list[Score]:
    """Return the scores that other weights give of what was counted once; every one of the units stands in them."""
    orders = dict.fromkeys(units, 0)
    tallies: dict[str, dict[str, Tally]] = {}
    imported: dict[str, dict[str, Fraction]] = {}
    for line in explained:
        orders.setdefault(line.unit, 0)
        if line.is_imported and line.rate is not None:
            imported.setdefault(line.unit, {})[line.criterion] = Fraction(line.rate)
        if not line.is_imported:
            tallies.setdefault(line.unit, {})[line.criterion] = Tally(line.good, line.of)
        if line.criterion == "timely":
            orders[line.unit] = line.of
    return assess(scheme, orders=orders, tallies=tallies, imported=imported)


def _percent(rate: Fraction | None) -> Decimal | None:
    return None if rate is None else rounded(rate * 100, digits=2)


def _points(points: Fraction | None) -> Cell:
    return Cell(text="—") if points is None else Cell(rounded(points, digits=2), "分", 2)
