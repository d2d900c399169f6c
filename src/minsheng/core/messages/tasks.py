"""What runs without a person: messages are taken from the ledger and sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.core.jobs import actions as jobs
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.messages import actions, arrivals, carrying, onward, platforms, receipts, sending, submissions
from minsheng.gateways import clock


def hear(events: Sequence[StoredEvent]) -> None:
    """Keep the messages that the facts carry; may run twice without harm."""
    actions.take(events, now=clock.now())


def send(now: datetime) -> None:
    """Send the messages that wait; the next job goes on where there are many, so that this one ends in good time."""
    last = receipts.slow(now=now)
    looked = sending.send_waiting(lambda each: carrying.of(each, now=now, last=last), now=now)
    onward.go_on(now=now)
    if looked == sending.AT_ONCE:
        jobs.defer(actions.JOB)


def reconcile(now: datetime) -> None:
    """Give up messages of which no receipt has come, and forget what sessions and accounts needed to know."""
    receipts.reconcile(now=now)
    submissions.forget(now=now)
    arrivals.forget(now=now)
    platforms.forget(now=now)
