"""A mechanism of joint governance: units that settle a kind of matter together, since when, until when.

Source: SZ-41b, AR-2.3 (协同治理机制).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from minsheng.domain import lifecycle
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.registers.shared import names_nobody, not_later
from minsheng.domain.rejected import Rejected

ACTIVE, ENDED = "ACTIVE", "ENDED"
LEAST_UNITS = 2
Case = lifecycle.Case["Mechanism"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMechanism:
    """Put a mechanism on record: its units, what it settles, since when."""

    name: ClassVar[str] = "open_mechanism"
    title: str = fields.text()
    units: tuple[str, ...] = fields.names()
    since: date | None = fields.day()
    document: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMechanism:
    """Change its units or what it settles."""

    name: ClassVar[str] = "change_mechanism"
    units: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMechanism:
    """End it."""

    name: ClassVar[str] = "end_mechanism"
    on: date | None = fields.day()
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanismEvent(Event):
    """Something that happened to a mechanism."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanismOpened(MechanismEvent):
    title: str
    units: tuple[str, ...]
    since: date
    document: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanismChanged(MechanismEvent):
    units: tuple[str, ...]
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanismEnded(MechanismEvent):
    on: date
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Mechanism(Standing):
    """A mechanism as the facts up to now make it."""

    title: str = ""
    units: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


def evolve(mechanism: Mechanism, fact: Fact) -> Mechanism:
    """Return the mechanism after one more fact."""
    event = fact.event
    match event:
        case MechanismOpened():
            mechanism = replace(mechanism, title=event.title, units=event.units, since=event.since)
        case MechanismChanged(units=units):
            mechanism = replace(mechanism, units=units)
        case _:
            assert isinstance(event, MechanismEnded)
            mechanism = replace(mechanism, until=event.on)
    return lifecycle.enveloped(mechanism, fact)


@at_stage("fields")
def _is_joint(case: Case) -> None:
    """Refuse a mechanism of fewer than two units."""
    if len(set(case.command.units)) < LEAST_UNITS:
        raise Rejected("field_missing", fields=("units",), command=case.command.name)


@at_stage("fields")
def _in_order(case: Case) -> None:
    """Refuse an end before the beginning."""
    if case.state.since is not None and case.command.on < case.state.since:
        raise Rejected("days_reversed")


def _open(case: Case) -> None:
    form, units = case.command, tuple(dict.fromkeys(case.command.units))
    for unit in units:
        case.tell_unit("mechanism_opened", unit)
    case.record(MechanismOpened(
        title=form.title, units=units, since=form.since, document=form.document, text=form.text
    ))  # fmt: skip


def _change(case: Case) -> None:
    units = tuple(dict.fromkeys(case.command.units))
    for unit in units:
        if unit not in case.state.units:
            case.tell_unit("mechanism_opened", unit)
    case.record(MechanismChanged(units=units, text=case.command.text))


def _end(case: Case) -> None:
    case.record(MechanismEnded(on=case.command.on, reason=case.command.reason))


_KEEPERS = ("office", "joint_meeting")
CYCLE = LifeCycle(
    name="mechanism",
    states=(ACTIVE, ENDED),
    rows=(
        Row("J01", OpenMechanism, (NEW,), (ACTIVE,), _KEEPERS, _open, ("SZ-41b", "AR-2.3"),
            guards=(needs("title", "units", "since"), _is_joint, names_nobody, not_later("since"))),
        Row("J02", ChangeMechanism, (ACTIVE,), ("=",), _KEEPERS, _change, ("SZ-41b",),
            guards=(needs("units"), _is_joint)),
        Row("J03", EndMechanism, (ACTIVE,), (ENDED,), _KEEPERS, _end, ("SZ-41b",),
            guards=(needs("on"), needs_reason, not_later("on"), _in_order)),
    ),
    events=tuple(MechanismEvent.__subclasses__()),
    start=Mechanism,
    evolve=evolve,
    ends=(ENDED,),
)  # fmt: skip
