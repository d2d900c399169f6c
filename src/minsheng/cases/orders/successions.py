"""A unit is renamed, merged, split or ended: what becomes of its orders, said before it is done, and done whole.

Open orders of a renamed or merged unit go to the successor through `actions.apply`, with clocks and facts; a unit that
is split or ended must have none. Read `people.units` for all else. Source: SZ-3, SZ-8a.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from minsheng import wording
from minsheng.cases.orders import actions, models
from minsheng.cases.orders.storage import records
from minsheng.core.drafts import texts
from minsheng.core.ledger import actions as ledger
from minsheng.core.people import units
from minsheng.core.people.units import Belongings, Change
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CLOSED
from minsheng.domain.rejected import Rejected

# What happens to what the unit is called in, until it is said: shown at most so many.
NAMED_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: the orders that it touches, what else the unit has, and why it can't be done, if so."""

    change: Change
    orders: int
    numbers: tuple[str, ...]
    has: Belongings
    refusal: str = ""


def preview(city: str, change: Change, *, now: datetime) -> Preview:
    """Return what the change would do, and change nothing. Raises: Rejected for names that can't be."""
    change = units.checked(city, change, now=now)
    touched = _touched(city, change.unit)
    refusal = ""
    try:
        with transaction.atomic():
            _carry_out(city, change, actor=SYSTEM, now=now)
            transaction.set_rollback(True)
    except Rejected as rejected:
        refusal = wording.say(rejected)
    return Preview(
        change,
        touched.count(),
        tuple(touched.values_list("number", flat=True)[:NAMED_AT_MOST]),
        units.belongings(city, unit=change.unit, now=now),
        refusal,
    )


def open_orders(city: str, unit: str) -> int:
    """Return how many open orders wait for a unit or are about it."""
    return _touched(city, unit).count()


def carry_out(city: str, change: Change, *, key: str, actor: Actor, now: datetime) -> int | None:
    """Do it, all or nothing, once under the key; return how many orders were moved, or None if it was done before.

    Raises: Rejected, KeyReused.
    """
    content = "\0".join((change.what, change.unit, *change.successors, *(f"{k}={v}" for k, v in change.staff.items())))
    scope = f"unit:{city}:{actor.person or actor}"
    with transaction.atomic():
        if ledger.once(scope, key=key, fingerprint=hashlib.sha256(content.encode()).digest(), now=now) is not None:
            return None
        ledger.hold(f"units of {city}")
        moved = None
        if units.is_done(city, change):
            _move_orders(city, change, actor=actor, now=now)  # what came under the old name meanwhile
        else:
            moved = _carry_out(city, units.checked(city, change, now=now), actor=actor, now=now)
        ledger.remember(scope, key=key, status=200, body={})
    return moved


def _carry_out(city: str, change: Change, *, actor: Actor, now: datetime) -> int:
    if not change.successor and (count := _touched(city, change.unit).count()):
        what = wording.UNIT_CHANGES[change.what]
        raise Rejected("unit_has_orders", unit=change.unit, count=count, what=what)
    units.carry_out(city, change, actor=actor, now=now)
    return _move_orders(city, change, actor=actor, now=now)


def _move_orders(city: str, change: Change, *, actor: Actor, now: datetime) -> int:
    if not change.successor:
        return 0
    touched = list(_touched(city, change.unit).order_by("id").values_list("id", flat=True))
    by = actor if actor.role == "admin" else Actor("admin", None, actor.person)
    command = cmd.Succeed(unit=change.unit, successor=change.successor)
    for order_id in touched:
        actions.apply(command, order_id=order_id, actor=by, now=now)
        _move_beside(order_id, change)
    return len(touched)


def _move_beside(order_id: str, change: Change) -> None:
    """Take along what the unit keeps beside the order: a draft, and who works on it; the successor's own stay."""
    for stream in (records.stream_of(order_id), records.feedback_stream_of(order_id)):
        texts.hand_on(stream, unit=change.unit, successor=change.successor)
    kept = models.Assignment.objects
    if not kept.filter(order=order_id, unit=change.successor).exists():
        kept.filter(order=order_id, unit=change.unit).update(unit=change.successor)


def _touched(city: str, unit: str) -> QuerySet[models.Order]:
    """Return the orders in which something waits for the unit, or that are about it."""
    mine = Q(units__contains=[unit]) | Q(lead=unit) | Q(target_unit=unit) | Q(handler=unit)
    mine |= Q(state__also_about__contains=[unit])
    # Of an order that a unit has proposed for internal referral nobody has a part; it may come back to its units.
    mine |= Q(state__aside__parts__contains=[{"unit": unit}])
    under = Q(supervised=True, supervised_unit=unit)
    return models.Order.objects.filter((mine & ~Q(status=CLOSED)) | under, city=city)
