"""Rosters from a file, CSV or XLSX: looked at first, then taken in; what can't be taken is told why, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng.core.ledger.values import ZONE
from minsheng.core.people import rosters
from minsheng.core.people.models import Unit
from minsheng.core.people.sheets import BYTES_AT_MOST, ROWS_AT_MOST, Outcome, Sheet, Taken
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import tables
from minsheng.gateways.tables import Row

__all__ = ["BYTES_AT_MOST", "ROWS_AT_MOST", "Outcome", "Taken"]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "unit": ("单位", "单位名称", "承办单位"),
        "starts_at": ("开始时间", "开始", "值班开始", "上班时间"),
        "ends_at": ("结束时间", "结束", "值班结束", "下班时间"),
        "person": ("值班人", "值班人员", "姓名"),
        "phone": ("电话", "联系电话", "值班电话", "手机"),
        "substitute": ("替班人", "替班人员", "备班人"),
        "substitute_phone": ("替班人电话", "替班电话", "备班电话"),
    }
)
SHEET: Final = Sheet(COLUMNS, ("starts_at", "ends_at", "person", "phone"))
HEADING: Final = SHEET.heading


def read(content: bytes, *, name: str) -> list[Row]:
    """Return the rows of a file. Raises: BadFile, Rejected `roster_file_too_large`."""
    return SHEET.read(content, name=name)


def packed(rows: Iterable[Row]) -> str:
    """Return rows as text that a page keeps between looking and confirming."""
    return SHEET.packed(rows)


def unpacked(text: str) -> list[Row]:
    """Return the rows that a page kept; they are checked anew like any others. Raises: Rejected `roster_rows_lost`."""
    return SHEET.unpacked(text)


def look(rows: Sequence[Row], *, city: str, unit: str | None, actor: Actor, now: datetime) -> list[Taken]:
    """Return what would become of every row, and change nothing. `unit`: of rows that name none."""
    return SHEET.look(rows, putting(city, unit=unit, actor=actor, now=now))


def take_in(rows: Sequence[Row], *, city: str, unit: str | None, actor: Actor, now: datetime) -> list[Taken]:
    """Put each row that is new on its unit's roster, each in a transaction of its own; say what became of it."""
    return SHEET.take(rows, putting(city, unit=unit, actor=actor, now=now))


def rejects(taken: Iterable[Taken]) -> str:
    """Return the rows that were not taken as CSV with lines and reasons, safe to open in a spreadsheet."""
    return SHEET.rejects(taken)


def putting(city: str, *, unit: str | None, actor: Actor, now: datetime) -> Callable[[Row], bool]:
    """Return what puts a row on its unit's roster and tells whether it was new. `unit`: of rows that name none."""
    known = set(Unit.objects.filter(city=city).values_list("name", flat=True))

    def put(row: Row) -> bool:
        whose = _unit(row, unit=unit, known=known)
        return rosters.put(city, _entry(row), unit=whose, actor=actor, now=now) is not None

    return put


def _unit(row: Row, *, unit: str | None, known: set[str]) -> str:
    named = row.get("unit") or unit
    if not named:
        raise Rejected("field_missing", fields=("roster_unit",))
    if named not in known:
        raise Rejected("unknown_unit", unit=named[:50])
    return named


def _entry(row: Row) -> rosters.Entry:
    moments = []
    for name in ("starts_at", "ends_at"):
        moment = tables.moment_of(row.get(name), zone=ZONE)
        if moment is None:
            raise Rejected("roster_bad_moment", column=COLUMNS[name][0])
        moments.append(moment)
    return rosters.Entry(
        starts_at=moments[0],
        ends_at=moments[1],
        person=row.get("person"),
        phone=row.get("phone"),
        substitute=row.get("substitute"),
        substitute_phone=row.get("substitute_phone"),
    )
