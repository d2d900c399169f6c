"""A report to take away: PDF, DOCX, spreadsheet; and the rows behind each of its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.people.gates import desk
from minsheng.core.people.pages.confirming import exported
from minsheng.core.people.queries import Person
from minsheng.domain.rejected import Rejected
from minsheng.domain.report_kinds import period_of
from minsheng.figures.lake import drill, engines
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.cycle import issuing
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Report
from minsheng.figures.reports.pages.cycle import found
from minsheng.figures.reports.release.annual import Cell
from minsheng.gateways import clock, spreadsheets
from minsheng.gateways.spreadsheets import Sheet
from minsheng.workbench.downloads import attachment

_PER_PAGE = 50


@require_safe
@desk
def download(request: HttpRequest, person: Person, report_id: UUID, kind: str) -> HttpResponse:
    """Give the report as PDF or DOCX."""
    return _download(request, person, report_id, kind)


@require_safe
@desk
@exported
def spreadsheet(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Give the report's tables as XLSX."""
    return _download(request, person, report_id, "xlsx")


def _download(request: HttpRequest, person: Person, report_id: UUID, kind: str) -> HttpResponse:
    row = found(person, report_id)
    now = clock.now()
    try:
        if kind == "pdf":
            content = issuing.pdf_of(row, now=now)
        elif kind == "docx":
            content = issuing.docx_of(row, now=now)
        else:
            content = spreadsheets.xlsx_of(issuing.sheets_of(row))
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
        return redirect("reports:report", row.pk)
    return attachment(content, kind, issuing.file_name(row, kind, now=now))


@require_safe
@desk
@exported
def table(request: HttpRequest, person: Person, report_id: UUID, table_id: str) -> HttpResponse:
    """Give one table as CSV."""
    row = found(person, report_id)
    if row.figures is None:
        raise Http404
    counted = figures.read(row.figures)
    if not counted.has(table_id):
        raise Http404
    note = _("数据截至 %(moment)s") % {"moment": f"{counted.as_of:%Y-%m-%d %H:%M:%S}"}
    sheet = issuing.sheet_of(counted[table_id], note=note)
    return attachment(spreadsheets.csv_of(sheet), "csv", f"{sheet.name}.csv")


@require_safe
@desk
@exported
def chart(request: HttpRequest, person: Person, report_id: UUID, code: str) -> HttpResponse:
    """Give the values of a chart as CSV."""
    row = found(person, report_id)
    drawn = figures.read(row.figures).chart(code) if row.figures is not None else None
    if drawn is None:
        raise Http404
    lines = tuple(zip(drawn.categories, *(values for _name, values in drawn.series), strict=True))
    sheet = Sheet(drawn.caption, ("", *(name for name, _values in drawn.series)), lines)
    return attachment(spreadsheets.csv_of(sheet), "csv", f"{drawn.caption}.csv")


@require_safe
@desk
def rows(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Show the rows behind a figure; orders that the reader may open are links."""
    row = found(person, report_id)
    table_id, label, column = (request.GET.get(name, "") for name in ("table", "row", "column"))
    cell, title = _cell(row, table_id, label, column)
    page = _number(request.GET.get("page", ""))
    period = period_of(row.since, row.until)
    try:
        with engines.opened(Store(Path(settings.LAKE_FOLDER)), city=row.city_id) as lake:
            number, listed = drill.page(lake, cell.rows, period, limit=_PER_PAGE, offset=page * _PER_PAGE)
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
        return redirect("reports:report", row.pk)
    dataset = drill.dataset_of(cell.rows)
    names = [name for name in dataset.schema.names if name not in ("city", "order_id")]
    columns = [name for name in names if any(each[name] is not None for each in listed)]
    readable, hidden = readable_of(person, listed)
    here = {"table": table_id, "row": label, "column": column}
    return render(
        request,
        "reports/rows.html",
        {
            "row": row,
            "title": title,
            "figure": cell.shown,
            "of": label,
            "column": column,
            "columns": columns,
            "lines": [(link, [_plain(each[name]) for name in columns]) for link, each in readable],
            "hidden": hidden,
            "number": number,
            "first": page * _PER_PAGE + 1,
            "last": page * _PER_PAGE + len(listed),
            "back": "?" + urlencode({**here, "page": page - 1}) if page else "",
            "next": "?" + urlencode({**here, "page": page + 1}) if (page + 1) * _PER_PAGE < number else "",
        },
    )


def _cell(row: Report, table_id: str, label: str, column: str) -> tuple[Cell, str]:
    """Return a cell of the report that has rows behind it, and its table's title. Raises: Http404."""
    if row.figures is not None:
        counted = figures.read(row.figures)
        for table_of, line, name, cell in counted.cells():
            if (table_of, line.label, name) == (table_id, label, column) and cell.rows and not cell.small:
                return cell, counted[table_id].title
    raise Http404


Line = tuple[tuple[str, str] | None, dict[str, Any]]


def readable_of(person: Person, rows: list[dict[str, Any]]) -> tuple[list[Line], int]:
    """Return the rows that the reader may see, each with id and number of its order, and how many were left out.

    An order that the reader may not see is not shown as a row either (JY-12); what stands only in the lake, a call or a
    simulated order, has no link.
    """
    ids = [str(row["order_id"]) for row in rows if row.get("order_id")]
    found = orders.visible(person.actor, city=person.city).filter(id__in=ids)
    links = {order: (order, number) for order, number in found.values_list("id", "number")}
    known = orders.known(ids)
    shown = [row for row in rows if row.get("order_id") in links or row.get("order_id") not in known]
    return [(links.get(str(row.get("order_id"))), row) for row in shown], len(rows) - len(shown)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return f"{value:%Y-%m-%d %H:%M:%S}" if hasattr(value, "year") else str(value)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 7 else 0
