"""A check of a closed order (复核, 回头看): somebody asks the appellant or looks on the spot, and says what was found.

The center's checks are the callback agents'; what they find wrong takes effect when the supervisor confirms it. A
unit's checks of its own work are its officers', and change nothing by themselves.
Source: SZ-41a, SQ-20a, JS-2.4c, JY-20.5 (A-82).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact
from minsheng.domain.lifecycle import NEW, Case, LifeCycle, Onward, Row, Standing, at_stage, needs, needs_reason
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

CLOCK: Final = "check"
TO_CHECK, FOUND, DONE = "TO_CHECK", "FOUND", "DONE"
# 无问题, 不到位, 谎报瞒报, 能办未办, 未落实.
FINDINGS: Final = ("none", "inadequate", "false_report", "unwilling", "not_done")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCheck:
    """Have a closed order checked: why, and in which round of looking back, if it was drawn by one."""

    name: ClassVar[str] = "ask_check"
    order: str = fields.text()
    reason: str = fields.text(long=True)
    round: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCheck:
    """Say what was found, and how it is known."""

    name: ClassVar[str] = "record_check"
    found: str = fields.choice(*FINDINGS)
    text: str = fields.text(long=True)
    # What came of it: JY-20.5 asks for it where a reply was not true.
    consequence: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmCheck:
    """Let a finding take effect on the order; `reopen`: the unit is to do it again."""

    name: ClassVar[str] = "confirm_check"
    reopen: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseCheck:
    """Have it checked once more."""

    name: ClassVar[str] = "refuse_check"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True)
class CheckAsked(Event):
    """`number`: of the order; `unit`: whose answer is looked at; `holder`: who checks its own work, or nobody."""

    order: str
    number: str
    unit: str
    holder: str
    reason: str = ""
    round: str = ""


@dataclass(frozen=True, slots=True)
class CheckRecorded(Event):
    found: str
    text: str
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class CheckConfirmed(Event):
    found: str
    reopen: bool = False


@dataclass(frozen=True, slots=True)
class CheckRefused(Event):
    reason: str


@dataclass(frozen=True, slots=True)
class CheckMissed(Event):
    pass


@dataclass(frozen=True, slots=True)
class CheckRecomputed(Event):
    year: int


@dataclass(frozen=True, slots=True)
class Check(Standing):
    """A check as its facts make it."""

    order: str = ""
    number: str = ""
    unit: str = ""
    holder: str = ""
    round: str = ""
    found: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a decision knows of the order: its number, whose answer stands, and whether it is closed by a unit.

    `is_checked`: the same side has a check of it that is not finished.
    """

    number: str = ""
    unit: str = ""
    is_handled: bool = False
    is_checked: bool = False


def evolve(check: Check, fact: Fact) -> Check:
    """Return the check after one more fact."""
    match fact.event:
        case CheckAsked(order=order, number=number, unit=unit, holder=holder, round=name):
            check = replace(check, order=order, number=number, unit=unit, holder=holder, round=name)
        case CheckRecorded(found=found, text=text):
            check = replace(check, found=found, text=text)
        case CheckRefused():
            check = replace(check, found="", text="")
        case _:
            pass
    return lifecycle.enveloped(check, fact)


def fire(check: Check, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return what a check that nobody made in time leads to: it is told, and is no breach."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, check, clock.due, rules=rules)
    case.put(replace(clock, status="missed"))
    case.tell("check_late", f"leader@{check.holder}" if check.holder else "supervisor")
    case.record(CheckMissed())
    return tuple(case.out)


def recompute(check: Check, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clock. Source: A-48."""
    case = lifecycle.by_system(evolve, check, now, rules=rules)
    return lifecycle.recomputed(case, CheckRecomputed(year), year=year)


def effects(check: Check, *, reopen: bool, by: Actor) -> tuple[Onward, ...]:
    """Return what a confirmed finding does to the order: its examination, and another round where that is wanted.

    Source: SZ-41a, SQ-20a, JY-20.5, JS-2.4c.
    """
    # An order's own examination has no word for 未落实: there it is done badly.
    found = {"not_done": "inadequate"}.get(check.found, check.found)
    examined = Onward(check.order, cmd.RecordFinding(found=found, text=check.text), by)
    again = Onward(check.order, cmd.Reopen(finding=check.text), by)
    return (examined, again) if reopen else (examined,)


def _onward(check: Check, fact: Fact) -> tuple[Onward, ...]:
    if not isinstance(fact.event, CheckConfirmed):
        return ()
    return effects(check, reopen=fact.event.reopen, by=fact.by)


@at_stage("fields")
def handled_order(case: Case[Check]) -> None:
    """Refuse to check what no unit has closed, and a unit's check of another unit's work."""
    subject: Subject = case.facts
    if not case.command.order:
        raise Rejected("field_missing", fields=("order",))
    if not subject.number:
        raise Rejected("not_found")
    if not subject.is_handled:
        raise Rejected("check_wants_closed")
    if subject.is_checked:
        raise Rejected("check_open")
    if case.by.role in UNIT_ROLES and case.by.unit != subject.unit:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("unit")
def own_check(case: Case[Check]) -> None:
    """Keep the center's checks to its callback agents, and a unit's to its own people."""
    if (case.by.unit or "") != case.state.holder:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("fields")
def consequence_said(case: Case[Check]) -> None:
    """Refuse a false report without what came of it (JY-20.5)."""
    if case.command.found == "false_report" and not case.command.consequence:
        raise Rejected("field_missing", fields=("consequence",))


def _ask(case: Case[Check]) -> None:
    form, subject = case.command, case.facts
    holder = case.by.unit or ""
    case.start(CLOCK, case.rules.lookback_limit, key="lookback_limit")
    case.tell("check_assigned", f"officer@{holder}" if holder else "callback_agent")
    case.record(CheckAsked(form.order, subject.number, subject.unit, holder, form.reason, form.round))


def _record(case: Case[Check]) -> None:
    form = case.command
    case.meet(CLOCK)
    is_over = form.found == "none" or bool(case.state.holder)
    if not is_over:
        case.tell("check_found", "supervisor")
    case.record(CheckRecorded(form.found, form.text, form.consequence), status=DONE if is_over else FOUND)


def _confirm(case: Case[Check]) -> None:
    case.record(CheckConfirmed(case.state.found, bool(case.command.reopen)))


def _refuse(case: Case[Check]) -> None:
    case.start(CLOCK, case.rules.lookback_limit, key="lookback_limit")
    case.tell("check_assigned", "callback_agent")
    case.record(CheckRefused(case.command.reason))


CYCLE: Final = LifeCycle(
    name="check",
    states=(TO_CHECK, FOUND, DONE),
    rows=(
        Row("L1", AskCheck, (NEW,), (TO_CHECK,), ("supervisor", "office", "leader", "head", "officer"), _ask,
            ("SZ-41a", "SQ-20a", "JS-2.4c"), guards=(handled_order,), starts=(CLOCK,)),
        Row("L2", RecordCheck, (TO_CHECK,), (FOUND, DONE), ("callback_agent", "officer"), _record,
            ("SZ-41a", "SQ-20a", "JS-2.4c"), guards=(own_check, needs("found", "text"), consequence_said),
            stops=(CLOCK,)),
        Row("L3", ConfirmCheck, (FOUND,), (DONE,), ("supervisor",), _confirm, ("SZ-41a", "SQ-20a", "JY-20.5")),
        Row("L4", RefuseCheck, (FOUND,), (TO_CHECK,), ("supervisor",), _refuse, ("SZ-41a",), guards=(needs_reason,),
            starts=(CLOCK,)),
    ),
    events=(CheckAsked, CheckRecorded, CheckConfirmed, CheckRefused, CheckMissed, CheckRecomputed),
    start=Check,
    evolve=evolve,
    fire=fire,
    recompute=recompute,
    clocks=(CLOCK,),
    ends=(DONE,),
    onward=_onward,
)  # fmt: skip
