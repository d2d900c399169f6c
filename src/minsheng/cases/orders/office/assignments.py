"""Who of a unit works on an order: assigned inside the unit by its officers and leaders, and shown on their lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.orders.models import Assignment
from minsheng.core.people import queries as people
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who works on an order for a unit, with the name to show."""

    person: str
    name: str
    note: str
    assigned_at: datetime


def of(order_id: str, *, unit: str) -> Assigned | None:
    """Return who of the unit works on the order, or None."""
    row = Assignment.objects.filter(order=order_id, unit=unit).first()
    if row is None:
        return None
    return Assigned(row.person, people.names([row.person]).get(row.person, ""), row.note, row.assigned_at)


def assign(order_id: str, *, city: str, person: str, note: str, by: Actor, now: datetime) -> None:
    """Give an order to a colleague of one's own unit. Raises: Rejected `not_your_unit`, `not_a_colleague`."""
    if by.role not in UNIT_ROLES or by.unit is None:
        raise Rejected("not_your_unit")
    if person not in {colleague for colleague, _ in people.colleagues(city, unit=by.unit, now=now)}:
        raise Rejected("not_a_colleague")
    Assignment.objects.update_or_create(
        order_id=order_id,
        unit=by.unit,
        defaults={"person": person, "note": note, "assigned_by": by.person or "", "assigned_at": now},
    )
