"""Where sessions are kept: Django's own table, and beside it whose each is, so that those of an account can be ended.

A session of a program of before has no such row; it ends by itself within hours. Source: GB/T 22239-2019 8.1.4.1 b.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people.models import OpenSession, Staff
from minsheng.core.people.signin import BEGAN, SEEN
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Open:
    """A session of an account that goes on: its id for the page, when it began and was last used."""

    id: int
    began_at: datetime
    seen_at: datetime


class SessionStore(db.SessionStore):
    """Django's sessions in the database, that say whose they are."""

    def save(self, must_create: bool = False) -> None:
        """Save the session, and whose it is once somebody has signed in."""
        super().save(must_create)
        if self.session_key and (staff := str(self.get(SESSION_KEY, ""))).isdecimal():
            row = OpenSession(session_key=self.session_key, staff_id=int(staff))
            OpenSession.objects.bulk_create([row], ignore_conflicts=True)

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session, this one by default."""
        super().delete(session_key)
        if key := session_key or self.session_key:
            OpenSession.objects.filter(session_key=key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete what has run out, and what says whose it was."""
        super().clear_expired()
        there = Session.objects.filter(session_key=OuterRef("session_key"))
        OpenSession.objects.exclude(Exists(there)).delete()


def of(staff: int, *, present: float) -> list[Open]:
    """Return the sessions of an account that go on, the last used first. `present`: seconds since 1970."""
    found = []
    for row in OpenSession.objects.filter(staff=staff):
        kept = SessionStore(session_key=row.session_key)
        began, seen = kept.get(BEGAN, 0.0), kept.get(SEEN, 0.0)
        is_over = (
            present - seen > settings.SESSION_IDLE.total_seconds()
            or present - began > settings.SESSION_LONGEST.total_seconds()
        )
        if str(kept.get(SESSION_KEY, "")) == str(staff) and not is_over:
            found.append(Open(row.pk, _moment(began), _moment(seen)))
    return sorted(found, key=lambda each: each.seen_at, reverse=True)


@transaction.atomic
def end(staff: int, session: int, *, city: str, actor: Actor, now: datetime) -> None:
    """End a session of an account of the city at once: its next request meets the sign-in page.

    Raises: Rejected `session_gone`.
    """
    row = Staff.objects.select_for_update(of=("self",)).filter(pk=staff, city=city).first()
    known = OpenSession.objects.filter(pk=session, staff=staff).first()
    if row is None or known is None:
        raise Rejected("session_gone")
    SessionStore().delete(known.session_key)
    ledger.record(city, f"staff/{staff}", "SessionEnded", {}, actor=actor, now=now)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, ZONE)
