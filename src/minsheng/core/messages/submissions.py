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
_CLAIM: Final = """
    INSERT INTO core_messages_submission (provider, reference, at) VALUES (%s, %s, %s)
    ON CONFLICT (provider, reference) DO UPDATE SET at = excluded.at RETURNING id, provider_id, parts
"""
_KEEP: Final = "UPDATE core_messages_submission SET provider_id = %s, parts = %s, at = %s WHERE id = %s"
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
    """A submission's row; the id of its first part and how many it has, empty while no carrier has taken it."""

    row: int
    id: str = ""
    parts: int = 0


def claim(provider: str, reference: str, *, now: datetime) -> Known:
    """Say that a message is about to be submitted; return what is known of it."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, (provider, reference, now))
        return Known(*cursor.fetchone())


def taken(provider: str, row: int, ids: Sequence[str], *, now: datetime) -> Known:
    """Keep that a carrier took all parts of a claimed message; receipts that came before are not lost."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Parts before the submission, as receipts lock them.
            for id in sorted(set(ids)):
                cursor.execute(_TAKEN, (provider, id, row, now))
            cursor.execute(_KEEP, (ids[0], len(ids), now, row))
        _settle(provider, Known(row, ids[0], len(ids)), now=now)
    return Known(row, ids[0], len(ids))


def told(provider: str, id: str, outcome: str, *, now: datetime) -> None:
    """Keep what a receipt says of a part, and tell the outbox once that says something of the message."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TOLD, (provider, id, outcome, now))
            (submission,) = cursor.fetchone()
        if submission is not None:
            row = models.Submission.objects.select_for_update().filter(pk=submission).first()
            if row is not None:
                _settle(provider, Known(row.pk, row.provider_id, row.parts), now=now)


def _settle(provider: str, known: Known, *, now: datetime) -> None:
    parts = models.Part.objects.filter(submission=known.row)
    outcomes = set(parts.values_list("outcome", flat=True))
    if PERMANENT in outcomes or TEMPORARY in outcomes:
        outcome = PERMANENT if PERMANENT in outcomes else TEMPORARY
    elif outcomes == {DELIVERED}:
        outcome = DELIVERED
    else:
        return
    receipts.take(provider, [Receipt(known.id, outcome)], now=now)


def forget(*, now: datetime) -> None:
    """Delete what no receipt will ask for any more, and bindings that nobody has had for a month."""
    models.Submission.objects.filter(at__lt=now - _KEPT_FOR).delete()
    models.Part.objects.filter(at__lt=now - _KEPT_FOR).delete()
    models.Binding.objects.filter(at__lt=now - _BINDING_KEPT_FOR).delete()
