"""How often one person may open personal data in an hour: one count for every way to open, on pages and in the API.

An opening is an identity in clear, a look-up by telephone, or the words as they were said. Source: SZ-26, JY-8d,
JY-23.5; the limit is the pack's `openings_per_hour`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import alarms, limits
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected

PREFIX: Final = "openings/"
_HOUR: Final = timedelta(hours=1)


class OpeningsUsedUp(Rejected):
    """Somebody has opened as much as one person may in an hour; `opens` says when it is possible again."""

    def __init__(self, *, most: int, opens: datetime) -> None:
        super().__init__("openings_used_up", most=most, opens=opens.astimezone(ZONE))


def count(actor: Actor, *, city: str, stream: str, command: str, now: datetime) -> None:
    """Count one opening, before its own transaction begins: the count stays whatever becomes of that.

    The hour begins with the first opening. With the last one that it holds the city's auditors are told, once; each
    one more is refused, and kept as a refusal of `command` on `stream`. A citizen who looks for their own appeals by
    their own telephone opens nothing. Raises: OpeningsUsedUp. Source: SZ-26, JY-8d, JY-23.5.
    """
    who = actor.person or str(actor)
    if who.startswith("appellant:"):
        return
    rules = policies.rules_for(city, now=now)
    most = rules.openings_per_hour
    with transaction.atomic():
        made, begun = limits.tally(limits.Limit("openings", most, _HOUR), f"{city}\0{who}", now=now)
        if made == most:
            _alarm(actor, city=city, who=who, most=most, begun=begun, now=now)
            alarms.count("openings", who, city=city, of=most, now=now)
    if made > most:
        refusal = OpeningsUsedUp(most=most, opens=begun + _HOUR)
        ledger.refuse(at=now, city=city, stream=stream, actor=actor_to_plain(actor), command=command, code=refusal.code)
        raise refusal


def made(actor: Actor, *, city: str, now: datetime) -> int:
    """Return how many openings somebody has made in the hour that runs."""
    return limits.counted(limits.Limit("openings", 0, _HOUR), f"{city}\0{actor.person or actor}", now=now)


def stream_of(actor: Actor) -> str:
    """Return the stream of what is to be known of one person's openings as such."""
    return f"{PREFIX}{actor.person or actor}"


def _alarm(actor: Actor, *, city: str, who: str, most: int, begun: datetime, now: datetime) -> None:
    notice = {"kind": "openings_burst", "to": "auditor", "params": {"person": who, "most": most}}
    body = {"count": most, "since": begun, "notices": [notice]}
    stream = stream_of(actor)
    ledger.hold(stream)
    ledger.record(city, stream, "OpeningsBurst", body, actor=actor, now=now)
