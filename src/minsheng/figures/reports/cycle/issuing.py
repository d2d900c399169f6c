"""A stored report as document, PDF, DOCX and spreadsheet: what its row has, put together once for all of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from minsheng.core.policies import queries as policies
from minsheng.domain.duties import report as duty
from minsheng.domain.rejected import Rejected
from minsheng.domain.report_kinds import period_of
from minsheng.figures.reports import queries
from minsheng.figures.reports.documents import figures, papers, typesetting, word
from minsheng.figures.reports.documents.document import Document
from minsheng.figures.reports.documents.papers import Address, Sender
from minsheng.figures.reports.models import Report
from minsheng.figures.reports.release.annual import Cell, Table
from minsheng.gateways.spreadsheets import Sheet, Value

_FINAL = frozenset({duty.APPROVED, duty.SENT})


def sender_of(city: str, *, now: datetime) -> Sender:
    """Return who issues a city's reports, in the pack's words."""
    rules = policies.rules_for(city, now=now)
    name = policies.city(city).name
    return Sender(city=name, hotline=rules.display_name, office=rules.center_name)


def title_of(row: Report, *, now: datetime) -> str:
    """Return the title that the report carries."""
    sender = sender_of(row.city_id, now=now)
    return queries.kind_of(row).title.format(**papers.names_of(period_of(row.since, row.until), sender))


def document_of(row: Report, *, now: datetime, address: Address | None = None) -> Document:
    """Return the report as it stands; what was sent has its number, addressees and day, a draft says that it is one.

    Raises: Rejected `report_not_composed`.
    """
    if row.figures is None:
        raise Rejected("report_not_composed")
    return papers.document_of(
        queries.kind_of(row),
        period_of(row.since, row.until),
        figures.read(row.figures),
        row.words,
        sender=sender_of(row.city_id, now=now),
        address=address or _address(row),
        watermark="" if address or row.status in _FINAL else "草稿",
    )


def pdf_of(row: Report, *, now: datetime, address: Address | None = None) -> bytes:
    """Return the report as PDF: what was sent, byte for byte, once it has been. Raises: Rejected."""
    if address is None and row.document is not None and row.status == duty.SENT:
        return bytes(row.document)
    return typesetting.pdf(document_of(row, now=now, address=address), fonts=_fonts(), made_at=row.changed_at)


def lacking(row: Report, *, now: datetime) -> tuple[str, ...]:
    """Return the characters that would be boxes in the report's PDF. Raises: Rejected `report_not_composed`."""
    return typesetting.lacking(document_of(row, now=now), fonts=_fonts())


def _fonts() -> Path | None:
    return Path(settings.FONTS_FOLDER) if settings.FONTS_FOLDER else None


def docx_of(row: Report, *, now: datetime) -> bytes:
    """Return the report as DOCX. Raises: Rejected."""
    return word.docx_of(document_of(row, now=now), made_at=row.changed_at)


def sheets_of(row: Report) -> list[Sheet]:
    """Return the report's tables as sheets, figures as numbers. Raises: Rejected `report_not_composed`."""
    if row.figures is None:
        raise Rejected("report_not_composed")
    counted = figures.read(row.figures)
    moment = _("数据截至 %(moment)s") % {"moment": f"{counted.as_of:%Y-%m-%d %H:%M:%S}"}
    return [sheet_of(table, note=moment) for table in counted.tables]


def sheet_of(table: Table, *, note: str) -> Sheet:
    """Return a table as a sheet; a change stands in a column of its own beside its figure."""
    changed = {column for row in table.rows for column, cell in row.cells if cell.change is not None}
    columns = [*table.heads, _("类别")]
    for column in table.columns:
        columns.append(column)
        if column in changed:
            columns.append(_("%(column)s同比") % {"column": column})
    rows = []
    for row in table.rows:
        values: list[Value] = [*row.lead, *("",) * (len(table.heads) - len(row.lead)), row.label]
        cells = dict(row.cells)
        for column in table.columns:
            values.append(_value(cells.get(column)))
            if column in changed:
                values.append(cells[column].change_shown if column in cells else None)
        rows.append(tuple(values))
    return Sheet(f"{table.id} {table.title}", tuple(columns), tuple(rows), (note, *papers.notes_of(table)))


def file_name(row: Report, kind: str, *, now: datetime) -> str:
    """Return the name under which a report is saved."""
    return f"{title_of(row, now=now)}.{kind}"


def _address(row: Report) -> Address:
    if row.status != duty.SENT or row.sent_at is None:
        return Address(number=row.number)
    state = row.state or {}
    signed: date = row.sent_at.astimezone(policies.rules_for(row.city_id, now=row.sent_at).worktime.zone).date()
    rules = policies.rules_for(row.city_id, now=row.sent_at)
    copies = () if queries.kind_of(row).is_public else rules.bulletin_cc
    return Address(row.number, tuple(state.get("recipients", ())), copies, signed)


def _value(cell: Cell | None) -> Value:
    if cell is None:
        return None
    if cell.small or cell.text or cell.value is None:
        return cell.shown
    return int(cell.value) if cell.digits == 0 else Decimal(cell.value)
