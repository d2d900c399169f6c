"""What takes longer than a platform waits: a code to a telephone, a picture to be fetched, words after the answer.

A row each; a short transaction takes one and puts its next try off, so that whoever dies in it leaves it for another.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from minsheng.core.jobs import actions as jobs
from minsheng.core.people import vault
from minsheng.gateways import ids
from minsheng.gateways.wechat.values import Account
from minsheng.public.talks.models import Errand

_log = logging.getLogger(__name__)

JOB: Final = "talks"
SAY, CODE, MEDIA = "say", "code", "media"
ATTEMPTS: Final = 6
_AT_ONCE: Final = 50
_TAKEN_FOR: Final = timedelta(minutes=5)
_LONGEST_WAIT: Final = timedelta(hours=1)
# Of tries, each an hour after the one before.
_GIVEN_UP_AFTER: Final = 72


@dataclass(frozen=True, slots=True)
class Wanted:
    """An errand that was taken; `is_last`: what can be done without the platform is to be done now."""

    id: UUID
    account: str
    kind: str
    values: Mapping[str, str]
    is_last: bool


def say(account: Account, person: str, words: str, *, now: datetime) -> None:
    """Have words sent to somebody."""
    add(account, SAY, {"person": person, "words": words}, now=now)


def add(account: Account, kind: str, values: Mapping[str, str], *, now: datetime) -> None:
    """Have something done once this transaction commits."""
    id = ids.uuid7(now)
    plain = json.dumps({"kind": kind, **values}, ensure_ascii=False)
    sealed = vault.encrypt(plain, owner=f"errand/{id}", field="sealed")
    with transaction.atomic():
        Errand.objects.create(id=id, account=account.name, sealed=sealed, next_at=now)
        jobs.defer(JOB)


def run(does: Callable[[Wanted], None], *, now: datetime) -> None:
    """Do what is due, in its order; the next job goes on where there is much."""
    for _ in range(_AT_ONCE):
        wanted = _take_next(now)
        if wanted is None:
            return
        try:
            does(wanted)
        except Exception as fault:
            # The words of a fault may hold whom it is for; one that fails holds up no other.
            _log.warning("errand %s of account %s: %s", wanted.id, wanted.account, type(fault).__name__)
            _postpone(wanted.id, now)
        else:
            Errand.objects.filter(pk=wanted.id).delete()
    jobs.defer(JOB)


def _take_next(now: datetime) -> Wanted | None:
    with transaction.atomic():
        due = Errand.objects.select_for_update(skip_locked=True).filter(next_at__lte=now)
        row = due.order_by("next_at", "id").first()
        if row is None:
            return None
        row.attempts += 1
        row.next_at = now + _TAKEN_FOR
        row.save(update_fields=["attempts", "next_at"])
    try:
        values = json.loads(vault.decrypt(bytes(row.sealed), owner=f"errand/{row.pk}", field="sealed"))
    except vault.VaultBroken:
        # Under a key that is gone: nobody can do it any more.
        Errand.objects.filter(pk=row.pk).delete()
        return _take_next(now)
    return Wanted(row.pk, row.account, values.pop("kind"), values, row.attempts >= ATTEMPTS)


def _postpone(id: UUID, now: datetime) -> None:
    for row in Errand.objects.filter(pk=id):
        wait = min(timedelta(seconds=15 * 4 ** (row.attempts - 1)), _LONGEST_WAIT)
        Errand.objects.filter(pk=id).update(next_at=now + wait)


def forget(*, now: datetime) -> None:
    """Give up what could not be done for days: its words have gone to nobody, which is said in the log."""
    gone, _ = Errand.objects.filter(next_at__lt=now + _LONGEST_WAIT, attempts__gt=_GIVEN_UP_AFTER).delete()
    if gone:
        _log.warning("errands given up: %s", gone)
