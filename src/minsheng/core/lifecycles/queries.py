"""Reads of whatever has one stream and is no order: which things of a kind exist for somebody at a desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from minsheng.core.ledger import queries as ledger
from minsheng.core.lifecycles.kinds import Asked, Kind
from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.lifecycle import NEW
from minsheng.domain.rejected import Rejected


def visible(kind: Kind[Any], actor: Actor, *, city: str) -> QuerySet[Any]:
    """Return the rows that exist for the actor: those of all readers, and those of the unit that it acts for."""
    rows = kind.rows_in(city)
    return kind.readers.rows(rows, actor) if kind.readers.admits(actor) else rows.none()


def row_of(kind: Kind[Any], id: str, actor: Actor, *, city: str) -> Any | None:
    """Return the row of a thing that exists for the actor; None for anything else."""
    key = _key(id)
    return visible(kind, actor, city=city).filter(pk=key).first() if key is not None else None


def waiting(kind: Kind[Any], actor: Actor, *, city: str) -> QuerySet[Any]:
    """Return the visible rows that wait for the actor's role, as the table says.

    In a state that nothing leaves a unit is waited for as long as its own clock runs, or was missed and the thing is
    not done. The kind may say what waits besides.
    """
    cycle = kind.cycle
    mine = [row for row in cycle.rows if actor.role in row.desks]
    wanted = Q(status__in={state for row in mine for state in row.awaits} - {NEW, *cycle.ends})
    units = kind.readers.known_as(actor.unit or "")
    for row in mine:
        for state in set(row.awaits) & set(cycle.ends):
            wanted |= Q(status=state) & _owed(row.awaits[state], units)
    wanted |= kind.also(actor)
    return visible(kind, actor, city=city).filter(wanted)


def _owed(clocks: Iterable[str], units: Iterable[str]) -> Q:
    """Return the condition that a clock of a unit, by one of its names, asks something of it still."""
    owed = Q(pk=None)
    for timer in (f"{name}@{unit}" for name in clocks for unit in units):
        open_ones = {"status": "running"}, {"status": "missed", "done_at": None}
        for standing in open_ones:
            owed |= Q(state__contains={"timers": {timer: standing}})
    return owed


def may_now(kind: Kind[Any], row: Any, actor: Actor, *, now: datetime) -> list[str]:
    """Return the names of the commands that the table lets the actor give now, in the table's order."""
    found = []
    actor = kind.readers.acting(row, actor)
    state, facts = kind.read(row), kind.facts(Asked(kind.city_of(row), row, actor, now))
    for each in (row for row in kind.cycle.rows if kind.is_given(row.command.name)):
        try:
            lifecycle.ask(kind.cycle, state, each.command, by=actor, facts=facts)
        except Rejected:
            continue
        found.append(each.command.name)
    return found


def begins(kind: Kind[Any], actor: Actor) -> list[str]:
    """Return the names of the commands by which the table lets the actor's role begin a new thing, in any city."""
    return [row.command.name for row in kind.cycle.rows if NEW in row.sources and actor.role in row.who]


def may_begin(kind: Kind[Any], actor: Actor, *, city: str, now: datetime) -> list[str]:
    """Return the names of the commands by which the actor may begin a new thing now."""
    named = begins(kind, actor)
    if not named:
        return []
    state, facts = kind.cycle.start(""), kind.facts(Asked(city, None, actor, now))
    found = []
    for row in kind.cycle.rows:
        if row.command.name not in named:
            continue
        try:
            lifecycle.ask(kind.cycle, state, row.command, by=actor, facts=facts)
        except Rejected:
            continue
        found.append(row.command.name)
    return found


def ended(kind: Kind[Any], ids: Iterable[str], *, before: datetime) -> set[str]:
    """Return which of the things are in a state that nothing leaves, and have been since before a moment."""
    over = kind.rows().filter(pk__in=list(ids), status__in=kind.cycle.ends).values_list("pk", flat=True)
    quiet = ledger.quiet([kind.stream(id) for id in over], before=before)
    return {stream.removeprefix(kind.prefix) for stream in quiet}


def seen(kind: Kind[Any], actor: Actor, *, city: str, ids: Iterable[str]) -> set[str]:
    """Return which of the things exist for the actor."""
    known = [key for id in ids if (key := _key(id)) is not None]
    return {str(id) for id in visible(kind, actor, city=city).filter(pk__in=known).values_list("pk", flat=True)}


def _key(id: str) -> UUID | None:
    try:
        return UUID(id)
    except ValueError:
        return None
