"""The leaders' cockpit: today beside the same weekday, what is red now, emergencies, the largest; each with its rows.

Figures carry their moment and are the reports' own (`board`); lists of what waits come from the orders at this minute.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.orders.office import oversight
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.people.gates import desk
from minsheng.core.people.pages.confirming import exported
from minsheng.core.people.queries import Person
from minsheng.domain import indicators
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import drill, engines
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.board import board, red
from minsheng.figures.reports.board.board import Board, Tile
from minsheng.figures.reports.documents import charts
from minsheng.figures.reports.pages.cycle import reads
from minsheng.figures.reports.pages.documents import readable_of
from minsheng.figures.reports.release.annual import Cell
from minsheng.gateways import clock, spreadsheets
from minsheng.gateways.spreadsheets import Sheet
from minsheng.workbench.downloads import attachment

_MOST = 10
_PER_PAGE = 50


@require_safe
@desk
def cockpit(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the board. A page that asks again for what it has is told that nothing has changed."""
    reads(person)
    now = clock.now()
    found = board.kept(person.city)
    standing = red.seen(person.city, now=now)
    emergencies = list(
        orders.visible(person.actor, city=person.city)
        .filter(is_emergency=True)
        .exclude(status="CLOSED")
        .order_by("due", "id")
        .only("id", "number", "title", "status", "due", "is_sealed")[:_MOST]
    )
    emergencies = reading.retold(emergencies, actor=person.actor, city=person.city)
    shown = (
        found and (found.generation, found.as_of),
        standing.as_of,
        [(each.id, each.status) for each in emergencies],
    )
    tag = f'W/"{hashlib.sha256(repr(shown).encode()).hexdigest()[:16]}"'
    if request.headers.get("HX-Request") and request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    sees_units = person.acting_as in oversight.ROLES
    response = render(
        request,
        "reports/cockpit.html",
        {
            "board": found,
            "tiles": [_tile(each) for each in found.tiles] if found else [],
            "ranked": [_ranked(each) for each in found.ranked] if found else [],
            "hours": _hours(found) if found else None,
            "red": standing.units,
            "red_at": standing.as_of,
            "labels": wording.OVERSIGHT,
            "emergencies": [(each, wording.label_of_status(each.status)) for each in emergencies],
            "sees_units": sees_units,
            "now": now,
        },
    )
    response["ETag"] = tag
    return response


@require_safe
@desk
def rows(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the rows behind a figure of the board, as of the board's own moment."""
    reads(person)
    found = board.kept(person.city)
    where = request.GET.get("of", "")
    label = _label(found, where) if found is not None else None
    if found is None or label is None:
        raise Http404
    page = int(text) if (text := request.GET.get("page", "")).isdecimal() and len(text) < 7 else 0
    span = board.today(found.as_of)
    try:
        with engines.opened(Store(Path(settings.LAKE_FOLDER)), city=person.city) as lake:
            number, listed = drill.page(lake, where, span, limit=_PER_PAGE, offset=page * _PER_PAGE)
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
        return redirect("reports:cockpit")
    readable, hidden = readable_of(person, listed)
    names = ("registered_at", "asked_at", "began_at", "type", "category_group", "unit", "status", "direction")
    columns = [name for name in names if any(each.get(name) is not None for each in listed)]
    return render(
        request,
        "reports/cockpit_rows.html",
        {
            "title": label,
            "as_of": found.as_of,
            "columns": columns,
            "lines": [(link, [_plain(each.get(name)) for name in columns]) for link, each in readable],
            "hidden": hidden,
            "number": number,
            "first": page * _PER_PAGE + 1,
            "last": page * _PER_PAGE + len(listed),
            "back": "?" + urlencode({"of": where, "page": page - 1}) if page else "",
            "next": "?" + urlencode({"of": where, "page": page + 1}) if (page + 1) * _PER_PAGE < number else "",
        },
    )


@require_safe
@desk
@exported
def export(request: HttpRequest, person: Person, part: str, kind: str) -> HttpResponse:
    """Give one part of the board, or all of it, as CSV or XLSX."""
    reads(person)
    found = board.kept(person.city)
    if found is None or kind not in ("csv", "xlsx"):
        raise Http404
    sheets = {code: sheet for code, sheet in _sheets(found).items() if part in ("all", code)}
    if not sheets or (kind == "csv" and len(sheets) != 1):
        raise Http404
    if kind == "xlsx":
        return attachment(spreadsheets.xlsx_of(sheets.values()), "xlsx", _("驾驶舱.xlsx"))
    sheet = sheets[part]
    return attachment(spreadsheets.csv_of(sheet), "csv", f"{sheet.name}.csv")


def _sheets(found: Board) -> dict[str, Sheet]:
    """Return the board's parts as sheets, each with its moment."""
    note = _("数据截至 %(moment)s") % {"moment": f"{found.as_of:%Y-%m-%d %H:%M:%S}"}
    tiles = tuple((_(each.name), each.value, each.unit, each.before, _(each.definition)) for each in found.tiles)
    heads = (_("指标"), _("今日"), _("单位"), _("上周同日同时"), _("定义"))
    sheets = {"tiles": Sheet(_("今日指标"), heads, tiles, (note,))}
    hours = tuple((f"{hour}:00", now, before) for hour, now, before in found.hours)
    sheets["hours"] = Sheet(_("分时受理"), (_("时段"), _("今日"), _("上周同日同时")), hours, (note,))
    for each in found.ranked:
        lines = tuple((name, number) for name, number, _where in each.lines)
        sheets[each.code] = Sheet(_(each.name), (_(each.name), _("件数")), lines, (note,))
    return sheets


def _tile(tile: Tile) -> dict[str, object]:
    shown = Cell(tile.value, tile.unit, tile.digits, tile.change, tile.change_kind)
    earlier = "—" if tile.before is None else indicators.text(tile.before, digits=tile.digits) + tile.unit
    return {
        "name": _(tile.name),
        "text": shown.shown,
        "unit": tile.unit,
        "change": shown.change_shown,
        "before": earlier,
        "definition": tile.definition,
        "address": "/cockpit/rows?" + urlencode({"of": tile.rows}) if tile.cases else "",
    }


def _ranked(ranked: board.Ranked) -> dict[str, object]:
    top = ranked.lines[0][1] if ranked.lines else 1
    return {
        "code": ranked.code,
        "name": _(ranked.name),
        "lines": [
            (name, number, round(100 * number / top), "/cockpit/rows?" + urlencode({"of": where}))
            for name, number, where in ranked.lines
        ],
    }


def _hours(found: Board) -> dict[str, object]:
    names = [f"{hour}" for hour, _now, _before in found.hours]
    series = [
        charts.Series(_("今日"), tuple(float(now) for _hour, now, _before in found.hours)),
        charts.Series(_("上周同日"), tuple(float(before) for _hour, _now, before in found.hours)),
    ]
    return {
        "svg": charts.lines(names, series, unit=_("件")),
        "rows": found.hours,
        "series": [(each.name, each.values) for each in series],
        "names": names,
    }


def _label(found: Board, where: str) -> str | None:
    """Return what a figure of the board is called; None for rows that none of its figures rests on."""
    for tile in found.tiles:
        if tile.rows == where:
            return _(tile.name)
    for ranked in found.ranked:
        for name, _number, behind_it in ranked.lines:
            if behind_it == where:
                return name
    return None


def _plain(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%m-%d %H:%M:%S}" if hasattr(value, "year") else str(value)
