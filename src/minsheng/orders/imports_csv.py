"""Files of letters as they really come: which column is which, how the text is encoded, what is wrong with a row.

docs/import.md lists the names of columns; a test holds it to this table.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TextIO

from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, from_spreadsheets
from minsheng.ledger.values import ZONE

# Our own names and what others call them; case, spaces and a byte order mark do not matter.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "id": ("留言编号", "编号", "来信编号", "工单编号", "诉求编号"),
        "user": ("留言用户", "用户", "用户编号", "网名"),
        "title": ("留言主题", "主题", "标题"),
        "time": ("留言时间", "来信时间", "时间", "提交时间"),
        "text": ("留言详情", "详情", "内容", "诉求内容", "来信内容"),
        "type": ("诉求类型", "类型"),
        "channel": ("渠道", "来源渠道"),
        "publish": ("是否公开", "是否同意公开", "公开"),
        "real_name": ("是否实名", "实名", "实名信息"),
        "name": ("姓名", "诉求人", "诉求人姓名"),
        "phone": ("电话", "联系电话", "手机", "手机号"),
        "place": ("地点", "事发地点", "地址"),
        "category": ("分类", "诉求分类", "问题分类"),
    }
)
# Known, and not taken: what others answered is not this platform's answer.
IGNORED: Final = ("答复意见", "答复时间", "点赞数", "反对数", "行号", "原因")
ENCODINGS: Final = ("utf-8-sig", "gb18030")
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
    """The file as a whole can't be read. `code`: not_a_file, bad_encoding, no_text_column, no_rows, open_quote."""


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


def read(path: Path, *, stream: TextIO) -> Table:
    """Return the table of an opened file, its rows read as they are wanted. Raises: BadFile."""
    csv.field_size_limit(_LONGEST)
    first = stream.readline()
    delimiter = max(_DELIMITERS, key=lambda each: len(_columns(next(csv.reader([first], delimiter=each), []))))
    _check_quotes(stream, delimiter=delimiter)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    heading = next(reader, None)
    if heading is None:
        raise BadFile("no_rows", path=path.name)
    columns = _columns(heading)
    if "text" not in columns:
        raise BadFile("no_text_column", path=path.name, names="、".join(COLUMNS["text"]))
    return Table(tuple(heading), columns, stream.encoding, _rows(reader, heading=heading, columns=columns))


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


def _columns(heading: list[str]) -> dict[str, int]:
    """Return which column is which; of two with the same meaning the first counts."""
    names = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        name = names.get(re.sub(r"\s", "", cell.strip(_EDGES)).lower())
        if name is not None:
            found.setdefault(name, place)
    return found


def _rows(reader: Iterator[list[str]], *, heading: list[str], columns: Mapping[str, int]) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        cells = next(reader, None)
        if cells is None:
            return
        if not any(cell.strip(_EDGES) for cell in cells):
            continue
        values = {name: clean(cells[place]) for name, place in columns.items() if place < len(cells)}
        yield Row(line, tuple(cells), values, extra_cells=len(cells) != len(heading))


def clean(cell: str) -> str:
    """Return a cell without what spreadsheets leave in it: `_x000D_`, control characters, blanks at both ends."""
    text = cleaned(from_spreadsheets(cell.replace("_x000D_", "\n")))
    text = "\n".join(line.strip(_EDGES) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip(_EDGES)


def moment_of(text: str) -> datetime | None:
    """Return the moment that a letter's date writes, in the cities' zone unless it names another; None if it is none.

    Both forms of real files: `2019-04-24 16:03:40` and `2019/7/1 18:08:42`; also 2019年7月1日 18时8分.
    """
    found = _MOMENT.fullmatch(text.strip(_EDGES))
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=ZONE
        )
        if offset:
            moment = datetime.fromisoformat(moment.replace(tzinfo=None).isoformat() + offset)
    except ValueError:
        return None
    return moment
