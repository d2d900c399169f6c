"""A toy life cycle for tests: a key that a unit asks for, is lent, and gives back in time. Three states, one clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact
from minsheng.domain.lifecycle import NEW, Case, LifeCycle, Row, Standing, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount

ASKED, LENT, BACK = "ASKED", "LENT", "BACK"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskKey:
    name: ClassVar[str] = "ask_key"
    room: str = fields.text()
    why: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LendKey:
    name: ClassVar[str] = "lend_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    name: ClassVar[str] = "give_back"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True)
class KeyAsked(Event):
    room: str
    unit: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class KeyLent(Event): ...


@dataclass(frozen=True, slots=True)
class KeyBack(Event):
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyMissed(Event): ...


@dataclass(frozen=True, slots=True)
class KeyMoved(Event):
    year: int


@dataclass(frozen=True, slots=True)
class Loan(Standing):
    room: str = ""
    unit: str = ""


def evolve(loan: Loan, fact: Fact) -> Loan:
    if isinstance(fact.event, KeyAsked):
        loan = replace(loan, room=fact.event.room, unit=fact.event.unit)
    return lifecycle.enveloped(loan, fact)


def fire(loan: Loan, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    assert clock.due is not None
    case = lifecycle.by_system(evolve, loan, clock.due, rules=rules)
    case.breach("late_key", loan.unit, timer=clock)
    case.put(replace(clock, status="missed"))
    case.record(KeyMissed())
    return tuple(case.out)


def recompute(loan: Loan, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    case = lifecycle.by_system(evolve, loan, now, rules=rules)
    return lifecycle.recomputed(case, KeyMoved(year), year=year, told=f"officer@{loan.unit}")


def _ask(case: Case[Loan]) -> None:
    case.record(KeyAsked(case.command.room, case.by.unit or "", case.command.why))


def _lend(case: Case[Loan]) -> None:
    case.start("back", Amount(3, "WD"), key="toy_limit")
    case.tell("due_changed", f"officer@{case.state.unit}")
    case.tell("answered", "citizen")
    case.record(KeyLent())


def _give_back(case: Case[Loan]) -> None:
    case.meet("back")
    case.record(KeyBack(case.command.reason))


def _owns(loan: Loan, by: Actor, relation: str) -> bool:
    return relation != "own" or loan.unit == by.unit


CYCLE = LifeCycle(
    name="loan",
    states=(ASKED, LENT, BACK),
    rows=(
        Row("K1", AskKey, (NEW,), (ASKED,), ("officer",), _ask, ("toy",), guards=(needs("room"),)),
        Row("K2", LendKey, (ASKED,), (LENT,), ("office",), _lend, ("toy",), starts=("back",),
            awaits={ASKED: ()}),
        Row("K3", GiveBack, (LENT,), (BACK,), ("officer",), _give_back, ("toy",), "own", (needs_reason,),
            stops=("back",), awaits={LENT: ("back",)}),
    ),
    events=(KeyAsked, KeyLent, KeyBack, KeyMissed, KeyMoved),
    start=Loan,
    evolve=evolve,
    fire=fire,
    recompute=recompute,
    clocks=("back",),
    ends=(BACK,),
    owns=_owns,
)  # fmt: skip
