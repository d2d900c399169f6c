"""Claims on orders, at the office's desks that several people share; programs are held by versions and keys alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from minsheng.cases.live import claims
from minsheng.cases.live.claims import HELD_FOR, Held
from minsheng.cases.orders.storage import records
from minsheng.domain.actors import Actor
from minsheng.domain.claiming import Claim
from minsheng.domain.orders import apart

ROLES = apart.SHARED_DESKS
__all__ = ("HELD_FOR", "ROLES", "Held", "claim", "of", "of_colleague", "prolong", "release")


def of(order_ids: Iterable[str], *, now: datetime) -> dict[str, Held]:
    """Return the claims that stand on these orders, by id."""
    found = claims.of(map(records.stream_of, order_ids), now=now)
    return {records.order_id_of(stream): held for stream, held in found.items()}


def claim(order_id: str, *, city: str, by: Actor, now: datetime, take_over: bool = False) -> Held | None:
    """Claim an order as `live.claims` does. Raises: Rejected `claimed`, `not_your_role`."""
    stream = records.stream_of(order_id)
    return claims.claim(stream, city=city, by=by, desks=ROLES, now=now, take_over=take_over)


def prolong(order_id: str, *, by: Actor, now: datetime) -> None:
    """Keep one's own claim that stands: whoever has the order before them and moves has not gone home."""
    if by.role in ROLES:
        claims.prolong(records.stream_of(order_id), by=by, now=now)


def release(order_id: str, *, by: Actor) -> bool:
    """Give one's own claim back; return whether there was one."""
    return claims.release(records.stream_of(order_id), by=by)


def of_colleague(order_id: str, *, by: Actor, now: datetime) -> Claim | None:
    """Return the claim of a colleague at the same shared desk that stands, if any."""
    return claims.of_colleague(records.stream_of(order_id), by=by, now=now) if by.role in ROLES else None
