"""Who carries messages of a channel in this installation: text messages by its own file, others by their features."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from minsheng.core.features import queries as features
from minsheng.core.messages.values import SMS
from minsheng.gateways import carriers
from minsheng.gateways.carriers import Carrier


def of(channel: str, *, now: datetime, last: Collection[str] = ()) -> Carrier | None:
    """Return the carrier of a channel, or None; `last`: providers of text messages that come after the others."""
    demonstration = settings.DEMO or settings.DEBUG
    if channel == SMS:
        return carriers.configured(channel, demonstration=demonstration, file=settings.SMS_FILE, last=last)
    for made in features.carriers():
        found: Carrier | None = made(channel, now=now)
        if found is not None:
            return found
    return None
