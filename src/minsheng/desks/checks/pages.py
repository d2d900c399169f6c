"""Checks of closed orders and rounds of looking back: their lists, the forms of their steps, the draw to recount.

Source: SZ-41a, SQ-20a, JS-2.4c, JY-20.5 (A-82).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.cases.checks import actions, queries
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.drafts import typed
from minsheng.core.lifecycles import actions as things
from minsheng.core.lifecycles import queries as seen
from minsheng.core.lifecycles.kinds import Key, Kind
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.duties.check import AskCheck
from minsheng.domain.duties.lookback import PlanLookback
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import clock, spreadsheets
from minsheng.workbench import downloads
from minsheng.workbench.forms import status_of
from minsheng.workbench.steps import asked, fingerprint, order_or_404
from minsheng.workbench.things.forms import ThingForm
from minsheng.workbench.things.queries import lines

_PAGE = queries.PAGE


@require_safe
@desk
def checks(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the checks in one of their states, those that end first before the others."""
    kind = _admitted(actions.CHECKS, person)
    state = request.GET.get("tab", "FOUND" if person.acting_as == "supervisor" else "TO_CHECK")
    if state not in queries.STATES:
        raise Http404
    found = {each: queries.checks(kind, person.actor, city=person.city, state=each) for each in queries.STATES}
    begin = _begin(request.GET.get("from", ""))
    total = found[state].count()
    context = {
        "tabs": [(each, _state(kind, each), found[each].count()) for each in queries.STATES],
        "current": state,
        "label": _state(kind, state),
        "rows": _titled(list(found[state][begin : begin + _PAGE]), person),
        "back": max(begin - _PAGE, 0) if begin else None,
        "next": begin + _PAGE if begin + _PAGE < total else None,
    }
    return render(request, "desks/checks.html", context)


@require_safe
@desk
def check(request: HttpRequest, person: Person, id: str) -> HttpResponse:
    """Show a check: its order, what was found, and what may be done with it now."""
    return _check_page(request, person, _row_or_404(actions.CHECKS, id, person), None)


@require_POST
@desk
def check_do(request: HttpRequest, person: Person, id: str, command: str) -> HttpResponse:
    """Carry out a step of a check; a confirmed finding takes effect on the order in the same transaction."""
    row = _row_or_404(actions.CHECKS, id, person)
    return _do(request, person, actions.CHECKS, row, command, again=_check_page, done="desks:check")


@require_http_methods(["GET", "POST"])
@desk
def ask(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Have a closed order checked (复核)."""
    if person.acting_as not in ("supervisor", "office", *UNIT_ROLES):
        raise PermissionDenied("not a command of this role")
    row = order_or_404(person, order_id)
    initial = {"key": uuid4()}
    form = ThingForm(actions.CHECKS, "ask_check", data=request.POST or None, initial=initial, rules=_rules(person))
    for name in ("order", "round"):
        del form.fields[name]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            command = AskCheck(order=row.id, reason=form.cleaned_data["reason"])
            key = _key(request, person, form, f"{row.id} ask_check")
            try:
                begun = actions.ask(command, city=person.city, by=person.actor, now=clock.now(), key=key)
            except Rejected as rejected:
                form.refuse(rejected)
                form.show_again()
                status = status_of(rejected)
            else:
                typed.taken(request)
                messages.success(request, _("已交办复核。"))
                return redirect("desks:check", id=str(begun.id))
    return render(request, "desks/check_ask.html", {"row": row, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@desk
def lookbacks(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the rounds of looking back, and the form of a new one for whoever may plan it."""
    kind = _admitted(actions.LOOKBACKS, person)
    may_plan = "plan_lookback" in seen.begins(kind, person.actor)
    form = ThingForm(kind, "plan_lookback", data=request.POST or None, initial={"key": uuid4()}, rules=_rules(person))
    form.fields["quarter"].help_text = _("例如 2026Q3。")
    form.fields["percent"].help_text = _("不填则按本市规则。")
    status = 200
    if request.method == "POST":
        if not may_plan:
            raise PermissionDenied("not a command of this role")
        status = 422
        if form.is_valid() and (command := _plan(form)) is not None:
            key = _key(request, person, form, "plan_lookback")
            try:
                begun = actions.plan(command, city=person.city, by=person.actor, now=clock.now(), key=key)
            except Rejected as rejected:
                form.refuse(rejected)
                status = status_of(rejected)
            else:
                typed.taken(request)
                return redirect("desks:lookback", id=str(begun.id))
        form.show_again()
    rows = seen.visible(kind, person.actor, city=person.city).order_by("-number", "-id")[:100]
    shown = [(row, _state(kind, row.status)) for row in rows]
    context = {"rows": shown, "form": form if may_plan else None}
    return render(request, "desks/lookbacks.html", context, status=status)


@require_safe
@desk
def lookback(request: HttpRequest, person: Person, id: str) -> HttpResponse:
    """Show a round: what was drawn by which seed, how far the checks are, and the rates by unit."""
    return _lookback_page(request, person, _row_or_404(actions.LOOKBACKS, id, person), None)


@require_POST
@desk
def lookback_do(request: HttpRequest, person: Person, id: str, command: str) -> HttpResponse:
    """Draw the sample, or publish the result."""
    row = _row_or_404(actions.LOOKBACKS, id, person)
    return _do(request, person, actions.LOOKBACKS, row, command, again=_lookback_page, done="desks:lookback")


@require_safe
@desk
def sample(request: HttpRequest, person: Person, id: str) -> HttpResponse:
    """Send the list that was drawn of, so that anybody can count the draw again; a unit gets its own part."""
    row = _row_or_404(actions.LOOKBACKS, id, person)
    state = actions.LOOKBACKS.read(row)
    if not state.seed:
        raise Http404
    drawn = set(state.orders)
    own = person.actor.unit if person.acting_as in UNIT_ROLES else None
    listed = [
        (unit, number, _("是") if number in drawn else "")
        for unit, numbers in sorted(row.population.items())
        if own in (None, unit)
        for number in numbers
    ]
    name = _("回头看名单 %(quarter)s") % {"quarter": state.quarter}
    columns = (_("承办单位"), _("工单编号"), _("抽中"))
    return downloads.table(spreadsheets.Sheet(name, columns, tuple(listed)), "csv")


Page = Callable[..., HttpResponse]


def _do(
    request: HttpRequest, person: Person, kind: Kind[Any], row: Any, command: str, *, again: Page, done: str
) -> HttpResponse:
    assert kind.labels is not None
    if command not in kind.labels.commands:
        raise Http404
    form = ThingForm(kind, command, data=request.POST, auto_id=f"id_{command}_%s", rules=_rules(person))
    if not form.is_valid():
        return again(request, person, row, form, status=422)
    built = form.shape(**form.values())
    key = _key(request, person, form, f"{row.pk} {command}")
    version = form.cleaned_data["seen_version"]
    try:
        things.apply(
            kind, row.pk, built, city=person.city, by=person.actor, now=clock.now(), key=key, seen_version=version
        )
    except Rejected as rejected:
        form.refuse(rejected)
        return again(request, person, _row_or_404(kind, str(row.pk), person), form, status=status_of(rejected))
    typed.taken(request)
    messages.success(request, _("%(what)s：已办理。") % {"what": form.label})
    return redirect(done, id=str(row.pk))


def _check_page(
    request: HttpRequest, person: Person, row: Any, sent: ThingForm | None, *, status: int = 200
) -> HttpResponse:
    kind = actions.CHECKS
    ((_row, title),) = _titled([row], person)
    context = {
        "row": row,
        "title": title,
        "state": _state(kind, row.status),
        "check": kind.read(row),
        "found": _found(row.found),
        "lines": lines(kind, row, person.actor, rules=_rules(person)),
        "forms": _forms(kind, row, person, sent),
    }
    return render(request, "desks/check.html", context, status=status)


def _lookback_page(
    request: HttpRequest, person: Person, row: Any, sent: ThingForm | None, *, status: int = 200
) -> HttpResponse:
    kind = actions.LOOKBACKS
    state = kind.read(row)
    rates = queries.for_actor(queries.of_round(kind, row), person.actor)
    context = {
        "row": row,
        "state": _state(kind, row.status),
        "round": state,
        "rates": [(each, [(_found(code), count) for code, count in each.found.items()]) for each in rates],
        "forms": _forms(kind, row, person, sent),
        "refused": sent,
    }
    return render(request, "desks/lookback.html", context, status=status)


def _rules(person: Person) -> Rules:
    return policies.rules_for(person.city, now=clock.now())


def _forms(kind: Kind[Any], row: Any, person: Person, sent: ThingForm | None) -> list[ThingForm]:
    """Return the forms of what may be done now, the one that was sent with what was typed."""
    found = []
    for command in seen.may_now(kind, row, person.actor, now=clock.now()):
        if sent is not None and sent.command == command:
            sent.show_again()
            found.append(sent)
        else:
            initial = {"key": uuid4(), "seen_version": row.version}
            found.append(ThingForm(kind, command, initial=initial, auto_id=f"id_{command}_%s", rules=_rules(person)))
    return found


def _plan(form: ThingForm) -> PlanLookback | None:
    """Return the command with the form's values; None where the share is no number, which stands beside its field."""
    text = form.cleaned_data["percent"]
    if text and not (text.isdecimal() and text.isascii()):
        form.add_error("percent", wording.say(Rejected("share_malformed")))
        return None
    return PlanLookback(quarter=form.cleaned_data["quarter"], percent=int(text) if text else None)


def _titled(rows: list[Any], person: Person) -> list[tuple[Any, str]]:
    """Return checks with their orders' titles as the person reads them; empty where the order is gone for them."""
    found = orders.visible(person.actor, city=person.city).filter(id__in=[row.order for row in rows])
    titles = reading.titles(list(found), actor=person.actor, city=person.city)
    return [(row, titles.get(row.order, "")) for row in rows]


def _found(code: str) -> str:
    assert actions.CHECKS.labels is not None
    return wording.tr(actions.CHECKS.labels.choices["found"].get(code, code)) if code else ""


def _state(kind: Kind[Any], status: str) -> str:
    assert kind.labels is not None
    return wording.tr(kind.labels.states[status])


def _key(request: HttpRequest, person: Person, form: ThingForm, what: str) -> Key:
    digest = fingerprint(what, asked(request))
    return Key(f"staff:{person.id}", str(form.cleaned_data["key"]), digest=digest)


def _admitted(kind: Kind[Any], person: Person) -> Kind[Any]:
    if not kind.readers.admits(person.actor):
        raise Http404
    return kind


def _row_or_404(kind: Kind[Any], id: str, person: Person) -> Any:
    try:
        UUID(id)
    except ValueError as fault:
        raise Http404 from fault
    row = seen.row_of(kind, id, person.actor, city=person.city)
    if row is None:
        raise Http404
    return row


def _begin(text: str) -> int:
    """Return at which row a page begins; an address that was tampered with begins at the top."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 0
