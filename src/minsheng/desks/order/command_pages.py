"""Every command of the life cycle as a form: one effect however often it is sent, and who was faster is named."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.live import actions as live
from minsheng.cases.orders import actions
from minsheng.cases.orders.actions import Key
from minsheng.cases.orders.office import claims, foresight, oversight
from minsheng.cases.orders.reading import finding
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.core.drafts import texts, typed
from minsheng.core.people import queries as people_queries
from minsheng.core.people.gates import desk
from minsheng.core.people.pages.confirming import held_up
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain import approval
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench import dispatch_panel, saved_words, shown, timeline, written
from minsheng.workbench.forms import CommandForm, Ground
from minsheng.workbench.outcomes import outcome_of
from minsheng.workbench.overview import following
from minsheng.workbench.steps import asked, done, fingerprint, go_on, key_of, order_or_404, say

# What a draft said at its registration, and the two that are asked for again where the pack wants what was not said.
_TOLD = ("emergency", "content", "place", "target_person")
_ASKED_AGAIN = ("content", "place")
# What hands on to others who the appellant is: somebody who sits at another's open desk must not.
_HANDS_ON_WHO = frozenset({"refer", "transfer_to_discipline"})


def _told(command: str, ground: Ground) -> tuple[str, ...]:
    """Return the fields that a draft's form leaves out, since its registration has them."""
    if command != "submit":
        return ()
    wanted = [name for name in _ASKED_AGAIN if name in ground.rules.submit_fields]
    return tuple(name for name in _TOLD if name not in wanted or getattr(ground.order, f"has_{name}"))


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
    row = order_or_404(person, order_id)
    if request.method == "POST" and command in _HANDS_ON_WHO and (held := held_up(request, person)) is not None:
        return held
    state = queries.state_of(row)
    ground = Ground(policies.rules_for(person.city, now=clock.now()), state, person.acting_as)
    # A draft's words are kept at registration; what is added at submission is the rest.
    told = _told(command, ground)
    if request.method == "GET":
        claims.prolong(row.id, by=person.actor, now=clock.now())
        initial = {"key": uuid4(), "seen_version": row.version, **_initial(command, state, row, by)}
        form = CommandForm(command, ground=ground, leave_out=told, initial=initial)
        if command == "supervise" and initial["category"]:
            form.fields["ground"].help_text = _("已按系统的督办建议填写，可以修改。")
        return _command_page(request, person, row, form, by)
    if saved_words.is_pressed(request):
        form = CommandForm(command, ground=ground, leave_out=told)
        saved_words.put_in(request, person, form)
        return _command_page(request, person, row, form, by)
    form = CommandForm(command, ground=ground, leave_out=told, data=request.POST)
    if not form.is_valid():
        return _command_page(request, person, row, form, by, status=422)
    if command in written.GIVEN and ("save_draft" in request.POST or "send_draft" in request.POST):
        return _save_draft(request, person, row, form, by)
    values = _values(form, state, person)
    built = form.build(values)
    if built is None:
        return _command_page(request, person, row, form, by, status=422)
    onward = following(request.POST.get("list"), row, person, rules=ground.rules, now=clock.now())
    try:
        outcome = actions.apply(
            built,
            order_id=row.id,
            actor=by,
            now=clock.now(),
            key=key_of(person, form, f"{row.id} {command}", asked(request)),
            seen_version=form.cleaned_data["seen_version"],
        )
    except Rejected as rejected:
        if rejected.code == "not_found" and not isinstance(built, cmd.Link):
            raise Http404 from rejected
        # Meanwhile somebody may have referred it internally: then it does not exist for this person any more.
        row = order_or_404(person, row.id)
        return _command_page(request, person, row, form, by, status=form.refuse(rejected))
    say(request, outcome, ground, done(row.number))
    return _next(request, person, row.id, onward)


@require_POST
@desk
def preview(request: HttpRequest, person: Person, order_id: str, command: str) -> HttpResponse:
    """Say what would follow from a form as it is filled in now; nothing is changed, and nothing recorded."""
    by = shown.for_command(command, by=person.actor) if command in cmd.BY_NAME and command != "register" else None
    if by is None:
        raise Http404
    row = order_or_404(person, order_id)
    state, now = queries.state_of(row), clock.now()
    rules = policies.rules_for(person.city, now=now)
    ground = Ground(rules, state, person.acting_as)
    form = CommandForm(command, ground=ground, leave_out=_told(command, ground), data=request.POST)
    context: dict[str, object] = {}
    if form.is_valid() and (built := form.build(_values(form, state, person))) is not None:
        try:
            context["outcome"] = outcome_of(foresight.foresee(built, order_id=row.id, actor=by, now=now), rules=rules)
        except Rejected as rejected:
            context["refusal"] = wording.say(rejected, rules)
    return render(request, "desks/outcome.html", context)


def _next(request: HttpRequest, person: Person, order_id: str, onward: str | None) -> HttpResponse:
    """Go on in the list one came from, and else back to the order, if it is still there for this person."""
    code = request.POST.get("list")
    if code is not None:
        return go_on(request, code=code, onward=onward, page="desks:order")
    exists = queries.visible(person.actor, city=person.city).filter(id=order_id).exists()
    return redirect("desks:order", order_id=order_id) if exists else redirect("desks:queue")


def _values(form: CommandForm, state: Order, person: Person) -> dict[str, object]:
    """Return the command's values: numbers of orders as their ids, and of a draft only what was changed."""
    values = finding.with_ids(form.command, form.values(), actor=person.actor, city=person.city)
    if form.command == "submit":
        return {name: value for name, value in values.items() if value != getattr(state, name, None)}
    return values


def _initial(command: str, state: Order, row: queries.Row, by: Actor) -> dict[str, object]:
    match command:
        case "submit":
            names = ("type", "channel", "appellant", "publish", "target_unit", "line", "system", "matter", "utility",
                     "real_name", "written_opinion")  # fmt: skip
            return {name: getattr(state, name) for name in names}
        case "reply":
            draft = texts.of(records.stream_of(row.id), unit=by.unit or "")
            return {"text": draft.text if draft else "", "channel": state.channel, "kind": "final"}
        case "feed_back":
            draft = texts.of(written.stream(command, row.id), unit=by.unit or "")
            return {"text": draft.text if draft else ""}
        case "approve_reply" | "approve_feedback":
            shown_text = texts.of(written.stream(command, row.id), unit=by.unit or "")
            return {"seen": shown_text.digest if shown_text else approval.NO_TEXT}
        case "supervise":
            category, ground = oversight.suggestion(row.id) or ("", "")
            return {"category": category, "ground": wording.GROUNDS.get(ground, ground)}
        case "phone_unit" | "relieve":
            return {"unit": state.lead}
        case _:
            return {}


def _save_draft(request: HttpRequest, person: Person, row: queries.Row, form: CommandForm, by: Actor) -> HttpResponse:
    """Keep the text of an answer for the leader to see. Source: JY-13.1c, SZ-22a."""
    text = form.cleaned_data.get("text", "").strip()
    may_write = any(each.command.name == form.command for each in shown.offered(
        form.ground.order, by=by, rules=form.ground.rules, now=clock.now()))  # fmt: skip
    if not text:
        status = form.refuse(Rejected("field_missing", fields=("text",)))
        return _command_page(request, person, row, form, by, status=status)
    if not may_write:
        status = form.refuse(Rejected("not_allowed_now", status=form.ground.order.status))
        return _command_page(request, person, row, form, by, status=status)
    sent = "send_draft" in request.POST
    stream = written.stream(form.command, row.id)
    texts.save(stream, unit=by.unit or "", text=text, saved_by=by.person or "", now=clock.now(), submit=sent)
    if sent:
        leaders = [f"{role}@{by.unit}" for role in ("leader", "head")]
        live.tell(city=person.city, audiences=leaders, kind="new", order=row.id, now=clock.now())
    typed.taken(request)
    messages.success(request, _("答复稿已送分管领导审签。") if sent else _("答复草稿已保存，分管领导审签时可以看到。"))
    return redirect("desks:order", order_id=row.id)


def _answered(request: HttpRequest, person: Person, command: str, order_id: str) -> HttpResponse | None:
    """Return the answer to a form that was sent before, also when its own effect hides the order from its sender."""
    if queries.visible(person.actor, city=person.city).filter(id=order_id).exists():
        return None
    key = request.POST.get("key", "")
    print_of_it = fingerprint(f"{order_id} {command}", asked(request))
    try:
        known = actions.answered(Key(f"staff:{person.id}", key, print_of_it), now=clock.now()) if key else None
    except Rejected:
        known = None
    if known is None:
        raise Http404
    typed.taken(request)
    messages.success(request, done())
    return redirect("desks:queue")


def _command_page(
    request: HttpRequest, person: Person, row: queries.Row, form: CommandForm, by: Actor, *, status: int = 200
) -> HttpResponse:
    rules = form.ground.rules
    words = appeals.words_of(records.appeal_of(row.id))
    read = reading.of(form.ground.order, actor=person.actor, city=person.city, words=words)
    dispatch = None
    if form.command in dispatch_panel.COMMANDS:
        facts = timeline.facts_of(queries.history(row.id))
        seen = read.words(words)
        dispatch = dispatch_panel.panel_of(
            words, facts, place=seen.place if seen is not None else "", city=person.city, now=clock.now()
        )
        dispatch_panel.prepare(form)
    if form.is_bound:
        form.show_again(
            version=row.version, seen=str(_initial(form.command, form.ground.order, row, by).get("seen", ""))
        )
    is_panel = request.method == "GET" and "HX-Request" in request.headers
    return render(
        request,
        "desks/command_form.html" if is_panel else "desks/command.html",
        {
            "is_panel": is_panel,
            "row": row,
            "form": form,
            "state": wording.label_of_status(row.status, row.reason),
            "channel": rules.channels.get(row.channel, row.channel),
            "words": read.words(words),
            "dispatch": dispatch,
            "stands_in": by.role == "citizen",
            "conflict": status == 409,
            "came_from": (request.POST if request.method == "POST" else request.GET).get("list"),
            "snippets": saved_words.offered(person, form),
            "draft": written.draft(form.command, row, person) if form.command in written.APPROVING else None,
            "remark": _remark(form.command, row, person) if form.command in written.GIVEN else "",
            "units": people_queries.unit_names(person.city, now=clock.now()) if form.names_units else (),
        },
        status=status,
    )


def _remark(command: str, row: queries.Row, person: Person) -> str:
    """Return what the leader wanted otherwise of the draft. Source: JY-13.1c."""
    draft = written.draft(command, row, person)
    return draft.remark if draft is not None else ""
