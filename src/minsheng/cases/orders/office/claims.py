"""Claims: who has an order before them, so that two people don't decide on it at once (领单).

A claim is a row, not a fact: it ends by itself, can be given back, and taken over by a colleague who says so. It binds
people at the office's desks; programs of the API are held by versions and keys alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from minsheng.cases.orders.models import Claim
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor, is_person
from minsheng.domain.orders import apart
from minsheng.domain.orders import case as domain
from minsheng.domain.rejected import Rejected

ROLES = apart.SHARED_DESKS
# Without a sign of life a claim ends: the order is not to wait for somebody who has gone home.
HELD_FOR = timedelta(minutes=15)
# A claim that was just prolonged is not written again with every heartbeat.
_NOT_EVERY_TIME = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Held:
    """A claim that stands: whose, with the name to show, since when and until when."""

    person: str
    name: str
    role: str
    claimed_at: datetime
    expires_at: datetime


def of(order_ids: Iterable[str], *, now: datetime) -> dict[str, Held]:
    """Return the claims that stand on these orders; names are read at once."""
    rows = list(Claim.objects.filter(order__in=list(order_ids), expires_at__gt=now))
    names = people.names(row.person for row in rows)
    return {
        row.order_id: Held(row.person, names.get(row.person, ""), row.role, row.claimed_at, row.expires_at)
        for row in rows
    }


def claim(order_id: str, *, city: str, by: Actor, now: datetime, take_over: bool = False) -> Held | None:
    """Claim an order, or prolong one's own claim; return whose claim was taken over, if anybody's.

    Raises: Rejected `claimed` when a colleague holds it and `take_over` was not said, `not_your_role`.
    """
    if by.role not in ROLES or by.person is None:
        raise Rejected("not_your_role", role=by.role)
    with transaction.atomic():
        # Two who press at once: the second waits here, and finds the first's row.
        fresh = {"city": city, "person": by.person, "role": by.role, "expires_at": now + HELD_FOR}
        _row, made = Claim.objects.get_or_create(order_id=order_id, defaults={**fresh, "claimed_at": now})
        if made:
            return None
        held = Claim.objects.select_for_update().filter(order=order_id).first()
        if held is None:  # given back between the two looks
            Claim.objects.create(order_id=order_id, claimed_at=now, **fresh)
            return None
        is_live = held.expires_at > now
        if is_live and _is_anothers(held, by) and not take_over:
            raise _claimed(held)
        former = _held(held) if is_live and _is_anothers(held, by) else None
        since = held.claimed_at if is_live and held.person == by.person and held.role == by.role else now
        Claim.objects.filter(order=order_id).update(**fresh, claimed_at=since)
        return former


def prolong(order_id: str, *, by: Actor, now: datetime) -> None:
    """Keep one's own claim that stands: whoever has the order before them and moves has not gone home."""
    if by.role not in ROLES or by.person is None:
        return
    mine = Claim.objects.filter(order=order_id, person=by.person, role=by.role, expires_at__gt=now)
    mine.filter(expires_at__lt=now + HELD_FOR - _NOT_EVERY_TIME).update(expires_at=now + HELD_FOR)


def release(order_id: str, *, by: Actor) -> bool:
    """Give one's own claim back; return whether there was one."""
    gone, _ = Claim.objects.filter(order=order_id, person=by.person or "").delete()
    return gone > 0


def of_colleague(order_id: str, *, by: Actor, now: datetime) -> domain.Claim | None:
    """Return the claim of a colleague at the same shared desk that stands, if any."""
    if by.role not in ROLES or not is_person(by):
        return None
    held = Claim.objects.filter(order=order_id, role=by.role, expires_at__gt=now).exclude(person=by.person).first()
    if held is None:
        return None
    named = _held(held)
    return domain.Claim(named.name, named.claimed_at)


def _is_anothers(row: Claim, by: Actor) -> bool:
    """Return whether a colleague of the same desk has it; what another desk left behind holds nobody up."""
    return row.person != by.person and row.role == by.role


def _claimed(row: Claim) -> Rejected:
    held = _held(row)
    return Rejected("claimed", who=held.name, at=held.claimed_at)


def _held(row: Claim) -> Held:
    name = people.names([row.person]).get(row.person, "")
    return Held(row.person, name, row.role, row.claimed_at, row.expires_at)
