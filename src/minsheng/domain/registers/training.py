"""A training: planned by the center or a unit, held with what each unit's people came to, or cancelled.

Source: SZ-8c, JY-3a.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.registers.shared import keeps, names_nobody
from minsheng.domain.rejected import Rejected

PLANNED, HELD, CANCELLED = "PLANNED", "HELD", "CANCELLED"
AUDIENCES: Final = ("seats", "officers", "leaders", "specialists")
HIGHEST = 100
_LINE: Final = re.compile(r"(.+?) (\d+) (\d+)(?: (\d+))?")
Case = lifecycle.Case["Training"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the people of one unit came to: how many were there, how many passed, their average score of 100."""

    unit: str = fields.text()
    present: int | None = fields.count(most=100_000)
    passed: int | None = fields.count(most=100_000)
    score: int | None = fields.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTraining:
    """Plan a training; the units are told."""

    name: ClassVar[str] = "plan_training"
    course: str = fields.text()
    audience: str = fields.text(offers=AUDIENCES)
    when: datetime | None = fields.moment()
    place: str = fields.text()
    units: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTraining:
    """Record what came of it, a line a unit."""

    name: ClassVar[str] = "record_training"
    results: tuple[Result, ...] = fields.maps_of(Result)
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTraining:
    """Cancel it; the units are told."""

    name: ClassVar[str] = "cancel_training"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingEvent(Event):
    """Something that happened to a training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlanned(TrainingEvent):
    unit: str
    course: str
    audience: str
    when: datetime
    units: tuple[str, ...]
    place: str = ""
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingHeld(TrainingEvent):
    """`results`: a line a unit, `unit present passed score`, the score empty where there was no examination."""

    results: tuple[str, ...]
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCancelled(TrainingEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Training(Standing):
    """A training as the facts up to now make it; `unit`: whose it is, nobody's is the center's."""

    unit: str = ""
    course: str = ""
    audience: str = ""
    when: datetime | None = None
    units: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


def result_of(line: str) -> Result:
    """Return what a line of results says."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    unit, present, passed, score = found.groups()
    return Result(unit=unit, present=int(present), passed=int(passed), score=int(score) if score else None)


def evolve(training: Training, fact: Fact) -> Training:
    """Return the training after one more fact."""
    event = fact.event
    match event:
        case TrainingPlanned():
            training = replace(
                training, unit=event.unit, course=event.course, audience=event.audience, when=event.when,
                units=event.units,
            )  # fmt: skip
        case TrainingHeld(results=results):
            training = replace(training, results=results)
        case _:
            pass
    return lifecycle.enveloped(training, fact)


@at_stage("fields")
def _audience_listed(case: Case) -> None:
    hold_to_list(case.command.audience, AUDIENCES)


@at_stage("window")
def _has_begun(case: Case) -> None:
    """Refuse results before the training."""
    if case.state.when is not None and case.now < case.state.when:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields")
def _results_fit(case: Case) -> None:
    """Refuse lines without a unit or people, of units that were not invited, twice, or with figures that can't be."""
    named = []
    for each in case.command.results:
        if not each.unit or each.present is None:
            raise Rejected("field_missing", fields=("results",), command=case.command.name)
        unit = case.facts.called.get(each.unit, each.unit)
        hold_to_list(unit, case.state.units)
        if (each.passed or 0) > each.present or (each.score or 0) > HIGHEST:
            raise Rejected("figures_odd", unit=each.unit)
        named.append(unit)
    if len(set(named)) < len(named):
        raise Rejected("task_twice")


def _plan(case: Case) -> None:
    form, own = case.command, case.by.unit or "" if case.by.role in UNIT_ROLES else ""
    units = tuple(dict.fromkeys((*form.units, own) if own else form.units))
    for unit in units:
        if unit != own:
            case.tell_unit("training_planned", unit)
    case.record(TrainingPlanned(
        unit=own, course=form.course, audience=form.audience, when=form.when, units=units, place=form.place,
        text=form.text,
    ))  # fmt: skip


def _record(case: Case) -> None:
    lines = tuple(
        f"{each.unit} {each.present} {each.passed or 0} {'' if each.score is None else each.score}".strip()
        for each in case.command.results
    )
    case.record(TrainingHeld(results=lines, text=case.command.text))


def _cancel(case: Case) -> None:
    for unit in case.state.units:
        if unit != case.state.unit:
            case.tell_unit("training_cancelled", unit)
    case.record(TrainingCancelled(reason=case.command.reason))


_KEEPERS = ("office", "leader", "head")
CYCLE = LifeCycle(
    name="training",
    states=(PLANNED, HELD, CANCELLED),
    rows=(
        Row("Q01", PlanTraining, (NEW,), (PLANNED,), _KEEPERS, _plan, ("SZ-8c", "JY-3a"),
            guards=(needs("course", "audience", "when"), _audience_listed, names_nobody)),
        Row("Q02", RecordTraining, (PLANNED,), (HELD,), _KEEPERS, _record, ("SZ-8c",), unit="own",
            guards=(_has_begun, needs("results"), _results_fit), awaits={PLANNED: ()}),
        Row("Q03", CancelTraining, (PLANNED,), (CANCELLED,), _KEEPERS, _cancel, ("SZ-8c",), unit="own",
            guards=(needs_reason,)),
    ),
    events=tuple(TrainingEvent.__subclasses__()),
    start=Training,
    evolve=evolve,
    ends=(HELD, CANCELLED),
    owns=keeps,
)  # fmt: skip
