"""Meetings and programmes on PostgreSQL, over `domain.coordination`: what their decisions need to know, their numbers.

Questions, tasks and what is said of absent people are kept sealed (`core.words`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from minsheng.cases.coordination import labels
from minsheng.cases.coordination.models import Meeting, Programme
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Held, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import successors
from minsheng.core.policies import queries as policies
from minsheng.core.words import actions as words
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.coordination import meeting, programme
from minsheng.domain.rejected import Rejected

__all__ = ["MEETINGS", "PROGRAMMES", "follow_up", "tally_of"]


def _meeting_known(asked: Asked) -> meeting.Known:
    state = MEETINGS.read(asked.row) if asked.row is not None else meeting.Meeting("")
    named: dict[str, str] = {}
    for each in getattr(asked.command, "orders", ()):
        try:
            named[each] = orders.find(each, actor=asked.by, city=asked.city).id
        except Rejected:
            continue
    command = asked.command
    # A decision takes its orders in the order of their ids, whoever decides about the same ones at the same moment.
    read = orders.lock if isinstance(command, meeting.DecideMeeting) else orders.peek
    standing = {id: each.order.status for id, each in read(state.orders).items()}
    lists = (getattr(command, name, ()) for name in ("units", "co", "present"))
    tasks = (task.unit for task in getattr(command, "tasks", ()))
    units = (*(unit for each in lists for unit in each), *tasks, getattr(command, "lead", ""))
    convener = policies.rules_for(asked.city, now=asked.now).coordination_convener
    heads = people.heads_of(asked.city, units=getattr(command, "units", ()), now=asked.now)
    return meeting.Known(named, standing, _rosterless(asked, units), convener, heads)


def _programme_known(asked: Asked) -> programme.Known:
    if asked.row is None:
        return programme.Known()
    # Whoever answers on air has it read to them: the session's own orders are found, not everybody's.
    order = getattr(asked.command, "order", "")
    named = next(iter(orders.collected(asked.city, str(asked.row.pk), number=order)), "") if order else ""
    collected = _collected(asked.city, asked.row)
    return programme.Known(collected, named, _rosterless(asked, getattr(asked.command, "units", ())))


def _collected(city: str, row: Any) -> dict[str, programme.Collected]:
    return {id: programme.Collected(*each) for id, each in orders.collected(city, str(row.pk)).items()}


def tally_of(row: Programme) -> dict[str, int]:
    """Return how many appeals a session has received, answered on the spot and followed up."""
    return programme.tally(PROGRAMMES.read(row), _collected(row.city_id, row))


def _rosterless(asked: Asked, units: Iterable[str]) -> frozenset[str]:
    """Return which of the units have nobody on duty. Raises: Rejected `unit_unknown`."""
    units = tuple(filter(None, units))
    facts = people.unit_facts(asked.city, names=units, now=asked.now)
    for name in units:
        if name not in facts:
            raise Rejected("unit_unknown", unit=name)
    return frozenset(name for name, each in facts.items() if not each.roster)


def follow_up(session: str, *, now: datetime) -> None:
    """Let a closed session be followed up once everything that it collected is closed; else nothing happens."""
    row = PROGRAMMES.rows(pk=session, status=programme.CLOSED).first()
    if row is None or not programme.is_over(_collected(row.city_id, row)):
        return
    try:
        lifecycles.apply(PROGRAMMES, row.pk, programme.FollowUp(), city=row.city_id, by=SYSTEM, now=now)
    except Rejected:
        return  # somebody else was told of the same order at the same moment


def _closed(held: Held[programme.Programme], command: Any, by: Actor) -> None:
    """Look once more when a session is closed: its last order may have been closed at the same moment."""
    if isinstance(command, programme.CloseSession):
        session, now = str(held.row.pk), held.now
        transaction.on_commit(lambda: follow_up(session, now=now))


def _opens_meeting(id: UUID, city: str) -> Meeting:
    return Meeting(id=id, city_id=city, number=numbers.next_of(Meeting, "协调会", id=id, city=city))


def _opens_programme(id: UUID, city: str) -> Programme:
    return Programme(id=id, city_id=city, number=numbers.next_of(Programme, "节目", id=id, city=city))


def _meeting_columns(state: meeting.Meeting) -> dict[str, Any]:
    units = tuple(dict.fromkeys((*state.units, *state.tasks)))
    return {"units": list(units), "kind": state.kind, "starts_at": state.when}


def _programme_columns(state: programme.Programme) -> dict[str, Any]:
    return {"units": list(state.units), "kind": state.kind, "starts_at": state.when, "topic": state.topic}


MEETINGS = Kind(
    meeting.CYCLE,
    model=Meeting,
    names=people.names,
    words=labels.MEETING_EVENTS,
    facts=_meeting_known,
    keeps=words.keep,
    columns=_meeting_columns,
    readers=successors.readers("office", "joint_meeting", "supervisor", "command"),
    labels=labels.MEETINGS,
    opens=_opens_meeting,
)
PROGRAMMES = Kind(
    programme.CYCLE,
    model=Programme,
    names=people.names,
    words=labels.PROGRAMME_EVENTS,
    facts=_programme_known,
    follow=_closed,
    keeps=words.keep,
    columns=_programme_columns,
    readers=successors.readers("office", "seat", "supervisor"),
    labels=labels.PROGRAMMES,
    opens=_opens_programme,
    sought=("topic",),
)
