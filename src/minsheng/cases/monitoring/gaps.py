"""Units that have had no roster, or no contact, for a month: no clock finds them, so they are looked for (SZ-43.6).

What is found is a fact of the ledger like any other breach, and counted from there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.facts import Breach
from minsheng.domain.monitoring_rule import CONTACT_GAP, ROSTER_GAP

_MONTH: Final = timedelta(days=30)


def find(city: str, *, now: datetime) -> None:
    """Record the gaps of a city that its rules count and nobody has recorded within the last month."""
    rules = policies.rules_for(city, now=now)
    counted = {event for rule in rules.monitoring_rules.values() for event in rule.events}
    looks = {ROSTER_GAP: people.without_roster, CONTACT_GAP: people.without_contact}
    since = now.astimezone(ZONE) - _MONTH
    for event, look in looks.items():
        if event not in counted:
            continue
        for unit in look(city, since=since, until=now):
            _record(city, Breach(event, unit, now.astimezone(ZONE)), since=since)


def _record(city: str, breach: Breach, *, since: datetime) -> None:
    stream = f"monitoring/{city}"
    with transaction.atomic():
        ledger.hold(stream)
        if people.known_as(breach.party) & _named(stream, breach.code, since=since):
            return
        body = {"event": {}, "status": "", "breaches": [breach]}
        ledger.record(city, stream, "GapFound", body, actor=SYSTEM, now=breach.at)


def _named(stream: str, code: str, *, since: datetime) -> set[str]:
    """Return the units of which the ledger has the gap since a moment, as they were called then."""
    events = queries.select("WHERE stream = %s AND at > %s", (stream, since))
    breaches = (each for event in events for each in queries.content(event)["breaches"])
    return {each["party"] for each in breaches if each["code"] == code}
