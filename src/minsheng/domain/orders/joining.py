"""The citizens of appeals that were joined to an order: what they add, urge and think of its result (JY-6.6, A-10).

Their words stand on the order that goes on, each with the appeal that it was said in. What they think of the result is
put on record beside the appellant's own rating: it neither closes the order nor opens it again (JY-9.6 asks whose order
it is), but whoever calls back, or decides on a review, is told of somebody who is not satisfied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from minsheng.domain.facts import Fact
from minsheng.domain.lifecycle import at_stage
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, Joined, Order
from minsheng.domain.rejected import Rejected


def end_of(joins: Mapping[str, str], order: str) -> str:
    """Return the order that goes on for one that was joined, over every step of the way; `joins`: what to what.

    An order is joined once and only to an open one, so that the way has an end.
    """
    while order in joins:
        order = joins[order]
    return order


def goes_on_for(order: Order, orders: Iterable[Order], joins: Mapping[str, str]) -> tuple[Order, ...]:
    """Return what an order and the parts of its whole were joined to, over every step, with the parts of that."""
    known = tuple(orders)
    reached = {order.whole}
    while more := {each.partition(".")[0] for each in _targets(reached, known, joins)} - reached:
        reached |= more
    return tuple(each for each in known if each.whole in reached - {order.whole})


def received_by(order: Order, orders: Iterable[Order], joins: Mapping[str, str]) -> tuple[Order, ...]:
    """Return the appeals that were joined to an order, its whole or its parts, also over several steps."""
    known = tuple(orders)
    reached = {order.whole}
    while more := {each.id for each in known if joins.get(each.id, "").partition(".")[0] in reached} - reached:
        reached |= more
    return tuple(each for each in known if each.id in reached and each.whole != order.whole)


def _targets(wholes: set[str], orders: Iterable[Order], joins: Mapping[str, str]) -> set[str]:
    return {joins[each.id] for each in orders if each.whole in wholes and each.id in joins}


def joined_of(facts: Iterable[Fact], appeal: str) -> Joined:
    """Return what the citizen of a joined appeal has done on the order with these facts.

    A result that has passed the check can be rated once; the next one again.
    """
    found = Joined(appeal)
    for fact in facts:
        match fact.event:
            case ev.Urged(joined=joined) if joined == appeal:
                found = Joined(appeal, urged_at=fact.at, has_rated=found.has_rated)
            case ev.JoinedRated(joined=joined) if joined == appeal:
                found = Joined(appeal, urged_at=found.urged_at, has_rated=True)
            case ev.AuditPassed():
                found = Joined(appeal, urged_at=found.urged_at)
            case _:
                pass
    return found


@at_stage("state")
def joined_here(case: Case) -> None:
    """Refuse to speak for an appeal that was not joined to this order."""
    assert isinstance(case.command, cmd.AddMaterial | cmd.Urge | cmd.RateJoined)
    if case.command.joined and case.facts.joined is None:
        raise Rejected("not_found")


@at_stage("state")
def result_stands(case: Case) -> None:
    """Refuse to rate what no unit has answered, and the same result twice."""
    order, joined = case.order, case.facts.joined
    if order.status == CLOSED and order.reason not in HANDLED_REASONS:
        raise Rejected("not_allowed_now", status=order.status, reason=order.reason)
    if joined is not None and joined.has_rated:
        raise Rejected("not_allowed_now", status=order.status)


def rate_joined(case: Case) -> None:
    """Put on record what the citizen of a joined appeal thinks of the result. Source: JY-6.6, JY-9.6."""
    form = case.command
    assert isinstance(form, cmd.RateJoined)
    satisfied = form.satisfied in case.rules.satisfied_grades
    if not satisfied:
        case.tell("joined_dissatisfied", "supervisor" if case.order.status == CLOSED else "callback_agent")
    case.record(ev.JoinedRated(form.joined, form.satisfied, satisfied, form.resolved, form.cause, form.remark))
