"""Rosters from a file, CSV or XLSX: looked at first, then taken in; what can't be taken is told why, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import islice
from types import MappingProxyType
from typing import Final

import msgspec
from django.db import transaction

from minsheng import wording
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import rosters
from minsheng.core.people.models import Unit
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import for_spreadsheets
from minsheng.gateways import tables
from minsheng.gateways.tables import MARK, BadFile, Row, Table

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
NEEDED: Final = ("starts_at", "ends_at", "person", "phone")
# What a rejects file and a model file are headed with.
HEADING: Final = tuple(names[0] for names in COLUMNS.values())
# Each row is several statements; a unit's year of daily shifts fits.
ROWS_AT_MOST: Final = 1_000
BYTES_AT_MOST: Final = 1_000_000


class Outcome(Enum):
    """What becomes of a row."""

    ADDED = "added"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A row and what becomes of it; `reason` is Chinese, for a refused one."""

    row: Row
    outcome: Outcome
    reason: str = ""


def read(content: bytes, *, name: str) -> list[Row]:
    """Return the rows of a file. Raises: BadFile, Rejected `roster_file_too_large`."""
    if len(content) > BYTES_AT_MOST:
        raise Rejected("roster_file_too_large", rows=ROWS_AT_MOST)
    table = tables.read_bytes(content, columns=COLUMNS, name=name)
    if missing := [COLUMNS[each][0] for each in NEEDED if each not in table.columns]:
        raise BadFile("no_columns", path=name, missing="、".join(missing), names="、".join(HEADING))
    return _few(table, name=name)


def packed(rows: Iterable[Row]) -> str:
    """Return rows as text that a page keeps between looking and confirming."""
    plain = [[row.line, row.extra_cells, [row.get(name) for name in COLUMNS]] for row in rows]
    return msgspec.json.encode(plain).decode()


def unpacked(text: str) -> list[Row]:
    """Return the rows that a page kept; they are checked anew like any others. Raises: Rejected `roster_rows_lost`."""
    try:
        plain = msgspec.json.decode(text, type=list[tuple[int, bool, list[str]]])
    except msgspec.DecodeError:
        raise Rejected("roster_rows_lost") from None
    if not plain or len(plain) > ROWS_AT_MOST or any(len(cells) != len(COLUMNS) for _, _, cells in plain):
        raise Rejected("roster_rows_lost")
    return [
        Row(line, tuple(cells), dict(zip(COLUMNS, map(tables.clean, cells), strict=True)), extra_cells=extra)
        for line, extra, cells in plain
    ]


def look(rows: Sequence[Row], *, city: str, unit: str | None, actor: Actor, now: datetime) -> list[Taken]:
    """Return what would become of every row, and change nothing. `unit`: of rows that name none."""
    with transaction.atomic():
        taken = take_in(rows, city=city, unit=unit, actor=actor, now=now)
        transaction.set_rollback(True)
    return taken


def take_in(rows: Sequence[Row], *, city: str, unit: str | None, actor: Actor, now: datetime) -> list[Taken]:
    """Put each row that is new on its unit's roster, each in a transaction of its own; say what became of it."""
    known = set(Unit.objects.filter(city=city).values_list("name", flat=True))
    return [_take(row, city=city, unit=unit, known=known, actor=actor, now=now) for row in rows]


def rejects(taken: Iterable[Taken]) -> str:
    """Return the rows that were not taken as CSV with lines and reasons, safe to open in a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*MARK, *HEADING])
    for each in taken:
        if each.outcome is Outcome.REFUSED:
            cells = map(for_spreadsheets, each.row.cells)
            writer.writerow([each.row.line, each.reason, *cells])
    return "\ufeff" + text.getvalue()


def _few(table: Table, *, name: str) -> list[Row]:
    rows = [_ordered(row) for row in islice(table.rows, ROWS_AT_MOST + 1)]
    if not rows:
        raise BadFile("no_rows", path=name)
    if len(rows) > ROWS_AT_MOST:
        raise Rejected("roster_file_too_large", rows=ROWS_AT_MOST)
    return rows


def _ordered(row: Row) -> Row:
    """Return the row with its cells in the order of `HEADING`, as a rejects file has them."""
    return replace(row, cells=tuple(row.get(name) for name in COLUMNS))


def _take(row: Row, *, city: str, unit: str | None, known: set[str], actor: Actor, now: datetime) -> Taken:
    try:
        whose = _unit(row, unit=unit, known=known)
        entry = _entry(row)
        put = rosters.put(city, entry, unit=whose, actor=actor, now=now)
    except Rejected as refusal:
        return Taken(row, Outcome.REFUSED, wording.say(refusal))
    return Taken(row, Outcome.KNOWN if put is None else Outcome.ADDED)


def _unit(row: Row, *, unit: str | None, known: set[str]) -> str:
    named = row.get("unit") or unit
    if row.extra_cells:
        raise Rejected("row_of_other_width")
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
