"""The same person's same matter over several orders: what a decision on one needs to know of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from minsheng.domain.orders.order import REPEATABLE, SETTLED_REASONS, Matter, Order


def matter_of(order: Order, orders: Iterable[Order], *, of_others: Collection[str] = ()) -> Matter:
    """Return what the other orders of the matter say; an order without a matter stands alone.

    `of_others`: orders of other people. What is not settled is repeated by the same person, what was settled within
    the month by anybody (A-77); children of a parallel dispatch are parts of one appeal.
    Source: SQ-19a, JY-13.4, SZ-13.5, SZ-14c.
    """
    known = tuple(orders)
    group = tuple(each for each in group_of(order, known) if each.id != order.id)
    complaints = tuple(each for each in group if each.type in REPEATABLE)
    own = (each for each in complaints if each.id not in of_others)
    return Matter(
        appeals=len(group),
        timely_answers=_most_of_one_unit(_with_parts(group, known)),
        first_open_at=min((each.registered_at for each in own if each.is_open and each.registered_at), default=None),
        last_handled_at=max(
            (each.closed_at for each in complaints if each.reason in SETTLED_REASONS and each.closed_at), default=None
        ),
        final_opinion=any(each.final_opinion for each in group),
        not_accepted=any(each.not_accepted for each in group),
    )


def group_of(order: Order, orders: Iterable[Order]) -> tuple[Order, ...]:
    """Return the orders of the matter, the order itself included, linked ones too."""
    key = order.matter
    others = (each for each in orders if each.id != order.id and key and each.matter == key and not each.parent)
    return (order, *others)


def _with_parts(group: Iterable[Order], orders: Iterable[Order]) -> Iterable[Order]:
    wholes = {each.id for each in group}
    return (each for each in orders if each.whole in wholes)


def _most_of_one_unit(group: Iterable[Order]) -> int:
    """Return how many timely answers the unit that gave most of them has given in the matter (JY-13.4, A-78)."""
    given = Counter(unit for order in group for unit in order.timely)
    return max(given.values(), default=0)
