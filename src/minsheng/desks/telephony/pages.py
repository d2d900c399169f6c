"""A seat's telephone desk, the registration of a call, and the supervisor's list of agents.

The pages ask, the controller does: what is shown is the state that it last wrote. Source: SZ-15.1, JS-1b, JY-8d.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.telephony import actions, queries
from minsheng.cases.telephony.values import DEMONSTRATED, THIRD
from minsheng.core.people import terms
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.desks.telephony import board, talks
from minsheng.domain.covering import covered
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock
from minsheng.wording import telephony as words

AGENTS: Final = ("seat", "specialist")
SUPERVISORS: Final = ("supervisor",)
_OF_A_CALL: Final = ("hang_up", "hold", "unhold", *THIRD)
_OWN: Final = ("go_ready", "take_break", "train", "go_offline", "settle", *_OF_A_CALL)
_LONGEST: Final = 200
_RINGING: Final = "RINGING"
_POPS: Final = (_RINGING, "TALKING")
# So long a page asks whether a wish was done; whoever hears signals needs none of it.
_SOON: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Popped:
    """A call as it is shown on every page of its agent: `queue` by its name, `rings` until it is answered.

    `ours`: it can be held and ended here; an exchange of the city's own does that itself.
    """

    call: queries.Shown
    queue: str
    rings: bool
    ours: bool

    @property
    def key(self) -> UUID:
        """Return a key for each of the forms beside it."""
        return uuid4()


@require_safe
@desk
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """Show a seat their telephone, or a supervisor who is at the telephones."""
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    if person.acting_as in SUPERVISORS:
        return render(request, "desks/telephony_floor.html", _floor(person, rules, now))
    _agent(person)
    unit = kept_of(cleaned(request.GET.get("unit", ""))).strip()[:_LONGEST]
    return render(request, "desks/telephony.html", _own(person, rules, now, unit=unit))


@require_safe
@desk
def screen(request: HttpRequest, person: Person) -> HttpResponse:
    """Show a supervisor the board alone, large, for a wall. Raises: PermissionDenied."""
    if person.acting_as not in SUPERVISORS:
        raise PermissionDenied
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    return render(request, "desks/telephony_screen.html", {"board": board.shown(person.city, rules, now)})


@require_safe
@desk
def pop(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the call that a seat has, on whatever page they are. Source: SZ-15.1, JY-8d."""
    _agent(person)
    return render(request, "desks/telephony_pop.html", {"pop": popped(person)})


def popped(person: Person) -> Popped | None:
    """Return the call that rings for a seat or that they talk in; nothing for others."""
    me = person.actor.person or ""
    if person.acting_as not in AGENTS:
        return None
    agent = queries.agent(me)
    if agent is not None and agent.state in _POPS and agent.call:
        id, rings = agent.call, agent.state == _RINGING
    else:
        # An exchange of the city's own keeps its agents itself, and tells of a call once it is answered.
        id, rings = queries.newest_of(person.city, me), False
        if not id or not queries.is_told(person.city, id):
            return None
    call = queries.shown(person.city, id, agent=me)
    if call is None or call.ended_at is not None:
        return None
    queue = policies.rules_for(person.city, now=clock.now()).telephony_queues.get(call.queue)
    ours = not queries.is_told(person.city, id)
    return Popped(call, wording.tr(queue.name) if queue is not None else "", rings, ours)


@require_POST
@desk
def do(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask the controller for something, once under the form's key. Raises: PermissionDenied."""
    now, kind = clock.now(), request.POST.get("kind", "")
    rules = policies.rules_for(person.city, now=now)
    try:
        key = UUID(request.POST.get("key", ""))
        body = _body(request, person, kind, rules)
    except (ValueError, Rejected) as refused:
        fault = refused if isinstance(refused, Rejected) else Rejected("agent_not_now")
        messages.error(request, wording.say(fault, rules))
        return _back(request, person)
    ask: Any = {"agent": person.actor.person or "", "by": person.actor, "city": person.city, "now": now}
    if kind not in (*DEMONSTRATED, "force_off", "settle", *_OF_A_CALL):
        # Whoever changes their state is at the telephone from now on, with the skills that they have today.
        skills = actions.skills_of(person, rules)
        actions.ask(uuid5(key, "come"), kind="come", body={"skills": skills}, **ask)
    if kind == "settle":
        actions.settle(person.city, body["call"], outcome=body["outcome"], by=person.actor, now=now)
        if queries.is_told(person.city, body["call"]):
            return _back(request, person)
    if kind == "force_off":
        actions.forced_off(person.city, body["of"], reason=body["reason"], by=person.actor, now=now)
    actions.ask(key, kind=kind, body=body, **ask)
    return _back(request, person)


@require_POST
@desk
def record_talk(request: HttpRequest, person: Person) -> HttpResponse:
    """Put a talk of three on the record of the call's order. Source: SZ-15.2, JY-9.1b. Raises: PermissionDenied."""
    _agent(person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    try:
        call = queries.shown(person.city, _call(request), agent=person.actor.person or "")
        key, number = UUID(request.POST.get("key", "")), int(request.POST.get("number", ""))
        talks.record(person, call, number=number, outcome=request.POST.get("outcome", ""), key=key, now=now)
    except ValueError:
        messages.error(request, wording.say(Rejected("call_unknown"), rules))
    except Rejected as refused:
        messages.error(request, wording.say(refused, rules))
    else:
        messages.success(request, _("已记入工单。"))
    return redirect("desks:telephony")


def _back(request: HttpRequest, person: Person) -> HttpResponse:
    """Return to the telephone's page; who pressed beside the call on another page stays there."""
    if request.headers.get("HX-Request"):
        return render(request, "desks/telephony_pop.html", {"pop": popped(person)})
    return redirect("desks:telephony")


def _body(request: HttpRequest, person: Person, kind: str, rules: Rules) -> dict[str, Any]:
    """Return what goes with a wish. Raises: Rejected, PermissionDenied for who may not have it."""
    if kind in DEMONSTRATED and settings.DEMO:
        _agent(person)
        return {"number": words.DEMO_NUMBER, "line": "12345"} if kind == "demo_call" else {}
    if kind == "force_off" and person.acting_as in SUPERVISORS:
        of, reason = (kept_of(cleaned(request.POST.get(name, ""))).strip()[:_LONGEST] for name in ("of", "reason"))
        if not reason:
            raise Rejected("reason_missing")
        if of not in {each.id for each in queries.agents(person.city)}:
            raise Rejected("not_at_phone")
        return {"of": of, "reason": covered(reason)}
    if kind not in _OWN:
        raise PermissionDenied
    _agent(person)
    if kind == "take_break":
        reason = request.POST.get("reason", "")
        if reason not in rules.telephony_breaks:
            raise Rejected("code_not_in_pack" if reason else "reason_missing", value=reason[:_LONGEST])
        return {"reason": reason}
    if kind == "settle":
        outcome, call = request.POST.get("outcome", ""), _call(request)
        if outcome not in words.NO_ORDER:
            raise Rejected("reason_missing")
        return {"outcome": outcome, "call": call}
    if kind == "consult":
        told, unit = (kept_of(cleaned(request.POST.get(name, ""))).strip()[:_LONGEST] for name in ("party", "unit"))
        return {"call": _call(request), "party": talks.wanted(person, told, unit, rules, now=clock.now())}
    return {"call": _call(request)} if kind in _OF_A_CALL else {}


def _call(request: HttpRequest) -> str:
    """Return the call that a form is about. Raises: ValueError for what is no call's id."""
    return str(UUID(request.POST.get("call", "")))


def _own(person: Person, rules: Rules, now: datetime, *, unit: str = "") -> dict[str, Any]:
    me = person.actor.person or ""
    agent = queries.agent(me)
    # An exchange of the city's own keeps its agents itself: then the call alone is known.
    id = agent.call if agent is not None and agent.call else queries.newest_of(person.city, me)
    call = queries.shown(person.city, id, agent=me) if id else None
    last = queries.last_ask(person.actor.person or "")
    state = agent.state if agent is not None and agent.state else "OFFLINE"
    queue = rules.telephony_queues.get(call.queue) if call is not None else None
    return {
        "agent": agent,
        "state": state,
        "state_label": words.STATES[state],
        "reason": _reason(agent, rules),
        "then": words.STATES[agent.then] if agent is not None and agent.then != "READY" else "",
        "call": call,
        "queue": wording.tr(queue.name) if queue is not None else "",
        "may_register": call is not None and call.answered_at is not None,
        "is_settled": call is not None and bool(call.outcome),
        "outcome": words.OUTCOMES.get(call.outcome, "") if call is not None else "",
        "waiting": queries.waiting(person.city),
        "breaks": [(code, wording.tr(label)) for code, label in rules.telephony_breaks.items()],
        "outcomes": list(words.NO_ORDER.items()),
        "refused": _refused(last, rules, now),
        "pending": last is not None and last.done_at is None and now - last.at < _SOON,
        "demo": settings.DEMO,
        "key": uuid4(),
        **talks.shown(person, call, rules, unit=unit, now=now),
        **talks.held(person, call, rules, now=now),
    }


def _refused(last: Any, rules: Rules, now: datetime) -> str:
    """Return why the last wish was not done, or that the controller has not looked at it yet."""
    if last is not None and last.refused:
        return wording.say(Rejected(last.refused), rules)
    is_late = last is not None and last.done_at is None and now - last.at >= _SOON
    return wording.say(Rejected("ask_waits"), rules) if is_late else ""


def _reason(agent: Any, rules: Rules) -> str:
    if agent is None or not agent.reason:
        return ""
    if agent.reason in words.REASONS:
        return words.REASONS[agent.reason]
    own = rules.telephony_breaks.get(agent.reason, "")
    return wording.tr(own) if own else str(agent.reason)


def _floor(person: Person, rules: Rules, now: datetime) -> dict[str, Any]:
    day = now.astimezone(rules.worktime.zone).date()
    names = {each.actor: each.name for each in terms.holders(person.city, on=day, roles=AGENTS)}
    rows = [
        {
            "id": each.id,
            "name": names.get(each.id, each.id),
            "state": words.STATES[each.state or "OFFLINE"],
            "reason": _reason(each, rules),
            "since": each.since,
            "is_there": each.state not in ("", "OFFLINE"),
            "key": uuid4(),
        }
        for each in queries.agents(person.city)
    ]
    rows.sort(key=lambda each: (not each["is_there"], str(each["name"])))
    return {"rows": rows, "board": board.shown(person.city, rules, now)}


def _agent(person: Person) -> None:
    if person.acting_as not in AGENTS:
        raise PermissionDenied
