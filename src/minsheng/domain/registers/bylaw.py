"""A unit's own implementing rules: limits stricter than the city's, never looser. Source: JY-37, SQ-25, A-58."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason, require
from minsheng.domain.orders import fields
from minsheng.domain.registers.shared import names_nobody
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount, WorkTime

IN_FORCE, ENDED = "IN_FORCE", "ENDED"
_UNITS: Final = {
    "分钟": "MIN",
    "工作小时": "WH",
    "小时": "CH",
    "个工作日": "WD",
    "工作日": "WD",
    "日": "CD",
    "天": "CD",
}
_LENGTH: Final = re.compile(rf"([1-9][0-9]{{0,3}})\s*({'|'.join(_UNITS)}|MIN|WH|CH|WD|CD)")
# Limits are compared from every half hour of eight days, since hours of offices begin and end with one.
_STEP, _STEPS = timedelta(minutes=30), 8 * 48
Case = lifecycle.Case["Bylaw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBylaw:
    """File a unit's own rules: how soon it signs and how soon it answers, as `30分钟` or `2个工作日`."""

    name: ClassVar[str] = "file_bylaw"
    title: str = fields.text()
    document: str = fields.text()
    sign: str = fields.text()
    handle: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndBylaw:
    """End them: the city's limits apply again."""

    name: ClassVar[str] = "end_bylaw"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BylawEvent(Event):
    """Something that happened to a unit's own rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BylawFiled(BylawEvent):
    """`sign`, `handle`: amounts as packs write them, empty where the city's limit stands."""

    unit: str
    title: str
    sign: str = ""
    handle: str = ""
    document: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class BylawEnded(BylawEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Bylaw(Standing):
    """A unit's own rules as the facts up to now make them."""

    unit: str = ""
    title: str = ""
    sign: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: units that have rules of their own in force; whether the city lets them."""

    in_force: frozenset[str] = frozenset()
    rosterless: frozenset[str] = frozenset()
    override: str = ""


def evolve(bylaw: Bylaw, fact: Fact) -> Bylaw:
    """Return the rules after one more fact."""
    event = fact.event
    if isinstance(event, BylawFiled):
        bylaw = replace(bylaw, unit=event.unit, title=event.title, sign=event.sign, handle=event.handle)
    return lifecycle.enveloped(bylaw, fact)


def amount(text: str) -> Amount:
    """Return the amount that a person writes. Raises: Rejected `limit_unreadable`."""
    found = _LENGTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise Rejected("limit_unreadable", value=text)
    return Amount(int(found[1]), _UNITS.get(found[2], found[2]))


def is_stricter(own: Amount, city: Iterable[Amount], *, worktime: WorkTime, since: datetime) -> bool:
    """Return whether a limit never ends later than any of the city's, and somewhen earlier."""
    pairs = [(worktime.due(at, own).moment, worktime.due(at, each).moment) for at in _moments(since) for each in city]
    return all(mine <= theirs for mine, theirs in pairs) and any(mine < theirs for mine, theirs in pairs)


def limits(bylaws: Iterable[Bylaw]) -> dict[str, dict[str, Amount]]:
    """Return the limits of units' own rules that are in force, by unit and clock."""
    named = {each.unit: {"sign": each.sign, "handle": each.handle} for each in bylaws if each.status == IN_FORCE}
    return {unit: {clock: Amount.parse(text) for clock, text in texts.items() if text} for unit, texts in named.items()}


def _moments(since: datetime) -> Iterator[datetime]:
    begin = since.replace(hour=0, minute=0, second=0, microsecond=0)
    return (begin + step * _STEP for step in range(_STEPS))


@at_stage("bar")
def _none_in_force(case: Case) -> None:
    """Refuse a filing for no unit, and a second one beside one in force."""
    if not case.by.unit:
        raise Rejected("not_your_unit", unit=case.by.unit)
    if case.by.unit in case.facts.in_force:
        raise Rejected("bylaw_in_force")


@at_stage("bar")
def _city_lets(case: Case) -> None:
    """Refuse where the city's rules know no such thing."""
    override = case.rules.unit_override if case.rules is not None else case.facts.override
    if override == "none":
        raise Rejected("wrong_authority")


@at_stage("fields")
def _stricter(case: Case) -> None:
    """Refuse a limit that is not stricter than the city's (A-58)."""
    form, rules = case.command, case.rules
    if not (form.sign or form.handle):
        require(case, ("sign",))
    for text, limits in ((form.sign, (rules.sign_limit,)), (form.handle, handle_limits(rules))):
        worktime = rules.worktime_of(case.by.unit or "")
        if text and not is_stricter(amount(text), limits, worktime=worktime, since=case.now):
            raise Rejected("limit_not_stricter", value=text)


def handle_limits(rules: Rules) -> tuple[Amount, ...]:
    """Return the city's limits for handling, of every kind of order."""
    by_kind = (*rules.handle_limit_by_type.values(), *rules.handle_limit_by_channel.values())
    return (rules.handle_limit_consult, rules.handle_limit_other, *by_kind)


def _file(case: Case) -> None:
    form = case.command
    case.tell("bylaw_filed", "office")
    case.record(BylawFiled(
        unit=case.by.unit or "", title=form.title, document=form.document,
        sign=str(amount(form.sign)) if form.sign else "", handle=str(amount(form.handle)) if form.handle else "",
    ))  # fmt: skip


def _end(case: Case) -> None:
    case.tell("bylaw_ended", "office")
    case.record(BylawEnded(reason=case.command.reason))


def _owns(bylaw: Bylaw, by: Actor, relation: str) -> bool:
    return relation != "own" or bylaw.status == NEW or bylaw.unit == by.unit


CYCLE = LifeCycle(
    name="bylaw",
    states=(IN_FORCE, ENDED),
    rows=(
        Row("Y01", FileBylaw, (NEW,), (IN_FORCE,), ("head", "leader"), _file, ("JY-37", "SQ-25"), unit="own",
            guards=(_none_in_force, _city_lets, needs("title", "document"), names_nobody, _stricter)),
        Row("Y02", EndBylaw, (IN_FORCE,), (ENDED,), ("head", "leader"), _end, ("JY-37", "SQ-25"), unit="own",
            guards=(needs_reason,)),
    ),
    events=tuple(BylawEvent.__subclasses__()),
    start=Bylaw,
    evolve=evolve,
    ends=(ENDED,),
    owns=_owns,
)  # fmt: skip
