"""One page for all lists that come from a file: choose, look at every row, take in all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.core.people import place_files, presses, region_files, sheets, unit_files
from minsheng.core.people.accounts import files as staff_files
from minsheng.core.people.accounts import term_files
from minsheng.core.people.queries import Person
from minsheng.core.people.sheets import Outcome, Put, Sheet, Taken
from minsheng.desks.administration.forms.imports import FileForm, RowsForm
from minsheng.desks.administration.gate import administrator
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.gateways.tables import Row
from minsheng.workbench import downloads


@dataclass(frozen=True, slots=True)
class Import:
    """A list that comes from a file: its title, what is said of its columns, how rows are put, and where it belongs."""

    title: str
    hint: str
    sheet: Sheet
    putting: Callable[..., Put]
    back: str


IMPORTS: Final[Mapping[str, Import]] = MappingProxyType(
    {
        "staff": Import(
            gettext_noop("导入工作人员"),
            gettext_noop("一行一个账号；一人有几个不同任期的岗位时写几行。岗位、席位、级别可写名称或代码。"),
            staff_files.SHEET,
            staff_files.putting,
            "administration:staff",
        ),
        "roles": Import(
            gettext_noop("导入岗位任期"),
            gettext_noop("账号须已登记。岗位、席位、级别可写名称或代码；日期不填则长期。"),
            term_files.SHEET,
            term_files.putting,
            "administration:staff",
        ),
        "units": Import(
            gettext_noop("导入单位"),
            gettext_noop("只有名称必填。上级单位须已登记，或在文件中排在前面；已有的单位不变。"),
            unit_files.SHEET,
            unit_files.putting,
            "administration:units",
        ),
        "regions": Import(
            gettext_noop("导入区划"),
            gettext_noop("代码为 6、9 或 12 位数字；上级不写则按代码归属。"),
            region_files.SHEET,
            region_files.putting,
            "administration:regions",
        ),
        "places": Import(
            gettext_noop("导入地点"),
            gettext_noop("只有名称必填；同一区划内同名的，地址和别名以文件为准。几个别名之间用顿号隔开。"),
            place_files.SHEET,
            place_files.putting,
            "administration:places",
        ),
    }
)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@administrator
def look(request: HttpRequest, person: Person, sheet: str) -> HttpResponse:
    """Ask for a file; show what would become of every row of it, and change nothing."""
    chosen = _import_or_404(sheet)
    if request.method == "GET":
        return _form_page(request, sheet, FileForm())
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            rows = chosen.sheet.read(sent.read(sheets.BYTES_AT_MOST + 1), name=sent.name)
        except Rejected as refusal:
            form.add_error("file", wording.say(refusal))
        else:
            return _preview(request, person, sheet, rows)
    return _form_page(request, sheet, form, status=422)


@sensitive_post_parameters()
@require_POST
@administrator
def take_in(request: HttpRequest, person: Person, sheet: str) -> HttpResponse:
    """Take in the rows that were good when they were looked at, all of them or none."""
    chosen, form = _import_or_404(sheet), RowsForm(request.POST)
    taken: list[Taken] = []
    now = clock.now()
    try:
        rows = _rows_of(chosen, form)
        good = [row for row in rows if row.line not in form.skipped]

        def work() -> None:
            put = chosen.putting(person.city, actor=person.actor, now=now)
            taken.extend(chosen.sheet.take_all(good, put))
            if _refused(taken):
                raise Rejected("import_row_changed")

        presses.once(person, form.cleaned_data["key"], (sheet, form.cleaned_data["rows"]), work, now=now)
    except Rejected as refusal:
        messages.error(request, wording.say(refusal))
        if _refused(taken):
            return _preview(request, person, sheet, rows, status=409)
        return redirect("administration:import", sheet)
    counts = Counter(each.outcome for each in taken)
    said = _("导入完成：新增 %(added)d 行，已有 %(known)d 行。") % {
        "added": counts[Outcome.ADDED],
        "known": counts[Outcome.KNOWN],
    }
    messages.success(request, said if taken else _("这份文件已经导入过。"))
    return redirect(chosen.back)


@sensitive_post_parameters()
@require_POST
@administrator
def rejects(request: HttpRequest, person: Person, sheet: str) -> HttpResponse:
    """Give the rows that can't be taken as a file, with line and reason, to be mended and imported again."""
    chosen = _import_or_404(sheet)
    try:
        rows = _rows_of(chosen, RowsForm(request.POST))
    except Rejected as refusal:
        messages.error(request, wording.say(refusal))
        return redirect("administration:import", sheet)
    taken = _looked_at(person, chosen, rows, clock.now())
    return downloads.attachment(chosen.sheet.rejects(taken).encode(), "csv", _("不合格行.csv"))


@require_safe
@administrator
def model(request: HttpRequest, person: Person, sheet: str) -> HttpResponse:
    """Give an empty file with the right columns."""
    chosen = _import_or_404(sheet)
    text = "\ufeff" + ",".join(chosen.sheet.heading) + "\r\n"
    return downloads.attachment(text.encode(), "csv", f"{_(chosen.title)}.csv")


def _preview(
    request: HttpRequest, person: Person, sheet: str, rows: Sequence[Row], *, status: int = 200
) -> HttpResponse:
    chosen = IMPORTS[sheet]
    taken = _looked_at(person, chosen, rows, clock.now())
    counts = Counter(each.outcome.name for each in taken)
    context = {
        "sheet": sheet,
        "title": _(chosen.title),
        "taken": [(each, [each.row.get(name) for name in chosen.sheet.columns]) for each in taken],
        "heading": chosen.sheet.heading,
        "added": counts["ADDED"],
        "known": counts["KNOWN"],
        "refused": counts["REFUSED"],
        "packed": chosen.sheet.packed(rows),
        "skip": ",".join(str(each.row.line) for each in taken if each.outcome is Outcome.REFUSED),
        "key": uuid4(),
    }
    return render(request, "administration/import_preview.html", context, status=status)


def _looked_at(person: Person, chosen: Import, rows: Sequence[Row], now: datetime) -> list[Taken]:
    actor: Actor = person.actor
    return chosen.sheet.look(rows, chosen.putting(person.city, actor=actor, now=now))


def _form_page(request: HttpRequest, sheet: str, form: FileForm, *, status: int = 200) -> HttpResponse:
    chosen = IMPORTS[sheet]
    context = {
        "sheet": sheet,
        "title": _(chosen.title),
        "hint": _(chosen.hint),
        "columns": chosen.sheet.heading,
        "needed": [chosen.sheet.columns[each][0] for each in chosen.sheet.needed],
        "back": chosen.back,
        "form": form,
    }
    return render(request, "administration/import.html", context, status=status)


def _rows_of(chosen: Import, form: RowsForm) -> list[Row]:
    if not form.is_valid():
        raise Rejected("roster_rows_lost")
    return chosen.sheet.unpacked(form.cleaned_data["rows"])


def _refused(taken: Sequence[Taken]) -> bool:
    return any(each.outcome is Outcome.REFUSED for each in taken)


def _import_or_404(sheet: str) -> Import:
    if sheet not in IMPORTS:
        raise Http404
    return IMPORTS[sheet]
