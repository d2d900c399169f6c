"""A commendation: proposed by those whom the city's rules name together, approved by the city, annulled with a reason.

Source: SZ-38, JY-31.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from minsheng.domain import lifecycle
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.honors.merits import Merit
from minsheng.domain.honors.roll import FIRST
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.registers.shared import not_later
from minsheng.domain.rejected import Rejected

FORWARDED, AWARDED, REFUSED, ANNULLED = "FORWARDED", "AWARDED", "REFUSED", "ANNULLED"
Case = lifecycle.Case["Award"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeAward:
    """Propose a unit, or a person of it, for a commendation of a year; `proposers`: those who propose together."""

    name: ClassVar[str] = "propose_award"
    unit: str = fields.text()
    person: str = fields.text()
    year: int | None = fields.count(most=9999)
    ground: str = fields.text(long=True)
    proposers: tuple[str, ...] = fields.names()
    document: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveAward:
    """Keep the city's approval: its document and day; the unit is told."""

    name: ClassVar[str] = "approve_award"
    document: str = fields.text()
    on: date | None = fields.day()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseAward:
    """Keep that the city did not approve."""

    name: ClassVar[str] = "refuse_award"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnulAward:
    """Annul it: it stays on record and is shown no more."""

    name: ClassVar[str] = "annul_award"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardEvent(Event):
    """Something that happened to a commendation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardForwarded(AwardEvent):
    """`merit`: of whom it is for, as `merits.Merit` writes it; `recipients`: who is asked to approve."""

    unit: str
    year: int
    merit: str
    proposers: tuple[str, ...]
    recipients: tuple[str, ...]
    document: str = ""
    ground: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardApproved(AwardEvent):
    on: date
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardRefused(AwardEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardAnnulled(AwardEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Award(Standing):
    """A commendation as the facts up to now make it. `proposed_by`: who wrote the proposal, where they have one."""

    unit: str = ""
    year: int = 0
    merit: str = ""
    proposers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    proposed_by: str = ""
    approved_on: date | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the merits of whom the unit has, by what was typed."""

    merits: Mapping[str, Merit] = field(default_factory=dict)
    rosterless: frozenset[str] = frozenset()


def evolve(award: Award, fact: Fact) -> Award:
    """Return the commendation after one more fact."""
    event = fact.event
    match event:
        case AwardForwarded():
            award = replace(
                award, unit=event.unit, year=event.year, merit=event.merit, proposers=event.proposers,
                recipients=event.recipients, proposed_by=fact.by.person or "",
            )  # fmt: skip
        case AwardApproved(on=on, document=document):
            award = replace(award, approved_on=on, document=document)
        case _:
            pass
    return lifecycle.enveloped(award, fact)


@at_stage("fields")
def _together(case: Case) -> None:
    """Refuse a proposal of fewer than the rules name, and of others (JY-31)."""
    wanted = case.rules.honors_proposers
    for each in case.command.proposers:
        hold_to_list(each, wanted)
    lacking = [each for each in wanted if each not in case.command.proposers]
    if lacking:
        raise Rejected("proposers_missing", lacking="、".join(lacking))


@at_stage("fields")
def _known_by_name(case: Case) -> None:
    form = case.command
    if not FIRST <= form.year <= case.now.year:
        raise Rejected("year_odd", year=form.year)
    if (form.person or form.unit) not in case.facts.merits:
        raise Rejected("honor_not_own", name=form.person or form.unit)


@at_stage("bar")
def _somebody_else(case: Case) -> None:
    """Keep whoever wrote the proposal from recording what came of it."""
    if case.by.person is not None and case.by.person == case.state.proposed_by:
        raise Rejected("self_approval")


def _propose(case: Case) -> None:
    form = case.command
    for role in ("office", "command"):
        case.tell("award_forwarded", role)
    case.record(AwardForwarded(
        unit=form.unit, year=form.year, merit=str(case.facts.merits[form.person or form.unit]),
        proposers=form.proposers, recipients=case.rules.honors_recipients, document=form.document, ground=form.ground,
    ))  # fmt: skip


def _approve(case: Case) -> None:
    case.tell_unit("award_approved", case.state.unit)
    for role in ("leader", "head"):
        case.tell("award_approved", f"{role}@{case.state.unit}")
    case.record(AwardApproved(on=case.command.on, document=case.command.document))


def _refuse(case: Case) -> None:
    case.record(AwardRefused(reason=case.command.reason))


def _annul(case: Case) -> None:
    case.record(AwardAnnulled(reason=case.command.reason))


_KEEPERS = ("office", "joint_meeting", "command")
CYCLE = LifeCycle(
    name="award",
    states=(FORWARDED, AWARDED, REFUSED, ANNULLED),
    rows=(
        Row("H11", ProposeAward, (NEW,), (FORWARDED,), _KEEPERS, _propose, ("SZ-38", "JY-31"),
            guards=(needs("unit", "year", "ground", "proposers"), _together, _known_by_name)),
        Row("H12", ApproveAward, (FORWARDED,), (AWARDED,), _KEEPERS, _approve, ("SZ-38", "JY-31"),
            guards=(_somebody_else, needs("document", "on"), not_later("on")), awaits={FORWARDED: ()}),
        Row("H13", RefuseAward, (FORWARDED,), (REFUSED,), _KEEPERS, _refuse, ("JY-31",),
            guards=(_somebody_else, needs_reason), awaits={FORWARDED: ()}),
        Row("H14", AnnulAward, (FORWARDED, AWARDED), (ANNULLED,), _KEEPERS, _annul, ("SZ-38",),
            guards=(needs_reason,)),
    ),
    events=tuple(AwardEvent.__subclasses__()),
    start=Award,
    evolve=evolve,
    ends=(AWARDED, REFUSED, ANNULLED),
)  # fmt: skip
