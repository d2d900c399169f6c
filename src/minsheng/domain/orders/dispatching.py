"""Dispatch to one unit, to lead and co-units, or in parallel; again after a return; with a named lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from minsheng.domain.lifecycle import at_stage, require
from minsheng.domain.orders import closing, intake, restraint, suggesting, timers
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, usable_unit
from minsheng.domain.orders.order import DISPATCHED, EMERGENCY, HANDLING, Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount


def _form(case: Case) -> cmd.Dispatch:
    assert isinstance(case.command, cmd.Dispatch)
    return case.command


def chosen_units(form: cmd.Dispatch) -> tuple[str, ...]:
    """Return the units of a dispatch, the lead first."""
    if form.parallel:
        return tuple(dict.fromkeys(form.units))
    return tuple(dict.fromkeys(name for name in (form.lead or form.unit, form.unit, *form.units) if name))


@at_stage("state")
def dispatchable(case: Case) -> None:
    """Refuse an emergency before its decision, and a second dispatch of anything else (JY-35d)."""
    order = case.order
    if order.status == EMERGENCY and order.emergency_stage != "DECIDED":
        raise Rejected("not_allowed_now", status=order.status)
    if order.status in (DISPATCHED, HANDLING) and not order.on_track:
        raise Rejected("not_allowed_now", status=order.status)


@at_stage("fields", wants=("basis",))
def units_named(case: Case) -> None:
    """Refuse a dispatch without units, basis or, for several units, lead; or to a unit that can't receive."""
    form, order = _form(case), case.order
    missing = []
    if not chosen_units(form):
        missing.append("unit")
    if form.parallel and len(chosen_units(form)) < 2:
        missing.append("units")
    if len(form.units) > 1 and not form.parallel and not form.lead:
        missing.append("lead")
    if not form.basis and not order.is_emergency:
        missing.append("basis")
    if missing:
        raise Rejected("field_missing", fields=tuple(dict.fromkeys(missing)))
    for name in chosen_units(form):
        usable_unit(case, name)


def dispatch(case: Case) -> None:
    """Give the order to its unit or units. Source: SZ-15.3, JY-9.2, JY-10.1, JY-13.2a, JY-13.3, SQ-10.3."""
    form = _form(case)
    if case.order.is_emergency:
        dispatch_emergency(case)
        return
    case.meet("dispatch")
    if form.parallel:
        _dispatch_parallel(case)
        return
    units = chosen_units(form)
    direct = bool(form.direct_answerable) and case.rules.direct_answer_limit is not None
    for unit in units:
        start_unit(case, unit, direct=direct)
    case.record(
        ev.Dispatched(units, units[0], form.basis, direct, case.order.round),
        status=DISPATCHED,
    )
    note_rosters(case, units)
    intake.give_leader_duty(case)
    _suggest_many_units(case, units)


def _dispatch_parallel(case: Case) -> None:
    form, parent = _form(case), case.order
    units = chosen_units(form)
    names = tuple(f"{parent.id}.{count}" for count in range(1, len(units) + 1))
    case.record(ev.Split(names, units, form.basis), status=DISPATCHED)
    for name, unit in zip(names, units, strict=True):
        child = case.beside(Order(name))
        child.record(_as_child(parent))
        restraint.carry(child, parent)
        for_child = replace(form, unit=unit, units=(), lead="", parallel=None)
        child.command = for_child
        start_unit(child, unit, direct=bool(form.direct_answerable) and case.rules.direct_answer_limit is not None)
        child.record(
            ev.Dispatched((unit,), unit, form.basis, child.timer("direct_answer", unit) is not None, 1),
            status=DISPATCHED,
        )
        note_rosters(child, (unit,))
        case.merge(child)
    _suggest_many_units(case, units)


def _as_child(parent: Order) -> ev.Registered:
    return ev.Registered(
        type=parent.type,
        channel=parent.channel,
        appellant=parent.appellant,
        publish=parent.publish,
        content_digest="",
        has_content=parent.has_content,
        has_place=parent.has_place,
        target_unit=parent.target_unit,
        line=parent.line,
        system=parent.system,
        upper_due=parent.upper_due,
        utility=parent.utility,
        matter="",
        real_name=parent.real_name,
        written_opinion=parent.written_opinion,
        level="",
        parent=parent.id,
        confidential=parent.confidential,
    )


def start_unit(case: Case, unit: str, *, direct: bool = False, may_return: bool = True) -> None:
    """Start a unit's clocks and tell it: sign, return, and direct answer or handling.

    Source: JY-10.2a, JY-10.2b, JY-10.3a, JY-10.3b, SQ-10.3a, SQ-10.3b, SQ-10.3c,
     SQ-10.4b; A-03; a later round A-18.
    """
    rules = case.rules
    since = case.order.submitted_at if rules.sign_starts_at == "submitted" and case.order.round == 1 else None
    if direct:
        # There it is the unit's right to investigate, which its own rules do not shorten.
        case.start("sign", rules.sign_limit, key="sign_limit", unit=unit, since=since)
    else:
        _start_stricter(case, "sign", rules.sign_limit, key="sign_limit", unit=unit, since=since)
    if may_return and not case.order.is_emergency:
        case.start("return", rules.return_limit, key="return_limit", unit=unit)
    if direct:
        case.start("direct_answer", rules.direct_answer_limit, key="direct_answer_limit", unit=unit)
    elif case.order.round > 1:
        closing.start_redo(case, unit)
    elif rules.handle_starts_at != "signed":
        start_handle(case, unit)
    case.tell_unit("dispatched", unit)


def start_handle(case: Case, unit: str, *, dispatched_at: datetime | None = None) -> None:
    """Start the clock for handling; a superior platform's own moment wins (SZ-15f, JY-10.3d, JY-10.4).

    It runs from the event that the pack names (A-03); `dispatched_at` unless the order is dispatched just now.
    """
    rules, order = case.rules, case.order
    limit, key = closing.handle_limit(order, rules)
    since = {"submitted": order.submitted_at, "dispatched": dispatched_at, "signed": None}[rules.handle_starts_at]
    until = order.upper_due if rules.upper_override else None
    if until:
        case.start("handle", limit, key="upper_override", unit=unit, since=since, until=until)
    else:
        _start_stricter(case, "handle", limit, key=key, unit=unit, since=since)


def _start_stricter(
    case: Case, name: str, limit: Amount, *, key: str, unit: str, since: datetime | None = None
) -> None:
    """Start a unit's clock with the city's limit, or with the unit's own where that ends earlier (JY-37, SQ-25)."""
    own = case.facts.own_limits.get(unit, {}).get(name)
    if own is not None and case.rules.unit_override == "stricter_only":
        begin, worktime = since or case.now, case.rules.worktime_of(unit)
        if worktime.due(begin, own).moment < worktime.due(begin, limit).moment:
            limit, key = own, "unit_override"
    case.start(name, limit, key=key, unit=unit, since=since)


def note_rosters(case: Case, units: tuple[str, ...]) -> None:
    """Record that nobody is on duty where an order went out of office hours (SQ-11, JY-10.5)."""
    for unit in units:
        if not case.has_roster(unit) and not case.rules.worktime_of(unit).in_office(case.now):
            case.breach("no_roster", unit)
            case.tell("no_roster", "supervisor", unit=unit)
            case.record(ev.RosterMissing(unit))


def _suggest_many_units(case: Case, units: tuple[str, ...]) -> None:
    if suggesting.involves_many(units, case.rules, case.facts.units):
        closing.suggest_supervision(case, "K4", "many_units")


def dispatch_emergency(case: Case) -> None:
    """Give an emergency to a unit; a further unit is added and moves nothing (JY-35d, JY-36a)."""
    form = _form(case)
    fresh = case.order.status == EMERGENCY
    case.meet("emergency_dispatch")
    units = tuple(unit for unit in chosen_units(form) if case.order.part(unit) is None)
    if not units:
        raise Rejected("not_allowed_now", status=case.order.status)
    for unit in units:
        case.start("initial_response", case.rules.emergency_response_limit, key="emergency_response_limit", unit=unit)
        case.start("handle", case.rules.emergency_handle_limit, key="emergency_handle_limit", unit=unit)
        case.tell_unit("dispatched", unit)
        if case.rules.emergency_phone_confirm and unit not in case.order.phoned:
            case.tell("phone_missing", "supervisor", unit=unit)
    if fresh:
        case.start("emergency_open", case.rules.emergency_handle_alert, key="emergency_handle_alert")
        case.record(ev.Dispatched(units, units[0], form.basis, False, 1), status=DISPATCHED)
    else:
        for unit in units:
            case.record(ev.UnitAdded(unit, form.basis))
    note_rosters(case, units)


@at_stage("fields")
def classified(case: Case) -> None:
    """Refuse to dispatch what nobody has classified, where the pack wants it classified before (SZ-15.2)."""
    if case.rules.classify_before_dispatch and case.facts.category == "":
        raise Rejected("field_missing", fields=("category",), command="dispatch")


@at_stage("state")
def another_round(case: Case) -> None:
    """Refuse a third round: after the second dissatisfaction the hotline decides (JY-9.7c, A-17)."""
    order = case.order
    if order.status == "DECISION":
        exhausted = order.round >= 1 + case.rules.redo_max
        raise Rejected("redo_exhausted" if exhausted else "not_allowed_now", status=order.status)


@at_stage("fields")
def next_unit(case: Case) -> None:
    """Refuse another round at a unit that can't receive."""
    named = case.command.unit if isinstance(case.command, cmd.Redispatch) else ""
    usable_unit(case, named or case.order.lead)


def redispatch(case: Case) -> None:
    """Give the order back for another round. Source: SZ-15.5a, JY-9.7b, SQ-10.5c."""
    assert isinstance(case.command, cmd.Redispatch)
    _another_round(case, case.command.unit or case.order.lead, "")


def send_back(case: Case) -> None:
    """Send the order back to the same unit, with what its answer lacks. Source: JY-9.7b (A-85)."""
    assert isinstance(case.command, cmd.SendBack)
    _another_round(case, case.order.lead, case.command.lacking)


def _another_round(case: Case, unit: str, basis: str) -> None:
    number = case.order.round + 1
    case.cancel_units()
    case.state = replace(case.order, round=number)  # the clocks of the new round take their name from it
    start_unit(case, unit, may_return=not (case.order.designated and unit == case.order.lead))
    case.record(ev.Dispatched((unit,), unit, basis, False, number), status=DISPATCHED)
    note_rosters(case, (unit,))
    intake.give_leader_duty(case)


@at_stage("role")
def convener(case: Case) -> None:
    """Keep the naming of a lead to the pack's convener (SZ-41b, SQ-20b)."""
    if case.by.role != case.rules.coordination_convener:
        raise Rejected("wrong_authority")


@at_stage("state")
def ordinary(case: Case) -> None:
    """Refuse on the emergency track, where the units are named by dispatch and relief (JY-36a, A-24)."""
    if case.order.on_track:
        raise Rejected("not_allowed_now", status=case.order.status)


@at_stage("fields", wants=("lead",))
def lead_usable(case: Case) -> None:
    """Refuse a lead or co-unit that can't receive."""
    assert isinstance(case.command, cmd.NameLead)
    require(case, ("lead",))
    for name in (case.command.lead, *case.command.co):
        usable_unit(case, name)


def name_lead(case: Case) -> None:
    """Name lead and co-units after a coordination; the lead cannot return. Source: SZ-41b, JY-13.2a, A-65."""
    assert isinstance(case.command, cmd.NameLead)
    form = case.command
    co = tuple(unit for unit in dict.fromkeys(form.co) if unit != form.lead)
    case.meet("dispatch")
    case.cancel_units(names=frozenset(timers.WORK) | {"sign", "return", "return_review", "ext_review"})
    start_unit(case, form.lead, may_return=False)
    for unit in co:
        start_unit(case, unit)
    case.record(ev.LeadNamed(form.lead, co), status=DISPATCHED)
    note_rosters(case, (form.lead, *co))
    intake.give_leader_duty(case)
