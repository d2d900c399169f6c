"""Sheets of XLSX workbooks as spreadsheet programs write them, and what is no workbook."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from minsheng.gateways import tables, workbooks
from minsheng.gateways.tables import BadFile


def workbook(*rows: tuple[Any, ...], date_1904: bool = False) -> bytes:
    """Return a workbook with one sheet; moments are typed as moments."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"date_1904": date_1904, "in_memory": True}) as book:
        sheet = book.add_worksheet()
        moments = book.add_format({"num_format": 'yyyy"年"m"月"d"日" hh:mm'})
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, place, cell, moments)
                else:
                    sheet.write(at, place, cell)
    return kept.getvalue()


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return the workbook with something else in one of its parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, text.replace(old, new) if name == part else text)
    return kept.getvalue()


@pytest.mark.parametrize("date_1904", [False, True])
def test_moments_numbers_and_texts_are_read_as_a_person_sees_them(date_1904: bool) -> None:
    moment = datetime(2026, 3, 2, 17, 30)  # noqa: DTZ001 - sheets know no zone
    content = workbook(("开始", "电话", "人"), (moment, 13800000001, "李四"), (1.5, "", ""), date_1904=date_1904)

    rows = workbooks.first_sheet(content)

    assert rows == [
        (1, ["开始", "电话", "人"]),
        (2, ["2026-03-02 17:30:00", "13800000001", "李四"]),
        (3, ["1.5", "", ""]),
    ]


def test_a_formula_is_not_computed_and_not_kept() -> None:
    content = workbook(("甲",), ('=CONCATENATE("a","b")',))

    assert workbooks.first_sheet(content)[1] == (2, ["0"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"PK\x03\x04 and nothing else",
        lambda content: changed(content, "xl/workbook.xml", b"<sheet ", b"<page "),
        lambda content: changed(content, "xl/worksheets/sheet1.xml", b"<worksheet", b"<!DOCTYPE a><worksheet"),
        lambda content: changed(content, "xl/worksheets/sheet1.xml", b'r="A1"', b'r="?1"'),
        lambda content: changed(content, "xl/worksheets/sheet1.xml", b"<v>0</v>", b"<v>99</v>"),
        lambda content: changed(content, "xl/worksheets/sheet1.xml", b'<row r="1"', b'<row r="20001"'),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused(spoil: Any) -> None:
    with pytest.raises(BadFile) as refused:
        tables.read_bytes(spoil(workbook(("甲",))), columns={"a": ("甲",)}, name="表.xlsx")

    assert refused.value.code == "bad_workbook"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = workbook(("甲",))
    bomb = changed(content, "xl/sharedStrings.xml", "甲".encode(), b"x" * 30_000_000)

    with pytest.raises(workbooks.BadWorkbook):
        workbooks.first_sheet(bomb)
