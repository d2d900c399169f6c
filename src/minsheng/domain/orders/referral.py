"""Internal referral: reports about officials, seen by the designated officer and the handler alone (JY-12)."""

from __future__ import annotations

from dataclasses import replace

from minsheng.domain import clocks
from minsheng.domain.actors import CITY_ROLES
from minsheng.domain.lifecycle import at_stage, require
from minsheng.domain.orders import closing, dispatching, handling
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, in_order, not_now, usable_unit
from minsheng.domain.orders.order import REFERRED, RESTRICTED, SUBMITTED, Order, UnitFacts
from minsheng.domain.rejected import Rejected

TO_DISCIPLINE = ("12.1", "12.2c")
# Who may know of an internal referral besides its handler (roles: DES and DIS).
INSIDERS = ("designated_officer", "discipline")


@at_stage("state")
def referral_enabled(case: Case) -> None:
    """Refuse where the pack has no internal referral."""
    if not case.rules.internal_referral:
        raise Rejected("not_allowed_now", status=case.order.status)


@at_stage("unit")
def proposer_has_it(case: Case) -> None:
    """Keep a unit's proposal to the units that have the order (A-80)."""
    if case.by.role == "officer":
        handling.own_part(case)


@at_stage("state")
def proposers_turn(case: Case) -> None:
    """Leave the proposal to the dispatcher before dispatch, to the unit after it; an emergency is handled first."""
    before = case.order.status == SUBMITTED
    if before != (case.by.role == "dispatcher") or case.order.on_track:
        raise not_now(case)


def propose_referral(case: Case) -> None:
    """Propose an internal referral: from here on nobody but the designated officer sees it, and no unit's clock runs.

    Source: JY-8c, JY-12; by a unit after the dispatch A-80.
    """
    case.tell("referral_proposed", "designated_officer")
    if case.order.status != SUBMITTED:
        for timer in in_order(case.order.timers):
            if timer.status == "running":
                case.put(clocks.paused(timer, now=case.now, rules=case.rules))
    case.record(ev.ReferralProposed(), status=RESTRICTED)
    closing.run_publication(case)


def refuse_referral(case: Case) -> None:
    """Refuse the proposal: the order stands where it stood, and its clocks run with what was left. Source: A-80."""
    assert isinstance(case.command, cmd.RefuseReferral)
    aside = case.order.aside
    if aside is None:
        case.tell("referral_refused", "dispatcher")
        case.record(ev.ReferralRefused(case.command.reason), status=SUBMITTED)
        return
    for timer in in_order(case.order.timers):
        if timer.key in aside.clocks and timer.status == "paused":
            case.put(clocks.resumed(timer, now=case.now, rules=case.rules))
    for unit in dict.fromkeys((aside.proposer, *(part.unit for part in aside.parts))):
        case.tell_unit("referral_refused", unit)
    case.record(ev.ReferralRefused(case.command.reason), status=aside.status)


@at_stage("fields", wants=("branch", "handler", "cadre"))
def branch_agrees(case: Case) -> None:
    """Refuse a branch that does not agree with handler and rank, or a handler complained about (A-22, A-69).

    The branch for whatever else is to be referred says why (JY-12.3).
    """
    form, rules = case.command, case.rules
    assert isinstance(form, cmd.Refer)
    require(case, ("branch", "handler"))
    if form.branch not in rules.internal_branches:
        raise Rejected("code_not_in_pack", value=form.branch)
    if form.branch in ("12.2a", "12.2c"):
        require(case, ("cadre",))
    if form.branch == "12.3":
        require(case, ("ground",))
    handler = usable_unit(case, form.handler)
    discipline = is_discipline(handler, rules.discipline_unit)
    wrong_rank = (form.branch == "12.2a" and form.cadre == "city") or (form.branch == "12.2c" and form.cadre == "other")
    wrong_handler = discipline != (form.branch in TO_DISCIPLINE) and form.branch != "12.3"
    if wrong_rank or wrong_handler or is_target(case.order, handler):
        raise Rejected("branch_mismatch", branch=form.branch, handler=form.handler)


def is_discipline(unit: UnitFacts, name: str) -> bool:
    """Return whether the unit is the discipline organ that the pack names."""
    return unit.discipline or unit.name.endswith(name)


def is_target(order: Order, unit: UnitFacts) -> bool:
    """Return whether a complaint is about the unit or the unit that it belongs to."""
    return not {unit.name, unit.parent}.isdisjoint(order.about)


def refer(case: Case) -> None:
    """Refer internally; a branch that must be filed is filed in the same moment. Source: JY-12.1 to JY-12.3."""
    form = case.command
    assert isinstance(form, cmd.Refer)
    case.meet("dispatch")
    for timer in in_order(case.order.timers):
        if case.order.aside is not None and timer.key in case.order.aside.clocks:
            case.cancel(timer.name, timer.unit)
        elif case.order.aside is not None and timer.status == "missed" and timer.done_at is None and timer.unit:
            # The breach stays; nobody has to do anything about the clock any more.
            case.put(replace(timer, done_at=case.now))
    case.start("referral_notice", case.rules.internal_notice_limit, key="internal_notice_limit")
    if form.branch not in TO_DISCIPLINE:
        dispatching.start_handle(case, form.handler)
    if form.branch == "12.2a":
        case.tell("filing_copy", "discipline")
    case.tell_unit("referred", form.handler)
    case.record(ev.Referred(form.branch, form.handler, form.cadre, form.ground), status=REFERRED)


def hidden_from(order: Order, units: tuple[str, ...]) -> tuple[str, ...]:
    """Return the roles, and of the given units those, for which the order does not exist (JY-12, JY-8d).

    The unit complained about is among them, and every unit but the handler.
    """
    if not order.is_internal:
        return ()
    roles = tuple(role for role in CITY_ROLES if role not in INSIDERS)
    others = tuple(unit for unit in units if unit != order.handler)
    return tuple(dict.fromkeys((*roles, *order.about, *others)))


@at_stage("fields")
def handler_reachable(case: Case) -> None:
    """Refuse a notice that can't name the handler's telephone (JY-12.4)."""
    unit = case.facts.units.get(case.order.handler)
    if unit is None or not unit.phone:
        raise Rejected("field_missing", fields=("phone",))


def notify_appellant(case: Case) -> None:
    """Tell the appellant who handles it, in the words of the rule. Source: JY-12.4, A-23."""
    unit = case.facts.units[case.order.handler]
    phone = unit.phone or ""
    case.meet("referral_notice")
    case.tell("referral_notice", "citizen", unit=unit.name, phone=phone)
    case.say("referral_notice", unit=unit.name, phone=phone)
    case.record(ev.AppellantNotified(unit.name, phone))


@at_stage("consent")
def result_agreed(case: Case) -> None:
    """Refuse a result that the handler's leader has not approved (JY-13.1c); one approval covers both receipts."""
    if case.order.handler not in case.order.approved:
        raise Rejected("reply_not_approved")


def return_result(case: Case) -> None:
    """Return the result to the hotline, and to the discipline organ where it was filed. Source: JY-12.2b."""
    form = case.command
    assert isinstance(form, cmd.ReturnResult)
    unit = case.order.handler
    timer = case.timer("handle", unit)
    if timer is not None and timer.status == "missed" and timer.done_at is None:
        case.breach("late_handle", unit, timer=timer)
    case.meet("handle", unit)
    for to in form.to:
        case.tell("result_returned", "designated_officer" if to == "office" else to)
    case.record(ev.ResultReturned(unit, form.to, form.text))


@at_stage("consent")
def receipts_complete(case: Case) -> None:
    """Refuse to close before the result has reached everybody who must have it (JY-12.2b)."""
    wanted = {"office", "discipline"} if case.order.branch == "12.2a" else {"office"}
    if wanted - set(case.order.receipts):
        raise Rejected("receipts_missing")


def close_referral(case: Case) -> None:
    """Close the referral: never public. Source: JY-12.2b, JY-9.8.1."""
    closing.close(case, "internal")
