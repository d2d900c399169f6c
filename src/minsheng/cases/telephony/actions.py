"""Writing what calls and agents do, once each; asking the controller; what came of a call. Source: SZ-15.2, JY-8d."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from minsheng.cases.live import actions as live
from minsheng.cases.telephony import queries
from minsheng.cases.telephony.models import TelephonyAgent, TelephonyAsk, TelephonyCall, TelephonyLeg, TelephonyTurn
from minsheng.cases.telephony.values import KINDS, KNOCK, Batch, Caller
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import journals
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.journals import Entry
from minsheng.core.people import vault
from minsheng.core.people.queries import Person
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.audiences import Telling
from minsheng.domain.call_queues import ORDINARY
from minsheng.domain.covering import covered
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.telephony import calls as record
from minsheng.domain.telephony.agents import NO_ORDER, ORDER, Agent
from minsheng.domain.telephony.calls import ENDED, Line
from minsheng.gateways import ids, telephones

_log = logging.getLogger(__name__)

# What a desk is told of when something about its call or its state is new.
SIGNAL: Final = "call"
# What a number may be at most; what is longer is none.
_LONGEST: Final = 32
_ENDED_FACT: Final = "CallEnded"
_BY_OWN_DESK, _BY_ALL = 2, 1
# What was said in a call is registered while it lasts and shortly after.
_REGISTERED_WITHIN: Final = timedelta(hours=24)
AGENTS_STREAM: Final = "agents"


def sealed(city: str, call: str, ani: str, *, area: str) -> tuple[str, Caller | None]:
    """Return a caller's number in its one form, and sealed for the call; nothing of what is garbled or withheld."""
    try:
        number = telephones.normal(ani[:_LONGEST], area=area) if len(ani) <= _LONGEST else ""
    except telephones.NoTelephone:
        number = ""
    if not number:
        return "", None
    index = vault.blind_index("phone", number, city=city)
    return number, Caller(vault.encrypt(number, owner=f"call/{call}", field="caller"), index)


def line_of(dialed: str) -> str:
    """Return the number that was dialed, as lists name it: digits alone, and not more than a number has."""
    return "".join(each for each in dialed if each in "0123456789-")[:20]


@transaction.atomic
def write(batch: Batch, *, city: str, now: datetime) -> None:
    """Write what a step has made: the timelines, the rows as they stand after it, one fact for each ended call.

    Written twice it is there once: a line whose number a timeline has is left out, whoever wrote it. Desks are told
    when it commits. What is of an earlier turn than the city's is left out: whoever took over has asked the switch.
    Raises: NoMonth.
    """
    # Held until this is written: whoever takes over then reads it, or has begun a turn before it.
    turn = TelephonyTurn.objects.select_for_update().filter(pk=city).values_list("turn", flat=True).first()
    if batch.turn and turn is not None and turn > batch.turn:
        _log.warning("telephony: %d lines of an earlier turn are left out", len(batch.lines))
        return
    known = TelephonyCall.objects.select_for_update().filter(pk__in=sorted(batch.calls)).order_by("pk")
    written = {str(row.pk): row.lines for row in known}
    fresh = [line for line in batch.lines if line.no > written.get(line.call, 0)]
    journals.append(city, [_entry(line) for line in fresh])
    for id in batch.calls:
        _keep_call(batch, id, city, written=written.get(id))
    for line in fresh:
        _keep_leg(line)
    for agent in batch.agents.values():
        _keep_agent(agent, city, now)
    for id, refused in batch.asks.items():
        TelephonyAsk.objects.filter(key=id, done_at=None).update(done_at=now, refused=refused)
    for id, call in batch.calls.items():
        if call.stage == ENDED:
            _end(UUID(id), city, now)
    audiences = dict.fromkeys((*batch.agents, *(line.agent for line in batch.lines if line.agent)))
    live.write((Telling(city, each, SIGNAL) for each in audiences), now=now)


@transaction.atomic
def take_turn(city: str) -> int:
    """Begin a turn as the one that has a city's calls, and return its number."""
    row, _ = TelephonyTurn.objects.select_for_update().get_or_create(pk=city)
    row.turn += 1
    row.save(update_fields=["turn"])
    return int(row.turn)


def ask(
    key: UUID, *, kind: str, agent: str, by: Actor, city: str, now: datetime, body: Mapping[str, Any] | None = None
) -> None:
    """Ask the controller for something, once under a key. Raises: Rejected `not_found` for what nobody can ask."""
    if kind not in KINDS:
        raise Rejected("not_found")
    said = {"city": city, "agent": agent, "role": by.role, "kind": kind, "body": dict(body or {}), "at": now}
    with transaction.atomic():
        TelephonyAsk.objects.get_or_create(key=key, defaults=said)
        knock(city)


def knock(city: str) -> None:
    """Let the controller look at once, when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", (KNOCK, city))


def skills_of(person: Person, rules: Rules) -> dict[str, int]:
    """Return which desks' calls somebody answers: best those of their own desk, and everybody the ordinary ones."""
    usual = ORDINARY if ORDINARY in rules.desks else next(iter(rules.desks))
    return {usual: _BY_ALL, **({person.desk: _BY_OWN_DESK} if person.desk in rules.desks else {})}


@transaction.atomic
def caller_for_form(city: str, id: str, *, by: Actor, now: datetime) -> str:
    """Return a caller's number for the registration of whoever talks with them; the reading is a fact, once.

    Empty for anybody else, before it is answered and a day after its end, and for a number that nobody knows.
    Source: JY-8d, JY-23.5.
    """
    agent = by.person or ""
    call = queries.shown(city, id, agent=agent)
    if call is None or not _is_fresh(call.answered_at, call.ended_at, now):
        return ""
    number = queries.number_of(UUID(id))
    stream = queries.stream(id)
    ledger.hold(stream)
    if number and not any(each.type == "CallerShown" for each in ledger_queries.history(stream)):
        ledger.record(city, stream, "CallerShown", {"purpose": "registration"}, actor=by, now=now)
    return number


@transaction.atomic
def registered(city: str, id: UUID, *, order: str, by: Actor, now: datetime) -> None:
    """Note that an order was registered from a call, which settles it for its agent.

    Raises: Rejected `call_unknown`.
    """
    row = TelephonyCall.objects.select_for_update().filter(pk=id, city=city, agent=by.person or "-").first()
    if row is None or not _is_fresh(row.answered_at, row.ended_at, now):
        raise Rejected("call_unknown")
    if not row.order:
        TelephonyCall.objects.filter(pk=id).update(order=order, outcome=ORDER)
        _came_of(city, id, outcome=ORDER, order=order, by=by, now=now)
    agent = by.person or ""
    ask(ids.uuid7(now), kind="settle", agent=agent, by=by, city=city, now=now, body={"outcome": ORDER, "call": str(id)})


@transaction.atomic
def settle(city: str, id: str, *, outcome: str, by: Actor, now: datetime) -> None:
    """Keep why nothing was registered of an agent's call, once it was answered; what was said before stays."""
    call = queries.shown(city, id, agent=by.person or "")
    if call is not None and call.answered_at is not None:
        if TelephonyCall.objects.filter(pk=call.id, outcome="").update(outcome=outcome):
            _came_of(city, call.id, outcome=outcome, by=by, now=now)


def _came_of(city: str, id: UUID | str, *, outcome: str, by: Actor, now: datetime, order: str = "") -> None:
    """Put on record what came of a call, by which the lake hears of it too."""
    ledger.hold(queries.stream(id))
    body = {"outcome": outcome, "order": order}
    ledger.record(city, queries.stream(id), "CallSettled", body, actor=by, now=now)


def _is_fresh(answered_at: datetime | None, ended_at: datetime | None, now: datetime) -> bool:
    """Tell whether something may still be registered from a call."""
    return answered_at is not None and (ended_at is None or now - ended_at <= _REGISTERED_WITHIN)


def forced_off(city: str, agent: str, *, reason: str, by: Actor, now: datetime) -> None:
    """Put on record that a supervisor took somebody off the telephones, with the reason, in which nobody is named."""
    with transaction.atomic():
        stream = f"{AGENTS_STREAM}/{city}"
        ledger.hold(stream)
        body = {"agent": agent, "reason": covered(reason)}
        ledger.record(city, stream, "AgentForcedOff", body, actor=by, now=now)


def forget_asks(before: datetime) -> int:
    """Delete what was asked and done before a moment."""
    gone: int = TelephonyAsk.objects.filter(done_at__lt=before).delete()[0]
    return gone


def _entry(line: Line) -> Entry:
    body = {"what": line.what, "agent": line.agent, "says": dict(line.says)}
    return Entry("telephony", queries.stream(line.call), str(line.no), line.at, actor_to_plain(SYSTEM), body)


def _keep_call(batch: Batch, id: str, city: str, *, written: int | None) -> None:
    columns = queries.fields_of(batch, id)
    if written is None:
        TelephonyCall.objects.create(pk=id, city=city, **columns)
    elif written < columns["lines"]:
        TelephonyCall.objects.filter(pk=id).update(**columns)


def _keep_leg(line: Line) -> None:
    leg = str(line.says.get("leg", ""))
    if line.what in ("ring", "dialed"):
        said = {"call": line.call, "agent": line.agent, "is_citizen": line.what == "dialed", "began_at": line.at}
        TelephonyLeg.objects.get_or_create(pk=leg, defaults=said)
        return
    if line.what == "consult":
        said = {"call": line.call, "agent": line.agent, "is_party": True, "began_at": line.at}
        TelephonyLeg.objects.get_or_create(pk=leg, defaults=said)
        return
    legs = TelephonyLeg.objects.filter(call=line.call, ended_at=None)
    if line.what == "consult_answered":
        legs.filter(is_party=True, answered_at=None).update(answered_at=line.at)
    elif line.what == "party_gone":
        legs.filter(is_party=True).update(ended_at=line.at, cause=str(line.says.get("cause", "")))
    elif line.what == "left":
        legs.filter(is_party=False, is_citizen=False).update(ended_at=line.at, cause=line.what)
    elif line.what == "answered":
        legs.filter(answered_at=None).update(answered_at=line.at)
    elif line.what in ("missed_ring", "ring_cancelled", "unreached", "ended"):
        legs.update(ended_at=line.at, cause=str(line.says.get("cause", line.what)))


def _keep_agent(agent: Agent, city: str, now: datetime) -> None:
    said = {name: getattr(agent, name) for name in ("state", "since", "idle_since", "reason", "call", "outcome")}
    said |= {"then": agent.then, "then_reason": agent.then_reason, "skills": dict(agent.skills), "city": city}
    TelephonyAgent.objects.update_or_create(pk=agent.id, defaults=said)
    if agent.call and agent.outcome in NO_ORDER:
        if TelephonyCall.objects.filter(pk=agent.call, outcome="").update(outcome=agent.outcome):
            by = Actor("seat", person=agent.id)
            _came_of(city, agent.call, outcome=agent.outcome, by=by, now=now)


def _end(id: UUID, city: str, now: datetime) -> None:
    """Put the one fact of an ended call on record, with the digest of its timeline."""
    row = TelephonyCall.objects.select_for_update().get(pk=id)
    if row.digest is not None:
        return
    lines = queries.timeline(id, since=row.offered_at)
    call = record.fold(lines)
    if call is None or call.stage != ENDED:
        return
    digest = queries.digest_of(lines)
    told = record.figures(call)
    body = {
        "direction": call.direction, "line": call.line, "queue": call.queue, "agent": call.agent,
        "answered": told.answered, "abandoned": told.abandoned, "wait_ms": _ms(told.wait), "talk_ms": _ms(told.talk),
        "callback_of": call.callback_of, "lines": call.no, "digest": digest.hex(),
    }  # fmt: skip
    ledger.hold(queries.stream(id))
    ledger.record(city, queries.stream(id), _ENDED_FACT, body, actor=SYSTEM, now=now)
    TelephonyCall.objects.filter(pk=id).update(digest=digest)


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1000)
