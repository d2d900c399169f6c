"""Drafts of answers: what the officer has written so far, so that the leader sees what is approved.

Source: JY-13.1c, SZ-22a.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.orders.models import Draft


@dataclass(frozen=True, slots=True)
class DraftText:
    """A unit's draft of its next answer, and who saved it."""

    text: str
    saved_by: str
    saved_at: datetime


def of(order_id: str, *, unit: str) -> DraftText | None:
    """Return the unit's draft, or None."""
    row = Draft.objects.filter(order=order_id, unit=unit).first()
    return None if row is None else DraftText(row.text, row.saved_by, row.saved_at)


def save(order_id: str, *, unit: str, text: str, saved_by: str, now: datetime) -> None:
    """Keep the unit's draft; a later one takes the place of the one before. Source: JY-13.1c."""
    Draft.objects.update_or_create(
        order_id=order_id, unit=unit, defaults={"text": text, "saved_by": saved_by, "saved_at": now}
    )
