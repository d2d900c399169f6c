"""What is to be told is kept as rows, in the transaction of whatever tells it; what was held is released or dropped.

Unique by fact, recipient and channel, so that hearing a fact twice tells nobody twice. Source: SQ-10.5a, JY-9.8a,
SZ-15.3c.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from minsheng.core.features import queries as features
from minsheng.core.jobs import actions as jobs
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import CITIZEN, DUTIES, DUTY, RESULTS, SMS

JOB: Final = "messages"


def take(events: Iterable[StoredEvent], *, now: datetime) -> None:
    """Keep a message for everything that the facts tell whoever their things are of, or whoever is on duty at a unit.

    A second time nothing new.
    """
    writers = features.writers()
    rows = []
    for event in events:
        writer = writers.get(event.stream.partition("/")[0])
        if writer is None:
            continue
        for place, told in enumerate(ledger.content(event).get("notices", ())):
            if told["to"] == CITIZEN or told["to"].startswith(DUTY):
                row = Message(
                    city=event.city,
                    position=event.position,
                    place=place,
                    stream=event.stream,
                    kind=told["kind"],
                    params=told.get("params", {}),
                    recipient=told["to"],
                    state="HELD" if told["to"] == CITIZEN and told["kind"] in writer.HELD else "WAITING",
                    pace=writer.PACES.get(told["kind"], DUTIES if told["to"].startswith(DUTY) else RESULTS),
                    next_at=now,
                )
                rows.append(row)
    _keep(rows)


def tell(
    stream: str,
    recipients: Sequence[str],
    *,
    city: str,
    kind: str,
    params: Mapping[str, str],
    position: int,
    place: int,
    now: datetime,
    channel: str = SMS,
) -> None:
    """Keep a message for each recipient; it came with the fact at `position`, `place` is from `values.BESIDE` on."""
    writer = features.writers().get(stream.partition("/")[0])
    pace = writer.PACES.get(kind, RESULTS) if writer is not None else RESULTS
    _keep(
        [
            Message(
                city=city, position=position, place=place, stream=stream, kind=kind, params=dict(params),
                recipient=recipient, channel=channel, next_at=now, pace=pace,
            )
            for recipient in recipients
        ]
    )  # fmt: skip


def release(stream: str, *, now: datetime) -> None:
    """Let what was held about a stream be sent: what it tells has happened."""
    if Message.objects.filter(stream=stream, state="HELD").update(state="WAITING", next_at=now):
        jobs.defer(JOB)


def drop(stream: str) -> None:
    """Forget what was held about a stream: what it tells will not happen."""
    Message.objects.filter(stream=stream, state="HELD").delete()


def _keep(rows: Sequence[Message]) -> None:
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        jobs.defer(JOB)
