"""The programs that use the API: the list, a new one with its token, a new token, other roles, the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import clients, queries
from minsheng.core.people.clients import Program
from minsheng.core.people.queries import Person
from minsheng.desks.administration import facts, listing
from minsheng.desks.administration.forms import clients as forms
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import KeyedForm, done
from minsheng.gateways import clock

_COLUMNS = (
    gettext_noop("名称"),
    gettext_noop("单位"),
    gettext_noop("岗位"),
    gettext_noop("状态"),
    gettext_noop("有效期至"),
    gettext_noop("最近使用"),
)


@require_safe
@administrator
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """List the city's programs, or give the list as a file."""
    now = clock.now()
    form = forms.ClientListForm(request.GET)
    form.is_valid()
    words, state = form.cleaned_data.get("words", ""), form.cleaned_data.get("state", "")
    found = [each for each in clients.of_city(person.city) if words in each.name and state in ("", each.state(now))]
    table = listing.Table(
        "clients", _("接口调用方"), tuple(map(_, _COLUMNS)), lambda: [_cells(each, now) for each in found]
    )
    if (file := listing.exported(request, person, table)) is not None:
        return file
    rows = [(each, _roles(each), each.state(now), wording.CLIENT_STATES[each.state(now)]) for each in found]
    return render(request, "administration/clients.html", {**listing.frame(form, total=len(rows)), "rows": rows})


@require_http_methods(["GET", "POST"])
@administrator
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Add a program and show its token, this once."""
    units = queries.unit_names(person.city, now=clock.now())
    if request.method == "GET":
        return render(request, "administration/client_new.html", {"form": forms.NewClientForm(units=units)})
    form = forms.NewClientForm(request.POST, units=units)
    tokens: list[str] = []

    def work(now: datetime) -> None:
        given = form.cleaned_data
        tokens.append(
            clients.add(
                person.city,
                name=given["name"],
                roles=given["roles"],
                unit=given["unit"],
                days=given["days"],
                actor=person.actor,
                now=now,
            )
        )

    if not done(request, person, form, "client new", work):
        return render(request, "administration/client_new.html", {"form": form}, status=422)
    return _token(request, form.cleaned_data["name"], tokens)


@require_safe
@administrator
def client(request: HttpRequest, person: Person, client: int) -> HttpResponse:
    """Show a program, and what may be done with it."""
    return _page(request, _client_or_404(person, client), {})


@require_POST
@administrator
def do(request: HttpRequest, person: Person, client: int, what: str) -> HttpResponse:
    """Give a program a new token or other roles, or end it."""
    found, tokens = _client_or_404(person, client), list[str]()
    forms_of = {"renew": forms.DaysForm, "roles": forms.RolesForm, "end": KeyedForm}
    if what not in forms_of:
        raise Http404
    form = forms_of[what](request.POST, auto_id=f"{what}_%s")
    city, actor = person.city, person.actor

    def work(now: datetime) -> None:
        match what:
            case "renew":
                tokens.append(clients.renew(city, client, days=form.cleaned_data["days"], actor=actor, now=now))
            case "roles":
                clients.set_roles(city, client, form.cleaned_data["roles"], actor=actor, now=now)
            case _:
                clients.end(city, client, actor=actor, now=now)

    if not done(request, person, form, f"client {client} {what}", work):
        return _page(request, found, {what: form}, status=422)
    if what == "renew":
        return _token(request, found.name, tokens)
    messages.success(request, _("已办理。"))
    return redirect("administration:clients_one", client)


def _page(request: HttpRequest, found: Program, refused: dict[str, KeyedForm], *, status: int = 200) -> HttpResponse:
    state = found.state(clock.now())
    shown: dict[str, KeyedForm] = {
        "renew": forms.DaysForm(auto_id="renew_%s"),
        "roles": forms.RolesForm(initial={"roles": found.roles}, auto_id="roles_%s"),
        "end": KeyedForm(auto_id="end_%s"),
        **refused,
    }
    lines = facts.lines(ledger.history(f"client/{found.id}")[::-1], wording.CLIENT_EVENTS)
    context: dict[str, Any] = {
        "client": found,
        "roles": _roles(found),
        "state": state,
        "label": wording.CLIENT_STATES[state],
        "lines": lines,
        "forms": shown,
    }
    return render(request, "administration/client.html", context, status=status)


def _token(request: HttpRequest, name: str, tokens: Sequence[str]) -> HttpResponse:
    if not tokens:
        messages.error(request, _("这个表单已经办理过。令牌只显示一次；没有记下的，请更换令牌。"))
        return redirect("administration:clients")
    return render(request, "administration/client_token.html", {"name": name, "token": tokens[0]})


def _client_or_404(person: Person, client: int) -> Program:
    found = clients.one(person.city, client)
    if found is None:
        raise Http404
    return found


def _roles(each: Program) -> str:
    return wording.tr("、").join(wording.ROLES[role] for role in each.roles)


def _cells(each: Program, now: datetime) -> tuple[str, ...]:
    until = f"{each.expires_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if each.expires_at is not None else ""
    used = str(each.last_used_on or "")
    return (each.name, each.unit, _roles(each), wording.CLIENT_STATES[each.state(now)], until, used)
