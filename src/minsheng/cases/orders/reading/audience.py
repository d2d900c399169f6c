"""Who may hear of an order: the rule of `queries.visible` for one order at a time, and as names of audiences.

`tests/rooms/live` proves that rule and gate are one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from minsheng.cases.orders import models
from minsheng.core.people import permissions
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import CITY, role_audience, unit_audience
from minsheng.domain.orders.order import CLOSED, REFERRED


@dataclass(frozen=True, slots=True)
class Seen:
    """What decides who may see an order, and how far it has come."""

    id: str
    city: str
    version: int
    status: str
    is_internal: bool
    is_sealed: bool
    is_emergency: bool
    units: tuple[str, ...]
    target_unit: str
    handler: str
    system: str


def of(order_ids: Iterable[str]) -> dict[str, Seen]:
    """Return the orders by id as they stand now, in one statement."""
    rows = models.Order.objects.filter(id__in=list(order_ids)).values_list(
        "id", "city_id", "version", "status", "is_internal", "is_sealed", "is_emergency", "units", "target_unit",
        "handler", "state__system",
    )  # fmt: skip
    return {
        row[0]: Seen(*row[:7], units=tuple(row[7]), target_unit=row[8], handler=row[9], system=row[10] or "")
        for row in rows
    }


def sees(actor: Actor, order: Seen) -> bool:
    """Tell whether an order of the actor's city exists for the actor. Source: JY-12, JY-8d, roles."""
    if order.is_sealed or not permissions.sees_orders(actor.role):
        return False
    if actor.role in UNIT_ROLES:
        if actor.unit not in order.units:
            return False
        return not order.is_internal or (order.handler == actor.unit and order.target_unit != actor.unit)
    match actor.role:
        case "discipline":
            return order.is_internal and order.status in (REFERRED, CLOSED)
        case "connector":
            return not order.is_internal and order.system == "original"
        case _:
            return not order.is_internal or permissions.sees_referral(actor, is_party=False, is_target=False)


def audiences(order: Seen) -> tuple[str, ...]:
    """Return the fewest audiences that together are all who may see the order, and nobody else."""
    if order.is_sealed:
        return ()
    apart = ("designated_officer", "discipline") if order.is_internal else ("connector",)
    found = [] if order.is_internal else [CITY]
    found += [role_audience(role) for role in apart if sees(Actor(role), order)]
    found += [unit_audience(unit) for unit in order.units if sees(Actor("officer", unit), order)]
    return tuple(dict.fromkeys(found))
