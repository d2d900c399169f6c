"""The seat's desk: registration on one screen, what stands beside it, and what was typed before a crash."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wording
from minsheng.cases.coordination import queries as coordination
from minsheng.cases.orders import actions
from minsheng.cases.orders.actions import Outcome
from minsheng.cases.orders.reading import finding
from minsheng.core.drafts import unsent
from minsheng.core.people import appellants
from minsheng.core.people import queries as people_queries
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.desks.incoming import beginning
from minsheng.desks.registration import queries as registration_side
from minsheng.desks.registration.forms import RegistrationForm
from minsheng.desks.telephony import beginning as calls
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import DRAFT, EMERGENCY, SUBMITTED, Order
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock, packfiles
from minsheng.workbench import saved_words
from minsheng.workbench.forms import Ground
from minsheng.workbench.steps import key_of

# The name under which what was typed is kept.
_FORM = "registration"
_LONGEST = 20_000
_UNIT = 200


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@desk
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Register an appeal; submit it, answer it or report it in the same go.

    Source: SZ-15.1, JY-9.1a, SQ-10.1, JY-34b, JY-35a, JY-35b.
    """
    ground = _ground(person)
    if request.method == "GET":
        return _opened(request, person, ground)
    if saved_words.is_pressed(request):
        form = RegistrationForm(ground=ground)
        saved_words.put_in(request, person, form)
        return _page(request, person, form)
    form = RegistrationForm(ground=ground, data=request.POST)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    way = next((each for each in ("submit", "answer") if each in request.POST), "register")
    try:
        outcome = _register(form, person, way=way)
    except Rejected as rejected:
        return _page(request, person, form, status=form.refuse(rejected))
    if outcome is None:
        return _page(request, person, form, status=422)
    _say(request, outcome, ground)
    return redirect("desks:order", order_id=outcome.order.id)


@sensitive_post_parameters()
@require_POST
@desk
def draft(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep what was typed so far, for its own seat alone, or forget it. Source: JY-8d, SZ-26."""
    ground, now = _ground(person), clock.now()
    form = RegistrationForm(ground=ground, data=request.POST)
    key = _uuid(request.POST.get("key", ""))
    if "delete" in request.POST:
        unsent.drop(person.id, _FORM, key=key, now=now)
        return redirect("desks:new" if request.POST["delete"] == "again" else "desks:queue")
    fields = form.kept()
    if key is None or not unsent.fits(_FORM, fields):
        return JsonResponse({"said": _("内容过长，没有自动保存；请先登记。")}, status=422)
    kept = unsent.save(person.id, _FORM, fields=fields, key=key, now=now)
    at = f"{now.astimezone(ground.rules.worktime.zone):%H:%M:%S}"
    said = _("已自动保存 %(at)s") % {"at": at} if kept else _("这份登记已经提交。")
    return JsonResponse({"said": said, "saved_at": at if kept else ""})


@sensitive_post_parameters()
@require_POST
@desk
def caller(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the earlier appeals of whoever has the number, beside the form; the lookup is recorded. Source: JY-23.5."""
    ground = _ground(person)
    phone = request.POST.get("phone", "").strip()[:30]
    context: dict[str, object] = {"phone_given": bool(phone)}
    if phone:
        try:
            context["caller"] = registration_side.caller_of(person, phone=phone, rules=ground.rules, now=clock.now())
        except Rejected as rejected:
            context["refusal"] = wording.say(rejected, ground.rules)
    return render(request, "desks/new_caller.html", context)


@sensitive_post_parameters()
@require_POST
@desk
def beside(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what fits the words as they are typed: categories, and open orders that might be the same matter."""
    ground, tree = _ground(person), packfiles.categories()
    content, place = (request.POST.get(name, "").replace("\0", "")[:_LONGEST] for name in ("content", "place"))
    chosen = tree.chosen(code=request.POST.get("category", ""), text=request.POST.get("category_text", "").strip())
    code = chosen.code if chosen is not None else ""
    rows = registration_side.similar_to(
        person, content=content, place=place, category=code, rules=ground.rules, now=clock.now()
    )
    context = {
        "typed": bool(content.strip()),
        "categories": registration_side.categories_for(tree, content=content, chosen=code),
        "similar": rows,
        "articles": registration_side.articles_for(person, content=content, now=clock.now()),
        "tells": registration_side.tells(content, place),
        "people": registration_side.people_of(person.city, unit=request.POST.get("target_unit", "").strip()[:_UNIT]),
    }
    return render(request, "desks/new_beside.html", context)


def _ground(person: Person) -> Ground:
    """Return what a registration is made from. Raises: PermissionDenied for who does not take appeals."""
    if person.acting_as != "seat":
        raise PermissionDenied("not a seat")
    rules = policies.rules_for(person.city, now=clock.now())
    return Ground(rules, Order(""), person.acting_as, tuple(coordination.on_air(person.city)))


def _opened(request: HttpRequest, person: Person, ground: Ground) -> HttpResponse:
    """Show an empty form, or with `draft=restore` what was typed before a crash."""
    kept = unsent.of(person.id, _FORM, now=clock.now())
    if "incoming" in request.GET:
        return _begun(request, person, ground)
    if "call" in request.GET:
        return _called(request, person, ground, kept)
    usual = {"channel": "phone" if "phone" in ground.rules.channels else "", "appellant": "citizen"}
    if kept is not None and request.GET.get("draft") == "restore":
        typed = {name: values[0] for name, values in kept.fields.items()}
        form = RegistrationForm(ground=ground, initial={**typed, "key": uuid4()})
        return _page(request, person, form, restored=kept)
    form = RegistrationForm(ground=ground, initial={**usual, "key": uuid4()})
    return _page(request, person, form, offered=kept)


def _begun(request: HttpRequest, person: Person, ground: Ground) -> HttpResponse:
    """Show the form filled with what somebody sent; where it waits for nobody any more, its page says so."""
    id = request.GET["incoming"]
    try:
        letter = beginning.opened(person, id, now=clock.now())
    except Rejected as refused:
        messages.error(request, wording.say(refused, ground.rules))
        return redirect("things:thing", prefix="incoming", id=id)
    if letter is None:
        raise Http404
    filled = {"appellant": "citizen", **letter.initial(ground.rules), "incoming": letter.id}
    form = RegistrationForm(ground=ground, initial={**filled, "key": uuid4()})
    return _page(request, person, form, begun=letter)


def _called(request: HttpRequest, person: Person, ground: Ground, kept: unsent.Kept | None) -> HttpResponse:
    """Show the form filled with what is known of a call of the person's own. Source: SZ-15.1, JY-4."""
    call = calls.opened(person, request.GET["call"], now=clock.now())
    if call is None:
        raise Http404
    form = RegistrationForm(ground=ground, initial={**call.initial(ground.rules), "key": uuid4()})
    return _page(request, person, form, called=call.shown, offered=kept)


def _register(form: RegistrationForm, person: Person, *, way: str) -> Outcome | None:
    """Carry a registration out, with the identity in the vault; None when the form says what is wrong.

    `way`: what else is done in the same go: `submit`, `answer`, or nothing (`register`).
    """
    if form.refused_for_emergency_number():
        return None
    values, identity = form.values(), form.identity()
    if "call" in values:
        values["call"] = str(values["call"])
    category = form.category(packfiles.categories())
    answer = form.answer() if way == "answer" else None
    if way == "answer" and form.is_emergency:
        form.add_error("emergency_level", _("应急事项不能直接解答，请报值班领导。"))
    if not form.is_emergency and not values.get("content"):
        form.refuse(Rejected("field_missing", fields=("content",)))
    if matter := str(values.get("matter", "")):
        known = finding.resolve(person.actor, city=person.city, text=matter)
        if known is not None:
            values["matter"] = known.matter or known.id
    # An emergency goes to the leader on duty first (JY-35b), never to dispatch.
    form.command = "submit" if way == "submit" and not form.is_emergency else "register"
    command = form.build(values)
    if command is None or form.errors:
        return None
    assert isinstance(command, cmd.AppealFields)
    now = clock.now()
    asked = {**values, **identity, "category": category, "way": way}
    letter, call = form.cleaned_data.get("incoming"), form.cleaned_data.get("call")
    if letter is not None:
        asked["incoming"] = str(letter)
    if call is not None:
        asked["call"] = str(call)
    if answer is not None:
        asked |= {"article": answer.article, "no_article": answer.no_article, "text": answer.text}
    key = key_of(person, form, "new", asked)
    with transaction.atomic():
        appellant = None
        if any(identity.values()) or letter is not None:
            appellant = appellants.keep_appellant(
                city=person.city, kind=command.appellant or "citizen", now=now, **identity
            )
        words = actions.Words(appellant=appellant, title=_title_of(command), category=category)
        outcome = actions.register(command, city=person.city, actor=person.actor, now=now, words=words, key=key)
        if outcome.repeated:
            # Whoever was put into the vault a second time is not needed: the first press has done it.
            transaction.set_rollback(True)
            return outcome
        step: cmd.Command | None = cmd.Report() if way == "submit" and form.is_emergency else answer
        if step is not None:
            outcome = actions.apply(step, order_id=outcome.order.id, actor=person.actor, now=now)
        if letter is not None:
            beginning.registered(person, letter, appellant=appellant, number=outcome.number, now=now)
        if call is not None:
            calls.registered(person, call, order=outcome.order.id, now=now)
        unsent.drop(person.id, _FORM, key=form.cleaned_data["key"], now=now)
    return outcome


def _say(request: HttpRequest, outcome: Outcome, ground: Ground) -> None:
    """Tell what was registered, what happens next and by when, and lead on to the next caller."""
    line = format_html(
        '{} <strong class="number">{}</strong>。{} <a class="button quiet" href="{}" data-key="n" autofocus>{}</a>',
        _("已登记，编号"),
        outcome.number,
        "" if outcome.repeated else _next_step(outcome.order, ground),
        resolve_url("desks:new"),
        _("登记下一件"),
    )
    messages.success(request, line)
    for message in outcome.messages:
        messages.warning(request, wording.say(message, ground.rules))


def _next_step(order: Order, ground: Ground) -> str:
    running = [each.due for each in order.timers.values() if each.status == "running" and each.due is not None]
    due = f"{min(running).astimezone(ground.rules.worktime.zone):%m-%d %H:%M}" if running else ""
    match order.status:
        case s if s == SUBMITTED:
            return _("已提交交办，交办员应在 %(due)s 前交办。") % {"due": due}
        case s if s == EMERGENCY and order.emergency_stage == "REGISTERED":
            return _("请在 %(due)s 前报值班领导。") % {"due": due}
        case s if s == EMERGENCY:
            return _("已报值班领导，应在 %(due)s 前报请决定。") % {"due": due}
        case s if s == DRAFT:
            return _("还没有提交交办，请继续办理。")
        case _:
            return _("已直接解答，办结。")


def _title_of(command: cmd.AppealFields) -> str:
    """Return the first words of what was said, on one line."""
    facts = command.emergency.facts if command.emergency is not None else ""
    return " ".join((command.content or facts).split())[:40]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    person: Person,
    form: RegistrationForm,
    *,
    offered: unsent.Kept | None = None,
    restored: unsent.Kept | None = None,
    begun: beginning.Letter | None = None,
    called: str | None = None,
    status: int = 200,
) -> HttpResponse:
    if form.is_bound:
        form.show_again()
    unit = str(form["target_unit"].value() or "")
    context = {
        "form": form,
        "offered": offered,
        "tells": registration_side.tells(*(str(form[name].value() or "") for name in ("content", "place"))),
        "people": registration_side.people_of(person.city, unit=unit.strip()[:_UNIT]),
        "restored": restored,
        "begun": begun,
        "called": called,
        "numbers": form.ground.rules.emergency_numbers if form.ground.rules.emergency_enabled else (),
        "units": people_queries.unit_names(person.city, now=clock.now()),
        "leaves": packfiles.categories().by_code.values(),
        "answer_snippets": saved_words.offered(person, form),
    }
    return render(request, "desks/new.html", context, status=status)
