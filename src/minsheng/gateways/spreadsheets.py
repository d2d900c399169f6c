"""Tables for spreadsheets: CSV and XLSX in which no text is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter

from minsheng.domain.text import for_spreadsheets

Value = str | int | float | Decimal | None
_FORBIDDEN = str.maketrans("[]:*?/\\'", "________")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the names of its columns, rows of values, and notes below them (as of when, of what)."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()


def harmless(value: Value) -> Value:
    """Return a value that no spreadsheet program computes; numbers stay numbers."""
    return for_spreadsheets(value) if isinstance(value, str) else value


def csv_of(sheet: Sheet) -> bytes:
    """Return the sheet as CSV in UTF-8 with a mark at the beginning, without which Excel takes it for GBK."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (sheet.columns, *sheet.rows, *((note,) for note in sheet.notes)):
        writer.writerow(["" if value is None else harmless(value) for value in row])
    return ("\ufeff" + out.getvalue()).encode()


def xlsx_of(sheets: Iterable[Sheet]) -> bytes:
    """Return the sheets as one XLSX book: heads frozen, numbers as numbers, every text as text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#e8edf3", "border": 1, "text_wrap": True, "valign": "top"})
    whole, broken = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "#,##0.00"})
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_name(sheet.name, taken))
        page.write_row(0, 0, sheet.columns, head)
        for y, row in enumerate(sheet.rows, start=1):
            for x, value in enumerate(row):
                if isinstance(value, int):
                    page.write_number(y, x, value, whole)
                elif isinstance(value, float | Decimal):
                    page.write_number(y, x, float(value), broken)
                elif value is not None:
                    page.write_string(y, x, value)
        for y, note in enumerate(sheet.notes, start=len(sheet.rows) + 2):
            page.write_string(y, 0, note)
        page.freeze_panes(1, 0)
        for x, width in enumerate(_widths(sheet)):
            page.set_column(x, x, width)
    book.close()
    return out.getvalue()


def _name(wanted: str, taken: set[str]) -> str:
    """Return a sheet's name that Excel takes: no special characters, 31 at most, each once."""
    base = wanted.translate(_FORBIDDEN)[:28] or "Sheet"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _widths(sheet: Sheet) -> Sequence[int]:
    columns = zip(sheet.columns, *sheet.rows, strict=True)
    return [min(60, 2 + max(sum(1 if c.isascii() else 2 for c in str(v)) for v in column)) for column in columns]
