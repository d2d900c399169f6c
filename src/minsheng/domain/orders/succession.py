"""A unit is renamed or joined to another: what it has to do with an order goes to its successor, clocks and all.

What the old unit did and missed stays under its name: facts, breaches, and a closed order as a whole.
"""

from __future__ import annotations

from dataclasses import replace

from minsheng.domain.clocks import Timer
from minsheng.domain.lifecycle import at_stage
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, in_order, not_now
from minsheng.domain.orders.order import CLOSED, Order
from minsheng.domain.rejected import Rejected


def has_business(order: Order, unit: str) -> bool:
    """Tell whether something of the order waits for the unit, or is about it; of a closed one a supervision order."""
    supervised = order.supervision is not None and order.supervision.unit == unit
    if order.status == CLOSED:
        return supervised and order.supervision is not None and order.supervision.status != "CLOSED"
    return (
        supervised
        or order.part(unit) is not None
        or _is_aside(order, unit)
        or unit in (order.lead, order.handler, *order.about)
    )


def _is_aside(order: Order, unit: str) -> bool:
    return order.aside is not None and any(part.unit == unit for part in order.aside.parts)


@at_stage("state")
def concerned(case: Case) -> None:
    """Refuse for an order that has nothing to do with the unit any more."""
    if not has_business(case.order, _form(case).unit):
        raise not_now(case)


@at_stage("fields")
def successor_stands(case: Case) -> None:
    """Refuse a successor that has not joined, or that would handle an internal referral about itself (JY-12.0)."""
    form, order = _form(case), case.order
    known = case.facts.units.get(form.successor)
    if known is None or not known.joined or form.successor == form.unit:
        raise Rejected("unit_not_joined", unit=form.successor)
    both = {form.unit, form.successor}
    if order.is_internal and order.handler in both and not both.isdisjoint(order.about):
        raise Rejected("branch_mismatch", unit=form.successor)


def succeed(case: Case) -> None:
    """Give what is the unit's to its successor: its part, its clocks, its supervision order. Source: SZ-3, SZ-8a."""
    form, order = _form(case), case.order
    for timer in in_order(order.timers):
        if timer.unit != form.unit or (order.status == CLOSED and timer.name != "supervision"):
            continue
        if _goes_on(order, timer, form.successor):
            case.put(replace(timer, unit=form.successor))
        case.cancel(timer.name, form.unit)
    case.record(ev.UnitSucceeded(form.unit, form.successor))


def _goes_on(order: Order, timer: Timer, successor: str) -> bool:
    """Tell whether the clock goes on as the successor's; what the successor has finished itself stays as it is."""
    own, runs = order.timer(timer.name, successor), timer.status in ("running", "paused")
    if own is None:
        return timer.status != "cancelled"
    if order.part(successor) is None and not _is_aside(order, successor):
        return runs
    # Of two parts that become one the lead's clocks go on.
    return order.lead == timer.unit and (runs or own.status in ("running", "paused")) and timer.status != "cancelled"


def _form(case: Case) -> cmd.Succeed:
    assert isinstance(case.command, cmd.Succeed)
    return case.command
