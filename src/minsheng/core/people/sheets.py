"""What people keep that comes in long lists, from a file, CSV or XLSX: looked at first, then taken in, row by row.

What can't be taken is told why, and comes back as a file that can be mended. A kind of list is a `Sheet`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import islice
from typing import Final, Protocol, runtime_checkable

import msgspec
from django.db import transaction

from minsheng import wording
from minsheng.core.ledger.values import ZONE
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import for_spreadsheets
from minsheng.gateways import tables
from minsheng.gateways.tables import MARK, BadFile, Row, Table

# Each row is several statements; a unit's year of daily shifts fits.
ROWS_AT_MOST: Final = 1_000
BYTES_AT_MOST: Final = 1_000_000
# How several codes are written in one cell.
_BETWEEN: Final = "，,；;/ "


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


@runtime_checkable
class Bulk(Protocol):
    """What puts rows without writing them: `read` what is there, look at each, `flush` all that were not refused."""

    def read(self, rows: Sequence[Row], /) -> None:
        """Read what is there of the rows, in a few statements, and hold it."""

    def __call__(self, row: Row, /) -> bool:
        """Look at a row beside what is there and what came before; tell whether anything is new. Raises: Rejected."""

    def flush(self) -> None:
        """Write what was put."""


# What puts one row, and tells whether anything was new.
Put = Callable[[Row], bool] | Bulk


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of list: its columns by name with the words that head them, the first being ours, and those it needs."""

    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]

    @property
    def heading(self) -> tuple[str, ...]:
        """What a rejects file and a model file are headed with."""
        return tuple(names[0] for names in self.columns.values())

    def read(self, content: bytes, *, name: str) -> list[Row]:
        """Return the rows of a file. Raises: BadFile, Rejected `roster_file_too_large`."""
        if len(content) > BYTES_AT_MOST:
            raise Rejected("roster_file_too_large", rows=ROWS_AT_MOST)
        table = tables.read_bytes(content, columns=self.columns, name=name)
        if missing := [self.columns[each][0] for each in self.needed if each not in table.columns]:
            raise BadFile("no_columns", path=name, missing="、".join(missing), names="、".join(self.heading))
        return self._few(table, name=name)

    def take(self, rows: Iterable[Row], put: Put) -> list[Taken]:
        """Give each row to `put`, in a transaction of its own; it tells whether the row was new. Say what became.

        A `Bulk` writes the good ones together, in one transaction.
        """
        if not isinstance(put, Bulk):
            return [_one(row, put) for row in rows]
        with transaction.atomic():
            taken = _looked_at_all(rows, put)
            put.flush()
        return taken

    def take_all(self, rows: Iterable[Row], put: Put) -> list[Taken]:
        """Give every row to `put` as `take` does, all or nothing: one that is refused undoes the others."""
        with transaction.atomic():
            taken = self.take(rows, put)
            if any(each.outcome is Outcome.REFUSED for each in taken):
                transaction.set_rollback(True)
        return taken

    def look(self, rows: Iterable[Row], put: Put) -> list[Taken]:
        """Return what would become of every row, and change nothing."""
        with transaction.atomic():
            taken = _looked_at_all(rows, put) if isinstance(put, Bulk) else self.take(rows, put)
            transaction.set_rollback(True)
        return taken

    def rejects(self, taken: Iterable[Taken]) -> str:
        """Return the rows that were not taken as CSV with lines and reasons, safe to open in a spreadsheet."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([*MARK, *self.heading])
        for each in taken:
            if each.outcome is Outcome.REFUSED:
                cells = map(for_spreadsheets, each.row.cells)
                writer.writerow([each.row.line, each.reason, *cells])
        return "\ufeff" + text.getvalue()

    def packed(self, rows: Iterable[Row]) -> str:
        """Return rows as text that a page keeps between looking and confirming."""
        plain = [[row.line, row.extra_cells, [row.get(name) for name in self.columns]] for row in rows]
        return msgspec.json.encode(plain).decode()

    def unpacked(self, text: str) -> list[Row]:
        """Return the rows that a page kept, to be checked anew like any others. Raises: Rejected `roster_rows_lost`."""
        try:
            plain = msgspec.json.decode(text, type=list[tuple[int, bool, list[str]]])
        except msgspec.DecodeError:
            raise Rejected("roster_rows_lost") from None
        if not plain or len(plain) > ROWS_AT_MOST or any(len(cells) != len(self.columns) for _, _, cells in plain):
            raise Rejected("roster_rows_lost")
        return [
            Row(line, tuple(cells), dict(zip(self.columns, map(tables.clean, cells), strict=True)), extra_cells=extra)
            for line, extra, cells in plain
        ]

    def _few(self, table: Table, *, name: str) -> list[Row]:
        rows = [self._ordered(row) for row in islice(table.rows, ROWS_AT_MOST + 1)]
        if not rows:
            raise BadFile("no_rows", path=name)
        if len(rows) > ROWS_AT_MOST:
            raise Rejected("roster_file_too_large", rows=ROWS_AT_MOST)
        return rows

    def _ordered(self, row: Row) -> Row:
        """Return the row with its cells in the order of the heading, as a rejects file has them."""
        return replace(row, cells=tuple(row.get(name) for name in self.columns))


def day_of(text: str, *, column: str, is_needed: bool = False) -> date | None:
    """Return the day that a cell writes; None for an empty one.

    `is_needed`: the sentence does not offer to leave it empty. Raises: Rejected `open_bad_date`, `bad_date`.
    """
    if not text:
        return None
    moment = tables.moment_of(text, zone=ZONE)
    if moment is None:
        raise Rejected("bad_date" if is_needed else "open_bad_date", column=column)
    return moment.astimezone(ZONE).date()


def codes_of(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes that a cell names, by code or by label; what is neither stays as it is, to be refused."""
    for sign in _BETWEEN:
        text = text.replace(sign, "、")
    return tuple(dict.fromkeys(code_of(each.strip(), known) for each in text.split("、") if each.strip()))


def code_of(text: str, known: Mapping[str, str]) -> str:
    """Return the code that is written, or whose label is; what is neither stays as it is, to be refused."""
    return next((code for code, label in known.items() if text == label), text)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the several names that a cell writes, with any of the usual signs between; a name may hold blanks."""
    for sign in "，,；;/":
        text = text.replace(sign, "、")
    return tuple(dict.fromkeys(each.strip() for each in text.split("、") if each.strip()))


def _looked_at_all(rows: Iterable[Row], put: Bulk) -> list[Taken]:
    every = list(rows)
    put.read(every)
    return [_looked_at(row, put) for row in every]


def _looked_at(row: Row, put: Bulk) -> Taken:
    """Return what becomes of a row that is written later: no savepoint is needed, nothing has changed."""
    try:
        if row.extra_cells:
            raise Rejected("row_of_other_width")
        is_new = put(row)
    except Rejected as refusal:
        return Taken(row, Outcome.REFUSED, wording.say(refusal))
    return Taken(row, Outcome.ADDED if is_new else Outcome.KNOWN)


def _one(row: Row, put: Callable[[Row], bool]) -> Taken:
    try:
        if row.extra_cells:
            raise Rejected("row_of_other_width")
        with transaction.atomic():
            is_new = put(row)
    except Rejected as refusal:
        return Taken(row, Outcome.REFUSED, wording.say(refusal))
    return Taken(row, Outcome.ADDED if is_new else Outcome.KNOWN)
