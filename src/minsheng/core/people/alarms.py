"""What rings the security administrator: bursts of failed sign-ins, openings, exports, refusals and forbidden pages.

Each kind counts in a window and rings once in it, with a fact, a notice and a row of the list at `/security`. An
address stands in the list alone, never in the ledger. Source: GB/T 22239-2019 8.1.4.4 f, 8.1.5; SZ-26.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import limits
from minsheng.core.people.models import Alarm, Staff
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

PREFIX: Final = "security/"
_TEN_MINUTES: Final = timedelta(minutes=10)
_HOUR: Final = timedelta(hours=1)
# So many within so long ring; what nobody does by mistake.
KINDS: Final[Mapping[str, limits.Limit]] = MappingProxyType(
    {
        "sign_in_address": limits.Limit("alarm sign-in address", 20, _TEN_MINUTES, by_address=True),
        "sign_in_city": limits.Limit("alarm sign-in city", 50, _TEN_MINUTES),
        "factor": limits.Limit("alarm factor", 5, timedelta(minutes=30)),
        "openings": limits.Limit("alarm openings", 1, _HOUR),
        "exports": limits.Limit("alarm exports", 10, _HOUR),
        "forbidden": limits.Limit("alarm forbidden", 20, _TEN_MINUTES),
        "refusals": limits.Limit("alarm refusals", 30, _HOUR),
        "audit_stopped": limits.Limit("alarm audit stopped", 1, _HOUR),
        "elsewhere": limits.Limit("alarm elsewhere", 1, _HOUR),
        "mail_loop": limits.Limit("alarm mail loop", 1, _HOUR),
    }
)
# Refusals are looked at by the newest rows: an hour that brings more has rung long before.
_REFUSALS_LOOKED_AT: Final = 5_000
_REFUSED: Final = """
    SELECT city, actor->>'person', count(*)
    FROM (SELECT city, actor, at FROM ledger_refusal ORDER BY id DESC LIMIT %s) AS newest
    WHERE at > %s AND actor->>'person' IS NOT NULL
    GROUP BY 1, 2 HAVING count(*) >= %s
"""
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Rung:
    """An alarm as the list shows it. `about`: a person as facts name them, or an address."""

    id: UUID
    kind: str
    about: str
    count: int
    rang_at: datetime
    seen_at: datetime | None


def count(kind: str, about: str, *, city: str, of: int = 1, now: datetime) -> None:
    """Count one of a kind, and ring with the one that makes it a burst; once in the window that runs.

    `city`: empty for all. `of`: for how many things one stands.
    """
    limit = KINDS[kind]
    with transaction.atomic():
        who = about if limit.by_address else f"{city}\0{about}"
        made, _ = limits.tally(limit, who, now=now)
        if made == limit.most:
            for each in [city] if city else [known.code for known in policies.cities()]:
                _ring(kind, about, made * of, city=each, now=now)


def failed_sign_in(username: str, address: str, *, now: datetime) -> None:
    """Count a failed sign-in for its address, and for the city whose account was meant."""
    if address:
        count("sign_in_address", address, city="", now=now)
    city = Staff.objects.filter(username=username).values_list("city", flat=True).first()
    if city is not None:
        count("sign_in_city", "", city=city, now=now)


def watch_refusals(now: datetime) -> None:
    """Ring for everybody who was refused more often within the hour than mistakes explain."""
    limit = KINDS["refusals"]
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, (_REFUSALS_LOOKED_AT, now - limit.per, limit.most))
        found = cursor.fetchall()
    for city, person, refused in found:
        with transaction.atomic():
            ledger.hold(f"{PREFIX}{city}")
            rung = Alarm.objects.filter(city=city, kind="refusals", about=person, rang_at__gt=now - limit.per)
            if not rung.exists():
                _ring("refusals", person, refused, city=city, now=now)


def latest(city: str) -> list[Rung]:
    """Return the newest alarms of a city, those that nobody has seen to first."""
    rows = Alarm.objects.filter(city=city).order_by("-rang_at", "-pk")[:_SHOWN]
    found = [Rung(row.pk, row.kind, row.about, row.count, row.rang_at, row.seen_at) for row in rows]
    return sorted(found, key=lambda each: each.seen_at is not None)


@transaction.atomic
def see_to(alarm: UUID, *, city: str, actor: Actor, now: datetime) -> None:
    """Note that somebody has seen to an alarm; a second press changes nothing. Raises: Rejected `alarm_unknown`."""
    row = Alarm.objects.select_for_update().filter(pk=alarm, city=city).first()
    if row is None:
        raise Rejected("alarm_unknown")
    if row.seen_at is None:
        ledger.hold(f"{PREFIX}{city}")
        Alarm.objects.filter(pk=row.pk).update(seen_at=now)
        ledger.record(city, f"{PREFIX}{city}", "AlarmSeenTo", {"alarm": str(row.pk)}, actor=actor, now=now)


def _ring(kind: str, about: str, made: int, *, city: str, now: datetime) -> None:
    id = ids.uuid7(now)
    Alarm.objects.create(id=id, city_id=city, kind=kind, about=about, count=made, rang_at=now)
    # Of whom is said where it is a person of ours; an address is for the list alone.
    person = {"person": about} if about.startswith(("staff:", "client:")) else {}
    notice = {"kind": f"alarm_{kind}", "to": "security_admin", "params": {"count": made, **person}}
    body = {"alarm": str(id), "kind": kind, "count": made, **person, "notices": [notice]}
    ledger.hold(f"{PREFIX}{city}")
    ledger.record(city, f"{PREFIX}{city}", "AlarmRang", body, actor=SYSTEM, now=now)
