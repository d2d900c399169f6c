"""The first pages: my queue, registration, the order with its timeline, every command of the life cycle as a form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.appeals import queries as appeals
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.commands import Actor
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.ledger.values import canonical
from minsheng.orders import actions, drafts, lists, models, queries, records, shown
from minsheng.orders.actions import Key, Outcome
from minsheng.orders.forms import CommandForm, FindForm, Ground, RegistrationForm, RevealForm
from minsheng.orders.order_page import context_of, reply_draft, situation_of
from minsheng.people import actions as people
from minsheng.people import queries as people_queries
from minsheng.people.gates import desk, signed_in
from minsheng.people.permissions import sees_orders
from minsheng.people.queries import Person
from minsheng.policies import queries as policies

DONE = "已办理。"


@require_safe
@signed_in
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """Show my queue; to a role that sees no orders, that there is nothing here for it (roles, "ADM no content")."""
    return queue(request) if sees_orders(person.acting_as) else render(request, "orders/nothing.html")


@require_safe
@desk
def queue(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what waits for the role that one acts in, the most pressing first."""
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    code = request.GET.get("tab", lists.WAITING)
    after = lists.cursor(request.GET.get("after", ""))
    found = lists.page(code, person.actor, city=person.city, rules=rules, after=after)
    if found is None:
        raise Http404
    rows, following = found
    return render(
        request,
        "orders/queue.html",
        {
            "tabs": lists.tabs(person.actor, city=person.city, rules=rules),
            "current": code,
            "rows": shown.rows_of(rows, now=now, rules=rules),
            "following": "~".join(following) if following else "",
            "begun": after is not None,
            "now": now,
        },
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@desk
def find(request: HttpRequest, person: Person) -> HttpResponse:
    """Find orders by number or title, and for who speaks with citizens by their telephone. Source: JY-9.8, SQ-10.1."""
    by_phone = person.acting_as in shown.STAND_IN_ROLES
    form = FindForm(request.POST if request.method == "POST" else None)
    if not by_phone:
        del form.fields["phone"]
    found: list[models.Order] | None = None
    if request.method == "POST" and form.is_valid():
        found = _found(form, person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    return render(
        request,
        "orders/find.html",
        {
            "form": form,
            "rows": None if found is None else shown.rows_of(found, now=now, rules=rules),
            "most": lists.FOUND_AT_MOST,
        },
        status=422 if form.errors else 200,
    )


def _found(form: FindForm, person: Person) -> list[models.Order] | None:
    words, phone = form.cleaned_data["words"].strip(), form.cleaned_data.get("phone", "").strip()
    if phone:
        try:
            known = people_queries.find_appellant(city=person.city, phone=phone)
        except Rejected as rejected:
            form.add_error("phone", wording.say(rejected))
            return None
        ids = appeals.ids_of_appellants(person.city, known, limit=lists.FOUND_AT_MOST)
        return lists.of_ids(person.actor, city=person.city, ids=ids)
    if any(len(word) < lists.LEAST_LETTERS for word in words.split()) or not words:
        form.add_error("words", "请填写编号，或至少两个字的词")
        return None
    return lists.search(person.actor, city=person.city, text=words)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@desk
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Register an appeal, or register and submit it in one go. Source: SZ-15.1, JY-9.1a, SQ-10.1, JY-34b, JY-35a."""
    if person.acting_as != "seat":
        raise PermissionDenied("not a seat")
    now = clock.now()
    ground = Ground(policies.rules_for(person.city, now=now), Order(""), person.acting_as)
    if request.method == "GET":
        form = RegistrationForm(ground=ground, initial={"key": uuid4()})
        return _new_page(request, person, form)
    form = RegistrationForm(ground=ground, data=request.POST)
    if not form.is_valid():
        return _new_page(request, person, form, status=422)
    try:
        outcome = _register(form, person, submit="submit" in request.POST)
    except Rejected as rejected:
        return _new_page(request, person, form, status=form.refuse(rejected))
    if outcome is None:
        return _new_page(request, person, form, status=422)
    _say(request, outcome, ground, f"已登记，编号 {outcome.number}。")
    return redirect("orders:order", order_id=outcome.order.id)


def _register(form: RegistrationForm, person: Person, *, submit: bool) -> Outcome | None:
    """Carry a registration out, with the identity in the vault; None when the form says what is wrong."""
    if form.refused_for_emergency_number():
        return None
    values = form.values()
    if not form.is_emergency and not values.get("content"):
        form.refuse(Rejected("field_missing", fields=("content",)))
    if matter := str(values.get("matter", "")):
        known = lists.resolve(person.actor, city=person.city, text=matter)
        if known is not None:
            values["matter"] = known.matter or known.id
    # An emergency goes to the leader on duty first (JY-35b): it is registered, not submitted.
    form.command = "register" if form.is_emergency or not submit else "submit"
    command = form.build(values)
    if command is None or form.errors:
        return None
    assert isinstance(command, cmd.AppealFields)
    now = clock.now()
    key = _key(person, form, "new", {**values, **form.identity()})
    with transaction.atomic():
        appellant = None
        identity = form.identity()
        if any(identity.values()):
            appellant = people.keep_appellant(
                city=person.city, kind=command.appellant or "citizen", now=now, **identity
            )
        words = actions.Words(appellant=appellant, title=_title_of(command))
        outcome = actions.register(command, city=person.city, actor=person.actor, now=now, words=words, key=key)
        if outcome.repeated:
            # Whoever was put into the vault a second time is not needed: the first press has done it.
            transaction.set_rollback(True)
    return outcome


def _title_of(command: cmd.AppealFields) -> str:
    """Return the first words of what was said, on one line."""
    facts = command.emergency.facts if command.emergency is not None else ""
    return " ".join((command.content or facts).split())[:40]


def _new_page(request: HttpRequest, person: Person, form: RegistrationForm, *, status: int = 200) -> HttpResponse:
    if form.is_bound:
        form.show_again()
    context = {"form": form, "units": _unit_names(person)}
    return render(request, "orders/new.html", context, status=status)


@require_safe
@desk
def order(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show an order: words, state, deadlines with their derivation, timeline, and what may be done now."""
    row = _find(person, order_id)
    return render(request, "orders/order.html", context_of(row, person, now=clock.now(), reveal=RevealForm()))


@sensitive_post_parameters()
@require_POST
@desk
def reveal(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show wanted parts of the identity in clear, in this answer alone; it is recorded. Source: JY-8d, JY-23.5."""
    row = _find(person, order_id)
    now = clock.now()
    form = RevealForm(request.POST)
    words = appeals.words_of(row.id)
    clear, status = None, 200
    if words is None or words.appellant is None:
        raise Http404
    if form.is_valid():
        try:
            clear = people.reveal(
                words.appellant,
                city=person.city,
                actor=person.actor,
                situation=situation_of(queries.state_of(row), words, person),
                order=row.id,
                reason=form.cleaned_data["reason"],
                fields=form.cleaned_data["fields_wanted"],
                now=now,
            )
            form = RevealForm()
        except Rejected as rejected:
            form.add_error("reason" if "reason" in rejected.code else None, wording.say(rejected))
            status = 422 if "reason" in rejected.code else 403
    else:
        status = 422
    context = context_of(row, person, now=now, reveal=form, clear=clear)
    return render(request, "orders/order.html", context, status=status)


@require_http_methods(["GET", "POST"])
@desk
def do(request: HttpRequest, person: Person, order_id: str, command: str) -> HttpResponse:
    """Show a command's form, or carry it out: one effect however often it is sent, and who was faster is named."""
    if command not in cmd.BY_NAME or command == "register":
        raise Http404
    by = shown.for_command(command, by=person.actor)
    if by is None:
        raise PermissionDenied("not a command of this role")
    if request.method == "POST" and (again := _answered(request, person, command, order_id)) is not None:
        return again
    row = _find(person, order_id)
    state = queries.state_of(row)
    ground = Ground(policies.rules_for(person.city, now=clock.now()), state, person.acting_as)
    # A draft's words are kept at registration; what is added at submission is the rest.
    told = ("emergency", "content", "place", "target_person") if command == "submit" else ()
    if request.method == "GET":
        initial = {"key": uuid4(), "seen_version": row.version, **_initial(command, state, row, by)}
        form = CommandForm(command, ground=ground, leave_out=told, initial=initial)
        return _command_page(request, person, row, form, by)
    form = CommandForm(command, ground=ground, leave_out=told, data=request.POST)
    if not form.is_valid():
        return _command_page(request, person, row, form, by, status=422)
    if command == "reply" and "save_draft" in request.POST:
        return _save_draft(request, person, row, form, by)
    values = _values(form, state, person)
    built = form.build(values)
    if built is None:
        return _command_page(request, person, row, form, by, status=422)
    try:
        outcome = actions.apply(
            built,
            order_id=row.id,
            actor=by,
            now=clock.now(),
            key=_key(person, form, f"{row.id} {command}", _asked(request)),
            seen_version=form.cleaned_data["seen_version"],
        )
    except Rejected as rejected:
        if rejected.code == "not_found" and not isinstance(built, cmd.Link):
            raise Http404 from rejected
        # Meanwhile somebody may have referred it internally: then it does not exist for this person any more.
        row = _find(person, row.id)
        return _command_page(request, person, row, form, by, status=form.refuse(rejected))
    _say(request, outcome, ground, DONE)
    return _back(person, row.id)


def _values(form: CommandForm, state: Order, person: Person) -> dict[str, object]:
    """Return the command's values: numbers of orders as their ids, and of a draft only what was changed."""
    values = form.values()
    if form.command in ("link", "mark_repeat", "unmark_repeat", "submit"):
        for name in ("to", "of", "matter"):
            known = lists.resolve(person.actor, city=person.city, text=str(values.get(name, "")))
            if known is not None:
                values[name] = (known.matter or known.id) if name == "matter" else known.id
    if form.command == "submit":
        return {name: value for name, value in values.items() if value != getattr(state, name, None)}
    return values


def _initial(command: str, state: Order, row: models.Order, by: Actor) -> dict[str, object]:
    match command:
        case "submit":
            names = ("type", "channel", "appellant", "publish", "target_unit", "line", "system", "matter", "utility",
                     "real_name", "written_opinion")  # fmt: skip
            return {name: getattr(state, name) for name in names}
        case "reply":
            draft = drafts.of(row.id, unit=by.unit or "")
            return {"text": draft.text if draft else "", "channel": state.channel, "kind": "final"}
        case "phone_unit" | "relieve":
            return {"unit": state.lead}
        case _:
            return {}


def _save_draft(request: HttpRequest, person: Person, row: models.Order, form: CommandForm, by: Actor) -> HttpResponse:
    """Keep the text of an answer for the leader to see. Source: JY-13.1c, SZ-22a."""
    text = form.cleaned_data.get("text", "").strip()
    may_write = any(each.command.name == "reply" for each in shown.offered(
        form.ground.order, by=by, rules=form.ground.rules, now=clock.now()))  # fmt: skip
    if not text:
        status = form.refuse(Rejected("field_missing", fields=("text",)))
        return _command_page(request, person, row, form, by, status=status)
    if not may_write:
        status = form.refuse(Rejected("not_allowed_now", status=form.ground.order.status))
        return _command_page(request, person, row, form, by, status=status)
    drafts.save(row.id, unit=by.unit or "", text=text, saved_by=by.person or "", now=clock.now())
    messages.success(request, "答复草稿已保存，分管领导审签时可以看到。")
    return redirect("orders:order", order_id=row.id)


def _answered(request: HttpRequest, person: Person, command: str, order_id: str) -> HttpResponse | None:
    """Return the answer to a form that was sent before, also when its own effect hides the order from its sender."""
    if queries.visible(person.actor, city=person.city).filter(id=order_id).exists():
        return None
    key = request.POST.get("key", "")
    fingerprint = _fingerprint(f"{order_id} {command}", _asked(request))
    try:
        known = actions.answered(Key(f"staff:{person.id}", key, fingerprint), now=clock.now()) if key else None
    except Rejected:
        known = None
    if known is None:
        raise Http404
    messages.success(request, DONE)
    return redirect("orders:queue")


def _command_page(
    request: HttpRequest, person: Person, row: models.Order, form: CommandForm, by: Actor, *, status: int = 200
) -> HttpResponse:
    rules = form.ground.rules
    if form.is_bound:
        form.show_again(version=row.version)
    return render(
        request,
        "orders/command.html",
        {
            "row": row,
            "form": form,
            "state": wording.label_of_status(row.status, row.reason),
            "channel": rules.channels.get(row.channel, row.channel),
            "words": appeals.words_of(row.id.partition(".")[0]),
            "stands_in": by.role == "citizen",
            "draft": reply_draft(row, person) if form.command == "approve_reply" else None,
            "units": _unit_names(person) if form.names_units else (),
        },
        status=status,
    )


def _find(person: Person, order_id: str) -> models.Order:
    """Return the order's row. Raises: Http404 for what does not exist for this person (JY-12)."""
    if "\0" in order_id:
        raise Http404
    try:
        return queries.find(order_id, actor=person.actor, city=person.city)
    except Rejected as rejected:
        raise Http404 from rejected


def _unit_names(person: Person) -> list[str]:
    return people_queries.unit_names(person.city, now=clock.now())


def _back(person: Person, order_id: str) -> HttpResponse:
    """Return to the order, or to the queue when it has left the person's sight."""
    if queries.visible(person.actor, city=person.city).filter(id=order_id).exists():
        return redirect("orders:order", order_id=order_id)
    return redirect("orders:queue")


def _say(request: HttpRequest, outcome: Outcome, ground: Ground, done: str) -> None:
    messages.success(request, done)
    for message in outcome.messages:
        messages.warning(request, wording.say(message, ground.rules))


def _key(person: Person, form: CommandForm, what: str, asked: Mapping[str, Any]) -> Key:
    return Key(f"staff:{person.id}", str(form.cleaned_data["key"]), _fingerprint(what, asked))


def _asked(request: HttpRequest) -> dict[str, list[str]]:
    """Return what was sent, but for what changes with every showing of the form."""
    left_out = ("csrfmiddlewaretoken", "seen_version", "key")
    return {name: request.POST.getlist(name) for name in request.POST if name not in left_out}


def _fingerprint(what: str, asked: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(what.encode() + b"\0" + canonical(records.plain_of(dict(asked)))).digest()
