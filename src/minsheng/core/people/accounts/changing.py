"""Changes of an account: its holder's name, the unit, being kept out, leaving with what is in hand handed over.

Roles and their terms are `people.terms`, codes for passwords `people.passes`. Nobody changes their own account here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, administrators, terms
from minsheng.core.people.accounts import leaving, reading
from minsheng.core.people.models import RoleAssignment, Staff, Unit
from minsheng.core.people.permissions import is_unit_role
from minsheng.domain import names
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned

NAME_AT_MOST: Final = 50
USERNAME_AT_MOST: Final = 100


def checked_account(username: str, name: str, unit: str) -> tuple[str, str, str]:
    """Return an account's name, its holder's name and the unit as they are kept.

    Raises: Rejected `field_missing`, what `names.checked_account` and `names.checked` refuse.
    """
    username, name, unit = (cleaned(each).strip() for each in (username, name, unit))
    if not username:
        raise Rejected("field_missing", fields=("username",))
    names.checked_account(username, most=USERNAME_AT_MOST)
    names.checked(name, most=NAME_AT_MOST)
    return username, name, unit


@transaction.atomic
def rename(staff: int, name: str, *, city: str, actor: Actor, now: datetime) -> bool:
    """Write a person's name otherwise; return whether that is new. The fact says that it was changed, not the name.

    Raises: Rejected `unknown_account`, what `names.checked` refuses.
    """
    row = _locked(staff, city)
    name = names.checked(name, most=NAME_AT_MOST)
    if row.display_name == name:
        return False
    Staff.objects.filter(pk=row.pk).update(display_name=name)
    ledger.record(city, f"staff/{row.pk}", "NameChanged", {}, actor=actor, now=now)
    return True


@transaction.atomic
def move(staff: int, unit: str, *, successor: int | None = None, city: str, actor: Actor, now: datetime) -> bool:
    """Put a person into another unit, or none; return whether that is new. Work of the old unit goes to a successor.

    Raises: Rejected `unknown_account`, `own_account`, `not_a_successor`; UnknownUnit; BadRole while they hold a
    unit's role and would have none.
    """
    row = _locked(staff, city)
    if (row.unit.name if row.unit is not None else "") == unit:
        return False
    if not unit and (role := next(filter(is_unit_role, _roles(row)), None)):
        raise actions.BadRole("role_needs_unit", role)
    _hand_over(row, successor, of_unit=True, city=city, actor=actor, now=now)
    to = actions.locked_unit(city, unit) if unit else None
    if to is not None and not _has_joined(to, now):
        raise Rejected("unit_has_left", unit=unit)
    Staff.objects.filter(pk=row.pk).update(unit=to)
    ledger.record(city, f"staff/{row.pk}", "UnitChanged", {"unit": unit}, actor=actor, now=now)
    return True


@transaction.atomic
def set_active(staff: int, *, active: bool, city: str, actor: Actor, now: datetime) -> bool:
    """Keep a person out, or let them in again; return whether that is new. Raises: Rejected, DutiesNotSeparated."""
    row = _locked(staff, city)
    _not_oneself(row, actor)
    if row.is_active == active:
        return False
    if not active:
        _not_the_last(row, now=now)
    actions.set_active(row.pk, active=active, actor=actor, now=now)
    return True


@transaction.atomic
def take_role(staff: int, role: str, *, city: str, actor: Actor, now: datetime) -> bool:
    """Take a role from an account; return whether it held it. One's own administration is taken by somebody else.

    Raises: Rejected `own_account`, `unknown_account`.
    """
    row = _locked(staff, city)
    if role == actor.role:
        _not_oneself(row, actor)
    _not_the_last(row, role=role, now=now)
    return terms.take(row.username, role, city=city, actor=actor, now=now)


@transaction.atomic
def leave(staff: int, *, successor: int | None, city: str, actor: Actor, now: datetime) -> None:
    """Let a person leave: their work goes to the successor or back, their roles end, the account is closed.

    All or nothing. Raises: Rejected `unknown_account`, `own_account`, `not_a_successor`, and what keeps the successor
    from taking over.
    """
    row = _locked(staff, city)
    _not_oneself(row, actor)
    _not_the_last(row, now=now)
    handed = _hand_over(row, successor, of_unit=False, city=city, actor=actor, now=now)
    for role in _roles(row):
        terms.take(row.username, role, city=city, actor=actor, now=now)
    if row.is_active:
        actions.set_active(row.pk, active=False, actor=actor, now=now)
    body = {"to": f"staff:{successor}" if successor is not None else "", "handed": handed}
    ledger.record(city, f"staff/{row.pk}", "StaffLeft", body, actor=actor, now=now)


def _hand_over(
    row: Staff, successor: int | None, *, of_unit: bool, city: str, actor: Actor, now: datetime
) -> dict[str, int]:
    """Hand over what the account has; return how much of each kind, by its code."""
    if successor is not None and successor not in dict(reading.successors(city, row.pk, now=now)):
        raise Rejected("not_a_successor")
    found = leaving.of(city, row.pk, of_unit=of_unit, now=now)
    for each in found:
        each.work.hand_over(row.pk, successor, city=city, actor=actor, now=now)
    return {each.work.code: len(each.things) for each in found}


def _roles(row: Staff) -> list[str]:
    return list(RoleAssignment.objects.filter(staff=row).order_by("role").values_list("role", flat=True))


def _has_joined(unit: Unit, now: datetime) -> bool:
    today = now.astimezone(ZONE).date()
    return unit.joined_on is not None and unit.joined_on <= today and (unit.left_on is None or unit.left_on > today)


def _locked(staff: int, city: str) -> Staff:
    found = Staff.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=staff, city=city).first()
    if found is None:
        raise Rejected("unknown_account", username=str(staff))
    return found


def _not_oneself(row: Staff, actor: Actor) -> None:
    if actor.person == f"staff:{row.pk}":
        raise Rejected("own_account")


def _not_the_last(row: Staff, *, role: str = "", now: datetime) -> None:
    """Raise Rejected where the city would be without one of its administrators."""
    ledger.hold(f"administrators of {row.city_id}")
    if row.is_active and administrators.is_last(row.pk, role=role, now=now):
        raise Rejected("last_administrator")
