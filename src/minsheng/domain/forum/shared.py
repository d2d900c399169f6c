"""What the parts of a thread's life cycle share: its case, clocks that go with the thing, and a miss with its order.

All clocks of a thread run in the city's hours: they begin before a unit has it, and no transfer moves them (A-03).
"""

from __future__ import annotations

from dataclasses import replace

from minsheng.domain import lifecycle, personal
from minsheng.domain.clocks import Timer
from minsheng.domain.forum import events as ev
from minsheng.domain.forum.state import CLAIM, RECTIFICATION, REQUEST, Thread
from minsheng.domain.lifecycle import at_stage
from minsheng.domain.notices import overdue_recipients
from minsheng.domain.rejected import Rejected

ADMIN = "forum_admin"
Case = lifecycle.Case[Thread]


def not_now(case: Case) -> Rejected:
    """Return the refusal of what has no way from where the thread stands."""
    return Rejected("not_allowed_now", status=case.state.status)


def drop(case: Case, name: str) -> None:
    """Stop a clock whose thing is no longer wanted; a missed one stays missed and is done with."""
    timer = case.timer(name)
    if timer is not None and timer.status == "missed":
        case.meet(name)
    else:
        case.cancel(name)


def end_request(case: Case) -> None:
    """Let a request to another unit, and what nobody has claimed, end with the answer."""
    drop(case, REQUEST)
    drop(case, CLAIM)


def miss(case: Case, timer: Timer) -> None:
    """Record a missed clock of the handling, as of its due moment, and what follows of it (FORMAT.md, SZ-25b)."""
    assert timer.due is not None
    unit = case.state.unit
    case.put(replace(timer, status="missed"))
    if unit:
        worktime, roster = case.rules.worktime_of(unit), case.has_roster(unit)
        for to in overdue_recipients(unit=unit, moment=timer.due, worktime=worktime, roster=roster):
            case.tell("overdue", to, timer=timer.name)
    case.tell("overdue", ADMIN, timer=timer.name)
    case.record(ev.ThreadOverdue(clock=timer.name), status=case.state.status)
    if unit and not case.state.rectifies and case.rules.forum_rectification is not None:
        order_rectification(case, clock=timer.name)


def order_rectification(case: Case, *, clock: str = "", ground: str = "") -> None:
    """Order the responsible unit to put right what it did not do; its time runs from now. Source: SZ-25b."""
    unit = case.state.unit
    case.start(RECTIFICATION, case.rules.forum_rectification, key="forum_rectification")
    case.tell_unit("rectify", unit)
    case.record(ev.RectificationOrdered(unit=unit, clock=clock, ground=ground), status=case.state.status)


@at_stage("fields")
def unit_known(case: Case) -> None:
    """Refuse a unit that the city does not have."""
    if not case.facts.unit_known:
        raise Rejected("unit_unknown", unit=case.command.unit)


@at_stage("fields")
def names_nobody(case: Case) -> None:
    """Refuse a public text of a unit with a private number or the name of one of its staff in it (SZ-26).

    Offices are called by a landline, and a unit answers as a unit.
    """
    if case.facts.officer:
        raise Rejected("text_names_officer", name=case.facts.officer)
    if any(found.kind in personal.GRAVE for found in personal.find(case.command.text)):
        raise Rejected("text_names_somebody")
