"""A unit's roll of honor of a year: which of its subordinate units and people it praises, with what speaks for each.

Listed with figures counted at that moment, issued by the head, or withdrawn; one roll a unit and year. Source: JY-30.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.honors.merits import Merit
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected

LISTED, ISSUED, WITHDRAWN = "LISTED", "ISSUED", "WITHDRAWN"
# The first year that can have a roll: the regulation is of 2020.
FIRST: Final = 2020
Case = lifecycle.Case["Roll"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHonors:
    """List whom a unit praises for a year: subordinate units and people of the unit, each by name."""

    name: ClassVar[str] = "list_honors"
    year: int | None = fields.count(most=9999)
    names: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueHonors:
    """Issue the roll as it stands, by a notice of the unit."""

    name: ClassVar[str] = "issue_honors"
    document: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawHonors:
    """Withdraw it: it stays on record, and the unit may list anew."""

    name: ClassVar[str] = "withdraw_honors"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollEvent(Event):
    """Something that happened to a roll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HonorsListed(RollEvent):
    """`merits`: a line each, as `merits.Merit` writes it."""

    unit: str
    year: int
    merits: tuple[str, ...]
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class HonorsIssued(RollEvent):
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HonorsWithdrawn(RollEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Roll(Standing):
    """A roll as the facts up to now make it."""

    unit: str = ""
    year: int = 0
    merits: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `merits`: of units and of the unit's people, by what was typed; `parents`: the superior of each of those units;
    `listed`: for which years which unit has a roll.
    """

    merits: Mapping[str, Merit] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    listed: frozenset[tuple[str, int]] = frozenset()
    rosterless: frozenset[str] = frozenset()


def evolve(roll: Roll, fact: Fact) -> Roll:
    """Return the roll after one more fact."""
    event = fact.event
    match event:
        case HonorsListed():
            roll = replace(roll, unit=event.unit, year=event.year, merits=event.merits)
        case HonorsIssued(document=document):
            roll = replace(roll, document=document)
        case _:
            pass
    return lifecycle.enveloped(roll, fact)


@at_stage("unit")
def _of_a_unit(case: Case) -> None:
    if not case.by.unit:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("fields")
def _year_fits(case: Case) -> None:
    """Refuse a year that has not begun, or has a roll of the unit already."""
    year = case.command.year
    if not FIRST <= year <= case.now.year:
        raise Rejected("year_odd", year=year)
    if (case.by.unit, year) in case.facts.listed:
        raise Rejected("honors_listed", year=year)


@at_stage("fields")
def _its_own(case: Case) -> None:
    """Refuse whoever is neither below the unit nor of it (JY-30)."""
    facts, own = case.facts, case.by.unit
    for each in case.command.names:
        if each not in facts.merits or facts.parents.get(each, own) != own:
            raise Rejected("honor_not_own", name=each)


def _list(case: Case) -> None:
    form, merits = case.command, case.facts.merits
    named = dict.fromkeys(str(merits[each]) for each in form.names)
    case.tell("honors_listed", "office")
    case.record(HonorsListed(unit=case.by.unit or "", year=form.year, merits=tuple(named), text=form.text))


def _issue(case: Case) -> None:
    case.tell("honors_issued", "office")
    case.record(HonorsIssued(document=case.command.document))


def _withdraw(case: Case) -> None:
    case.record(HonorsWithdrawn(reason=case.command.reason))


def _owns(roll: Roll, by: Actor, relation: str) -> bool:
    return relation != "own" or roll.status == NEW or roll.unit == by.unit


CYCLE = LifeCycle(
    name="roll",
    states=(LISTED, ISSUED, WITHDRAWN),
    rows=(
        Row("H01", ListHonors, (NEW,), (LISTED,), ("officer", "leader", "head"), _list, ("JY-30",), unit="own",
            guards=(_of_a_unit, needs("year", "names"), _year_fits, _its_own)),
        Row("H02", IssueHonors, (LISTED,), (ISSUED,), ("leader", "head"), _issue, ("JY-30",), unit="own",
            guards=(needs("document"),), awaits={LISTED: ()}),
        Row("H03", WithdrawHonors, (LISTED, ISSUED), (WITHDRAWN,), ("leader", "head"), _withdraw, ("JY-30",),
            unit="own", guards=(needs_reason,)),
    ),
    events=tuple(RollEvent.__subclasses__()),
    start=Roll,
    evolve=evolve,
    ends=(ISSUED, WITHDRAWN),
    owns=_owns,
)  # fmt: skip
