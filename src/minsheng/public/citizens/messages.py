"""Text messages to appellants: what the ledger says they are to be told, sent once the fact is committed.

A message is a row first; it is sent outside of the relay's transaction, tried again when the carrier is away, and given
up with a mark that stays. Source: SQ-10.5a, JY-9.8a, SZ-15.3c.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.storage import records
from minsheng.core.jobs import actions as jobs
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import appellants
from minsheng.core.policies import queries as policies
from minsheng.domain.facts import Notice
from minsheng.gateways.sms import Sms, SmsAway
from minsheng.public.citizens import limits
from minsheng.public.citizens.models import Link, Message

_log = logging.getLogger(__name__)

JOB: Final = "messages"
AT_ONCE: Final = 50
_ATTEMPTS: Final = 8
_LINK_GOOD_FOR: Final = timedelta(days=14)
# Decided before it has happened: nobody is told that something is public while its words wait for the auditor.
_HELD: Final = frozenset({"published"})
# Where the messages to followers of a case begin among those that came with one fact.
_FOLLOWERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Sent:
    """How a message to the appellant stands, for the timeline."""

    kind: str
    params: Mapping[str, str]
    state: str
    at: datetime | None


def take(events: Iterable[StoredEvent], *, now: datetime) -> None:
    """Keep a message for everything that the facts tell the appellant; a second time keeps nothing new."""
    rows = [
        Message(
            city=event.city,
            position=event.position,
            place=place,
            order=records.order_id_of(event.stream),
            kind=told["kind"],
            params=told.get("params", {}),
            state="HELD" if told["kind"] in _HELD else "WAITING",
            next_at=now,
        )
        for event in events
        if event.stream.startswith(records.PREFIX)
        for place, told in enumerate(ledger_queries.content(event).get("notices", ()))
        if told["to"] == "citizen"
    ]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        jobs.defer(JOB)


def release(order: str, *, now: datetime) -> None:
    """Let what was held about an order be sent: what it tells has happened."""
    if Message.objects.filter(order=order, state="HELD").update(state="WAITING", next_at=now):
        jobs.defer(JOB)


def drop(order: str) -> None:
    """Forget what was held about an order: what it tells will not happen."""
    Message.objects.filter(order=order, state="HELD").delete()


def tell_followers(
    order: str, followers: Sequence[UUID], *, city: str, position: int, number: str, now: datetime
) -> None:
    """Keep a message for the accounts that follow a case, which has a new result; came with the fact at `position`."""
    rows = [
        Message(
            city=city, position=position, place=_FOLLOWERS + place, order=order, kind="followed",
            params={"number": number}, account_id=account, next_at=now,
        )
        for place, account in enumerate(followers)
    ]  # fmt: skip
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        jobs.defer(JOB)


def send_waiting(*, sms: Sms, now: datetime) -> int:
    """Send what waits; return how many rows were looked at. Several senders never take the same row."""
    looked = 0
    while looked < AT_ONCE and _send_next(sms, now):
        looked += 1
    return looked


def of_order(order: str) -> list[Sent]:
    """Return the messages about an order, the oldest first."""
    rows = Message.objects.filter(order=order, account=None).order_by("id")
    return [Sent(row.kind, row.params, row.state, row.sent_at) for row in rows]


def order_of_link(token: str, *, city: str, now: datetime) -> str | None:
    """Return the order that a link of a message opens, while it is good."""
    row = Link.objects.filter(token=limits.keyed("link", token), city=city, expires_at__gte=now).first()
    return row.order if row is not None else None


def new_link(order: str, *, city: str, now: datetime) -> str:
    """Make a link to one order and return its address."""
    token = secrets.token_urlsafe(12)
    Link.objects.create(token=limits.keyed("link", token), city=city, order=order, expires_at=now + _LINK_GOOD_FOR)
    return f"{settings.PUBLIC_URL}{reverse('portal:link', args=(city, token))}"


def forget(*, now: datetime) -> None:
    """Delete links that are no longer good."""
    Link.objects.filter(expires_at__lt=now).delete()


def _send_next(sms: Sms, now: datetime) -> bool:
    """Send the message that waits longest, in a transaction of its own; False when none waits.

    One that can't be sent for whatever reason waits longer, and holds up none behind it.
    """
    with transaction.atomic():
        waiting = Message.objects.select_for_update(skip_locked=True).filter(state="WAITING", next_at__lte=now)
        row = waiting.order_by("next_at").first()
        if row is None:
            return False
        row.attempts += 1
        try:
            with transaction.atomic():
                _send(row, sms, now)
        except Exception as fault:
            # The words of a fault may hold whom it was for.
            _log.warning("message %s not sent: %s", row.pk, type(fault).__name__)
            _postpone(row, now)
        row.save(update_fields=["state", "attempts", "sent_at", "next_at"])
    return True


def _send(row: Message, sms: Sms, now: datetime) -> None:
    appellant: UUID | None
    if row.account is not None:
        appellant = row.account.appellant_id
    else:
        words = appeals.words_of(records.appeal_of(row.order))
        appellant = words.appellant if words is not None else None
    phone = None
    if appellant is not None:
        phone = appellants.phone_for_message(appellant, city=row.city, order=row.order, now=now)
    if phone is None:
        row.state = "FAILED"
        return
    try:
        sms.send(phone, _text(row, now), reference=f"message {row.pk}")
        row.state, row.sent_at = "SENT", now
    except SmsAway:
        _postpone(row, now)


def _postpone(row: Message, now: datetime) -> None:
    row.state = "FAILED" if row.attempts >= _ATTEMPTS else "WAITING"
    row.next_at = now + timedelta(minutes=2**row.attempts)


def _text(row: Message, now: datetime) -> str:
    said = wording.say(Notice(row.kind, "citizen", row.params), policies.rules_for(row.city, now=now))
    if row.kind in ("sms_callback", "answered") and settings.PUBLIC_URL:
        said += _("请点击评价：%(link)s") % {"link": new_link(row.order, city=row.city, now=now)}
    elif row.kind == "followed" and settings.PUBLIC_URL:
        said += f"{settings.PUBLIC_URL}{reverse('publication:case', args=(row.city, row.params['number']))}"
    return f"【12345】{said}"
