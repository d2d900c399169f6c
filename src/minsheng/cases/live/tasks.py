"""Hear the ledger and write what browsers are told, in the relay's transaction: what each feature says of its streams.

Told twice, browsers look twice: that does no harm. Must be the last subscriber: from here on the relay holds the lock
that numbers the signals until it commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.cases.live import actions, claims
from minsheng.core.features import queries as features
from minsheng.core.ledger.queries import content
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.audiences import Telling, of_notices
from minsheng.gateways import clock

# An import or a relay that was away brings more than anybody reads one by one: lists are told then, and what presses.
_AT_ONCE = 60
_PRESSING = ("queue", "urge", "supervise", "emergency")


def hear(events: Sequence[StoredEvent]) -> None:
    """Write a signal for every audience for which something has changed; one notification for all of them."""
    kinds: dict[str, dict[str, list[StoredEvent]]] = {}
    tellings: list[Telling] = []
    says = {prefix: features.told(prefix) for prefix in {event.stream.partition("/")[0] for event in events}}
    for event in events:
        prefix = event.stream.partition("/")[0]
        if says[prefix] is not None:
            kinds.setdefault(prefix, {}).setdefault(event.stream, []).append(event)
        else:
            tellings += of_notices(event.city, [str(told["to"]) for told in content(event).get("notices", ())])
    for prefix, streams in kinds.items():
        if (told := says[prefix]) is not None:
            tellings += told(streams)
    if sum(map(len, kinds.values())) > _AT_ONCE:
        tellings = [each for each in tellings if each.kind in _PRESSING]
    if tellings:
        actions.write(tellings, now=clock.now())


def forget(now: datetime) -> None:
    """Delete signals that no browser asks for any more, who has long been gone, and claims that have run out."""
    actions.forget(now=now)
    claims.forget(now=now)
