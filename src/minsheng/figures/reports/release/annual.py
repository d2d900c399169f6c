"""The annual release as data: fifteen tables with their figures, changes, definitions and the rows behind them.

`build` counts; `checks.broken` tells whether the tables hold together; pages and documents only show what is here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from minsheng import wording
from minsheng.domain import indicators
from minsheng.domain.indicators import Change, Indicator


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure. `value` is None where there is none (—). `text` stands instead of a figure.

    `definition`: id of the indicator; `rows`: which rows stand behind it, for `lake.drill.behind`;
    `small`: suppressed, since it rests on too few cases.
    """

    value: Decimal | None = None
    unit: str = ""
    digits: int = 0
    change: Decimal | None = None
    change_kind: Change | None = None
    definition: str = ""
    rows: str = ""
    text: str = ""
    small: bool = False
    cases: int | None = None  # how many cases a rate or mean rests on

    @property
    def shown(self) -> str:
        """Return the figure as tables print it."""
        if self.small:
            return "*"
        if self.text:
            return self.text
        return "—" if self.value is None else indicators.text(self.value, digits=self.digits)

    @property
    def change_shown(self) -> str:
        """Return the change with its arrow and unit, empty where there is none."""
        if self.change is None or self.small or self.change_kind is None:
            return ""
        if self.change == 0:
            return "持平"
        arrow = "↑" if self.change > 0 else "↓"
        size = abs(self.change)
        match self.change_kind:
            case Change.PERCENT:
                return f"{arrow}{size:.2f}%"
            case Change.POINTS:
                return f"{arrow}{size:.2f}个百分点"
            case Change.DIFFERENCE:
                return f"{arrow}{size.normalize():f}{self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row. `lead`: words that stand before the figures beside the label (of E-12: level, mode, topic)."""

    label: str
    cells: tuple[tuple[str, Cell], ...]
    lead: tuple[str, ...] = ()

    def __getitem__(self, column: str) -> Cell:
        return dict(self.cells)[column]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `heads`: the titles of `lead`; a column without a cell in a row is empty there.

    `ranked`: every row has columns of its own, in its own order; `columns` are those of the last row.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    heads: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    clause: str = ""
    ranked: bool = False

    def __getitem__(self, label: str) -> Row:
        return next(row for row in self.rows if row.label == label)

    def cell(self, label: str, column: str) -> Cell:
        """Return a cell. Raises: StopIteration, KeyError for one that isn't there."""
        return self[label][column]

    def figure(self, label: str, column: str) -> int:
        """Return a counted figure as a whole number, 0 where there is none."""
        return int(self.cell(label, column).value or 0)


def without(table: Table, unfilled: Collection[str]) -> Table:
    """Return a table with no figure where it would rest on a dataset that nobody fills, and a note that says so."""
    missing: dict[str, None] = {}

    def seen(cell: Cell) -> Cell:
        dataset = re.split(r"[?@]", cell.rows)[0]
        if dataset not in unfilled:
            return cell
        missing[wording.DATASETS[dataset]] = None
        return Cell(unit=cell.unit, definition=cell.definition)

    rows = tuple(replace(row, cells=tuple((name, seen(cell)) for name, cell in row.cells)) for row in table.rows)
    if not missing:
        return table
    note = f"本平台尚无{'、'.join(missing)}的数据，相应指标不填，不按零计。"
    return replace(table, rows=rows, notes=(*table.notes, note))


@dataclass(frozen=True, slots=True)
class Annual:
    """The tables of a release, in order, and what they were made from."""

    title: str
    tables: tuple[Table, ...]
    generation: int = 0
    population: int = 0
    parameters: tuple[tuple[str, str], ...] = field(default=())

    def __getitem__(self, table_id: str) -> Table:
        return next(table for table in self.tables if table.id == table_id)

    def with_table(self, table: Table) -> Annual:
        """Return the release with one table in place of that of the same id."""
        return replace(self, tables=tuple(table if each.id == table.id else each for each in self.tables))


def plain(release: Annual) -> dict[str, dict[str, dict[str, float | int | str]]]:
    """Return the figures in the shape of the simulator's truth: table, row, column; changes as `<column>同比`."""
    return {
        table.id: {row.label: dict(_figures(row)) for row in table.rows if any(True for _ in _figures(row))}
        for table in release.tables
    }


def _figures(row: Row) -> Iterator[tuple[str, float | int | str]]:
    for column, cell in row.cells:
        if cell.small:
            continue
        if cell.text:
            yield column, cell.text
        if cell.value is not None:
            yield column, number(cell.value, digits=cell.digits)
        if cell.change is not None:
            yield f"{column}同比", float(cell.change)


def number(value: Decimal, *, digits: int) -> float | int:
    """Return a figure as JSON prints it: whole numbers whole."""
    return int(value) if digits == 0 else float(value)


def counted(indicator: Indicator, now: int, before: int | None = None, *, rows: str = "", unit: str = "") -> Cell:
    """Return the cell of a count, with its change where there was something before."""
    value = Decimal(now)
    change = indicators.change_of(indicator, value, Decimal(before)) if before else None
    return Cell(
        value, unit or indicator.unit, 0, change, indicator.change if change is not None else None, indicator.id, rows
    )


def measured(
    indicator: Indicator, now: tuple[int, int], before: tuple[int, int] | None = None, *, rows: str = "", least: int = 0
) -> Cell:
    """Return the cell of a rate or mean from numerator and denominator; suppressed when it rests on too few cases."""
    value = indicator.of(*now)
    earlier = indicator.of(*before) if before is not None else None
    change = indicators.change_of(indicator, value, earlier)
    return Cell(
        value,
        indicator.unit,
        indicator.digits,
        change,
        indicator.change if change is not None else None,
        indicator.id,
        rows,
        small=0 < now[1] < least,
        cases=now[1],
    )
