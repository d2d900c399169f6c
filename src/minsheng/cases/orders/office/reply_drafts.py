"""Drafts of answers: what the officer has written so far, so that the leader sees what is approved.

Source: JY-13.1c, SZ-22a.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.orders.models import Draft
from minsheng.domain.orders import apart


@dataclass(frozen=True, slots=True)
class DraftText:
    """A unit's draft of its next answer, who saved it, and when it was sent to the leader, if it was."""

    text: str
    saved_by: str
    saved_at: datetime
    submitted_at: datetime | None
    approved_digest: bytes | None
    remark: str


def of(order_id: str, *, unit: str) -> DraftText | None:
    """Return the unit's draft, or None."""
    row = Draft.objects.filter(order=order_id, unit=unit).first()
    if row is None:
        return None
    digest = bytes(row.approved_digest) if row.approved_digest is not None else None
    return DraftText(row.text, row.saved_by, row.saved_at, row.submitted_at, digest, row.remark)


def save(order_id: str, *, unit: str, text: str, saved_by: str, now: datetime, submit: bool = False) -> None:
    """Keep the unit's draft, a later one in the place of the one before; `submit` sends it to the leader.

    Source: JY-13.1c.
    """
    values = {"text": text, "saved_by": saved_by, "saved_at": now, "submitted_at": now if submit else None}
    Draft.objects.update_or_create(
        order_id=order_id, unit=unit, defaults={**values, "approved_digest": None, "remark": ""}
    )


def send_back(order_id: str, *, unit: str, remark: str) -> bool:
    """Send a draft back to the officer with what is to be changed; return whether there was one. Source: JY-13.1c."""
    waiting = Draft.objects.filter(order=order_id, unit=unit, submitted_at__isnull=False)
    return bool(waiting.update(submitted_at=None, remark=remark))


def approve(order_id: str, *, unit: str) -> None:
    """Hold on to what the leader has approved, if there is a draft. Source: JY-13.1c."""
    row = Draft.objects.filter(order=order_id, unit=unit).first()
    if row is not None:
        row.approved_digest, row.submitted_at = apart.digest_of(row.text), None
        row.save(update_fields=["approved_digest", "submitted_at"])


def drop(order_id: str, *, unit: str) -> None:
    """Forget the draft of an answer that has been given: the answer itself is a fact."""
    Draft.objects.filter(order=order_id, unit=unit).delete()
