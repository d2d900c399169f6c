"""A document that articles rest on: a law, a rule or a notice, in force for a time, amended or repealed.

Source: SZ-10, JY-17; GB/T 44191-2024 (来源依据).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.registers.shared import keeps, names_nobody, not_later, number_free
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

IN_FORCE, ENDED, REPEALED = "IN_FORCE", "ENDED", "REPEALED"
CLOCK: Final = "basis_valid"
KINDS: Final = ("law", "regulation", "notice", "guide")
Case = lifecycle.Case["Basis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterBasis:
    """Put a document on the register; `since`, `until`: the days on which it is in force."""

    name: ClassVar[str] = "register_basis"
    kind: str = fields.text(offers=KINDS)
    title: str = fields.text()
    number: str = fields.text()
    issuer: str = fields.text()
    issued: date | None = fields.day()
    since: date | None = fields.day()
    until: date | None = fields.day()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendBasis:
    """Record that it was changed; every article that rests on it is to be looked at (K01)."""

    name: ClassVar[str] = "amend_basis"
    document: str = fields.text()
    until: date | None = fields.day()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepealBasis:
    """Record that it is no longer in force."""

    name: ClassVar[str] = "repeal_basis"
    on: date | None = fields.day()
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisEvent(Event):
    """Something that happened to a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisRegistered(BasisEvent):
    unit: str
    kind: str
    title: str
    number: str
    issuer: str = ""
    issued: date | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisAmended(BasisEvent):
    until: date | None = None
    document: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisEnded(BasisEvent):
    """The last day on which it is in force is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisRepealed(BasisEvent):
    on: date
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Basis(Standing):
    """A document as the facts up to now make it; `unit`: who keeps it, nobody's is the center's."""

    unit: str = ""
    kind: str = ""
    title: str = ""
    number: str = ""
    issuer: str = ""
    issued: date | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: whether the number is taken."""

    is_taken: bool = False
    rosterless: frozenset[str] = field(default_factory=frozenset)


def evolve(basis: Basis, fact: Fact) -> Basis:
    """Return the document after one more fact."""
    event = fact.event
    match event:
        case BasisRegistered():
            basis = replace(
                basis, unit=event.unit, kind=event.kind, title=event.title, number=event.number, issuer=event.issuer,
                issued=event.issued, since=event.since, until=event.until,
            )  # fmt: skip
        case BasisAmended(until=until):
            basis = replace(basis, until=until or basis.until)
        case BasisRepealed(on=on):
            basis = replace(basis, until=on)
        case _:
            pass
    return lifecycle.enveloped(basis, fact)


@at_stage("fields")
def _listed_kind(case: Case) -> None:
    hold_to_list(case.command.kind, KINDS)


@at_stage("fields")
def _in_order(case: Case) -> None:
    """Refuse days of force that end before they begin, or are over."""
    form = case.command
    since = getattr(form, "since", None) or case.state.since
    if form.until is not None and since is not None and form.until < since:
        raise Rejected("validity_reversed")
    if form.until is not None and form.until < case.now.date():
        raise Rejected("validity_over")


def _register(case: Case) -> None:
    form, own = case.command, case.by.unit or "" if case.by.role in UNIT_ROLES else ""
    _wind(case, form.until)
    case.record(BasisRegistered(
        unit=own, kind=form.kind, title=form.title, number=form.number, issuer=form.issuer, issued=form.issued,
        since=form.since, until=form.until,
    ))  # fmt: skip


def _wind(case: Case, until: date | None) -> None:
    if until is not None:
        case.cancel(CLOCK)
        last = datetime.combine(until, time(23, 59, 59), case.now.tzinfo)
        case.start(CLOCK, Amount(1, "CD"), key="kb_update_limit", until=last)


def _amend(case: Case) -> None:
    form = case.command
    _wind(case, form.until)
    case.record(BasisAmended(document=form.document, until=form.until, text=form.text))


def _repeal(case: Case) -> None:
    case.cancel(CLOCK)
    case.record(BasisRepealed(on=case.command.on, reason=case.command.reason))


def fire(basis: Basis, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return the fact that the document is no longer in force, at the end of its last day."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, basis, clock.due, rules=rules)
    case.put(replace(clock, status="met"))
    case.tell("basis_ended", "office")
    case.record(BasisEnded(), status=ENDED)
    return tuple(case.out)


_KEEPERS: Final = ("officer", "office")
CYCLE = LifeCycle(
    name="basis",
    states=(IN_FORCE, ENDED, REPEALED),
    rows=(
        Row("K21", RegisterBasis, (NEW,), (IN_FORCE,), _KEEPERS, _register, ("SZ-10", "JY-17"),
            guards=(needs("kind", "title", "number"), _listed_kind, names_nobody, not_later("issued"), _in_order,
                    number_free), starts=(CLOCK,)),
        Row("K22", AmendBasis, (IN_FORCE,), ("=",), _KEEPERS, _amend, ("SZ-30a", "JY-17"), unit="own",
            guards=(needs("document"), _in_order), starts=(CLOCK,), stops=(CLOCK,)),
        Row("K23", RepealBasis, (IN_FORCE, ENDED), (REPEALED,), _KEEPERS, _repeal, ("SZ-30a", "JY-17"), unit="own",
            guards=(needs("on"), needs_reason, not_later("on")), stops=(CLOCK,)),
    ),
    events=tuple(BasisEvent.__subclasses__()),
    start=Basis,
    evolve=evolve,
    fire=fire,
    clocks=(CLOCK,),
    ends=(REPEALED,),
    owns=keeps,
    by_the_clock=((IN_FORCE, ENDED),),
)  # fmt: skip
