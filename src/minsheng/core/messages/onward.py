"""What becomes of a message that its channel did not bring: the next channel, with the reason, or a call by a person.

Source: JY-9.4, JY-12.4, SZ-15.3c, SQ-10.5b; A-70.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from minsheng.core.features import queries as features
from minsheng.core.jobs import actions as jobs
from minsheng.core.messages import models
from minsheng.core.messages.actions import JOB, may_go_at
from minsheng.core.messages.values import Message

_log = logging.getLogger(__name__)
_AT_ONCE: Final = 200
_LATER: Final = timedelta(hours=1)


def go_on(*, now: datetime) -> int:
    """Go on with messages that failed; return how many there were. One that can't be gone on with holds up no other."""
    # One whose last try is just being made is gone on with once it has ended.
    failed = models.Message.objects.filter(after="NEXT", next_at__lte=now).order_by("id")
    ids = list(failed.values_list("pk", flat=True)[:_AT_ONCE])
    for id in ids:
        try:
            with transaction.atomic():
                _go_on(id, now=now)
        except Exception as fault:
            # The words of a fault may hold whom it was for.
            _log.warning("message %s is gone on with later: %s", id, type(fault).__name__)
            models.Message.objects.filter(pk=id, after="NEXT").update(next_at=now + _LATER)
    return len(ids)


def _go_on(id: int, *, now: datetime) -> None:
    row = models.Message.objects.get(pk=id)
    if row.after != "NEXT":
        return
    said = Message(row.city, row.stream, row.kind, row.params, row.recipient, row.channel)
    writer = features.writers()[row.stream.partition("/")[0]]
    twins = models.Message.objects.filter(position=row.position, place=row.place, recipient=row.recipient)
    tried = list(twins.order_by("id").values_list("channel", flat=True))
    left = [each for each in writer.channels(said, now=now) if each not in tried]
    if left:
        models.Message.objects.create(
            city=row.city, position=row.position, place=row.place, stream=row.stream, kind=row.kind, params=row.params,
            recipient=row.recipient, channel=left[0], instead_of=row.channel, pace=row.pace,
            next_at=may_go_at(row.city, row.pace, now=now), told_at=now,
        )  # fmt: skip
        jobs.defer(JOB)
        after = ""
    else:
        after = "CALL" if writer.undelivered(said, channels=tried, now=now) else ""
    models.Message.objects.filter(pk=id).update(after=after)
