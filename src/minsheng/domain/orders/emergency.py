"""The emergency track: report, ask, decide, phone, first response, relief, handled (JY-32 to JY-36)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from minsheng.domain.facts import Breach
from minsheng.domain.lifecycle import Guard, at_stage, require
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import intake
from minsheng.domain.orders.case import Case, not_now
from minsheng.domain.orders.handling import own_part
from minsheng.domain.orders.order import HANDLING, SUBMITTED
from minsheng.domain.rejected import Rejected

# How long ago a call may have been that is written down.
LATEST_RECORD = timedelta(minutes=10)


def in_stage(*stages: str) -> Guard:
    """Return a guard that the chain of reports has come to one of the stages."""

    @at_stage("state")
    def has_come_there(case: Case) -> None:
        if case.order.emergency_stage not in stages:
            raise not_now(case)

    return has_come_there


def report(case: Case) -> None:
    """Report to the leader on duty. Source: JY-35b, A-26."""
    case.meet("report")
    case.start("decision", case.rules.emergency_step_alert, key="emergency_step_alert")
    case.tell("emergency_reported", "duty_leader")
    case.record(ev.EmergencyReported())


def ask_decision(case: Case) -> None:
    """Ask for the decision, of the leading group where the emergency is critical. Source: JY-35b, JY-35c."""
    case.start("decision", case.rules.emergency_step_alert, key="emergency_step_alert")
    case.tell("decision_wanted", "command" if case.order.level == "critical" else "office")
    case.record(ev.DecisionAsked())


@at_stage("role")
def deciding_authority(case: Case) -> None:
    """Keep a critical emergency to the leading group (JY-35c)."""
    if case.order.level == "critical" and case.by.role != "command":
        raise Rejected("wrong_authority")


def decide(case: Case) -> None:
    """Decide whether to respond as to an emergency, or as to an ordinary order. Source: JY-35, JY-33."""
    assert isinstance(case.command, cmd.Decide)
    respond = bool(case.command.respond)
    case.meet("decision")
    status = case.order.status
    if respond:
        intake.start_response(case)
    else:
        intake.start_dispatch(case, lead_needed=False)
        status = SUBMITTED
    case.record(ev.ResponseDecided(respond), status=status)


def phone_unit(case: Case) -> None:
    """Record the call to the unit's officer. Source: SZ-15.3b, JY-35d."""
    assert isinstance(case.command, cmd.PhoneUnit)
    case.record(ev.UnitPhoned(case.command.unit))


@at_stage("state")
def on_the_track(case: Case) -> None:
    """Refuse emergency steps on an ordinary order."""
    if not case.order.on_track:
        raise not_now(case)


@at_stage("unit")
def of_the_unit(case: Case) -> None:
    """Keep a response to the units of the order; the hotline names one that rang (JY-36a, A-81)."""
    form = case.command
    assert isinstance(form, cmd.Respond)
    told = form.unit if case.by.role != "officer" else case.by.unit
    if told and case.order.part(told) is None:
        raise Rejected("not_your_unit", unit=told)


@at_stage("fields")
def told_just_now(case: Case) -> None:
    """Refuse a response by telephone without unit, person and moment, long after the call, or of an earlier call.

    What was said before the unit had the order is no response to it. Source: A-81.
    """
    form = case.command
    assert isinstance(form, cmd.Respond)
    if case.by.role == "officer":
        return
    require(case, ("by_phone", "unit", "who", "when"))
    assert form.when is not None
    if not case.now - LATEST_RECORD <= form.when <= case.now:
        raise Rejected("call_not_just_now", opens=case.now - LATEST_RECORD)
    dispatched = case.order.dispatched_at
    if dispatched is not None and form.when < dispatched:
        raise Rejected("call_before_dispatch", opens=dispatched)


@at_stage("fields")
def response_complete(case: Case) -> None:
    """Refuse a response that says nothing, or names another unit without a reason (JY-36a)."""
    form = case.command
    assert isinstance(form, cmd.Respond)
    if not (form.started or form.transfer_to or form.joint_with):
        raise Rejected("field_missing", fields=("started",))
    if (form.transfer_to or form.joint_with) and not form.reason:
        raise Rejected("reason_missing")


def respond(case: Case) -> None:
    """Give the first response: started, another unit's, or jointly. Source: JY-36a, A-24."""
    form = case.command
    assert isinstance(form, cmd.Respond)
    unit = case.by.unit if case.by.role == "officer" else form.unit
    part = case.order.part(unit)
    assert part is not None
    annulled = _met_by_phone(case, part.unit, form.when) if case.by.role != "officer" else ()
    case.meet("initial_response", part.unit)
    other = form.transfer_to or form.joint_with
    kind = "transfer" if form.transfer_to else "joint" if form.joint_with else "started"
    if other:
        case.tell("emergency_unit_wanted", "dispatcher", unit=other)
    event = ev.Responded(part.unit, kind, other, form.reason, form.who if case.by.role != "officer" else "", form.when)
    case.record(event, status=HANDLING, annulled=annulled)


def _met_by_phone(case: Case, unit: str, when: datetime | None) -> tuple[Breach, ...]:
    """Take back a miss that was recorded after the call: the moment of the call counts (A-81)."""
    timer = case.timer("initial_response", unit)
    if timer is None or timer.status != "missed" or timer.due is None or when is None or when > timer.due:
        return ()
    case.put(replace(timer, status="met"))
    return tuple(each for each in case.order.breaches if each.timer == timer.key and each.due == timer.due)


def relieve(case: Case) -> None:
    """Relieve a unit; the next one becomes responsible. Source: JY-36a, A-24."""
    assert isinstance(case.command, cmd.Relieve)
    unit, order = case.command.unit, case.order
    successors = [part.unit for part in order.parts if part.unit != unit]
    if order.part(unit) is None or not successors:
        raise not_now(case)
    for name in ("initial_response", "handle", "emergency_result"):
        case.cancel(name, unit)
    successor = successors[0] if unit == order.responsible_unit else order.responsible_unit or successors[0]
    case.tell_unit("relieved", unit)
    case.record(ev.UnitRelieved(unit, successor))


@at_stage("state")
def has_responded(case: Case) -> None:
    """Refuse `handled` before the unit's own first response, or twice (JY-36b)."""
    part = own_part(case)
    if not case.order.on_track or not part.responded or part.handled:
        raise not_now(case)


def handled(case: Case) -> None:
    """Say that it has been handled: the result is due. Source: JY-36b, A-25."""
    unit = own_part(case).unit
    timer = case.timer("handle", unit)
    late = timer is not None and timer.status == "missed"
    case.meet("handle", unit)
    if late:
        case.breach("late_handle", unit, timer=timer)
    case.start("emergency_result", case.rules.emergency_result_limit, key="emergency_result_limit", unit=unit)
    case.record(ev.EmergencyHandled(unit))


@at_stage("fields", wants=("respond",))
def answer_given(case: Case) -> None:
    """Refuse a decision that decides nothing."""
    require(case, ("respond",))
