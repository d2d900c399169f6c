"""Calendars: which years are known and what each holds; a new year is looked at first, with the deadlines it moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng.cases.orders.office import recomputing
from minsheng.core.people.queries import Person
from minsheng.core.policies import actions
from minsheng.core.policies import queries as policies
from minsheng.desks.administration.forms.calendars import BYTES_AT_MOST, YearFileForm, YearForm
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import done
from minsheng.domain.calendars import YearFile
from minsheng.domain.faults import Faulty
from minsheng.gateways import clock, packfiles

COUNTRY = "CN"
_MOVES_SHOWN = 100


@require_safe
@administrator
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show which years are known, and ask for the file of another."""
    return _list_page(request, YearFileForm())


@require_safe
@administrator
def year(request: HttpRequest, person: Person, year: int) -> HttpResponse:
    """Show the days off and the make-up days of a year."""
    known = next((each for each in policies.known_years(COUNTRY) if each.year.year == year), None)
    if known is None:
        raise Http404
    context = {"known": known, "off": list(_spans(known.year.holidays)), "work": sorted(known.year.workdays)}
    return render(request, "administration/calendar.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def look(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what a year's file holds and which deadlines it would move; nothing is loaded yet."""
    if request.method == "GET":
        return redirect("administration:calendars")
    form = YearFileForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        content = sent.read(BYTES_AT_MOST + 1)
        if len(content) > BYTES_AT_MOST:
            form.add_error("file", _("文件过大，一年的日历不会有这么长，请核对。"))
        elif (file := _read(form, content, name=sent.name)) is not None:
            return _preview(request, person, file, YearForm(initial={"content": content.decode()}))
    return _list_page(request, form, status=422)


@require_POST
@administrator
def load(request: HttpRequest, person: Person) -> HttpResponse:
    """Load the year that was looked at; deadlines are recomputed by the relay."""
    form, errors = YearForm(request.POST), YearFileForm({})
    file = _read(errors, form.cleaned_data["content"].encode(), name=_("日历")) if form.is_valid() else None
    if file is None:
        return _list_page(request, errors, status=422)
    read = file

    def work(now: datetime) -> None:
        actions.load_calendar(
            read.year, country=read.country, loaded_by=f"staff:{person.id}", actor=person.actor, now=now
        )

    if not done(request, person, form, "calendar", work):
        return _preview(request, person, file, form, status=422)
    messages.success(request, _("已装入 %(year)d 年，各市受影响的时限正在重算。") % {"year": file.year.year})
    return redirect("administration:calendars_year", file.year.year)


def _read(form: YearFileForm, content: bytes, *, name: str) -> YearFile | None:
    try:
        file = packfiles.year_of(content, name=name)
    except Faulty as faulty:
        for fault in faulty.faults:
            form.add_error("file" if form.is_bound and form.files else None, str(fault))
        return None
    if file.country != COUNTRY:
        form.add_error(None, _("日历的国家代码应为 CN。"))
        return None
    return file


def _preview(
    request: HttpRequest, person: Person, file: YearFile, form: YearForm, *, status: int = 200
) -> HttpResponse:
    now = clock.now()
    rules = policies.rules_with(person.city, file.year, now=now)
    moves = recomputing.moves(person.city, year=file.year.year, rules=rules, now=now)
    before = next((each.year for each in policies.known_years(COUNTRY) if each.year.year == file.year.year), None)
    context = {
        "file": file,
        "form": form,
        "work": sorted(file.year.workdays),
        "before": before,
        "is_same": before == file.year,
        "moves": moves[:_MOVES_SHOWN],
        "moved": len(moves),
        "cities": len(policies.cities()),
    }
    return render(request, "administration/calendar_preview.html", context, status=status)


def _list_page(request: HttpRequest, form: YearFileForm, *, status: int = 200) -> HttpResponse:
    context = {"years": policies.known_years(COUNTRY), "form": form}
    return render(request, "administration/calendars.html", context, status=status)


def _spans(days: Iterable[date]) -> Iterator[tuple[date, date, int]]:
    """Give runs of days that follow each other: first, last, how many."""
    run: list[date] = []
    for day in sorted(days):
        if run and day - run[-1] != timedelta(days=1):
            yield run[0], run[-1], len(run)
            run = []
        run.append(day)
    if run:
        yield run[0], run[-1], len(run)
