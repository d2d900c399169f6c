"""What sessions of `minsheng gateway` submitted: once for each reference, and receipts of parts put together.

A message goes to the outbox under the id of its first part: delivered once all parts are, failed once one has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from minsheng.core.messages import models, receipts
from minsheng.gateways.sms import DELIVERED, PERMANENT, TEMPORARY
from minsheng.gateways.sms_http import Receipt

_KEPT_FOR: Final = timedelta(days=7)
_BINDING_KEPT_FOR: Final = timedelta(days=30)
# A receipt that says more stays: what arrived has arrived.
_TOLD: Final = """
    INSERT INTO core_messages_part AS part (provider, provider_id, outcome, at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (provider, provider_id) DO UPDATE SET outcome = CASE
        WHEN array_position(ARRAY['', 'temporary', 'permanent', 'delivered'], excluded.outcome)
           > array_position(ARRAY['', 'temporary', 'permanent', 'delivered'], part.outcome)
        THEN excluded.outcome ELSE part.outcome END
    RETURNING submission
"""
# The receipt of a part that nobody has yet came early; that of another submission's part was of an id used before.
_TAKEN: Final = """
    INSERT INTO core_messages_part AS part (provider, provider_id, submission, outcome, at) VALUES (%s, %s, %s, '', %s)
    ON CONFLICT (provider, provider_id) DO UPDATE SET submission = excluded.submission, at = excluded.at,
        outcome = CASE WHEN part.submission IS NULL THEN part.outcome ELSE '' END
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A message that a carrier has: the id of its first part, and how many parts it has."""

    id: str
    parts: int


def claim(provider: str, reference: str, *, now: datetime) -> Known | None:
    """Say that a message is about to be submitted; return what is known of it where a carrier has it already."""
    row, _ = models.Submission.objects.get_or_create(provider=provider, reference=reference, defaults={"at": now})
    return Known(row.provider_id, row.parts) if row.provider_id else None


def taken(provider: str, reference: str, ids: Sequence[str], *, now: datetime) -> Known:
    """Keep that a carrier took all parts; receipts that came before are not lost."""
    with transaction.atomic():
        row = models.Submission.objects.get(provider=provider, reference=reference)
        # Parts before the submission, as receipts lock them.
        with connection.cursor() as cursor:
            for id in sorted(set(ids)):
                cursor.execute(_TAKEN, (provider, id, row.pk, now))
        row = models.Submission.objects.select_for_update().get(pk=row.pk)
        row.provider_id, row.parts, row.at = ids[0], len(ids), now
        row.save(update_fields=["provider_id", "parts", "at"])
        _settle(row, now=now)
    return Known(row.provider_id, row.parts)


def told(provider: str, id: str, outcome: str, *, now: datetime) -> None:
    """Keep what a receipt says of a part, and tell the outbox once that says something of the message."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TOLD, (provider, id, outcome, now))
            (submission,) = cursor.fetchone()
        if submission is not None:
            row = models.Submission.objects.select_for_update().filter(pk=submission).first()
            if row is not None:
                _settle(row, now=now)


def _settle(row: models.Submission, *, now: datetime) -> None:
    parts = models.Part.objects.filter(submission=row.pk)
    outcomes = set(parts.values_list("outcome", flat=True))
    if PERMANENT in outcomes or TEMPORARY in outcomes:
        outcome = PERMANENT if PERMANENT in outcomes else TEMPORARY
    elif outcomes == {DELIVERED}:
        outcome = DELIVERED
    else:
        return
    receipts.take(row.provider, [Receipt(row.provider_id, outcome)], now=now)


def forget(*, now: datetime) -> None:
    """Delete what no receipt will ask for any more, and bindings that nobody has had for a month."""
    models.Submission.objects.filter(at__lt=now - _KEPT_FOR).delete()
    models.Part.objects.filter(at__lt=now - _KEPT_FOR).delete()
    models.Binding.objects.filter(at__lt=now - _BINDING_KEPT_FOR).delete()
