"""The first sheet of an XLSX workbook as rows of text, within the budget of `unpacking`; nothing is computed.

Of a formula the stored value is read. Moments become `2026-03-02 17:30:00`, whole numbers lose their point.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from xml.etree import ElementTree

from minsheng.gateways.media import unpacking
from minsheng.gateways.media.unpacking import Budget, HoldsArchive, OverBudget

ROWS_AT_MOST: Final = 20_000
_CELLS_AT_MOST: Final = 64
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CHUNK: Final = 64 * 1024
# Built-in formats of moments, those of Chinese versions included (ECMA-376 18.8.30).
_MOMENTS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_REFERENCE = re.compile(r"([A-Z]{1,3})\d+")


class BadWorkbook(Exception):
    """It is no workbook, or a broken or bloated one."""


def first_sheet(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of the first sheet with their numbers, as wide as the first of them. Raises: BadWorkbook."""
    try:
        with unpacking.opened(io.BytesIO(content)) as archive:
            parts = _Parts(archive, Budget(len(content)))
            return _even(list(_Sheet(parts).rows()))
    except (
        zipfile.BadZipFile, OverBudget, HoldsArchive, ElementTree.ParseError, LookupError, ValueError, OverflowError,
        NotImplementedError, RuntimeError, EOFError,
    ) as fault:  # fmt: skip
        raise BadWorkbook from fault


class _Parts:
    """The parts of the package, read once each and counted."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self._archive, self._budget = archive, budget
        budget.enter(len(archive.infolist()))

    def tree(self, name: str) -> ElementTree.Element:
        """Return a part's tree. Raises: KeyError without such a part, ParseError."""
        text = bytearray()
        with self._archive.open(name) as stream:
            while piece := stream.read(_CHUNK):
                self._budget.spend(len(piece))
                text += piece
        # Read as UTF-8 whatever it says of itself: then a document type is seen, by which a parser is made to swell.
        plain = text.decode("utf-8-sig")
        if "<!DOCTYPE" in plain or "<!ENTITY" in plain:
            raise BadWorkbook
        return ElementTree.fromstring(plain)  # noqa: S314 - without a document type there is nothing to expand

    def has(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return name in self._archive.namelist()


class _Sheet:
    """The first sheet, with what its cells refer to."""

    def __init__(self, parts: _Parts) -> None:
        book = parts.tree("xl/workbook.xml")
        sheet = book.find(f"{_MAIN}sheets/{_MAIN}sheet")
        if sheet is None:
            raise BadWorkbook
        links = {each.get("Id"): each.get("Target", "") for each in parts.tree("xl/_rels/workbook.xml.rels")}
        target = links[sheet.get(_LINK)]
        self._tree = parts.tree(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
        properties = book.find(f"{_MAIN}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._epoch = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no zone
        self._texts = self._shared(parts)
        self._is_moment = self._formats(parts)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give every row with its number."""
        number = 0
        for row in self._tree.iter(f"{_MAIN}row"):
            number = int(row.get("r") or number + 1)
            cells: list[str] = []
            for cell in row.iter(f"{_MAIN}c"):
                place = _place(cell.get("r")) if cell.get("r") else len(cells)
                if place >= _CELLS_AT_MOST:
                    break
                cells += [""] * (place + 1 - len(cells))
                cells[place] = self._text(cell)
            if number > ROWS_AT_MOST:
                raise BadWorkbook
            yield number, cells

    def _text(self, cell: ElementTree.Element) -> str:
        kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
        match kind:
            case "s":
                return self._texts[int(value)]
            case "inlineStr":
                return "".join(each.text or "" for each in cell.iter(f"{_MAIN}t"))
            case "n" if value:
                return self._number(value, is_moment=int(cell.get("s") or 0) in self._is_moment)
            case _:
                return value

    def _number(self, value: str, *, is_moment: bool) -> str:
        number = float(value)
        if is_moment:
            # Sheets count days; a second is the finest that a person types.
            moment = self._epoch + timedelta(seconds=round(number * 86_400))
            return moment.isoformat(sep=" ") if number >= 1 else f"{moment:%H:%M}"
        return str(int(number)) if number.is_integer() else value

    @staticmethod
    def _shared(parts: _Parts) -> list[str]:
        if not parts.has("xl/sharedStrings.xml"):
            return []
        tree = parts.tree("xl/sharedStrings.xml")
        # Readings of Chinese characters stand in `rPh`, beside the text.
        return ["".join(_words(each)) for each in tree.iter(f"{_MAIN}si")]

    @staticmethod
    def _formats(parts: _Parts) -> frozenset[int]:
        if not parts.has("xl/styles.xml"):
            return frozenset()
        tree = parts.tree("xl/styles.xml")
        own = {
            int(each.get("numFmtId", 0))
            for each in tree.iter(f"{_MAIN}numFmt")
            if re.search(r"[ymdhs]", re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", each.get("formatCode", "")).lower())
        }
        styles = tree.find(f"{_MAIN}cellXfs")
        found = [] if styles is None else [int(each.get("numFmtId", 0)) for each in styles]
        return frozenset(place for place, code in enumerate(found) if code in _MOMENTS or code in own)


def _words(item: ElementTree.Element) -> Iterator[str]:
    for part in item:
        if part.tag == f"{_MAIN}t":
            yield part.text or ""
        elif part.tag == f"{_MAIN}r":
            yield part.findtext(f"{_MAIN}t") or ""


def _place(reference: str | None) -> int:
    found = _REFERENCE.fullmatch(reference or "")
    if found is None:
        raise BadWorkbook
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _even(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return the rows as wide as the heading: sheets leave out empty cells, and may have some behind."""
    width = len(rows[0][1]) if rows else 0
    even = []
    for number, cells in rows:
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        even.append((number, cells + [""] * (width - len(cells))))
    return even
