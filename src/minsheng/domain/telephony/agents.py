"""The states of an agent at the hotline's telephones, as one table. Source: JS-1b, JS-2.3b, JY-4.

`READY` is the only state in which a phone rings. What somebody asks for while their phone rings or they talk is kept
(`then`) and holds once the call is wrapped up; a call is wrapped up once it has a registered order or a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.lifecycle import NEW, STAGES, Row, Shape, at_stage
from minsheng.domain.rejected import Rejected

OFFLINE, READY, RINGING, TALKING = "OFFLINE", "READY", "RINGING", "TALKING"
WRAP_UP, BREAK, TRAINING = "WRAP_UP", "BREAK", "TRAINING"
STATES: Final = (OFFLINE, READY, RINGING, TALKING, WRAP_UP, BREAK, TRAINING)
BUSY: Final = (RINGING, TALKING)
MISSED: Final = "missed_ring"
# What closes a call that no order came of: silence, harassment, a wrong number, the same person once more.
NO_ORDER: Final = ("silent", "harassment", "misdialed", "called_again")
ORDER: Final = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody at a telephone. `skills`: levels by desk; `since`: in the state; `idle_since`: without a call.

    `call`: the one that rings, is talked or is wrapped up; `outcome`: what its wrap-up says; `then`, `then_reason`:
    the state after it.
    """

    id: str
    state: str = NEW
    since: datetime
    idle_since: datetime
    skills: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    call: str = ""
    outcome: str = ""
    then: str = READY
    then_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What moves an agent."""

    name: ClassVar[str] = ""


class GoReady(Step):
    """Take calls."""

    name = "go_ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBreak(Step):
    """Take no calls for a reason of the pack's."""

    name: ClassVar[str] = "take_break"
    reason: str = ""


class Train(Step):
    """Be trained, and take no calls."""

    name = "train"


class GoOffline(Step):
    """Leave the telephone."""

    name = "go_offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceOff(Step):
    """Take somebody off the telephones, for a reason."""

    name: ClassVar[str] = "force_off"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Step):
    """Say what came of the call: an order, or one of `NO_ORDER`."""

    name: ClassVar[str] = "settle"
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Step):
    """Let the phone ring for a call."""

    name: ClassVar[str] = "ring"
    call: str


class Connect(Step):
    """Answer."""

    name = "connect"


class MissRing(Step):
    """Not answer."""

    name = "miss_ring"


class CancelRing(Step):
    """Stop ringing, since the call is gone."""

    name = "cancel_ring"


class EndTalk(Step):
    """End the talk."""

    name = "end_talk"


class EndUnreached(Step):
    """End the connection to somebody who was called back and not reached: there is nothing to wrap up."""

    name = "end_unreached"


class PassWrapUp(Step):
    """End the wrap-up, since its time is over."""

    name = "pass_wrap_up"


@dataclass(slots=True)
class Move:
    """One step of one agent; effects change `agent`."""

    agent: Agent
    command: Any
    by: Actor
    now: datetime
    breaks: tuple[str, ...]


@at_stage("bar")
def is_settled(move: Move) -> None:
    """Refuse to leave a wrap-up of which nobody has said what came of the call. Raises: Rejected."""
    if move.agent.state == WRAP_UP and not move.agent.outcome:
        raise Rejected("call_not_settled")


@at_stage("fields")
def known_break(move: Move) -> None:
    """Refuse a break without a reason, or for one that the pack lacks. Raises: Rejected."""
    if not move.command.reason:
        raise Rejected("reason_missing")
    if move.command.reason not in move.breaks:
        raise Rejected("code_not_in_pack", value=move.command.reason)


@at_stage("fields")
def with_reason(move: Move) -> None:
    """Refuse to send somebody away without a reason. Raises: Rejected."""
    if not move.command.reason:
        raise Rejected("reason_missing")


@at_stage("fields")
def known_outcome(move: Move) -> None:
    """Refuse an outcome that is none. Raises: Rejected."""
    if move.command.outcome not in (ORDER, *NO_ORDER):
        raise Rejected("code_not_in_pack", value=move.command.outcome)


def _to(state: str) -> Any:
    """Return the effect that leads to a state, now or after the call."""

    def effect(move: Move) -> None:
        reason = getattr(move.command, "reason", "")
        if move.agent.state in BUSY:
            move.agent = replace(move.agent, then=state, then_reason=reason)
        else:
            _enter(move, state, reason)

    return effect


def _enter(move: Move, state: str, reason: str = "") -> None:
    agent = move.agent
    idle = move.now if state == READY and agent.state != RINGING else agent.idle_since
    move.agent = replace(
        agent, state=state, since=move.now, idle_since=idle, reason=reason, call="", outcome="", then=READY,
        then_reason="",
    )  # fmt: skip


def _ring(move: Move) -> None:
    move.agent = replace(move.agent, state=RINGING, since=move.now, call=move.command.call)


def _connect(move: Move) -> None:
    move.agent = replace(move.agent, state=TALKING, since=move.now)


def _miss(move: Move) -> None:
    """Let whoever does not answer get no more calls until they are there again."""
    if move.agent.then == OFFLINE:
        _enter(move, OFFLINE, move.agent.then_reason)
    else:
        _enter(move, BREAK, MISSED)


def _after(move: Move) -> None:
    _enter(move, move.agent.then, move.agent.then_reason)


def _end_talk(move: Move) -> None:
    move.agent = replace(move.agent, state=WRAP_UP, since=move.now)


def _settle(move: Move) -> None:
    move.agent = replace(move.agent, outcome=move.command.outcome)


_AGENTS, _OVER, _ITSELF = ("seat", "specialist"), ("supervisor",), (SYSTEM.role,)
_ASIDE: Final = (READY, BREAK, TRAINING, WRAP_UP)
_ANY: Final = (NEW, OFFLINE, *_ASIDE, *BUSY)
_ON: Final = (READY, BREAK, TRAINING, OFFLINE)
_DONE: Final = (is_settled,)
TABLE: Final[tuple[Row[Any], ...]] = (
    Row("A01", GoReady, _ANY, (READY, "="), _AGENTS, _to(READY), ("JS-1b",), guards=_DONE),
    Row("A02", TakeBreak, _ANY, (BREAK, "="), _AGENTS, _to(BREAK), ("JS-1b",), guards=(*_DONE, known_break)),
    Row("A03", Train, _ANY, (TRAINING, "="), _AGENTS, _to(TRAINING), ("JS-2.3b",), guards=_DONE),
    Row("A04", GoOffline, (OFFLINE, *_ASIDE, *BUSY), (OFFLINE, "="), _AGENTS, _to(OFFLINE), ("JS-1b",), guards=_DONE),
    Row("A05", ForceOff, (*_ASIDE, *BUSY), (OFFLINE, "="), (*_OVER, *_ITSELF), _to(OFFLINE), ("JS-2.3b",),
        guards=(with_reason,)),
    Row("A06", Settle, (TALKING, WRAP_UP), ("=",), _AGENTS, _settle, ("SZ-15.2",), guards=(known_outcome,)),
    Row("A07", Ring, (READY,), (RINGING,), _ITSELF, _ring, ("SZ-15.1",)),
    Row("A08", Connect, (RINGING,), (TALKING,), _ITSELF, _connect, ("SZ-15.1",)),
    Row("A09", MissRing, (RINGING,), (BREAK, OFFLINE), _ITSELF, _miss, ("JS-1b",)),
    Row("A10", CancelRing, (RINGING,), _ON, _ITSELF, _after, ("JS-1b",)),
    Row("A11", EndTalk, (TALKING,), (WRAP_UP,), _ITSELF, _end_talk, ("SZ-15.2",)),
    Row("A12", EndUnreached, (TALKING,), _ON, _ITSELF, _after, ("JS-1b",)),
    Row("A13", PassWrapUp, (WRAP_UP,), _ON, _ITSELF, _after, ("JS-1b",), guards=_DONE),
)  # fmt: skip
ROWS: Final[Mapping[type[Step], Row[Any]]] = {row.command: row for row in TABLE}
SHAPE: Final = Shape(STATES, (), frozenset(ROWS), ())


def moved(agent: Agent, command: Step, *, by: Actor, now: datetime, breaks: tuple[str, ...] = ()) -> Agent:
    """Return the agent after a step; role, state, bars and fields are checked in the order of every life cycle.

    Raises: Rejected.
    """
    row, move = ROWS[type(command)], Move(agent, command, by, now, breaks)
    if by.role not in row.who:
        raise Rejected("not_your_role", role=by.role)
    if agent.state not in row.sources:
        raise Rejected("agent_not_now", status=agent.state)
    for guard in sorted(row.guards, key=lambda each: STAGES.index(each.stage)):  # type: ignore[attr-defined]
        guard(move)
    row.effect(move)
    return move.agent
