"""The leaders' board: today until now beside the same weekday of last week, counted from the lake by the reports' own
definitions, so that board and report can't differ. What waits at this minute comes from the orders themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from minsheng.domain import indicators
from minsheng.domain.indicators import Change, indicator
from minsheng.domain.periods import Stretch
from minsheng.figures.lake import courses, engines, export
from minsheng.figures.lake import queries as lake_queries
from minsheng.figures.lake.engines import Lake
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.models import Board as Stored

_TOP = 8
_APPEALS = "orders?accepted=true&parent="
_ASKED = "callbacks@asked_at?last=true&reached=true&excluded=false"
# The day's largest: what they are called, the column, and the rows behind them.
RANKED = {
    "units": ("承办单位", "unit", "orders?accepted=true&disposal=unit"),
    "classes": ("类型", "category_group", _APPEALS),
    "districts": ("区域", "district", _APPEALS),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: today's, that of the same weekday, the change, its definition, and the rows behind it."""

    code: str
    name: str
    value: Decimal | None
    unit: str
    digits: int
    before: Decimal | None
    change: Decimal | None
    change_kind: Change
    definition: str
    rows: str
    cases: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A list of the day's largest: units, classes or districts; `rows` of each."""

    code: str
    name: str
    lines: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A city's board. `as_of`: until when it was counted, by the city's wall clock; `generation`: the lake's."""

    as_of: datetime
    generation: int
    tiles: tuple[Tile, ...]
    ranked: tuple[Ranked, ...]
    hours: tuple[tuple[int, int, int], ...]  # hour, today, same weekday

    def tile(self, code: str) -> Tile | None:
        """Return a tile by its code."""
        return next((tile for tile in self.tiles if tile.code == code), None)


_decoder = msgspec.json.Decoder(Board)


def today(as_of: datetime) -> Stretch:
    """Return the stretch that the board shows: the day of `as_of` until then."""
    return Stretch(datetime.combine(as_of.date(), time.min), as_of, "今日")


def count(folder: Path, *, city: str, as_of: datetime) -> Board:
    """Count the board. Raises: Rejected when there is no lake, or the city is not in it."""
    store = Store(folder)
    manifest = store.read()
    with engines.opened(store, city=city, manifest=manifest) as lake:
        return of(lake, as_of=as_of, generation=manifest.generation)


def of(lake: Lake, *, as_of: datetime, generation: int) -> Board:
    """Return the board of a lake that is open."""
    span = today(as_of)
    names = ("appeals", "handling", "due", "callbacks", "calls", "units", "classes", "districts")
    found = {name: lake.rows(lake_queries.ALL[name](lake, span, as_of)) for name in names}
    hours: dict[int, list[int]] = {}
    for row in lake.rows(courses.by_hour(lake, span, as_of)):
        hours.setdefault(int(row["hour"]), [0, 0])[0 if row["now"] else 1] = int(row["count"])
    return Board(
        as_of,
        generation,
        tuple(_tiles(found)),
        tuple(_largest(found, code) for code in RANKED),
        tuple((hour, *hours[hour]) for hour in sorted(hours)),  # type: ignore[misc]
    )


def keep(board: Board, *, city: str) -> None:
    """Keep a board as the one that pages show."""
    plain = msgspec.to_builtins(board, str_keys=True)
    Stored.objects.update_or_create(city_id=city, defaults={"content": plain})


def kept(city: str) -> Board | None:
    """Return the board that was counted last."""
    row = Stored.objects.filter(city=city).first()
    return _decoder.decode(msgspec.json.encode(row.content)) if row is not None else None


def refresh(folder: Path, *, city: str, zone: tzinfo) -> bool:
    """Count a city's board anew when the lake has grown since the last; return whether it was.

    Raises: Rejected when there is no lake, or the city is not in it.
    """
    until = export.known_until(Store(folder).read())
    if until is None:
        return False
    as_of = until.astimezone(zone).replace(tzinfo=None)
    last = kept(city)
    if last is not None and last.as_of == as_of:
        return False
    keep(count(folder, city=city, as_of=as_of), city=city)
    return True


def _tiles(found: Mapping[str, list[dict[str, Any]]]) -> list[Tile]:
    return [
        _counted("accepted", found["appeals"], "count", _APPEALS),
        _counted("department", found["handling"], "count", f"{_APPEALS}&disposal=unit"),
        _rate("timely", found["due"], "timely", "count", "orders@due_at?accepted=true&disposal=unit&excluded=false"),
        _rate("closed", found["handling"], "closed", "counted", f"{_APPEALS}&disposal=unit"),
        _rate("satisfied", found["callbacks"], "satisfied", "judged", f"{_ASKED}&rated=true"),
        _rate("solved", found["callbacks"], "solved", "told", f"{_ASKED}&resolved=true"),
        _rate("answered_30", [row for row in found["calls"] if row["direction"] == "in"], "prompt", "asked",
              "calls?direction=in"),
        _rate("waiting", [row for row in found["calls"] if row["direction"] == "in"], "wait", "answered",
              "calls?direction=in&answered=true"),
    ]  # fmt: skip


def _counted(code: str, rows: list[dict[str, Any]], field: str, behind: str) -> Tile:
    now, before = (sum(int(row[field]) for row in rows if row["now"] is wanted) for wanted in (True, False))
    return _tile(code, (now, 1), (before, 1), behind, cases=now)


def _rate(code: str, rows: list[dict[str, Any]], field: str, over: str, behind: str) -> Tile:
    now, before = (
        (sum(int(row[field] or 0) for row in rows if row["now"] is wanted),
         sum(int(row[over] or 0) for row in rows if row["now"] is wanted))
        for wanted in (True, False)
    )  # fmt: skip
    return _tile(code, now, before, behind, cases=now[1])


def _tile(code: str, now: tuple[int, int], before: tuple[int, int], behind: str, *, cases: int) -> Tile:
    definition = indicator(code)
    value, earlier = definition.of(*now), definition.of(*before)
    change = indicators.change_of(definition, value, earlier)
    return Tile(
        code, definition.name, value, definition.unit, definition.digits, earlier, change, definition.change,
        definition.words, behind, cases,
    )  # fmt: skip


def _largest(found: Mapping[str, list[dict[str, Any]]], code: str) -> Ranked:
    name, column, behind = RANKED[code]
    totals: dict[str, int] = {}
    for row in found[code]:
        if row[column] is not None:
            totals[str(row[column])] = totals.get(str(row[column]), 0) + int(row["count"])
    largest = sorted(totals.items(), key=lambda each: (-each[1], each[0]))[:_TOP]
    return Ranked(code, name, tuple((label, number, f"{behind}&{column}={label}") for label, number in largest))
