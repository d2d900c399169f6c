"""What a unit writes for a stream of any feature before it is given, and the approval of it: one text for each.

A leader approves a text by its digest; the next answer uses the approval up, and another text makes it void. The gate
of the stream is the feature's: whoever calls has asked it. Source: JY-13.1c, SZ-22a.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from minsheng.core.drafts.models import UnitText
from minsheng.core.features import queries as features
from minsheng.core.features.values import WORK_KEPT
from minsheng.core.people import vault
from minsheng.core.people.vault_keys import Cell
from minsheng.domain import approval
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected

# What of it is sealed, for the change of keys and for `minsheng ledger verify`.
CELLS: Final[tuple[Cell, ...]] = ((UnitText.objects, "text", "text"), (UnitText.objects, "text", "remark"))

_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Approved:
    """What was approved: the digest of a text; by whom and when, where that was kept."""

    digest: bytes
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Text:
    """A unit's text, who saved it, when it was sent to the leader, if it was, and what came of that; its digest.

    `purpose`: what it is to be said as, empty where there is one way alone. `is_readable`: false where a cell was
    damaged or its key is gone; the text is empty then.
    """

    text: str
    saved_by: str
    saved_at: datetime
    submitted_at: datetime | None
    approved: Approved | None
    remark: str
    digest: str
    purpose: str = ""
    is_readable: bool = True


def of(stream: str, *, unit: str) -> Text | None:
    """Return the unit's text for a stream, or None."""
    row = UnitText.objects.filter(stream=stream, unit=unit).first()
    if row is None:
        return None
    text, remark = _opened(row.pk, "text", row.text_enc), _opened(row.pk, "remark", row.remark_enc)
    digest, approved = approval.digest_of(text or ""), None
    # What was approved of an earlier text is void for this one.
    if row.approved_digest is not None and bytes(row.approved_digest) == digest:
        approved = Approved(digest, row.approved_by, row.approved_at)
    return Text(
        text or "", row.saved_by, row.saved_at, row.submitted_at, approved, remark or "", digest.hex(), row.purpose,
        is_readable=None not in (text, remark),
    )  # fmt: skip


def known(stream: str, *, unit: str) -> approval.Draft | None:
    """Return what guards ask of the unit's text."""
    row = UnitText.objects.filter(stream=stream, unit=unit).first()
    if row is None:
        return None
    approved = bytes(row.approved_digest) if row.approved_digest is not None else None
    text = _opened(row.pk, "text", row.text_enc)
    digest = None if text is None else approval.digest_of(text)
    return approval.Draft(row.saved_by, approved, digest, row.submitted_at is not None, row.purpose)


def save(
    stream: str, *, unit: str, text: str, saved_by: str, now: datetime, submit: bool = False, purpose: str = ""
) -> None:
    """Keep the unit's text in the place of the one before; `submit` sends it to the leader.

    The digest of what was approved stays, so that no other text is given under that approval; unless the text is to be
    said as something else now. Source: JY-13.1c.
    """
    with transaction.atomic():
        fresh = UnitText(stream=stream, unit=unit, saved_by=saved_by, saved_at=now)
        UnitText.objects.bulk_create([fresh], ignore_conflicts=True)
        row = UnitText.objects.select_for_update().get(stream=stream, unit=unit)
        if row.purpose != purpose:
            UnitText.objects.filter(pk=row.pk).update(purpose=purpose, approved_digest=None)
        UnitText.objects.filter(pk=row.pk).update(
            text_enc=_sealed(row.pk, "text", text),
            saved_by=saved_by,
            saved_at=now,
            submitted_at=now if submit else None,
            remark_enc=None,
        )


def send_back(stream: str, *, unit: str, remark: str, seen: str = "") -> bool:
    """Send a text back to its writer with what is to be changed; return whether one waited. Source: JY-13.1c.

    `seen`: the digest of the text that the leader had before them; another one is left alone.
    """
    with transaction.atomic():
        waiting = UnitText.objects.select_for_update().filter(stream=stream, unit=unit, submitted_at__isnull=False)
        row = waiting.first()
        if row is None:
            return False
        text = _opened(row.pk, "text", row.text_enc) or ""
        if seen and seen != approval.digest_of(text).hex():
            return False
        sealed = _sealed(row.pk, "remark", remark)
        UnitText.objects.filter(pk=row.pk).update(submitted_at=None, remark_enc=sealed)
    return True


def approve(stream: str, *, unit: str, by: str, now: datetime, seen: str = "") -> None:
    """Hold on to what the leader has approved, if there is a text that can be read. Source: JY-13.1c.

    `seen`: as in `approval.as_seen`, asked once more under lock. Raises: Rejected `draft_changed`.
    """
    with transaction.atomic():
        row = UnitText.objects.select_for_update().filter(stream=stream, unit=unit).first()
        text = _opened(row.pk, "text", row.text_enc) if row is not None else None
        if row is not None and text is not None:
            digest = approval.digest_of(text)
            if seen and seen != digest.hex():
                raise Rejected("draft_changed")
            UnitText.objects.filter(pk=row.pk).update(
                approved_digest=digest, approved_by=by, approved_at=now, submitted_at=None
            )


def follow(
    command: object, *, stream: str, by: Actor, now: datetime, approves: type[object], gives: type[object]
) -> None:
    """Let the text of the acting unit follow a command that was carried out: one approves it, one gives it."""
    if isinstance(command, approves):
        seen = str(getattr(command, "seen", ""))
        approve(stream, unit=by.unit or "", by=by.person or "", now=now, seen=seen)
    elif isinstance(command, gives):
        drop(stream, unit=by.unit or "")


def drop(stream: str, *, unit: str) -> None:
    """Forget the text of what has been said, and use its approval up: what was said is a fact."""
    UnitText.objects.filter(stream=stream, unit=unit).delete()


def forget(now: datetime) -> None:
    """Delete the texts of what ended a while ago: what was to be said is said, or never will be."""
    before, last = now - WORK_KEPT, 0
    old = UnitText.objects.filter(saved_at__lt=before)
    while batch := list(old.filter(pk__gt=last).order_by("pk").values_list("pk", "stream")[:_BATCH]):
        over = features.over({stream for _, stream in batch}, before=before)
        old.filter(pk__in=[key for key, stream in batch if stream in over]).delete()
        last = batch[-1][0]


def hand_on(stream: str, *, unit: str, successor: str) -> None:
    """Give a unit's text to its successor, whose own stays."""
    if not UnitText.objects.filter(stream=stream, unit=successor).exists():
        UnitText.objects.filter(stream=stream, unit=unit).update(unit=successor)


def waits_for_approval(prefix: str, *, unit: str) -> Exists:
    """Return the condition on rows, whose key ends a stream with this prefix, that a text of the unit was sent."""
    stream = Concat(Value(f"{prefix}/"), OuterRef("pk"))
    return Exists(UnitText.objects.filter(stream=stream, unit=unit, submitted_at__isnull=False))


def _sealed(key: int, field: str, words: str) -> bytes:
    return vault.encrypt(words, owner=f"text/{key}", field=field)


def _opened(key: int, field: str, stored: bytes | memoryview | None) -> str | None:
    """Return the words, empty where there are none, or None where they can't be opened."""
    if stored is None:
        return ""
    try:
        return vault.decrypt(bytes(stored), owner=f"text/{key}", field=field)
    except vault.VaultBroken:
        return None
