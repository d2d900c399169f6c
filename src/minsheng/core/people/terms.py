"""The terms of roles: from when to when an account holds one, at which desk, at which level, a specialist for what.

A role without dates holds always. Dates are days of the platform's zone, the last one included; outside them the
account has not the role (`queries.person_of`, which every door asks). Source: JS-2.3b, JS-2.3f, AR-2.6.1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, days, queries
from minsheng.core.people.models import RoleAssignment, Staff
from minsheng.core.policies import queries as policies
from minsheng.domain import separation
from minsheng.domain.actors import ROLES, UNIT_ROLES, Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Term:
    """A role as an account is to hold it."""

    role: str
    starts_on: date | None = None
    ends_on: date | None = None
    desk: str = ""
    level: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role, as lists show it. `actor`: as facts name the person."""

    actor: str
    username: str
    name: str
    unit: str
    term: Term


@transaction.atomic
def give(username: str, term: Term, *, city: str | None = None, actor: Actor, now: datetime) -> bool:
    """Let an account hold a role in these terms, which replace those that it held it in; return whether that is new.

    `city`: whose accounts the giver may see to, None for the command line.
    Raises: Rejected `unknown_account`, `term_…`; BadRole, DutiesNotSeparated.
    """
    staff = _locked(username, city)
    rules = policies.rules_for(staff.city_id, now=now)
    held = RoleAssignment.objects.filter(staff=staff).exclude(role=term.role)
    checked(term, map(term_of, held), has_unit=staff.unit_id is not None, rules=rules, now=now)
    known = RoleAssignment.objects.filter(staff=staff, role=term.role).first()
    if known is not None and term_of(known) == term:
        return False
    values = values_of(term)
    RoleAssignment.objects.update_or_create(
        staff=staff, role=term.role, defaults={**values, "granted_at": now, "granted_by": str(actor)}
    )
    ledger.record(staff.city_id, f"staff/{staff.pk}", "RoleGiven", {"role": term.role, **values}, actor=actor, now=now)
    return True


@transaction.atomic
def take(username: str, role: str, *, city: str | None = None, actor: Actor, now: datetime) -> bool:
    """Take a role away at once; return whether the account held it, or was to hold it. Raises: Rejected."""
    staff = _locked(username, city)
    gone, _ = RoleAssignment.objects.filter(staff=staff, role=role).delete()
    if gone:
        ledger.record(staff.city_id, f"staff/{staff.pk}", "RoleTaken", {"role": role}, actor=actor, now=now)
    return bool(gone)


def checked(term: Term, others: Iterable[Term], *, has_unit: bool, rules: Rules, now: datetime) -> None:
    """Raise Rejected for a term that an account, which holds others, of a unit or of none, can't have."""
    actions.check_role(term.role, has_unit=has_unit)
    check(term, rules=rules, now=now)
    held = (separation.Held(each.role, each.starts_on, each.ends_on) for each in (*others, term))
    actions.check_apart(held, now=now)


def values_of(term: Term) -> dict[str, Any]:
    """Return what rows and facts keep of a term beside its role."""
    return {
        "starts_on": term.starts_on,
        "ends_on": term.ends_on,
        "desk": term.desk,
        "level": term.level,
        "kinds": list(term.kinds),
    }


def check(term: Term, *, rules: Rules, now: datetime) -> None:
    """Raise Rejected for terms that can't be."""
    days.check(term.starts_on, term.ends_on, is_open=True)
    if term.starts_on and term.ends_on and term.ends_on < term.starts_on:
        raise Rejected("term_ends_before_start")
    if term.ends_on is not None and term.ends_on < now.astimezone(ZONE).date():
        raise Rejected("term_is_past", on=f"{term.ends_on:%Y-%m-%d}")
    if (term.desk or term.kinds) and term.role in (*UNIT_ROLES, "citizen"):
        raise Rejected("term_desk_of_unit_role")
    known_code(term.desk, rules.desks, "term_unknown_desk")
    known_code(term.level, rules.staff_levels, "term_unknown_level")
    if term.kinds and term.role != "specialist":
        raise Rejected("term_kinds_of_specialists")
    for kind in term.kinds:
        known_code(kind, rules.specialist_kinds, "term_unknown_kind")


def known_code(code: str, known: Mapping[str, str], refusal: str) -> None:
    """Raise Rejected for a code that the city's rules do not name; an empty one is none."""
    if code and code not in known:
        choices = "、".join(f"{each}（{label}）" for each, label in known.items())
        raise Rejected(refusal, name=code[:40], choices=choices)


def holders(
    city: str,
    *,
    on: date,
    roles: Collection[str] = ROLES,
    desk: str = "",
    kind: str = "",
) -> list[Holder]:
    """Return who holds one of the roles on a day, at a desk, for a kind of specialist; by name."""
    rows = RoleAssignment.objects.filter(queries.held_on(on), staff__city=city, staff__is_active=True, role__in=roles)
    if desk:
        rows = rows.filter(desk=desk)
    if kind:
        rows = rows.filter(kinds__contains=[kind])
    return _holders(rows.select_related("staff", "staff__unit").order_by("staff__display_name", "staff__pk", "role"))


def all_of(city: str) -> list[Holder]:
    """Return every role that the city's accounts in use hold, held or are to hold."""
    rows = RoleAssignment.objects.filter(staff__city=city, staff__is_active=True)
    return _holders(rows.select_related("staff", "staff__unit").order_by("staff__username", "role"))


def term_of(row: RoleAssignment) -> Term:
    """Return the term of a row."""
    return Term(row.role, row.starts_on, row.ends_on, row.desk, row.level, tuple(row.kinds))


def _holders(rows: Iterable[RoleAssignment]) -> list[Holder]:
    return [
        Holder(
            actor=f"staff:{row.staff.pk}",
            username=row.staff.username,
            name=row.staff.display_name,
            unit=row.staff.unit.name if row.staff.unit is not None else "",
            term=term_of(row),
        )
        for row in rows
    ]


def _locked(username: str, city: str | None) -> Staff:
    found = Staff.objects.select_for_update(of=("self",)).filter(username=username).first()
    if found is None or (city is not None and found.city_id != city):
        raise Rejected("unknown_account", username=username)
    return found
