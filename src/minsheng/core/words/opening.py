"""Opening the words of a thing as they were said: counted, with a reason, on record like an identity.

Whoever calls has asked the thing's gate. Source: JY-8d, JY-23.5, SZ-26.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import openings
from minsheng.core.people.appellants import ReasonNamesIdentity
from minsheng.core.people.vault import names_somebody
from minsheng.core.words import queries
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of

PREFIX: Final = "words/"


def open_words(stream: str, *, city: str, actor: Actor, reason: str, now: datetime) -> dict[int, dict[str, str]]:
    """Return the words of a stream's facts in clear, once the ledger has who reads them and why.

    Raises: Rejected `reason_missing`, ReasonNamesIdentity, OpeningsUsedUp.
    """
    reason = kept_of(cleaned(reason)).strip()
    if not reason:
        raise Rejected("reason_missing")
    if names_somebody(reason):
        raise ReasonNamesIdentity
    opened = f"{PREFIX}{stream}"
    openings.count(actor, city=city, stream=opened, command="open_words", now=now)
    with transaction.atomic():
        ledger.hold(opened)
        ledger.record(city, opened, "WordsOpened", {"stream": stream, "reason": reason}, actor=actor, now=now)
    return queries.of(stream)
