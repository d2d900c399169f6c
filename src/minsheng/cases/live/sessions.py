"""Who opens a stream: the session's person, by the rules of every page, once before streaming and in a thread.

The same limits as `site.middleware.session_limits`; but a stream is no use of the session: it prolongs nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from math import inf
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from minsheng.cases.live import queries
from minsheng.core.people import audiences, factors
from minsheng.core.people import queries as people
from minsheng.core.people.permissions import sees_things
from minsheng.core.people.signin import BEGAN, SEEN, STALE, StaffBackend
from minsheng.gateways import clock


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may listen: to which audiences, what they have missed, and for how many seconds at most."""

    city: str
    audiences: tuple[str, ...]
    missed: queries.Missed
    lasts: float = inf


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody who may not; `status` is HTTP's."""

    status: int


def admit(key: str, *, after: int | None, wanted: str) -> Admitted | Refused:
    """Return who the session with this key is and what they missed after a number; touches the database.

    `wanted` is whom the page was made for, empty when it does not say: a session that acts in another role since must
    not feed a page of the former one.
    """
    close_old_connections()
    try:
        now = clock.now()
        person = _person(key, now=now)
        if person is None:
            return Refused(401)
        if not person.acknowledged or not sees_things(person.acting_as):
            return Refused(403)
        if wanted not in ("", name_of(person)):
            return Refused(409)
        mine = audiences.of_actor(person.actor)
        # A role that ends at midnight hears nothing after midnight.
        lasts = inf if person.until is None else (person.until - now).total_seconds()
        if after is None:
            return Admitted(person.city, mine, queries.Missed((), queries.newest()), lasts)
        return Admitted(person.city, mine, queries.since(after, city=person.city, audiences=mine), lasts)
    finally:
        close_old_connections()


def name_of(person: people.Person) -> str:
    """Return what a person in a role is called between page and stream; no word of who they are."""
    return f"{person.id}-{person.acting_as}"


def _person(key: str, *, now: datetime) -> people.Person | None:
    """Return the person of a session. Not by `auth.get_user`: it may write a new key that no browser would learn."""
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)
    if _is_over(session) or not str(session.get(SESSION_KEY, "")).isdecimal():
        return None
    staff = StaffBackend().get_user(int(session[SESSION_KEY]))
    if staff is None:
        return None
    known = (staff.get_session_auth_hash(), *staff.get_session_auth_fallback_hash())
    if not any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), each) for each in known):
        return None
    person = people.person_of(staff, wanted=session.get(people.ACTING_AS), now=now)
    if person is None or session.get(STALE) or factors.lacking(session, person, now=now):
        return None
    return person


def _is_over(session: Any) -> bool:
    present = time.time()
    idle, longest = settings.SESSION_IDLE.total_seconds(), settings.SESSION_LONGEST.total_seconds()
    return bool(present - session.get(SEEN, 0.0) > idle or present - session.get(BEGAN, 0.0) > longest)
