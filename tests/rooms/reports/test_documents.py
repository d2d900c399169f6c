"""A report as PDF, DOCX, CSV and XLSX: everything is in it, nothing is a formula, the same bytes come again."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from tests.paper_ground import pages_of

from minsheng.figures.reports.documents import charts, typesetting, word
from minsheng.figures.reports.documents.document import (
    Column,
    Document,
    Heading,
    Paragraph,
    Picture,
    Table,
    chinese_date,
    chinese_number,
)
from minsheng.gateways import spreadsheets
from minsheng.gateways.spreadsheets import Sheet

NOW = datetime(2024, 1, 31, 9, 0, tzinfo=UTC)
SVG = charts.lines(["1月", "2月"], [charts.Series("今年", (3.0, 5.0)), charts.Series("上年", (2.0, None))], unit="件")
LONG = Table(
    "承办量较多的单位",
    (Column("单位", align="left"), Column("数量", "件")),
    tuple((f"第{number}号单位", f"{1000 - number}") for number in range(1, 60)),
    ("注：以部门办理为总体。",),
)
SOURCES = ("总量", "电话", "互联网", "承办转办", "民声接听员", "政策专员", "部门办理")
WIDE = Table(
    "诉求总量与办理",
    (
        Column("类别", align="left"),
        *(Column(name, "件") for name in ("总量", "电话", "互联网", "承办转办", "民声接听员", "政策专员", "部门办理")),
    ),
    (("总计", *("14,843,560\n（↓12.85%）",) * 7),),
)
PAPER = Document(
    title="演示市12345热线2024年1月运行情况通报",
    issuer="演示市热线办",
    signed_on=date(2024, 2, 9),
    mark="演示市12345热线通报",
    number="演12345通报〔2024〕1号",
    addressees=("市委", "市政府"),
    copies=("全体联动单位",),
    blocks=(
        Heading(1, "一、总体情况"),
        Heading(2, "（一）办理"),
        Paragraph("全市受理诉求14,843,560件。#set page(width: 1pt)"),
        WIDE,
        Picture("各月受理诉求", SVG, "1月 3件，2月 5件"),
        LONG,
    ),
)


def test_pdf_is_a_pdf_and_the_same_again() -> None:
    first = typesetting.pdf(PAPER, fonts=None, made_at=NOW)

    assert first.startswith(b"%PDF-")
    assert typesetting.pdf(PAPER, fonts=None, made_at=NOW) == first


def test_pdf_has_everything_with_the_tables_head_on_each_page() -> None:
    pages = pages_of(typesetting.pdf(PAPER, fonts=None, made_at=NOW))

    words = "".join(pages)
    for wanted in (
        "演示市12345热线通报",
        "演12345通报〔2024〕1号",
        "市委，市政府：",
        "一、总体情况",
        "抄送：全体联动单位。",
    ):
        assert wanted in words
    # The words of a report are never read as markup: a page of one point would have room for nothing.
    assert "#setpage(width:1pt)" in words
    assert sum("数量（件）" in page for page in pages) >= 2
    assert all(f"—{number}—" in page for number, page in enumerate(pages, start=1))


def test_folder_of_the_offices_own_fonts_comes_first(tmp_path: Path) -> None:
    assert typesetting.pdf(PAPER, fonts=tmp_path, made_at=NOW).startswith(b"%PDF-")


def test_draft_says_that_it_is_one() -> None:
    from dataclasses import replace

    draft = replace(PAPER, watermark="草稿")

    assert typesetting.pdf(draft, fonts=None, made_at=NOW) != typesetting.pdf(PAPER, fonts=None, made_at=NOW)
    assert "【草稿】" in [line.text for line in docx.Document(io.BytesIO(word.docx_of(draft, made_at=NOW))).paragraphs]


def test_docx_opens_with_tables_chart_and_measures_of_the_standard() -> None:
    paper = docx.Document(io.BytesIO(word.docx_of(PAPER, made_at=NOW)))

    section = paper.sections[0]
    assert (round(section.page_width.mm), round(section.top_margin.mm), round(section.left_margin.mm)) == (210, 37, 28)
    assert [table.rows[0].cells[0].text for table in paper.tables] == ["类别", "单位"]
    assert len(paper.tables[1].rows) == 60
    assert len(paper.inline_shapes) == 1
    words = [line.text for line in paper.paragraphs]
    assert "市委，市政府：" in words
    assert words[-2:] == ["抄送：全体联动单位。", "演示市热线办　2024年2月9日印发"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", " =", "＝", "\r"])
def test_no_text_is_a_formula(begin: str) -> None:
    sheet = Sheet("表", ("单位", "数"), ((f"{begin}cmd|' /C calc'!A0", 5),))

    line = list(csv.reader(io.StringIO(spreadsheets.csv_of(sheet).decode("utf-8-sig"))))[1]
    book = zipfile.ZipFile(io.BytesIO(spreadsheets.xlsx_of([sheet])))

    assert line[0].startswith("'")
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_numbers_stay_numbers() -> None:
    sheet = Sheet("表", ("数", "率", "无"), ((-5, Decimal("97.69"), None),))

    assert spreadsheets.csv_of(sheet).decode("utf-8-sig").splitlines()[1] == "-5,97.69,"
    page = zipfile.ZipFile(io.BytesIO(spreadsheets.xlsx_of([sheet]))).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>-5</v>" in page
    assert "<v>97.69</v>" in page


def test_sheets_of_the_same_name_are_told_apart() -> None:
    name = "E-1 诉求总量与办理[2023]:*?/" + "长" * 40

    book = zipfile.ZipFile(io.BytesIO(spreadsheets.xlsx_of([Sheet(name, ("a",), ()), Sheet(name, ("a",), ())])))

    assert sum(each.startswith("xl/worksheets/sheet") for each in book.namelist()) == 2


def test_table_with_a_row_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells in 2 columns"):
        Table("表", (Column("a"), Column("b")), (("x",),))


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_headings_are_numbered_in_chinese(number: int, words: str) -> None:
    assert chinese_number(number) == words


def test_day_is_written_without_leading_zeros() -> None:
    assert chinese_date(date(2024, 2, 9)) == "2024年2月9日"


def test_chart_escapes_names_and_breaks_where_there_is_nothing() -> None:
    svg = charts.bars(["<b>局", "乙局"], charts.Series("件", (5.0, None)), unit="件")

    assert "&lt;b&gt;局" in svg
    assert "—" in svg
    assert SVG.count("<polyline") == 2
