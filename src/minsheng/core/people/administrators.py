"""The three administrators of a city: people and settings, security, records; three persons, none of whom holds two.

Source: GB/T 22239-2019 8.1.4.2 b, d, 8.1.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, queries
from minsheng.core.people.models import RoleAssignment, Staff
from minsheng.domain.actors import ADMINISTRATORS, Actor
from minsheng.domain.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Appointee:
    """Somebody who is to administer; the password is for the first sign-in alone."""

    role: str
    username: str
    name: str
    password: str = field(repr=False)


def missing(city: str, *, now: datetime) -> tuple[str, ...]:
    """Return the administrators that nobody of the city is today, in their order."""
    today = now.astimezone(ZONE).date()
    held = RoleAssignment.objects.filter(
        queries.held_on(today), staff__city=city, staff__is_active=True, role__in=ADMINISTRATORS
    ).values_list("role", flat=True)
    found = set(held)
    return tuple(role for role in ADMINISTRATORS if role not in found)


@transaction.atomic
def appoint(city: str, appointees: Sequence[Appointee], *, actor: Actor, now: datetime) -> None:
    """Add an account for each administrator that the city lacks: all of them, or none.

    Raises: Rejected `administrators_complete`, `administrators_differ` for other roles than those that lack,
    `administrators_same_person`; NameTaken; django's ValidationError for a weak password.
    """
    ledger.hold(f"administrators of {city}")
    lacking = missing(city, now=now)
    if not lacking:
        raise Rejected("administrators_complete")
    if sorted(each.role for each in appointees) != sorted(lacking):
        raise Rejected("administrators_differ", roles=lacking)
    if len({each.name for each in appointees}) < len(appointees):
        raise Rejected("administrators_same_person")
    for each in appointees:
        actions.add_staff(
            city,
            username=each.username,
            display_name=each.name,
            password=each.password,
            roles=[each.role],
            is_first=True,
            actor=actor,
            now=now,
        )


def is_last(staff: int, *, role: str = "", now: datetime) -> bool:
    """Tell whether a city would be without one of its administrators, were this account's roles, or one, gone."""
    held = RoleAssignment.objects.filter(
        queries.held_on(now.astimezone(ZONE).date()), role__in=ADMINISTRATORS, staff__is_active=True
    )
    own = set(held.filter(staff=staff).values_list("role", flat=True))
    others = held.exclude(staff=staff).filter(staff__city__in=Staff.objects.filter(pk=staff).values("city"))
    return not (own & {role} if role else own) <= set(others.values_list("role", flat=True))
