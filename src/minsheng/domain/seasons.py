"""Seasons of office hours as a pack's file writes them: over its own hours, or over those that it inherits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from minsheng.domain import kinds
from minsheng.domain.faults import Faults
from minsheng.domain.worktime import ONE_DAY, OfficeHours, Season

KEY = "office_hours_seasons"

_NEEDED = frozenset({"first", "last", "hours"})
_SOURCES = ("clause", "default")


@dataclass(frozen=True, slots=True)
class Seasons:
    """The seasons of one file in their order, with the clauses and the reasons that they rest on."""

    seasons: tuple[Season, ...]
    clause: str
    reason: str

    def over(self, hours: OfficeHours | None) -> OfficeHours:
        """Return office hours in which these seasons come before what was there (A-01)."""
        return OfficeHours((*self.seasons, *(hours.seasons if hours is not None else ())))


def read(plain: object, faults: Faults, *, sourced: bool) -> Seasons | None:
    """Return the seasons that a file writes, or None; `sourced`: each must name its clause or its default.

    Seasons beside the office hours of the same file rest on their clause where they name none.
    """
    read, clauses, reasons = [], [], []
    for cell in plain if isinstance(plain, list) else [] if plain is None else [plain]:
        try:
            whole = _cell(cell)
            read.append(Season(_month_day(whole["first"]), _month_day(whole["last"]), kinds.shifts(whole["hours"])))
            clause, reason = _source(whole, sourced=sourced)
            clauses.append(clause)
            reasons.append(reason)
        except ValueError as why:
            faults.add(KEY, str(why))
    if _overlap(read):
        faults.add(KEY, "两季有相同的日期：每个日期只能属于一季，请核对 first、last")
    return Seasons(tuple(read), joined(", ", *clauses), joined("；", *reasons)) if read else None


def _overlap(seasons: list[Season]) -> bool:
    """Tell whether a day of the year, leap days included, belongs to two of the seasons."""
    days = [date(2000, 1, 1) + ONE_DAY * count for count in range(366)]
    return any(sum(season.covers(day) for season in seasons) > 1 for day in days)


def joined(between: str, *parts: str) -> str:
    """Return what is said, each thing once."""
    return between.join(dict.fromkeys(part for part in parts if part))


def _cell(cell: object) -> Mapping[str, Any]:
    if not isinstance(cell, Mapping) or set(cell) - set(_SOURCES) != _NEEDED:
        raise ValueError("每季应有 first、last（如 06-01）和 hours（班次列表），可另有 clause 或 default")
    return cell


def _source(cell: Mapping[str, Any], *, sourced: bool) -> tuple[str, str]:
    named = [key for key in _SOURCES if key in cell]
    if len(named) > 1:
        raise ValueError("clause（条款）与 default（文件未规定的理由）应有且只有一个")
    if not named and sourced:
        raise ValueError("本文件没有 office_hours，这一季应写 clause（条款）或 default（文件未规定的理由）")
    for key in named:
        if not isinstance(cell[key], str) or not cell[key].strip():
            raise ValueError("clause、default 应为非空文字")
    return cell.get("clause", ""), cell.get("default", "")


def _month_day(plain: object) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2000-{plain}")
    except ValueError:
        raise ValueError(f"“{plain}”应为月日，例如 06-01") from None
    return day.month, day.day
