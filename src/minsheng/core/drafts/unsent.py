"""Work that somebody typed and has not handed in: one per person and form, kept sealed, offered again afterwards.

The session may have ended meanwhile, the browser crashed, the server refused. No fact of any order, and of no use to
anybody but who typed it: nobody else is ever shown it. Source: JY-8d, SZ-26.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from minsheng.core.drafts.models import FormDraft
from minsheng.core.people import vault
from minsheng.core.people.vault_keys import NOT_SEALED_ANEW

# The keys that these are sealed with are kept as long (`minsheng keys rotate`).
KEPT_FOR: Final = NOT_SEALED_ANEW
# More than any form with all its fields; what is longer is no draft of a form of ours.
AT_MOST: Final = 200_000
LONGEST_NAME: Final = 200
# So many forms of one person; the oldest goes for a new one.
_FORMS: Final = 50
# What belongs to one showing of a form, or is no work: never kept.
_LEFT_OUT: Final = frozenset(
    {"csrfmiddlewaretoken", "key", "seen_version", "list", "draft", "draft_key", "draft_page", "draft_person", "next"}
)

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed, by field, and when it was saved."""

    fields: Fields
    saved_at: datetime


def typed(sent: Fields) -> dict[str, list[str]]:
    """Return what somebody typed of what a form sent; no password, and nothing of the form's own."""
    theirs = {name: values for name, values in sent.items() if name not in _LEFT_OUT and "password" not in name}
    return {name: values for name, values in theirs.items() if any(values)}


def fits(form: str, fields: Fields) -> bool:
    """Tell whether this can be what somebody typed into one of our forms."""
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    return 0 < len(form) <= LONGEST_NAME and "\0" not in form and size <= AT_MOST


def save(staff: int, form: str, *, fields: Fields, key: UUID | None, now: datetime) -> bool:
    """Keep what somebody has typed; return whether it was kept, which it is not once that form was handed in.

    `key`: which showing of the form it is.
    """
    body = None
    if fields:
        body = vault.encrypt(json.dumps(fields, ensure_ascii=False), owner=_owner(staff, form), field="draft")
    with transaction.atomic():
        row = _held(staff, form, now=now)
        if key is not None and row.done_key == key:
            return False
        FormDraft.objects.filter(pk=row.pk).update(body=body, saved_at=now, expires_at=now + KEPT_FOR)
        old = FormDraft.objects.filter(staff=staff).order_by("-saved_at", "-id").values_list("id", flat=True)[_FORMS:]
        FormDraft.objects.filter(pk__in=list(old)).delete()
    return True


def of(staff: int, form: str, *, now: datetime) -> Kept | None:
    """Return what the person has typed into a form and not handed in, if it is not too old."""
    row = FormDraft.objects.filter(staff=staff, form=form, expires_at__gt=now).exclude(body=None).first()
    if row is None:
        return None
    try:
        plain = vault.decrypt(bytes(row.body or b""), owner=_owner(staff, form), field="draft")
    except vault.VaultBroken:
        # Made under a key that has since been taken away: nothing can bring it back, and work must go on.
        return None
    return Kept(json.loads(plain), row.saved_at)


def drop(staff: int, form: str, *, key: UUID | None, now: datetime) -> None:
    """Forget what was typed; a save of the same showing of the form that comes later brings nothing back."""
    with transaction.atomic():
        row = _held(staff, form, now=now)
        FormDraft.objects.filter(pk=row.pk).update(body=None, saved_at=now, expires_at=now + KEPT_FOR, done_key=key)


def is_taken(staff: int, form: str, *, key: UUID) -> bool:
    """Tell whether that showing of the form was handed in last."""
    return FormDraft.objects.filter(staff=staff, form=form, done_key=key).exists()


def forget(now: datetime) -> None:
    """Delete what nobody has come back for."""
    FormDraft.objects.filter(expires_at__lte=now).delete()


def _held(staff: int, form: str, *, now: datetime) -> FormDraft:
    """Return the form's row under lock, made if there was none: a save and the handing in must not pass each other."""
    fresh = FormDraft(staff_id=staff, form=form, saved_at=now, expires_at=now + KEPT_FOR)
    FormDraft.objects.bulk_create([fresh], ignore_conflicts=True)
    return FormDraft.objects.select_for_update().get(staff=staff, form=form)


def _owner(staff: int, form: str) -> str:
    return f"{form}/{staff}"
