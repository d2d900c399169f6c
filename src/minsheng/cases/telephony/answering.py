"""Telling supervisors that within 24 hours too few calls were answered soon. Source: GB/T 33358-2016, SZ-15.1."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from minsheng.cases.telephony import wallboard
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM

STREAM: Final = "answering"
# Of fewer calls a share says nothing: one that was missed would ring.
_FEWEST: Final = 20
_LATE, _WELL = "CallsAnsweredLate", "CallsAnsweredSoon"


def watch(now: datetime) -> None:
    """Tell of each city whose share fell below the goal, once until it has been well again: a job."""
    policies.in_each_city(lambda city: _watch(city.code, now))


def _watch(city: str, now: datetime) -> None:
    counted = wallboard.within(city, timedelta(hours=24), now=now)
    if counted.queued < _FEWEST:
        return
    stream = f"{STREAM}/{city}"
    with transaction.atomic():
        ledger.hold(stream)
        told = ledger_queries.history(stream, after_version=max(ledger_queries.head(stream) - 1, 0))
        was_late = bool(told) and told[-1].type == _LATE
        if counted.is_low == was_late:
            return
        body: dict[str, object] = {"queued": counted.queued, "soon": counted.soon}
        if counted.is_low:
            rate = f"{100 * counted.soon / counted.queued:.1f}%"
            body["notices"] = [{"kind": "calls_answered_late", "to": "supervisor", "params": {"rate": rate}}]
        ledger.record(city, stream, _LATE if counted.is_low else _WELL, body, actor=SYSTEM, now=now)
