"""What runs without a person: messages are taken from the ledger and sent; what is no longer good is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from minsheng.core.jobs import actions as jobs
from minsheng.core.ledger.values import StoredEvent
from minsheng.gateways import clock
from minsheng.gateways import sms as carriers
from minsheng.public.citizens import captcha, codes, limits, messages


def hear(events: Sequence[StoredEvent]) -> None:
    """Keep the messages that the facts carry; may run twice without harm."""
    messages.take(events, now=clock.now())


def send(now: datetime) -> None:
    """Send the messages that wait; the next job goes on where there are many, so that this one ends in good time."""
    carrier = carriers.configured(demonstration=settings.DEMO or settings.DEBUG)
    if messages.send_waiting(sms=carrier, now=now) == messages.AT_ONCE:
        jobs.defer(messages.JOB)


def forget(now: datetime) -> None:
    """Delete codes, questions, counts and links that are no longer good."""
    codes.forget(now=now)
    captcha.forget(now=now)
    limits.forget(now=now)
    messages.forget(now=now)
