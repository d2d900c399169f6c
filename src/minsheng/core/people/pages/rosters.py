"""A unit's own roster, a week at a time, by hand or from a file; for the center, which units have nobody.

Source: SZ-9b, SZ-43.6, SQ-11, JY-10.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import presses, queries, roster_files, rosters, shifts
from minsheng.core.people.forms import RosterEntryForm, RosterFileForm, RosterForm, RosterRowsForm
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.people.roster_files import Outcome, Taken
from minsheng.core.people.rosters import Shift
from minsheng.core.policies import queries as policies
from minsheng.domain.duties.roster import Span, uncovered
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import kept_of
from minsheng.domain.worktime import WorkTime
from minsheng.gateways import clock

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """A shift on one of its days: what the page says of it."""

    shift: Shift
    hours: str
    may_remove: bool
    key: UUID


@dataclass(frozen=True, slots=True)
class Notice:
    """What a unit's roster lacks: nobody at all, or some hours; the first of them; how many days were looked at."""

    empty: bool
    first: str
    days: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week: its shifts, and when nobody is there outside office hours."""

    on: date
    lines: tuple[Line, ...]
    gaps: tuple[str, ...]
    is_today: bool


@require_safe
@desk
def roster(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the unit's own week; to the center which units have nobody, or one unit's week."""
    if person.in_unit_role and person.unit is not None:
        return _own_page(request, person)
    if not person.oversees_units:
        raise PermissionDenied("neither unit nor center")
    wanted = kept_of(request.GET.get("unit", ""))
    if not wanted:
        return _lacking_page(request, person)
    if wanted not in queries.unit_facts(person.city, names=[wanted], now=clock.now()):
        raise Http404
    return render(request, "people/roster.html", _week(request, person, unit=wanted, may_keep=False))


@sensitive_post_parameters()
@require_POST
@desk
def add(request: HttpRequest, person: Person) -> HttpResponse:
    """Put a shift on one's own unit's roster."""
    unit = _officer_of_a_unit(person)
    form = RosterForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        key = given.pop("key")
        entry = rosters.Entry(**given)
        known: list[bool] = []

        now = clock.now()

        def work() -> None:
            known.append(rosters.put(person.city, entry, unit=unit, actor=person.actor, now=now) is None)

        try:
            presses.once(person, key, tuple(str(each) for each in given.values()), work, now=now)
        except Rejected as refusal:
            form.add_error(None, wording.say(refusal))
        else:
            said = _("这一班已经在值班安排中，没有重复登记。") if known == [True] else _("已登记值班。")
            messages.success(request, said)
            return redirect(f"{request.path.removesuffix('/add')}?week={entry.starts_at.astimezone(ZONE):%Y-%m-%d}")
    return _own_page(request, person, form=form, status=422)


@require_POST
@desk
def remove(request: HttpRequest, person: Person) -> HttpResponse:
    """Take a shift off one's own unit's roster; one that has begun ends now."""
    unit = _officer_of_a_unit(person)
    form = RosterEntryForm(request.POST)
    if not form.is_valid():
        messages.error(request, wording.say(Rejected("roster_gone")))
        return redirect("people:roster")
    entry: UUID = form.cleaned_data["entry"]
    now = clock.now()
    try:
        presses.once(
            person,
            form.cleaned_data["key"],
            ("remove", str(entry)),
            lambda: rosters.take_off(person.city, entry, unit=unit, actor=person.actor, now=now),
            now=now,
        )
    except Rejected as refusal:
        messages.error(request, wording.say(refusal))
    else:
        messages.success(request, _("已取消这一班。"))
    return redirect("people:roster")


@sensitive_post_parameters()
@require_POST
@desk
def look(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what would become of every row of a file; nothing is taken in yet."""
    unit = _officer_of_a_unit(person)
    form = RosterFileForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            rows = roster_files.read(sent.read(roster_files.BYTES_AT_MOST + 1), name=sent.name)
        except Rejected as refusal:
            form.add_error("file", wording.say(refusal))
        else:
            taken = roster_files.look(rows, city=person.city, unit=unit, actor=person.actor, now=clock.now())
            return _preview_page(request, taken)
    return _own_page(request, person, file_form=form, status=422)


@sensitive_post_parameters()
@require_POST
@desk
def take_in(request: HttpRequest, person: Person) -> HttpResponse:
    """Take the rows in that were looked at; what can't be taken any more is shown once more, with why."""
    unit = _officer_of_a_unit(person)
    try:
        key, text = _rows_of(request)
        rows = roster_files.unpacked(text)
        taken: list[Taken] = []
        now = clock.now()

        def work() -> None:
            taken.extend(roster_files.take_in(rows, city=person.city, unit=unit, actor=person.actor, now=now))

        presses.once(person, key, ("import", text), work, now=now)
    except Rejected as refusal:
        messages.error(request, wording.say(refusal))
        return redirect("people:roster")
    counts = Counter(each.outcome for each in taken)
    said = _("导入完成：新增 %(added)d 班，已有 %(known)d 班，未能导入 %(refused)d 行。") % {
        "added": counts[Outcome.ADDED],
        "known": counts[Outcome.KNOWN],
        "refused": counts[Outcome.REFUSED],
    }
    messages.success(request, said if taken else _("这份文件已经导入过。"))
    return redirect("people:roster")


@sensitive_post_parameters()
@require_POST
@desk
def rejects(request: HttpRequest, person: Person) -> HttpResponse:
    """Give the rows that can't be taken as a file, with line and reason, to be mended and imported again."""
    unit = _officer_of_a_unit(person)
    try:
        rows = roster_files.unpacked(_rows_of(request)[1])
    except Rejected as refusal:
        messages.error(request, wording.say(refusal))
        return redirect("people:roster")
    taken = roster_files.look(rows, city=person.city, unit=unit, actor=person.actor, now=clock.now())
    return _csv(roster_files.rejects(taken), name="roster.rejects.csv")


@require_safe
@desk
def model(request: HttpRequest, person: Person) -> HttpResponse:
    """Give an empty file with the right columns."""
    _officer_of_a_unit(person)
    return _csv("\ufeff" + ",".join(roster_files.HEADING) + "\r\n", name="roster.csv")


def notice(person: Person, *, unit: str, worktime: WorkTime, now: datetime) -> Notice | None:
    """Return what is to be said above a desk of a unit whose roster has holes, or None."""
    lacks = rosters.lacking(person.city, worktime=worktime, now=now, unit=unit)
    return Notice(lacks[0].empty, _hours(lacks[0].first), rosters.AHEAD.days) if lacks else None


def _csv(text: str, *, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _rows_of(request: HttpRequest) -> tuple[UUID, str]:
    form = RosterRowsForm(request.POST)
    if not form.is_valid():
        raise Rejected("roster_rows_lost")
    return form.cleaned_data["key"], form.cleaned_data["rows"]


def _officer_of_a_unit(person: Person) -> str:
    if person.acting_as != "officer" or person.unit is None:
        raise PermissionDenied("not an officer")
    return person.unit


def _lacking_page(request: HttpRequest, person: Person) -> HttpResponse:
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    found = rosters.lacking(person.city, worktime=rules.worktime, now=now)
    gaps = shifts.gaps(person.city, rules=rules, since=now, until=now + shifts.AHEAD)
    return render(
        request,
        "people/roster_lacking.html",
        {
            "rows": [(lack, _hours(lack.first), round(lack.length / timedelta(hours=1))) for lack in found],
            "empty": sum(lack.empty for lack in found),
            "gaps": sum(not lack.empty for lack in found),
            "units": queries.unit_names(person.city, now=now),
            "days": rosters.AHEAD.days,
            "sitting": [
                (wording.tr(rules.desks.get(each.desk, each.desk)), each.name, _hours((each.starts_at, each.ends_at)))
                for each in shifts.on_shift(person.city, at=now)
            ],
            "desk_gaps": [
                (wording.tr(rules.desks.get(gap.desk, gap.desk)), _hours((gap.starts_at, gap.ends_at))) for gap in gaps
            ],
        },
    )


def _preview_page(request: HttpRequest, taken: Sequence[Taken]) -> HttpResponse:
    counts = Counter(each.outcome.name for each in taken)
    context = {
        "taken": [(each, [each.row.get(name) for name in roster_files.COLUMNS]) for each in taken],
        "heading": roster_files.HEADING,
        "added": counts["ADDED"],
        "known": counts["KNOWN"],
        "refused": counts["REFUSED"],
        "packed": roster_files.packed(each.row for each in taken),
        "key": uuid4(),
    }
    return render(request, "people/roster_preview.html", context)


def _own_page(
    request: HttpRequest,
    person: Person,
    *,
    form: Form | None = None,
    file_form: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    may_keep = person.acting_as == "officer"
    context = _week(request, person, unit=person.unit or "", may_keep=may_keep)
    context["form"] = form or RosterForm(initial={"key": uuid4()})
    context["file_form"] = file_form or RosterFileForm()
    return render(request, "people/roster.html", context, status=status)


def _week(request: HttpRequest, person: Person, *, unit: str, may_keep: bool) -> dict[str, Any]:
    now = clock.now()
    worktime = policies.rules_for(person.city, now=now).worktime
    monday = _monday(request.GET.get("week", ""), now=now)
    since = datetime.combine(monday, time(0), ZONE)
    shifts = rosters.between(person.city, unit=unit, since=since, until=since + _WEEK)
    return {
        "unit": unit,
        "is_own": unit == person.unit,
        "days": _days(shifts, since=since, worktime=worktime, now=now, may_keep=may_keep),
        "until": monday + timedelta(days=6),
        "monday": monday,
        "before": monday - _WEEK,
        "after": monday + _WEEK,
        "may_keep": may_keep,
        "roster": notice(person, unit=unit, worktime=worktime, now=now),
    }


def _days(shifts: Sequence[Shift], *, since: datetime, worktime: WorkTime, now: datetime, may_keep: bool) -> list[Day]:
    spans = [(shift.starts_at, shift.ends_at) for shift in shifts]
    found = []
    for number in range(7):
        start = since + timedelta(days=number)
        end = start + timedelta(days=1)
        gaps = uncovered(spans, since=max(start, now), until=end, worktime=worktime) if end > now else ()
        lines = tuple(
            Line(shift, _hours((shift.starts_at, shift.ends_at)), may_keep and shift.ends_at > now, uuid4())
            for shift in shifts
            if shift.starts_at < end and shift.ends_at > start
        )
        today = start.date() == now.astimezone(ZONE).date()
        found.append(Day(start.date(), lines, tuple(f"{a:%H:%M}–{_end(b, start)}" for a, b in gaps), today))
    return found


def _end(moment: datetime, day: datetime) -> str:
    return f"{moment:%H:%M}" if moment.astimezone(ZONE).date() == day.date() else "24:00"


def _hours(span: Span) -> str:
    """Return a time in few words: `03-02 17:30 – 03-03 08:30`, within one day `03-02 17:30–20:00`."""
    start, end = (each.astimezone(ZONE) for each in span)
    if start.date() == end.date():
        return f"{start:%m-%d %H:%M}–{end:%H:%M}"
    return f"{start:%m-%d %H:%M} – {end:%m-%d %H:%M}"


def _monday(text: str, *, now: datetime) -> date:
    try:
        day = date.fromisoformat(text)
        return day - timedelta(days=day.weekday()) if 2000 <= day.year <= 2100 else _monday("", now=now)
    except ValueError:
        today = now.astimezone(ZONE).date()
        return today - timedelta(days=today.weekday())
