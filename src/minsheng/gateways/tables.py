"""Tables as they really come, CSV or XLSX: which column is which, how the text is encoded, what is wrong with a row.

Who takes a file in names its columns (`orders.imports_csv`, `people.roster_files`). Formulas are never computed: of a
cell with one, the value that was stored is read. Read `gateways.workbooks` for XLSX.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final, TextIO

from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, from_spreadsheets
from minsheng.gateways import workbooks

Columns = Mapping[str, tuple[str, ...]]

ENCODINGS: Final = ("utf-8-sig", "gb18030")
# What a rejects file puts before the columns of the file itself.
MARK: Final = ("行号", "原因")
_DELIMITERS: Final = (",", "\t", ";")
# A field that is longer than any letter means a quotation mark that nobody closed.
_LONGEST: Final = 2_000_000
_CHUNK: Final = 1 << 20
_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[\sT]*(\d{1,2})\s*[:：时]\s*(\d{1,2})\s*分?(?:\s*[:：]?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_EDGES = " \t\r\n\v\f\u3000\u00a0\ufeff\u200b"


class BadFile(Rejected):
    """The file as a whole can't be read.

    `code`: not_a_file, bad_encoding, no_text_column, no_columns, no_rows, open_quote, bad_workbook.
    """


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins in the file, its cells as they stood, and the known ones cleaned."""

    line: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    extra_cells: bool = False

    def get(self, name: str) -> str:
        """Return a known column's cleaned text, empty if the file has none."""
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file: its heading, which column is which, and the rows still to be read."""

    heading: tuple[str, ...]
    columns: Mapping[str, int]
    encoding: str
    rows: Iterator[Row]


def read(stream: TextIO, *, columns: Columns, name: str) -> Table:
    """Return the table of an opened CSV file, its rows read as they are wanted. Raises: BadFile."""
    csv.field_size_limit(_LONGEST)
    first = stream.readline()
    delimiter = max(_DELIMITERS, key=lambda each: len(_found(next(csv.reader([first], delimiter=each), []), columns)))
    _check_quotes(stream, delimiter=delimiter)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    heading = next(reader, None)
    if heading is None:
        raise BadFile("no_rows", path=name)
    places = _found(heading, columns)
    return Table(tuple(heading), places, stream.encoding or "", _csv_rows(reader, heading=heading, columns=places))


def read_bytes(content: bytes, *, columns: Columns, name: str) -> Table:
    """Return the table of a file that is in memory: an XLSX workbook's first sheet, else CSV. Raises: BadFile."""
    if not content.startswith(b"PK"):
        return read(_text_of(content, name=name), columns=columns, name=name)
    try:
        lines = workbooks.first_sheet(content)
    except workbooks.BadWorkbook:
        raise BadFile("bad_workbook", path=name) from None
    if not lines:
        raise BadFile("no_rows", path=name)
    heading = lines[0][1]
    places = _found(heading, columns)
    return Table(tuple(heading), places, "xlsx", _rows(iter(lines[1:]), heading=heading, columns=places))


def open_text(path: Path) -> TextIO:
    """Open a file in the encoding that all of it can be read in. Raises: BadFile."""
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as stream:
                while stream.read(_CHUNK):
                    pass
        except UnicodeDecodeError:
            continue
        except OSError as fault:
            raise BadFile("not_a_file", path=str(path), why=_why_not(fault)) from fault
        return path.open(encoding=encoding, newline="")
    raise BadFile("bad_encoding", path=path.name)


def bytes_of(path: Path) -> bytes:
    """Return what a file holds. Raises: BadFile."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise BadFile("not_a_file", path=str(path), why=_why_not(fault)) from fault


def clean(cell: str) -> str:
    """Return a cell without what spreadsheets leave in it: `_x000D_`, control characters, blanks at both ends."""
    text = cleaned(from_spreadsheets(cell.replace("_x000D_", "\n")))
    text = "\n".join(line.strip(_EDGES) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip(_EDGES)


def moment_of(text: str, *, zone: tzinfo) -> datetime | None:
    """Return the moment that a cell writes, in the zone unless it names another; None if it is none.

    Forms of real files: `2019-04-24 16:03:40`, `2019/7/1 18:08:42`, 2019年7月1日 18时8分.
    """
    found = _MOMENT.fullmatch(text.strip(_EDGES))
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
        )
        if offset:
            moment = datetime.fromisoformat(moment.replace(tzinfo=None).isoformat() + offset)
        for each in (zone, UTC):
            moment.astimezone(each)
    except (ValueError, OverflowError):
        # An hour that leaves the calendar in one zone or the other can be neither kept nor shown.
        return None
    return moment


def _text_of(content: bytes, *, name: str) -> TextIO:
    for encoding in ENCODINGS:
        try:
            return io.StringIO(content.decode(encoding), newline="")
        except UnicodeDecodeError:
            continue
    raise BadFile("bad_encoding", path=name)


def _check_quotes(stream: TextIO, *, delimiter: str) -> None:
    """Read the whole file once before a row of it is taken: a quotation mark left open swallows the rows that follow.

    The stream stands at its beginning afterwards. Raises: BadFile `open_quote` with the line where the row began.
    """
    stream.seek(0)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    began = 1
    try:
        for _ in reader:
            began = reader.line_num + 1
    except csv.Error:
        raise BadFile("open_quote", line=began) from None
    stream.seek(0)


def _why_not(fault: OSError) -> str:
    match fault:
        case FileNotFoundError():
            return "文件不存在"
        case PermissionError():
            return "没有读取权限"
        case IsADirectoryError():
            return "这是一个目录"
        case _:
            return fault.strerror or "读取失败"


def _found(heading: Iterable[str], columns: Columns) -> dict[str, int]:
    """Return which column is which; of two with the same meaning the first counts."""
    names = {alias: name for name, aliases in columns.items() for alias in (name, *aliases)}
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        name = names.get(re.sub(r"\s", "", cell.strip(_EDGES)).lower())
        if name is not None:
            found.setdefault(name, place)
    return found


def _csv_rows(reader: Iterator[list[str]], *, heading: list[str], columns: Mapping[str, int]) -> Iterator[Row]:
    def lines() -> Iterator[tuple[int, list[str]]]:
        while True:
            line = reader.line_num + 1  # type: ignore[attr-defined]
            cells = next(reader, None)
            if cells is None:
                return
            yield line, cells

    return _rows(lines(), heading=heading, columns=columns)


def _rows(lines: Iterator[tuple[int, list[str]]], *, heading: list[str], columns: Mapping[str, int]) -> Iterator[Row]:
    for line, cells in lines:
        if not any(cell.strip(_EDGES) for cell in cells):
            continue
        values = {name: clean(cells[place]) for name, place in columns.items() if place < len(cells)}
        yield Row(line, tuple(cells), values, extra_cells=len(cells) != len(heading))
