"""What runs without a person: what is no longer good is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.messages import actions as messages
from minsheng.public.citizens import captcha, codes, limits, links


def forget(now: datetime) -> None:
    """Delete codes, questions, counts and links that are no longer good."""
    codes.forget(now=now)
    captcha.forget(now=now)
    limits.forget(now=now)
    links.forget(now=now)


def hear(events: Sequence[StoredEvent]) -> None:
    """Take from the list of calls whoever has been called; may run twice without harm. Source: JY-9.4; A-70."""
    for event in events:
        if event.type == "AppellantCalled" or (event.type == "CalledBack" and _reached(event)):
            messages.called(event.stream)


def _reached(event: StoredEvent) -> bool:
    body = ledger.content(event)
    return bool(body.get("reached")) and body.get("how") == "phone"
