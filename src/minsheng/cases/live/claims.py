"""Claims: who has the thing of a stream before them, so that two people don't decide on it at once (领单).

A claim is a row, not a fact: it ends by itself, can be given back, and taken over by a colleague who says so. It binds
people at the desks that a feature shares among several; the feature's guards ask for it (`domain.claiming`). The gate
of the thing is the feature's: whoever calls has asked it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from minsheng.cases.live.models import Claim
from minsheng.core.people import queries as people
from minsheng.domain import claiming
from minsheng.domain.actors import Actor, is_person
from minsheng.domain.rejected import Rejected

# Without a sign of life a claim ends: the thing is not to wait for somebody who has gone home.
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


def of(streams: Iterable[str], *, now: datetime) -> dict[str, Held]:
    """Return the claims that stand on these streams; names are read at once."""
    rows = list(Claim.objects.filter(stream__in=list(streams), expires_at__gt=now))
    names = people.names(row.person for row in rows)
    return {
        row.stream: Held(row.person, names.get(row.person, ""), row.role, row.claimed_at, row.expires_at)
        for row in rows
    }


def claim(
    stream: str, *, city: str, by: Actor, desks: Collection[str], now: datetime, take_over: bool = False
) -> Held | None:
    """Claim a thing, or prolong one's own claim; return whose claim was taken over, if anybody's.

    `desks`: the roles whose work several people share. Raises: Rejected `claimed` when a colleague holds it and
    `take_over` was not said, `not_your_role`.
    """
    if by.role not in desks or by.person is None:
        raise Rejected("not_your_role", role=by.role)
    with transaction.atomic():
        # Two who press at once: the second waits here, and finds the first's row.
        fresh = {"city": city, "person": by.person, "role": by.role, "expires_at": now + HELD_FOR}
        _row, made = Claim.objects.get_or_create(stream=stream, defaults={**fresh, "claimed_at": now})
        if made:
            return None
        held = Claim.objects.select_for_update().filter(stream=stream).first()
        if held is None:  # given back between the two looks
            Claim.objects.create(stream=stream, claimed_at=now, **fresh)
            return None
        is_live = held.expires_at > now
        if is_live and _is_anothers(held, by) and not take_over:
            raise _claimed(held)
        former = _held(held) if is_live and _is_anothers(held, by) else None
        since = held.claimed_at if is_live and held.person == by.person and held.role == by.role else now
        Claim.objects.filter(stream=stream).update(**fresh, claimed_at=since)
        return former


def prolong(stream: str, *, by: Actor, now: datetime) -> None:
    """Keep one's own claim that stands: whoever has the thing before them and moves has not gone home."""
    if by.person is None:
        return
    mine = Claim.objects.filter(stream=stream, person=by.person, role=by.role, expires_at__gt=now)
    mine.filter(expires_at__lt=now + HELD_FOR - _NOT_EVERY_TIME).update(expires_at=now + HELD_FOR)


def release(stream: str, *, by: Actor) -> bool:
    """Give one's own claim back; return whether there was one."""
    gone, _ = Claim.objects.filter(stream=stream, person=by.person or "").delete()
    return gone > 0


def of_colleague(stream: str, *, by: Actor, now: datetime) -> claiming.Claim | None:
    """Return the claim of a colleague at the same shared desk that stands, if any: what guards ask."""
    if not is_person(by):
        return None
    held = Claim.objects.filter(stream=stream, role=by.role, expires_at__gt=now).exclude(person=by.person).first()
    if held is None:
        return None
    named = _held(held)
    return claiming.Claim(named.name, named.claimed_at)


def claimed_by(prefix: str, *, person: str, now: datetime) -> Exists:
    """Return the condition on rows, whose key ends a stream with this prefix, that somebody has claimed them."""
    stream = Concat(Value(f"{prefix}/"), OuterRef("pk"))
    return Exists(Claim.objects.filter(stream=stream, person=person, expires_at__gt=now))


def forget(*, now: datetime) -> None:
    """Delete claims that have run out; they hold nobody up already."""
    Claim.objects.filter(expires_at__lt=now).delete()


def _is_anothers(row: Claim, by: Actor) -> bool:
    """Return whether a colleague of the same desk has it; what another desk left behind holds nobody up."""
    return row.person != by.person and row.role == by.role


def _claimed(row: Claim) -> Rejected:
    held = _held(row)
    return Rejected("claimed", who=held.name, at=held.claimed_at)


def _held(row: Claim) -> Held:
    name = people.names([row.person]).get(row.person, "")
    return Held(row.person, name, row.role, row.claimed_at, row.expires_at)
