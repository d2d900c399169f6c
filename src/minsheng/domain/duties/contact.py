"""A unit's change of contact, which must be filed in time: a life cycle of two commands and one clock.

Source: JY-3c (A-54), JY-20.1; the other cities by default.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import ClassVar

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact
from minsheng.domain.lifecycle import NEW, Case, LifeCycle, Row, Standing, at_stage, needs
from minsheng.domain.notices import overdue_recipients
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

CLOCK = "contact_change"
PENDING, FILED = "PENDING", "FILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContact:
    """Announce that a post has a new person, from a day on."""

    name: ClassVar[str] = "change_contact"
    unit: str = ""
    post: str = ""
    effective: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContact:
    """File the change with the hotline."""

    name: ClassVar[str] = "file_contact"


@dataclass(frozen=True, slots=True)
class ContactChanged(Event):
    unit: str
    post: str
    effective: date


@dataclass(frozen=True, slots=True)
class ContactFiled(Event):
    pass


@dataclass(frozen=True, slots=True)
class ContactOverdue(Event):
    pass


@dataclass(frozen=True, slots=True)
class ContactRecomputed(Event):
    year: int


@dataclass(frozen=True, slots=True)
class Contact(Standing):
    """A change of contact as the facts up to now make it. `status`: empty, PENDING or FILED."""

    unit: str = ""
    post: str = ""
    effective: date | None = None


def evolve(contact: Contact, fact: Fact) -> Contact:
    """Return the contact after one more fact."""
    event = fact.event
    if isinstance(event, ContactChanged):
        contact = replace(contact, unit=event.unit, post=event.post, effective=event.effective)
    return lifecycle.enveloped(contact, fact)


def decide(
    contact: Contact, command: ChangeContact | FileContact, *, by: Actor, rules: Rules, now: datetime
) -> tuple[Fact, ...]:
    """Return the facts that follow. Raises: Rejected."""
    return lifecycle.decide(CYCLE, contact, command, by=by, rules=rules, now=now)


def next_due(contact: Contact) -> Timer | None:
    """Return the clock if it runs."""
    return lifecycle.next_running(contact)


def fire(contact: Contact, clock: Timer, rules: Rules, *, roster: bool = True) -> Fact:
    """Return the fact that the filing is overdue, dated at its due moment (JY-20.1); `roster`: the unit has one."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, contact, clock.due, rules=rules)
    worktime = rules.worktime_of(contact.unit)
    for to in overdue_recipients(unit=contact.unit, moment=case.now, worktime=worktime, roster=roster):
        case.tell("overdue", to, timer=CLOCK)
    case.breach("late_contact", contact.unit, timer=clock)
    case.put(replace(clock, status="missed"))
    case.record(ContactOverdue())
    return case.out[0]


def recompute(contact: Contact, *, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clock, by the same rule as an order's (A-48)."""
    case = lifecycle.by_system(evolve, contact, now, rules=rules)
    worktime, told = rules.worktime_of(contact.unit), f"officer@{contact.unit}"
    return lifecycle.recomputed(case, ContactRecomputed(year), year=year, worktime=worktime, told=told)


@at_stage("unit")
def _for_the_own_unit(case: Case[Contact]) -> None:
    if case.command.unit and case.command.unit != case.by.unit:
        raise Rejected("not_your_unit", unit=case.by.unit)


def _change(case: Case[Contact]) -> None:
    unit, effective = case.command.unit, case.command.effective
    case.start(
        CLOCK,
        case.rules.contact_change_limit,
        key="contact_change_limit",
        since=datetime.combine(effective, time(0), case.rules.worktime.zone),
        worktime=case.rules.worktime_of(unit),
    )
    case.tell("contact_change", "office", unit=unit)
    case.record(ContactChanged(unit, case.command.post, effective))


def _file(case: Case[Contact]) -> None:
    case.meet(CLOCK)
    case.record(ContactFiled())


def _owns(contact: Contact, by: Actor, relation: str) -> bool:
    return relation != "own" or contact.status == NEW or contact.unit == by.unit


CYCLE = LifeCycle(
    name="contact",
    states=(PENDING, FILED),
    rows=(
        Row("C01", ChangeContact, (NEW,), (PENDING,), ("officer",), _change, ("JY-3b", "JY-3c"),
            guards=(_for_the_own_unit, needs("unit", "post", "effective")), starts=(CLOCK,)),
        Row("C02", FileContact, (PENDING,), (FILED,), ("officer",), _file, ("JY-3c",), unit="own", stops=(CLOCK,)),
    ),
    events=(ContactChanged, ContactFiled, ContactOverdue, ContactRecomputed),
    start=Contact,
    evolve=evolve,
    fire=lambda contact, clock, rules: (fire(contact, clock, rules),),
    recompute=lambda contact, year, rules, now: recompute(contact, year=year, rules=rules, now=now),
    clocks=(CLOCK,),
    ends=(FILED,),
    owns=_owns,
)  # fmt: skip
