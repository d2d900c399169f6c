"""Letters: rows of the outbox that a person prints, brings to the post, and says so; what comes back goes on.

Source: JY-9.4, JY-12.4; A-70.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from minsheng.core.features import queries as features
from minsheng.core.jobs import actions as jobs
from minsheng.core.ledger import actions as ledger
from minsheng.core.messages import receipts
from minsheng.core.messages.actions import JOB
from minsheng.core.messages.models import Message as Row
from minsheng.core.messages.values import BY_HAND, LETTER, Message
from minsheng.core.people import vault
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.sms_http import PERMANENT

_SHOWN: Final = 200
_LONGEST_NUMBER: Final = 40


@dataclass(frozen=True, slots=True)
class Standing:
    """A letter on the list: to be printed and sent (`WAITING`), or sent lately, so that it may still come back."""

    id: int
    stream: str
    kind: str
    state: str
    since: datetime
    is_printed: bool
    sent_at: datetime | None
    postal_no: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is printed: the lines of the address, the name first, and the words."""

    id: int
    stream: str
    address: tuple[str, ...]
    text: str


def waiting(city: str, *, now: datetime) -> Sequence[Standing]:
    """Return the letters that are to be sent, the oldest first."""
    rows = Row.objects.filter(city=city, channel__in=BY_HAND, state__in=("WAITING", "NO_CARRIER"), next_at__lte=now)
    return [_standing(each) for each in rows.order_by("id")[:_SHOWN]]


def on_the_way(city: str) -> Sequence[Standing]:
    """Return the letters that were sent, the newest first."""
    rows = Row.objects.filter(city=city, channel__in=BY_HAND, state="SENT").order_by("-sent_at", "-id")
    return [_standing(each) for each in rows[:_SHOWN]]


def prepared(id: int, *, city: str, by: Actor, now: datetime) -> Letter:
    """Return a letter to be printed; that its address was used, and who printed it, is on record.

    The words are made once: a second print says the same. Raises: Rejected. Source: JY-23.5.
    """
    with transaction.atomic():
        row = _waiting(id, city)
        said = Message(row.city, row.stream, row.kind, row.params, row.recipient, row.channel)
        writer = features.writers()[row.stream.partition("/")[0]]
        address = writer.address(said, now=now)
        if address is None:
            receipts.fail(row, PERMANENT, now)
            jobs.defer(JOB)
        elif not row.text_enc:
            row.text_enc = vault.encrypt(writer.text(said, now=now), owner=f"message/{row.pk}", field="text")
        row.save(update_fields=["text_enc", "state", "why", "after", "next_at"])
        if address is not None:
            _record(row, "LetterPrinted", {}, by=by, now=now)
    if address is None:
        raise Rejected("letter_no_address")
    text = vault.decrypt(bytes(row.text_enc or b""), owner=f"message/{row.pk}", field="text")
    return Letter(row.pk, row.stream, tuple(address.split("\n")), text)


@transaction.atomic
def sent(id: int, *, city: str, postal_no: str, by: Actor, now: datetime) -> None:
    """Note that a letter was brought to the post, under which number of the post. Raises: Rejected."""
    row = _waiting(id, city)
    if not row.text_enc:
        raise Rejected("letter_not_printed")
    row.state, row.sent_at, row.provider, row.provider_id = "SENT", now, LETTER, postal_no.strip()[:_LONGEST_NUMBER]
    row.attempts += 1
    row.save(update_fields=["state", "sent_at", "provider", "provider_id", "attempts"])
    _record(row, "LetterSent", {"postal_no": row.provider_id}, by=by, now=now)


@transaction.atomic
def returned(id: int, *, city: str, by: Actor, now: datetime) -> None:
    """Note that a letter came back: it goes on by the next channel, or somebody calls. Raises: Rejected."""
    row = _locked(id, city)
    if row.state != "SENT":
        raise Rejected("letter_not_sent")
    receipts.fail(row, PERMANENT, now)
    row.save(update_fields=["state", "why", "after", "next_at"])
    _record(row, "LetterReturned", {}, by=by, now=now)
    jobs.defer(JOB)


def _waiting(id: int, city: str) -> Row:
    row = _locked(id, city)
    if row.state not in ("WAITING", "NO_CARRIER"):
        raise Rejected("letter_not_waiting")
    return row


def _locked(id: int, city: str) -> Row:
    row = Row.objects.select_for_update(of=("self",)).filter(pk=id, city=city, channel__in=BY_HAND).first()
    if row is None:
        raise Rejected("letter_not_waiting")
    return row


def _record(row: Row, type: str, more: dict[str, object], *, by: Actor, now: datetime) -> None:
    ledger.record(row.city, f"messages/{row.city}", type, {"message": row.pk, **more}, actor=by, now=now)


def _standing(row: Row) -> Standing:
    return Standing(
        row.pk, row.stream, row.kind, row.state, row.told_at or row.next_at, bool(row.text_enc), row.sent_at,
        row.provider_id,
    )  # fmt: skip
