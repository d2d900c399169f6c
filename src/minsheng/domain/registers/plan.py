"""An emergency plan with its versions: drafted, in force once somebody else has approved, revised, ended.

Source: JY-32, JY-33, JY-36a.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.registers.shared import keeps, names_nobody
from minsheng.domain.rejected import Rejected

DRAFTED, ACTIVE, ENDED = "DRAFTED", "ACTIVE", "ENDED"
Case = lifecycle.Case["Plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPlan:
    """Draft a plan: the center's, or a unit's own."""

    name: ClassVar[str] = "draft_plan"
    title: str = fields.text()
    document: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisePlan:
    """Draft its next version; the version in force stays until that one is activated."""

    name: ClassVar[str] = "revise_plan"
    document: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivatePlan:
    """Let the drafted version be in force."""

    name: ClassVar[str] = "activate_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPlan:
    """End the plan."""

    name: ClassVar[str] = "end_plan"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent(Event):
    """Something that happened to a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDrafted(PlanEvent):
    unit: str
    title: str
    document: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRevised(PlanEvent):
    document: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanActivated(PlanEvent):
    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEnded(PlanEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Plan(Standing):
    """A plan as the facts up to now make it; `edition`: the version in force, `is_drafted`: a next one waits."""

    unit: str = ""
    title: str = ""
    edition: int = 0
    is_drafted: bool = False
    drafters: tuple[str, ...] = ()
    activated_at: datetime | None = None


def evolve(plan: Plan, fact: Fact) -> Plan:
    """Return the plan after one more fact."""
    event, person = fact.event, fact.by.person
    drafters = (person,) if person else ()
    match event:
        case PlanDrafted():
            plan = replace(plan, unit=event.unit, title=event.title, is_drafted=True, drafters=drafters)
        case PlanRevised():
            plan = replace(plan, is_drafted=True, drafters=drafters)
        case PlanActivated(edition=edition):
            plan = replace(plan, edition=edition, is_drafted=False, activated_at=fact.at)
        case _:
            pass
    return lifecycle.enveloped(plan, fact)


@at_stage("bar")
def _one_waits(case: Case) -> None:
    """Refuse to activate what is in force."""
    if not case.state.is_drafted:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("bar")
def _somebody_else(case: Case) -> None:
    """Refuse the drafter's own approval."""
    if case.by.person is not None and case.by.person in case.state.drafters:
        raise Rejected("self_approval")


def _draft(case: Case) -> None:
    form, own = case.command, case.by.unit or "" if case.by.role in UNIT_ROLES else ""
    case.tell("plan_drafted", f"head@{own}" if own else "command")
    case.record(PlanDrafted(unit=own, title=form.title, document=form.document, text=form.text))


def _revise(case: Case) -> None:
    unit = case.state.unit
    case.tell("plan_drafted", f"head@{unit}" if unit else "command")
    case.record(PlanRevised(document=case.command.document, text=case.command.text))


def _activate(case: Case) -> None:
    if not case.state.unit:
        for role in ("duty_leader", "supervisor", "dispatcher"):
            case.tell("plan_activated", role)
    case.record(PlanActivated(edition=case.state.edition + 1))


def _end(case: Case) -> None:
    case.record(PlanEnded(reason=case.command.reason))


_DRAFTERS, _DECIDERS = ("office", "leader", "officer"), ("command", "head")
CYCLE = LifeCycle(
    name="plan",
    states=(DRAFTED, ACTIVE, ENDED),
    rows=(
        Row("N01", DraftPlan, (NEW,), (DRAFTED,), _DRAFTERS, _draft, ("JY-32", "JY-36a"),
            guards=(needs("title", "document"), names_nobody)),
        Row("N02", RevisePlan, (DRAFTED, ACTIVE), ("=",), _DRAFTERS, _revise, ("JY-32",), unit="own",
            guards=(needs("document"),)),
        Row("N03", ActivatePlan, (DRAFTED, ACTIVE), (ACTIVE,), _DECIDERS, _activate, ("JY-32", "JY-33"), unit="own",
            guards=(_one_waits, _somebody_else), awaits={DRAFTED: ()}),
        Row("N04", EndPlan, (DRAFTED, ACTIVE), (ENDED,), _DECIDERS, _end, ("JY-32",), unit="own",
            guards=(needs_reason,)),
    ),
    events=tuple(PlanEvent.__subclasses__()),
    start=Plan,
    evolve=evolve,
    ends=(ENDED,),
    owns=keeps,
)  # fmt: skip
