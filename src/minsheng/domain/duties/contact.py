"""A unit's change of contact, which must be filed in time: a life cycle of two commands and one clock.

Source: JY-3c (A-54), JY-20.1; the other cities by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import ClassVar, assert_never

from minsheng.domain import clocks as domain_clocks
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Breach, Event, Fact, Notice
from minsheng.domain.notices import overdue_recipients
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected

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
class Contact:
    """A change of contact as the facts up to now make it. `status`: empty, PENDING or FILED."""

    id: str
    status: str = ""
    version: int = 0
    unit: str = ""
    post: str = ""
    effective: date | None = None
    timers: Mapping[str, Timer] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()


def evolve(contact: Contact, fact: Fact) -> Contact:
    """Return the contact after one more fact."""
    event = fact.event
    if isinstance(event, ContactChanged):
        contact = replace(contact, unit=event.unit, post=event.post, effective=event.effective)
    return replace(
        contact,
        status=fact.status,
        version=contact.version + 1,
        timers={**contact.timers, **{timer.key: timer for timer in fact.clocks}},
        breaches=tuple(each for each in contact.breaches if each not in fact.annulled) + fact.breaches,
    )


def decide(
    contact: Contact, command: ChangeContact | FileContact, *, by: Actor, rules: Rules, now: datetime
) -> tuple[Fact, ...]:
    """Return the facts that follow. Raises: Rejected."""
    if by.role != "officer":
        raise Rejected("not_your_role", role=by.role)
    local = now.astimezone(rules.worktime.zone)
    match command:
        case ChangeContact():
            return (_change(contact, command, by, rules, local),)
        case FileContact():
            return (_file(contact, by, local),)
        case _:
            assert_never(command)


def _change(contact: Contact, command: ChangeContact, by: Actor, rules: Rules, now: datetime) -> Fact:
    if command.unit and command.unit != by.unit:
        raise Rejected("not_your_unit", unit=by.unit)
    if contact.status:
        raise Rejected("not_allowed_now", status=contact.status)
    missing = tuple(name for name in ("unit", "post", "effective") if not getattr(command, name))
    if missing or command.effective is None:
        raise Rejected("field_missing", fields=missing)
    start = datetime.combine(command.effective, time(0), rules.worktime.zone)
    clock = domain_clocks.started(
        name=CLOCK,
        unit="",
        start=start,
        limit=rules.contact_change_limit,
        key="contact_change_limit",
        rules=rules,
        worktime=rules.worktime_of(command.unit),
    )
    event = ContactChanged(command.unit, command.post, command.effective)
    told = Notice("contact_change", "office", {"unit": command.unit})
    return Fact(contact.id, event, now, by, PENDING, clocks=(clock,), notices=(told,))


def _file(contact: Contact, by: Actor, now: datetime) -> Fact:
    if contact.status and contact.unit != by.unit:
        raise Rejected("not_your_unit", unit=by.unit)
    if contact.status != PENDING:
        raise Rejected("not_allowed_now" if contact.status else "not_found", status=contact.status)
    clock = contact.timers[CLOCK]
    clock = replace(clock, status="met") if clock.status == "running" else replace(clock, done_at=now)
    return Fact(contact.id, ContactFiled(), now, by, FILED, clocks=(clock,))


def next_due(contact: Contact) -> Timer | None:
    """Return the clock if it runs."""
    clock = contact.timers.get(CLOCK)
    return clock if clock is not None and clock.status == "running" else None


def fire(contact: Contact, clock: Timer, rules: Rules, *, roster: bool = True) -> Fact:
    """Return the fact that the filing is overdue, dated at its due moment (JY-20.1); `roster`: the unit has one."""
    assert clock.due is not None
    at = clock.due.astimezone(rules.worktime.zone)
    breach = Breach("late_contact", contact.unit, at, clock.due, clock.key)
    people = overdue_recipients(unit=contact.unit, moment=at, worktime=rules.worktime_of(contact.unit), roster=roster)
    told = tuple(Notice("overdue", to, {"timer": CLOCK}) for to in people)
    missed = replace(clock, status="missed")
    return Fact(contact.id, ContactOverdue(), at, SYSTEM, contact.status, None, (missed,), told, (breach,))


def recompute(contact: Contact, *, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clock, by the same rule as an order's (A-48)."""
    clock = contact.timers.get(CLOCK)
    if clock is None or clock.due is None or not (clock.basis.start.year <= year <= clock.due.year):
        return ()
    local = now.astimezone(rules.worktime.zone)
    moved = domain_clocks.recomputed(clock, rules=rules, now=local, worktime=rules.worktime_of(contact.unit))
    if moved is None:
        return ()
    gone = tuple(each for each in contact.breaches if each.timer == clock.key) if clock.status == "missed" else ()
    steps: list[Fact] = []
    if gone and moved.status != "missed":
        annulled = replace(clock, status="annulled")
        steps.append(
            Fact(contact.id, ContactRecomputed(year), local, SYSTEM, contact.status, None, (annulled,), annulled=gone)
        )
    told = (Notice("due_changed", f"officer@{contact.unit}"),) if moved.due != clock.due else ()
    steps.append(Fact(contact.id, ContactRecomputed(year), local, SYSTEM, contact.status, None, (moved,), told))
    return tuple(steps)
