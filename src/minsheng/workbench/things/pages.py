"""The list of a kind of things, a thing's page, and its commands: one effect however often a form is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.core.drafts import typed
from minsheng.core.ledger.values import ZONE, canonical
from minsheng.core.lifecycles import actions
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles.kinds import Key, Kind
from minsheng.core.people import queries as people
from minsheng.core.people.gates import thing_desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.core.words import opening
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock
from minsheng.workbench.forms import status_of
from minsheng.workbench.things import queries
from minsheng.workbench.things.forms import ThingForm

_LONGEST_SEARCH: Final = 100
# So many units of a thing a line of a list names.
_UNITS_SHOWN: Final = 3


@require_safe
@thing_desk
def listing(request: HttpRequest, person: Person, prefix: str) -> HttpResponse:
    """Show the things that exist for the person, in tabs with their counts."""
    kind = _kind_for(prefix, person)
    named = {"waiting": _("待我办理"), "late": _("已超期"), "all": _("全部")}
    tabs = [
        {"code": code, "label": label, "count": queries.rows_of(kind, person.actor, city=person.city, tab=code).count()}
        for code, label in named.items()
    ]
    # Where nothing waits for the person, everything is what they came for.
    tab = request.GET.get("tab") or ("waiting" if tabs[0]["count"] else "all")
    if tab not in named:
        raise Http404
    after, words = request.GET.get("after", ""), kept_of(cleaned(request.GET.get("q", "")))[:_LONGEST_SEARCH].strip()
    rows, onward = queries.page(
        kind, person.actor, city=person.city, tab=tab, after=_uuid(after) if after else "", words=words
    )
    assert kind.labels is not None
    headings = kind.labels.headings(rows) if kind.labels.headings is not None else {}
    shown = [{**_shown(kind, row, person), **_headed(headings, row.pk)} for row in rows]
    context = {
        "tabs": tabs,
        "current": tab,
        "rows": shown,
        "onward": onward,
        "begins": _begins(kind, person),
        "words": words,
        "has_headings": any(each["heading"] for each in shown),
        "has_units": any(each["units"] for each in shown),
        "has_clocks": any(each["clock"] for each in shown),
    }
    return render(request, "things/list.html", {**context, **_named(kind)})


@require_safe
@thing_desk
def thing(request: HttpRequest, person: Person, prefix: str, id: str) -> HttpResponse:
    """Show a thing: where it stands, its clocks, what happened, and what may be done now."""
    kind = _kind_for(prefix, person)
    return _page(request, person, kind, _row_or_404(kind, id, person), None)


@require_POST
@thing_desk
def do(request: HttpRequest, person: Person, prefix: str, id: str, command: str) -> HttpResponse:
    """Carry out a command; who was faster is named."""
    kind = _kind_for(prefix, person)
    row = _row_or_404(kind, id, person)
    form = _form(kind, command, person, data=request.POST)
    if form.is_valid() and (built := _built(form)) is not None:
        key = _key(person, form, f"{kind.stream(row.pk)} {command}")
        seen = form.cleaned_data["seen_version"]
        try:
            actions.apply(
                kind, row.pk, built, city=person.city, by=person.actor, now=clock.now(), key=key, seen_version=seen
            )
        except Rejected as refused:
            form.refuse(refused)
            return _again(request, person, kind, row.pk, form, status_of(refused))
        typed.taken(request)
        messages.success(request, _("%(what)s：已办理。") % {"what": form.label})
        # A desk of its own, as the studio, sends its forms here and goes on with its own page.
        back = request.POST.get("back", "")
        if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            return redirect(back)
        return _onward(kind, row.pk, person)
    return _page(request, person, kind, row, form, status=422)


@require_POST
@thing_desk
def words(request: HttpRequest, person: Person, prefix: str, id: str) -> HttpResponse:
    """Show what was said of a thing as it was said: with a reason, counted and on record."""
    kind = _kind_for(prefix, person)
    row = _row_or_404(kind, id, person)
    if not queries.may_open(kind, row, person.actor):
        raise PermissionDenied
    reason = request.POST.get("reason", "")
    try:
        clear = opening.open_words(
            kind.stream(row.pk), city=person.city, actor=person.actor, reason=reason, now=clock.now()
        )
    except Rejected as refused:
        messages.error(request, wording.say(refused))
        return _page(request, person, kind, row, None, status=status_of(refused), reason=reason)
    return _page(request, person, kind, row, None, clear=clear)


@require_http_methods(["GET", "POST"])
@thing_desk
def begin(request: HttpRequest, person: Person, prefix: str, command: str) -> HttpResponse:
    """Show the form of what a new thing begins with, or begin it."""
    kind = _kind_for(prefix, person)
    if kind.opens is None or command not in _may_begin(kind, person):
        raise Http404
    if kind.labels is not None and command in kind.labels.pages:
        return redirect(kind.labels.pages[command])
    if request.method == "GET":
        assert kind.labels is not None
        asked = {name: kept_of(str(value)) for name, value in request.GET.items()}
        initial = {**kind.labels.begins(asked, person.actor, person.city), "key": uuid4()}
        return _begin_page(request, person, kind, _form(kind, command, person, initial=initial))
    form = _form(kind, command, person, data=request.POST)
    if form.is_valid() and (built := _built(form)) is not None:
        opens, city = kind.opens, person.city
        key = _key(person, form, f"{kind.prefix} {command}")
        try:
            begun = actions.begin(
                kind,
                built,
                city=city,
                by=person.actor,
                now=clock.now(),
                made=lambda id: opens(id, city),
                key=key,
            )
        except Rejected as refused:
            form.refuse(refused)
        else:
            typed.taken(request)
            messages.success(request, _("%(what)s：已办理。") % {"what": form.label})
            return _onward(kind, begun.id, person)
    form.show_again()
    return _begin_page(request, person, kind, form, status=422)


def _onward(kind: Kind[Any], id: UUID, person: Person) -> HttpResponse:
    """Go to the thing, or to the list where the command has taken it out of the person's sight."""
    prefix = kind.cycle.name
    if things.row_of(kind, str(id), person.actor, city=person.city) is None:
        return redirect("things:list", prefix=prefix)
    return redirect("things:thing", prefix=prefix, id=str(id))


def _begin_page(
    request: HttpRequest, person: Person, kind: Kind[Any], form: ThingForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "units": _units(person, form, now=clock.now()), **_named(kind)}
    return render(request, "things/begin.html", context, status=status)


def _units(person: Person, *shown: ThingForm, now: datetime) -> list[str]:
    """Return the city's units where one of the forms asks for one."""
    return people.unit_names(person.city, now=now) if any(each.names_units for each in shown) else []


def _again(
    request: HttpRequest, person: Person, kind: Kind[Any], id: UUID, form: ThingForm, status: int
) -> HttpResponse:
    """Show the page as the thing stands now, if it still exists for the person, with what was typed."""
    return _page(request, person, kind, _row_or_404(kind, str(id), person), form, status=status)


def _page(
    request: HttpRequest,
    person: Person,
    kind: Kind[Any],
    row: Any,
    sent: ThingForm | None,
    *,
    status: int = 200,
    clear: Mapping[int, Mapping[str, str]] | None = None,
    reason: str = "",
) -> HttpResponse:
    assert kind.labels is not None
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    forms = []
    for command in things.may_now(kind, row, person.actor, now=now):
        if sent is not None and sent.command == command:
            sent.show_again()
            forms.append(sent)
        else:
            initial = {**kind.labels.fills(row, command), "key": uuid4(), "seen_version": row.version}
            made = _form(kind, command, person, initial=initial)
            made.put_first(kind.labels.first(row))
            forms.append(made)
    context = {
        "row": row,
        "stream": kind.stream(row.pk),
        "state": queries.state_label(kind, row.status),
        "heading": kind.labels.heading(row),
        "reading": kind.labels.reading(row, person.actor),
        "parties": kind.labels.parties(row, person.actor),
        "clocks": queries.clocks(kind, row, rules=rules, now=now),
        "units": _units(person, *forms, now=now),
        "lines": queries.lines(kind, row, person.actor, rules=rules, clear=clear),
        "has_words": clear is None and queries.has_words(kind, row, person.actor),
        "reason": reason,
        "beside": [*kind.labels.beside(row, person.actor), *kind.labels.finds(row, person.actor, now)],
        "leads": kind.labels.leads(row, person.actor),
        "warning": kind.labels.warns(row, person.actor),
        "forms": forms,
        "refused": sent if sent is not None and sent not in forms else None,
        **_named(kind),
    }
    return render(request, "things/thing.html", context, status=status)


def _shown(kind: Kind[Any], row: Any, person: Person) -> dict[str, Any]:
    """Return what a line of a list shows of a thing."""
    assert kind.labels is not None
    state = queries.state_label(kind, row.status)
    parties = kind.labels.parties(row, person.actor)
    units = "、".join(parties[:_UNITS_SHOWN]) + ("…" if len(parties) > _UNITS_SHOWN else "")
    return {
        "row": row,
        "state": state,
        "clock": _first(kind, row),
        "heading": kind.labels.heading(row),
        "units": row.target_unit or units,
    }


def _headed(headings: Mapping[UUID, str], id: UUID) -> dict[str, str]:
    return {"heading": headings[id]} if id in headings else {}


def _first(kind: Kind[Any], row: Any) -> datetime | None:
    clock_of = kind.cycle.next_due(kind.read(row))
    return clock_of.due if clock_of is not None else None


def _named(kind: Kind[Any]) -> dict[str, str]:
    assert kind.labels is not None
    return {"kind": wording.tr(kind.labels.name), "prefix": kind.cycle.name}


def _begins(kind: Kind[Any], person: Person) -> list[tuple[str, str]]:
    """Return the pages on which something new begins, with what each is called."""
    labels = kind.labels
    assert labels is not None
    names = _may_begin(kind, person) if kind.opens is not None else []
    own = {name: reverse(page) for name, page in labels.pages.items()}
    return [
        (own.get(name) or reverse("things:begin", args=(kind.cycle.name, name)), wording.tr(labels.commands[name]))
        for name in names
    ]


def _may_begin(kind: Kind[Any], person: Person) -> list[str]:
    return things.may_begin(kind, person.actor, city=person.city, now=clock.now())


def _kind_for(prefix: str, person: Person) -> Kind[Any]:
    """Return the kind with this prefix. Raises: Http404 where it has no pages here, or none for this person."""
    kind = queries.kind_of(prefix)
    if kind is None or not (kind.readers.admits(person.actor) or things.begins(kind, person.actor)):
        raise Http404
    return kind


def _row_or_404(kind: Kind[Any], id: str, person: Person) -> Any:
    row = things.row_of(kind, id, person.actor, city=person.city)
    if row is None:
        raise Http404
    return row


def _form(kind: Kind[Any], command: str, person: Person, **more: Any) -> ThingForm:
    assert kind.labels is not None
    if command not in kind.labels.commands:
        raise Http404
    rules = policies.rules_for(person.city, now=clock.now())
    return ThingForm(kind, command, rules=rules, role=person.actor.role, auto_id=f"id_{command}_%s", **more)


def _built(form: ThingForm) -> Any | None:
    """Return the command with the form's values; None where one does not fit, which stands beside its field."""
    try:
        return fields.build(form.shape, form.values(), zone=ZONE)
    except Malformed as fault:
        form.add_error(fault.key if fault.key in form.fields else None, wording.say(fault))
        return None


def _key(person: Person, form: ThingForm, what: str) -> Key:
    """Return the form's key: a second press finds it done, other words under it are refused."""
    asked = canonical({name: str(value) for name, value in form.values().items()})
    digest = hashlib.sha256(what.encode() + b"\0" + asked).digest()
    return Key(f"staff:{person.id}", str(form.cleaned_data["key"]), digest=digest)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Http404 from None
