"""For whom a thread exists at a desk: the administrator; the house once everybody reads it; units that take part.

What everybody reads units find on the patrol list, which is of public words alone. Source: SZ-17b, SZ-20a.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q, QuerySet

from minsheng.core.drafts import texts
from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries as people
from minsheng.core.people import units
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import role_audience, unit_audience
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.forum.state import (
    CLAIM,
    DECLINED,
    PENDING,
    REFUSED,
    SHOWN,
    SILENT,
    UNANSWERED,
    WITHDRAWN,
    WORKED,
)  # fmt: skip

# Who approves what a unit says.
APPROVING: Final = ("leader", "head")
HOUSE: Final = ("office", "supervisor", "joint_meeting")
UNREAD: Final = (PENDING, REFUSED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ThreadReaders(Readers):
    """The readers of threads."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role == ADMIN:
            return rows
        read = rows.exclude(status__in=UNREAD)
        if actor.role in UNIT_ROLES:
            return read.filter(units__overlap=sorted(self.known_as(actor.unit or "")))
        return read

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield role_audience(ADMIN)
        if row.status in UNREAD:
            return
        yield from map(role_audience, HOUSE)
        today = self.today(row.city_id, names=row.units)
        for unit in row.units:
            yield unit_audience(today.get(unit, unit))


READERS: Final = ThreadReaders(roles=(ADMIN, *HOUSE), units=True, known_as=people.known_as, today=units.stand_ins)


def waits_also(actor: Actor) -> Q:
    """Return the condition on threads that wait for the actor though their state alone does not say so."""
    if actor.role in APPROVING:
        sent = (Q(texts.waits_for_approval("thread", unit=unit)) for unit in people.known_as(actor.unit or ""))
        return Q(status__in=WORKED) & reduce(or_, sent, Q(pk=None))
    if actor.role != ADMIN:
        return Q(pk=None)
    asks = Q(state__extension__isnull=False) & ~Q(state__extension=None)
    is_alone = Q(state__contains={"timers": {CLAIM: {"status": "missed", "done_at": None}}})
    unheard = Q(state__contains={"request": {"standing": SILENT}})
    turned_down = Q(state__contains={"request": {"standing": DECLINED}})
    reported = Q(state__contains={"to_accept": True})
    return Q(status__in=UNANSWERED) & (asks | is_alone | unheard | turned_down) | Q(status__in=SHOWN) & reported
