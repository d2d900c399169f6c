"""What is to be told is kept as rows, in the transaction of whatever tells it; what was held is released or dropped.

Unique by fact, recipient and channel, so that hearing a fact twice tells nobody twice. Source: SQ-10.5a, JY-9.8a,
SZ-15.3c.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from minsheng.core.features import queries as features
from minsheng.core.jobs import actions as jobs
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import CITIZEN, DUTIES, DUTY, NEWS, RESULTS
from minsheng.core.messages.values import Message as Told
from minsheng.core.policies import queries as policies

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
                said = Told(event.city, event.stream, told["kind"], told.get("params", {}), told["to"])
                usual = DUTIES if told["to"].startswith(DUTY) else RESULTS
                row = _row(said, writer, usual, position=event.position, place=place, now=now)
                if row is not None:
                    if told["to"] == CITIZEN and told["kind"] in writer.HELD:
                        row.state = "HELD"
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
) -> None:
    """Keep a message for each recipient; it came with the fact at `position`, `place` is from `values.BESIDE` on."""
    writer = features.writers()[stream.partition("/")[0]]
    said = [Told(city, stream, kind, dict(params), recipient) for recipient in recipients]
    rows = [_row(each, writer, RESULTS, position=position, place=place, now=now) for each in said]
    _keep([row for row in rows if row is not None])


def release(stream: str, *, now: datetime) -> None:
    """Let what was held about a stream be sent: what it tells has happened. Who wants none of it any more has none."""
    writer = features.writers()[stream.partition("/")[0]]
    for row in Message.objects.filter(stream=stream, state="HELD").order_by("pk"):
        if not writer.channels(Told(row.city, stream, row.kind, row.params, row.recipient), now=now):
            row.delete()
            continue
        row.state, row.next_at = "WAITING", may_go_at(row.city, row.pace, now=now)
        row.save(update_fields=["state", "next_at"])
        jobs.defer(JOB)


def drop(stream: str) -> None:
    """Forget what was held about a stream: what it tells will not happen."""
    Message.objects.filter(stream=stream, state="HELD").delete()


def called(stream: str) -> None:
    """Note that somebody has told by a call what no channel brought."""
    Message.objects.filter(stream=stream, after="CALL").update(after="")


def _row(said: Told, writer: Any, usual: int, *, position: int, place: int, now: datetime) -> Message | None:
    """Return a message by the first of its channels; nothing for what its recipient does not want."""
    channels = writer.channels(said, now=now)
    if not channels:
        return None
    pace = writer.PACES.get(said.kind, usual)
    return Message(
        city=said.city, position=position, place=place, stream=said.stream, kind=said.kind, params=dict(said.params),
        recipient=said.recipient, channel=channels[0], pace=pace, next_at=may_go_at(said.city, pace, now=now),
        told_at=now,
    )  # fmt: skip


def may_go_at(city: str, pace: int, *, now: datetime) -> datetime:
    """Return when a message may go: at once, or for what can wait once the city's quiet hours are over."""
    if pace < NEWS:
        return now
    rules = policies.rules_for(city, now=now)
    quiet = rules.quiet_hours
    return now if quiet is None else quiet.over_at(now.astimezone(rules.worktime.zone))


def _keep(rows: Sequence[Message]) -> None:
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        jobs.defer(JOB)
