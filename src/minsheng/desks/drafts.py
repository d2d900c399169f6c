"""Registrations that were not handed in: kept encrypted while a seat types, offered again after a crash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from minsheng.desks.models import RegistrationDraft
from minsheng.people import vault

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed, by field, and when it was saved."""

    fields: Mapping[str, list[str]]
    saved_at: datetime


def save(staff: int, *, fields: Mapping[str, list[str]], form: UUID, now: datetime) -> bool:
    """Keep what a seat has typed; return whether it was kept, which it is not once that form was handed in.

    What anybody left behind for longer than a day goes at the same time.
    """
    RegistrationDraft.objects.filter(expires_at__lte=now).delete()
    body = None
    if fields:
        body = vault.encrypt(json.dumps(fields, ensure_ascii=False), owner=_owner(staff), field="draft")
    with transaction.atomic():
        row = _held(staff, now=now)
        if row.done_key == form:
            return False
        RegistrationDraft.objects.filter(pk=row.pk).update(body=body, saved_at=now, expires_at=now + KEPT_FOR)
    return True


def of(staff: int, *, now: datetime) -> Kept | None:
    """Return what the seat has not handed in, if it is not older than a day; nobody else's is ever shown."""
    row = RegistrationDraft.objects.filter(staff=staff, expires_at__gt=now).exclude(body=None).first()
    if row is None:
        return None
    try:
        plain = vault.decrypt(bytes(row.body or b""), owner=_owner(staff), field="draft")
    except vault.VaultBroken:
        # Made under a key that has since been taken away: nothing can bring it back, and registering must go on.
        return None
    return Kept(json.loads(plain), row.saved_at)


def drop(staff: int, *, form: UUID | None, now: datetime) -> None:
    """Forget what was typed; a save of the same form that comes later brings nothing back."""
    with transaction.atomic():
        row = _held(staff, now=now)
        RegistrationDraft.objects.filter(pk=row.pk).update(
            body=None, saved_at=now, expires_at=now + KEPT_FOR, done_key=form
        )


def _held(staff: int, *, now: datetime) -> RegistrationDraft:
    """Return the seat's row under lock, made if there was none: a save and the handing in must not pass each other."""
    fresh = RegistrationDraft(staff_id=staff, saved_at=now, expires_at=now + KEPT_FOR)
    RegistrationDraft.objects.bulk_create([fresh], ignore_conflicts=True)
    return RegistrationDraft.objects.select_for_update().get(staff=staff)


def _owner(staff: int) -> str:
    return f"registration/{staff}"
