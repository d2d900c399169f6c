"""A call's record: an append-only timeline, the state that folds from it, and the figures that are read off it.

The timeline is all that is kept: a controller that takes over folds it and goes on. No line holds a number or a word.
Source: SZ-15.2, AR-2.1.2, GB/T 33358-2016.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

OFFERED, QUEUED, RINGING, DIALING = "OFFERED", "QUEUED", "RINGING", "DIALING"
LEAVING, TALKING, ENDED = "LEAVING", "TALKING", "ENDED"
# The seat has left a talk of three: the citizen and the third party talk on.
PASSED = "PASSED"
WHATS: Final = (
    "offered", "menu_end", "queued", "overflow", "callback_offered", "callback_taken", "ring", "missed_ring",
    "ring_cancelled", "dialed", "unreached", "answered", "hold", "unhold", "consult", "consult_answered", "conference",
    "left", "party_gone", "adopted", "ended",
)  # fmt: skip
IN, OUT = "in", "out"
# Why a call ended, where the switch has no better word.
HUNG_UP, TAKEN_AS_CALLBACK, UNREACHED, LOST = "hung_up", "callback", "unreached", "lost"
# Whoever hangs up sooner has not waited: the second denominator leaves these out.
SHORT: Final = timedelta(seconds=5)
SOON, IN_TIME, LONG = timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a call's timeline; `no` counts from 1. `at` is when we heard of it, in UTC."""

    call: str
    no: int
    what: str
    at: datetime
    agent: str = ""
    says: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as its timeline says. `place`: since when it holds its place in the queue; `leg`: the agent's phone."""

    id: str
    stage: str = ""
    no: int = 0
    channel: str = ""
    direction: str = IN
    line: str = ""
    queue: str = ""
    offered_at: datetime | None = None
    queued_at: datetime | None = None
    since: datetime | None = None
    presses: int = 0
    agent: str = ""
    leg: str = ""
    rung_at: datetime | None = None
    missed: int = 0
    attempts: int = 0
    answered_at: datetime | None = None
    held_at: datetime | None = None
    held: timedelta = timedelta()
    callback_offered: bool = False
    reachable: bool = True  # a number is known that can be called back
    callback_of: str = ""
    third: str = ""  # the leg of whoever was brought into the talk, with `party`: how they are told
    party: str = ""
    third_at: datetime | None = None
    together: bool = False  # all three hear each other
    left_at: datetime | None = None  # when the seat left the other two
    ended_at: datetime | None = None
    cause: str = ""
    by: str = ""

    @property
    def place(self) -> datetime:
        """Return since when the call holds its place."""
        assert self.since is not None
        return self.since


def fold(lines: Iterable[Line]) -> Call | None:
    """Return what a timeline says of its call; nothing of an empty one."""
    call: Call | None = None
    for line in lines:
        call = evolve(call or Call(id=line.call), line)
    return call


def evolve(call: Call, line: Line) -> Call:
    """Return the call after one more line."""
    says, at = line.says, line.at
    call = replace(call, no=line.no)
    match line.what:
        case "offered":
            told = {name: str(says.get(name, "")) for name in ("channel", "line", "queue", "callback_of")}
            direction, reachable = str(says.get("direction", IN)), bool(says.get("reachable", 1))
            call = replace(call, direction=direction, reachable=reachable, **told)  # type: ignore[arg-type]
            return replace(call, stage=OFFERED, offered_at=at, since=at)
        case "menu_end":
            return replace(call, presses=int(says.get("presses", 0)))
        case "queued":
            since = datetime.fromisoformat(str(says["since"])) if "since" in says else at
            return replace(call, stage=QUEUED, queue=str(says["queue"]), queued_at=at, since=since)
        case "overflow":
            return replace(call, queue=str(says["queue"]))
        case "callback_offered":
            return replace(call, callback_offered=True)
        case "callback_taken":
            return replace(call, stage=LEAVING)
        case "ring":
            return replace(call, stage=RINGING, agent=line.agent, leg=str(says["leg"]), rung_at=at)
        case "missed_ring":
            return replace(_unrung(call), missed=call.missed + 1)
        case "ring_cancelled":
            return _unrung(call)
        case "dialed":
            return replace(call, stage=DIALING, channel=str(says["leg"]), attempts=call.attempts + 1)
        case "unreached":
            return replace(_unrung(call), channel="", since=at + timedelta(seconds=int(says["pause"])))
        case "answered":
            return replace(call, stage=TALKING, answered_at=at, agent=line.agent or call.agent)
        case "transferred":
            return replace(call, agent=line.agent)
        case "hold":
            return replace(call, held_at=at)
        case "unhold":
            return replace(call, held_at=None, held=call.held + _since(call.held_at, at))
        case "consult":
            return replace(call, third=str(says["leg"]), party=str(says["party"]), third_at=None, together=False)
        case "consult_answered":
            return replace(call, third_at=at)
        case "conference":
            return replace(call, together=True)
        case "left":
            return replace(call, stage=PASSED, left_at=at, leg="", together=True)
        case "party_gone":
            return replace(call, third="", party="", third_at=None, together=False)
        case "ended":
            held = call.held + _since(call.held_at, at)
            cause, by = str(says.get("cause", "")), str(says.get("by", ""))
            return replace(call, stage=ENDED, ended_at=at, held=held, held_at=None, cause=cause, by=by)
        case _:  # what tells of a step, and moves nothing
            return call


def _unrung(call: Call) -> Call:
    return replace(call, stage=QUEUED, agent="", leg="", rung_at=None)


def _since(moment: datetime | None, at: datetime) -> timedelta:
    return at - moment if moment is not None else timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What indicators count of an ended call. Waits are from queueing; talk is the seat's, with the holds in it."""

    answered: bool
    abandoned: bool
    is_short: bool
    wait: timedelta
    ring: timedelta
    talk: timedelta
    hold: timedelta
    soon: bool
    in_time: bool
    long: bool


def figures(call: Call) -> Figures:
    """Return the figures of an ended call. Source: design `telephony`; GB/T 33358-2016, JS-1c."""
    assert call.ended_at is not None
    is_answered = call.answered_at is not None
    until = call.answered_at or call.ended_at
    wait = max(until - call.queued_at, timedelta()) if call.queued_at is not None else timedelta()
    abandoned = not is_answered and call.queued_at is not None and call.direction == IN
    abandoned = abandoned and call.cause != TAKEN_AS_CALLBACK
    talk = (call.left_at or call.ended_at) - call.answered_at if call.answered_at is not None else timedelta()
    return Figures(
        answered=is_answered,
        abandoned=abandoned,
        is_short=abandoned and wait < SHORT,
        wait=wait,
        ring=_since(call.rung_at, until) if is_answered else timedelta(),
        talk=talk,
        hold=call.held,
        soon=is_answered and wait <= SOON,
        in_time=is_answered and wait <= IN_TIME,
        long=talk > LONG,
    )
