"""A document as DOCX in the layout of GB/T 9704-2012, to be opened and worked on in Word or WPS.

Fonts are named, not embedded: offices have 仿宋_GB2312 and 小标宋; where they are missing the reader's own stand in.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any, assert_never

import docx
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as Grid
from docx.text.paragraph import Paragraph as Lines

from minsheng.figures.reports.documents import typesetting
from minsheng.figures.reports.documents.document import Document, Heading, Paragraph, Picture, Table, chinese_date

_SONG, _FANG, _HEI, _KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
_RED = RGBColor(0xD0, 0x02, 0x1B)
_SECOND, _THIRD, _FOURTH, _FIFTH, _SMALL = Pt(22), Pt(16), Pt(14), Pt(10.5), Pt(8)
_TYPE_AREA = Mm(156)
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def docx_of(document: Document, *, made_at: datetime) -> bytes:
    """Return the document as DOCX. Charts become PNG: not every reader of DOCX knows SVG."""
    paper = docx.Document()
    _page(paper)
    _properties(paper, document, made_at)
    _head(paper, document)
    for block in document.blocks:
        match block:
            case Heading(level=level, text=text):
                _heading(paper, level, text)
            case Paragraph(text=text):
                _body(paper, text)
            case Table():
                _table(paper, block)
            case Picture():
                _picture(paper, block)
            case _:
                assert_never(block)
    _foot(paper, document)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _page(paper: Paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    paper.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        line = footer.paragraphs[0]
        line.alignment = _ALIGN[align]
        _run(line, "— ", font=_SONG, size=_FOURTH)
        _page_number(line)
        _run(line, " —", font=_SONG, size=_FOURTH)
    _east_asian(paper.styles["Normal"].element.get_or_add_rPr(), _FANG)
    paper.styles["Normal"].font.size = _THIRD


def _properties(paper: Paper, document: Document, made_at: datetime) -> None:
    known = paper.core_properties
    known.title, known.author = document.title, document.issuer
    known.created = known.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    known.language = "zh-CN"


def _head(paper: Paper, document: Document) -> None:
    if document.watermark:
        _line(paper, f"【{document.watermark}】", font=_HEI, size=_FOURTH, align="center")
    if document.mark:
        _line(paper, document.mark, font=_SONG, size=Pt(36), align="center", color=_RED, after=Pt(18))
    if document.number:
        line = _line(paper, document.number, font=_FANG, size=_THIRD, align="center")
        if document.mark:
            _rule_below(line)
    _line(paper, document.title, font=_SONG, size=_SECOND, align="center", before=Pt(24), after=Pt(24))
    if document.addressees:
        _line(paper, "，".join(document.addressees) + "：", font=_FANG, size=_THIRD)


def _foot(paper: Paper, document: Document) -> None:
    if document.signed_on is not None:
        day = chinese_date(document.signed_on)
        # Room for a seal over issuer and day; kept with the text before them.
        for place, words in enumerate((document.issuer, day)):
            line = _line(paper, words, font=_FANG, size=_THIRD, align="right", before=Pt(52) if place == 0 else None)
            line.paragraph_format.right_indent = Pt(64)
            line.paragraph_format.keep_with_next = place == 0
    if document.copies:
        made = f"{document.issuer}　{chinese_date(document.signed_on)}印发" if document.signed_on else document.issuer
        for words in (f"抄送：{'，'.join(document.copies)}。", made):
            line = _line(paper, words, font=_FANG, size=_FOURTH, before=Pt(6))
            _rule_below(line, color="000000")


def _heading(paper: Paper, level: int, text: str) -> None:
    line = paper.add_heading(level=level)
    line.paragraph_format.first_line_indent = _THIRD * 2
    _space(line)
    font = {1: _HEI, 2: _KAI}.get(level, _FANG)
    run = _run(line, text, font=font, size=_THIRD)
    run.font.bold = level == 2
    run.font.color.rgb = RGBColor(0, 0, 0)


def _body(paper: Paper, text: str) -> None:
    line = _line(paper, text, font=_FANG, size=_THIRD)
    line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.first_line_indent = _THIRD * 2


def _table(paper: Paper, table: Table) -> None:
    caption = _line(paper, table.caption, font=_HEI, size=Pt(12), align="center", before=Pt(6))
    caption.paragraph_format.keep_with_next = True
    grid = paper.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    size = _SMALL if len(table.columns) > 6 else _FIFTH
    for cell, column in zip(grid.rows[0].cells, table.columns, strict=True):
        words = column.name + (f"\n（{column.unit}）" if column.unit else "")
        _cell(cell.paragraphs[0], words, font=_HEI, size=size, align="center")
    _repeat(grid)
    for texts in table.rows:
        for cell, words, column in zip(grid.add_row().cells, texts, table.columns, strict=True):
            _cell(cell.paragraphs[0], words, font=_FANG, size=size, align=column.align)
    _narrow_padding(grid)
    for place, width in enumerate(_widths(table)):
        # The grid's own width too: LibreOffice and WPS go by it, Word by the cells'.
        grid.columns[place].width = width
        for cell in grid.columns[place].cells:
            cell.width = width
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for row in grid.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for note in table.notes:
        _line(paper, note, font=_FANG, size=_SMALL)


def _picture(paper: Paper, picture: Picture) -> None:
    caption = _line(paper, picture.caption, font=_HEI, size=Pt(12), align="center", before=Pt(6))
    caption.paragraph_format.keep_with_next = True
    line = paper.add_paragraph()
    line.alignment = _ALIGN["center"]
    shape = line.add_run().add_picture(io.BytesIO(typesetting.png(picture.svg)), width=_TYPE_AREA)
    shape._inline.docPr.set("descr", picture.alt)


def _widths(table: Table) -> list[int]:
    """Share the type area between the columns by their longest text, ASCII counting one and Chinese two."""
    shares = []
    for place, column in enumerate(table.columns):
        texts = [row[place] for row in table.rows]
        longest = max((_width(line) for text in texts for line in text.split("\n")), default=0)
        shares.append(min(max(longest, min(_width(column.name), 8), 8), 30) + 3)
    return [int(_TYPE_AREA * share / sum(shares)) for share in shares]


def _width(text: str) -> int:
    return sum(1 if each.isascii() else 2 for each in text)


def _line(
    paper: Paper,
    text: str,
    *,
    font: str,
    size: Pt,
    align: str = "left",
    color: RGBColor | None = None,
    before: Pt | None = None,
    after: Pt | None = None,
) -> Lines:
    line = paper.add_paragraph()
    line.alignment = _ALIGN[align]
    _space(line, size=size)
    if before is not None:
        line.paragraph_format.space_before = before
    if after is not None:
        line.paragraph_format.space_after = after
    run = _run(line, text, font=font, size=size)
    if color is not None:
        run.font.color.rgb = color
    return line


def _cell(line: Lines, words: str, *, font: str, size: Pt, align: str) -> None:
    line.alignment = _ALIGN[align]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
    # A blank in an empty cell: without a letter the line would be as high as one of the text.
    _run(line, words or " ", font=font, size=size)


def _space(line: Lines, *, size: Pt = _THIRD) -> None:
    """Set the spacing of the standard: 22 lines in 225 mm for text of size three."""
    spacing = line.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    if size <= _THIRD:
        spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        spacing.line_spacing = Pt(28.95) if size >= _FOURTH else Pt(18)


def _run(line: Lines, text: str, *, font: str, size: Pt) -> Any:
    run = line.add_run(text)
    run.font.size = size
    _east_asian(run._element.get_or_add_rPr(), font)
    return run


def _east_asian(properties: Any, font: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(script), font)


def _page_number(line: Lines) -> None:
    run = _run(line, "", font=_SONG, size=_FOURTH)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = words
        run._element.append(element)


def _repeat(grid: Grid) -> None:
    """Print the head again on each page that the table runs on to."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(mark)


def _narrow_padding(grid: Grid) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), "50")
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    grid._tbl.tblPr.append(margins)


def _rule_below(line: Lines, *, color: str = "D0021B") -> None:
    borders = OxmlElement("w:pBdr")
    below = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", color)):
        below.set(qn(f"w:{name}"), value)
    borders.append(below)
    line._p.get_or_add_pPr().append(borders)
