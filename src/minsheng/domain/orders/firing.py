"""What happens when a clock runs out, and when a year's calendar is loaded.

A clock has run out when the moment is later than its due moment; the fact is dated at the due moment, so that
it does not matter how late the machine looks. The sweeper and the rehearsal both come through here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from minsheng.domain import clocks, notices
from minsheng.domain.actors import SYSTEM
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Fact
from minsheng.domain.orders import closing, timers
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, Decision, Facts
from minsheng.domain.orders.order import CALLBACK_MANUAL, CLOSED, REPLIED, Order
from minsheng.domain.packs import Rules

THIRTY_DAYS = timedelta(days=30)
# Running out of these is told to the hotline and is no breach.
TOLD_TO_OFFICE = frozenset(
    ("acceptance", "return_review", "ext_review", "opinion_review", "referral_notice", "report", "decision", "sync")
)


def run_out(order: Order, *, rules: Rules, facts: Facts, now: datetime) -> Decision:
    """Return what follows from the clocks that ran out before `now`, one after the other."""
    out: list[Fact] = []
    others: dict[str, Order] = {}
    while (timer := timers.next_due(order, rules)) is not None and timer.due is not None and timer.due < now:
        fired = fire(order, timer, rules=rules, facts=facts)
        out.extend(fired.facts)
        others.update({name: each for name, each in fired.orders.items() if name != order.id})
        order = fired.orders[order.id]
        facts = _counted(facts, fired)
    return Decision(tuple(out), (), {**others, order.id: order})


def _counted(facts: Facts, fired: Decision) -> Facts:
    """Return the facts with the late signatures that were found just now."""
    signs = dict(facts.late_signs)
    for fact in fired.facts:
        for breach in fact.breaches:
            if breach.code == "late_sign" and breach.due is not None:
                signs[breach.party] = (*signs.get(breach.party, ()), breach.due)
    return replace(facts, late_signs=signs)


def fire(order: Order, timer: Timer, *, rules: Rules, facts: Facts) -> Decision:
    """Return what follows from one clock that ran out, dated at its due moment."""
    assert timer.due is not None
    case = Case(order, cmd.Command(), SYSTEM, rules, facts, timer.due.astimezone(rules.worktime.zone))
    if timer.name == "emergency_open":
        _alert_again(case, timer)
    else:
        missed = replace(timer, status="missed", rest=None)
        case.put(missed)
        _tell(case, missed)
        _breach(case, missed)
        case.record(ev.TimerMissed(timer.name, timer.unit))
        _follow(case, missed)
    return Decision(tuple(case.out), tuple(case.messages), {**case.others, order.id: case.order})


def _alert_again(case: Case, timer: Timer) -> None:
    """Alert the hotline while an emergency is open, and wind the clock again (A-25)."""
    case.tell("emergency_open", "office")
    case.tell("emergency_open", "command")
    case.start("emergency_open", case.rules.emergency_handle_alert, key="emergency_handle_alert")
    case.record(ev.TimerMissed(timer.name, timer.unit))


def _tell(case: Case, timer: Timer) -> None:
    if timer.name == "sync":
        case.tell("sync_lag", "office")
    elif timer.name in TOLD_TO_OFFICE:
        case.tell("overdue", "office", timer=timer.name)
        if timer.name in ("report", "decision"):
            case.tell("step_alert", "supervisor", timer=timer.name)
    elif timer.name in timers.BREACHES or timer.name in ("opinion", "leader_follow_up"):
        for to in notices.overdue_recipients(
            unit=timer.unit,
            moment=case.now,
            worktime=case.rules.worktime_of(timer.unit),
            roster=case.has_roster(timer.unit),
        ):
            case.tell("overdue", to, timer=timer.name)


def _breach(case: Case, timer: Timer) -> None:
    code = timers.BREACHES.get(timer.name)
    # While a direct answer stands, signing is only the way to turn it into an investigation.
    if code is None or (timer.name == "sign" and case.order.direct):
        return
    party = timer.unit or timers.OFFICE
    case.breach(code, party, timer=timer)
    if code == "late_sign" and third_late_sign(case.facts.late_signs.get(party, ()), case.now, case.rules):
        case.breach("three_late_signs", party, timer=timer)
    if code == "not_handled" and len(case.order.parts) > 1 and not case.order.is_emergency:
        case.breach("lead_failed" if timer.unit == case.order.lead else "co_failed", party, timer=timer)


def third_late_sign(earlier: tuple[datetime, ...], due: datetime, rules: Rules) -> bool:
    """Return whether the late signature due at `due` makes the count full: once a month, or once a window.

    `earlier`: missed due moments of the unit's earlier late signatures. A month is that of the missed moment
    (A-68); the rolling window is 30 times 24 hours, inclusive. Source: JY-20.2, A-29, A-30.
    """
    zone, threshold = rules.worktime.zone, rules.late_sign_threshold
    moments = sorted((*earlier, due))

    def count(upto: int) -> int:
        last = moments[upto]
        if rules.count_window == "calendar":
            month = last.astimezone(zone).replace(day=1).date()
            return sum(each.astimezone(zone).replace(day=1).date() == month for each in moments[: upto + 1])
        return sum(last - each <= THIRTY_DAYS for each in moments[: upto + 1])

    here = len(moments) - 1
    if count(here) < threshold:
        return False
    if rules.count_window == "calendar":
        return count(here) == threshold
    return here == 0 or count(here - 1) < threshold


def _follow(case: Case, timer: Timer) -> None:
    if timer.name == "sms":
        if case.order.written_opinion and not case.order.documented:
            case.start("callback", case.rules.callback_limit, key="callback_limit")
            case.tell("callback_task", "callback_agent")
            case.record(ev.ManualCallbackWanted(), status=CALLBACK_MANUAL)
        else:
            closing.close(case, "no_reply")
        return
    auto = case.rules.supervision_auto_rules
    if timer.name in timers.WORK and timer.unit == case.order.lead:
        if "overdue" in auto:
            closing.suggest_supervision(case, "K2", "overdue")
        if "K5" in auto and case.rules.supervision_overdue_k5 is not None:
            case.start("overdue_watch", case.rules.supervision_overdue_k5, key="supervision_overdue_k5")
            case.record(ev.OverdueWatched())
    elif timer.name == "overdue_watch":
        closing.suggest_supervision(case, "K5", "still_open")
    elif timer.name == "supervision":
        closing.suggest_supervision(case, "K2", "supervision_missed")


def touches(timer: Timer, year: int) -> bool:
    """Return whether the due moment was counted by the calendar of `year`."""
    if timer.due is None or timer.basis.length == "until" or not timer.working:
        return False
    return timer.basis.start.year <= year <= timer.due.year


def recompute(order: Order, *, year: int, rules: Rules, now: datetime) -> Decision:
    """Return what loading the calendar of `year` does to an order's clocks; `rules` hold the new calendar.

    Source: A-48; the rule itself is `clocks.recomputed`.
    """
    case = Case(order, cmd.Command(), SYSTEM, rules, Facts(), now.astimezone(rules.worktime.zone))
    # By unit, too: a state that was stored and read again has its clocks in no order of its own.
    for timer in sorted(order.timers.values(), key=lambda each: (timers.NAMES.index(each.name), each.unit)):
        if touches(timer, year):
            moved = clocks.recomputed(timer, rules=rules, now=case.now)
            if moved is not None:
                _move(case, timer, moved, year)
    return Decision(tuple(case.out), (), {order.id: case.order})


def _still_wanted(order: Order, timer: Timer) -> bool:
    """Return whether anybody still waits for what the clock measures."""
    if timer.name == "supervision":
        return True
    gone = bool(timer.unit) and order.part(timer.unit) is None and timer.unit != order.handler
    return order.status != CLOSED and not gone


def _move(case: Case, timer: Timer, moved: Timer, year: int) -> None:
    event = ev.DeadlineRecomputed(year, timer.name, timer.unit)
    if timer.status == "missed" and moved.status != "missed":
        gone = tuple(each for each in case.order.breaches if each.timer == timer.key and each.due == timer.due)
        case.put(replace(timer, status="annulled"))
        case.record(event, annulled=gone)
    if timer.status == "missed" and moved.status == "running" and not _still_wanted(case.order, timer):
        moved = replace(moved, status="cancelled", due=None)
    if timer.status == "paused":
        answered_at = case.order.unit_completed_at if case.order.status == REPLIED else None
        moved = clocks.still_paused(timer, moved, answered_at=answered_at, rules=case.rules)
    if moved.due != timer.due and moved.status in ("running", "paused"):
        case.tell("due_changed", f"officer@{timer.unit}" if timer.unit else "office", timer=timer.name)
    case.put(moved)
    case.record(event)
