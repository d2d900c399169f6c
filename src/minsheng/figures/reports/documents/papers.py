"""A report's kind, figures and words put together: the one document that page, PDF and DOCX show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from minsheng.domain.indicators import BY_ID
from minsheng.domain.periods import Period
from minsheng.domain.report_kinds import ReportKind, Section
from minsheng.figures.reports.documents import document as doc
from minsheng.figures.reports.documents import fields
from minsheng.figures.reports.documents.figures import ASSESSMENT, Figures
from minsheng.figures.reports.release.annual import Cell, Row, Table

# More columns than these, with changes below the figures, can't be read across 156 mm.
_WIDEST = 8


@dataclass(frozen=True, slots=True)
class Sender:
    """Who issues it: the city's name, the hotline's own, and the office's that signs."""

    city: str
    hotline: str
    office: str


@dataclass(frozen=True, slots=True)
class Address:
    """To whom it goes, under which number, and when it was signed; all empty while it is being written."""

    number: str = ""
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    signed_on: date | None = None


def document_of(
    kind: ReportKind,
    period: Period,
    figures: Figures,
    words: Mapping[str, str],
    *,
    sender: Sender,
    address: Address,
    watermark: str = "",
) -> doc.Document:
    """Return the report as a document. `words`: section → text with fields; a section without takes the kind's own.

    Raises: Rejected `report_field_unknown`.
    """
    names = names_of(period, sender)
    sections = [section for section in kind.sections if not section.is_left_out(words)]
    numbers = _numbers(sections)
    blocks: list[doc.Block] = []
    for section in sections:
        blocks.extend(_section(section, numbers[section.code], figures, words, names))
    return doc.Document(
        title=_named(kind.title, names),
        issuer=sender.office,
        signed_on=address.signed_on,
        blocks=tuple(blocks),
        mark=_named(kind.mark, names),
        number=address.number,
        addressees=() if kind.is_public else address.recipients,
        copies=address.copies,
        watermark=watermark,
    )


def names_of(period: Period, sender: Sender) -> dict[str, str]:
    """Return what the names in titles and texts stand for."""
    return {"city": sender.city, "hotline": sender.hotline, "period": period.name}


def table_of(table: Table) -> doc.Table:
    """Return a table as it is printed: figures with their changes below them, definitions in the notes."""
    if table.ranked:
        return _ranked(table)
    if table.id == ASSESSMENT:
        table = _ranked_units(table)
    if len(table.columns) > _WIDEST and not table.heads:
        return _upright(table)
    heads = tuple(doc.Column(head, align="left") for head in table.heads)
    columns = (
        *heads,
        doc.Column("类别" if table.id != ASSESSMENT else "单位", align="left"),
        *(doc.Column(column, _unit(table, column)) for column in table.columns),
    )
    rows = tuple(
        (*_padded(row.lead, len(heads)), row.label, *(printed(dict(row.cells).get(column)) for column in table.columns))
        for row in table.rows
    )
    return doc.Table(table.title, columns, rows, tuple(notes_of(table)))


def ranking(row: Row) -> list[tuple[str, Cell, Cell | None]]:
    """Return a row of a ranked table in its own order: name, figure, share."""
    cells = dict(row.cells)
    return [(name, cell, cells.get(f"{name}占比")) for name, cell in row.cells if not name.endswith("占比")]


def printed(cell: Cell | None) -> str:
    """Return what stands in a cell; empty where the row has no such figure."""
    if cell is None:
        return ""
    return cell.shown + (f"\n（{cell.change_shown}）" if cell.change_shown else "")


def notes_of(table: Table) -> Iterator[str]:
    """Yield the notes: the table's own, that figures are suppressed, and how each rate and mean is defined."""
    cells = [cell for row in table.rows for _, cell in row.cells]
    yield from (f"注：{note}" for note in table.notes)
    if any(cell.small for cell in cells):
        yield "注：* 件数过少，不单独公布。"
    if any(cell.change is not None for cell in cells):
        yield "注：括号内为与上年同期相比的变化；比率以百分点计，数量以百分比计。"
    defined = dict.fromkeys(cell.definition for cell in cells if cell.definition in BY_ID)
    for code in defined:
        if BY_ID[code].denominator:
            yield f"注：{BY_ID[code].words}"


def _ranked_units(table: Table) -> Table:
    """Return an assessment with its ranked units alone: the others are told by number, and stand on page and sheet."""
    ranked = tuple(row for row in table.rows if row["名次"].value is not None)
    rest = len(table.rows) - len(ranked)
    note = (f"另有 {rest} 个单位到期工单不足，计分不排名，未列出。",) if rest else ()
    return replace(table, rows=ranked, notes=(*note, *table.notes))


def _upright(table: Table) -> doc.Table:
    """Return a table that is too wide for a page with its columns as rows."""
    columns = (doc.Column("项目", align="left"), *(doc.Column(row.label) for row in table.rows))
    cells = [dict(row.cells) for row in table.rows]
    rows = []
    for name in table.columns:
        unit = _unit(table, name)
        rows.append((f"{name}（{unit}）" if unit else name, *(printed(each.get(name)) for each in cells)))
    return doc.Table(table.title, columns, tuple(rows), tuple(notes_of(table)))


def _ranked(table: Table) -> doc.Table:
    """Return a ranked table: a column a rank, since each row has names of its own in its own order."""
    ranks = max((len(ranking(row)) for row in table.rows), default=0)
    columns = (
        doc.Column("类别", align="left"),
        *(doc.Column(f"第{place}位", align="center") for place in range(1, ranks + 1)),
    )
    rows = []
    for row in table.rows:
        found = [
            f"{name}\n{cell.shown}{cell.unit}" + (f"\n{share.shown}{share.unit}" if share is not None else "")
            for name, cell, share in ranking(row)
        ]
        rows.append((row.label, *found, *("",) * (ranks - len(found))))
    return doc.Table(table.title, columns, tuple(rows), tuple(notes_of(table)))


def _section(
    section: Section, number: str, figures: Figures, words: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[doc.Block]:
    if section.heading:
        yield doc.Heading(section.level, f"{number}{section.heading}")
    text = words.get(section.code, section.text)
    for line in text.splitlines():
        if line.strip():
            yield doc.Paragraph(fields.filled(line.strip(), figures, names=names))
    for code in section.charts:
        chart = figures.chart(code)
        if chart is not None and chart.categories:
            yield chart.picture()
    for table_id in section.tables:
        if figures.has(table_id):
            yield table_of(figures[table_id])


def _numbers(sections: Sequence[Section]) -> dict[str, str]:
    """Return each section's number: `一、` on the first level, `（一）` on the second."""
    first = second = 0
    found = {}
    for section in sections:
        if not section.heading:
            found[section.code] = ""
        elif section.level == 1:
            first, second = first + 1, 0
            found[section.code] = f"{doc.chinese_number(first)}、"
        else:
            second += 1
            found[section.code] = f"（{doc.chinese_number(second)}）"
    return found


def _unit(table: Table, column: str) -> str:
    """Return the unit of a column when all its figures have the same."""
    units = {cell.unit for row in table.rows for name, cell in row.cells if name == column and cell.value is not None}
    return units.pop() if len(units) == 1 else ""


def _padded(lead: tuple[str, ...], length: int) -> tuple[str, ...]:
    return (*lead, *("",) * (length - len(lead)))


def _named(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text
