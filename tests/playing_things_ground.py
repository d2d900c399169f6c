"""Play a story of things beside orders on PostgreSQL: cases, meetings and programmes, and the orders they touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tests import playing_ground as playing
from tests.playing_ground import CITY, Played

from minsheng.cases.monitoring.models import Violation
from minsheng.cases.orders.models import Order
from minsheng.core.features import queries as features
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import tasks
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles.kinds import Kind
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.cycles import PLAYED
from minsheng.domain.forum.commands import JoinOrder
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rejected import Rejected
from minsheng.domain.scenario import LoadCalendar, Scenario, Step

THINGS = (
    "case", "meeting", "programme", "inquiry", "sanction", "paper", "training", "mechanism", "plan", "incident",
    "bylaw", "violation", "dossier", "study", "remedy", "review", "roll", "award", "incoming", "thread",
)  # fmt: skip


def play(story: Scenario, set_clock: Callable[[datetime], None]) -> Played:
    """Play the story in a city of its own; the relay runs after every step."""
    playing._open(story)
    played = Played(story)
    for step in story.steps:
        set_clock(step.at)
        sweep_until(step.at)
        if step.command is not None:
            try:
                _act(played, step)
            except Rejected as rejected:
                played.refusals[step.number] = rejected.code
        while tasks.relay_once():
            pass
    return played


def sweep_until(now: datetime) -> None:
    """Let every clock that ran out before `now` ring, each at its own moment."""
    while (due := ledger.next_alarm()) is not None and due < now:
        for stream in playing._due_streams(moment := min(now, due + playing.timedelta(seconds=1))):
            features.alarm(stream.partition("/")[0])(stream, moment)


def _act(played: Played, step: Step) -> None:
    command = step.command
    if isinstance(command, LoadCalendar):
        playing._load(command, step)
        for prefix in THINGS:
            lifecycles.recompute(features.life_cycles()[prefix], CITY, year=int(command.year), now=step.at)
        return
    if step.thing == "order":
        if isinstance(command, cmd.AppealFields) and command.programme:
            command = replace(command, programme=played.ids[f"programme/{command.programme}"])
        playing._act(played, replace(step, command=command))
        return
    kind: Kind[Any] = features.life_cycles()[step.thing]
    stream, command = f"{step.thing}/{step.name}", _with_ids(command, played)
    by = step.by or _default_actor(kind, played, stream, command, step)
    if stream in played.ids:
        id = UUID(played.ids[stream])
        done = lifecycles.apply(kind, id, command, city=CITY, by=by, now=step.at)
        if isinstance(step.command, JoinOrder):
            played.ids.setdefault(step.command.order, done.state.joined)
        return
    opens = kind.opens
    assert opens is not None
    begun = lifecycles.begin(kind, command, city=CITY, by=by, now=step.at, made=lambda id: opens(id, CITY))
    played.ids[stream] = str(begun.id)


def _with_ids(command: Any, played: Played) -> Any:
    """Return the command with the orders of the story by their ids, as somebody would name them by their numbers."""
    changed: dict[str, Any] = {}
    for each in fields(command):
        value = getattr(command, each.name)
        if each.name in ("orders", "evidence", "violations"):
            changed[each.name] = tuple(played.ids.get(name) or _number(played, name) for name in value)
        elif each.name == "order":
            # An order that there is not yet begins with the thread, and is named by nobody.
            unknown = "" if isinstance(command, JoinOrder) else value
            changed[each.name] = _order(command, played.ids[value]) if value in played.ids else unknown
    return replace(command, **changed)


def _order(command: Any, id: str) -> str:
    """Return an order as a command names it: by its number where somebody types it."""
    return Order.objects.get(pk=id).number if isinstance(command, JoinOrder) else id


def _number(played: Played, name: str) -> str:
    """Return the number of a violation of the story, or what is no violation of it."""
    id = played.ids.get(f"violation/{name}")
    return Violation.objects.get(pk=id).number if id is not None else name


def _default_actor(kind: Kind[Any], played: Played, stream: str, command: Any, step: Step) -> Actor:
    rules = policies.rules_for(CITY, now=step.at)
    state = kind.cycle.start("")
    if stream in played.ids:
        state = kind.read(kind.rows().get(pk=played.ids[stream]))
    named = PLAYED[step.thing].acts(state, command, None, rules)  # type: ignore[arg-type]
    if named is not None:
        return named
    role = kind.cycle.row(type(command)).who[0]
    unit = getattr(command, "unit", "") or getattr(state, "unit", "")
    return Actor(role, unit if role in UNIT_ROLES else None)


def stored_lines(played: Played) -> dict[str, list[str]]:
    """Return the facts in the ledger by the names of the story, as lines."""
    orders = Played(played.story, {name: id for name, id in played.ids.items() if "/" not in name})
    found = playing.stored_lines(orders)
    for prefix in THINGS:
        kind = features.life_cycles()[prefix]
        for row in kind.rows():
            name = next((name for name, id in played.ids.items() if id == str(row.pk)), "")
            if not name and prefix == "violation":
                continue  # raised by facts of the story, which tells of no engine
            events = ledger.history(kind.stream(row.pk))
            found[name] = [playing.line_of(kind.codec.from_ledger(each), {}) for each in events]
    return found
