"""A way in for whoever's account strangers have locked: a code, given on record by somebody who knows them, good once.

Anybody can lock an account from outside by typing wrong passwords, the leader's on duty as well. Unlocking alone would
not help, since it is locked again at once. Source: SZ-9b, SQ-11; GB/T 22239-2019 8.1.4.1.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from axes.utils import reset
from django.db import transaction
from django.db.models import F

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import factors, limits
from minsheng.core.people.models import SignInPass, Staff
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected

GIVERS: Final = ("security_admin", "supervisor")
GOOD_FOR: Final = timedelta(minutes=15)
_TRIES: Final = 5
_REASON_AT_LEAST: Final = 2
# Without what is taken for something else when it is said on the telephone.
_LETTERS: Final = "2345678"
_LENGTH: Final = 10


class PassRefused(Rejected):
    """No code can be given; the code says why."""


def give(username: str, *, city: str | None, reason: str, actor: Actor, now: datetime) -> str:
    """Return a code with which the account's holder gets in once, within a quarter of an hour, password and all.

    `city`: whose accounts the giver may see to, None for the command line. Earlier codes end. Raises: PassRefused.
    """
    if len(reason.strip()) < _REASON_AT_LEAST:
        raise PassRefused("reveal_reason_missing")
    with transaction.atomic():
        staff = Staff.objects.select_for_update().filter(username=username, is_active=True).first()
        if staff is None or (city is not None and staff.city_id != city):
            raise PassRefused("unknown_account", username=username)
        if actor.person == f"staff:{staff.pk}":
            raise PassRefused("self_approval")
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        SignInPass.objects.filter(staff=staff, used_at=None).delete()
        SignInPass.objects.create(staff=staff, code_hash=_hash(staff.pk, code), until=now + GOOD_FOR)
        body = {"reason": reason.strip()}
        ledger.record(staff.city_id, f"staff/{staff.pk}", "SignInPassGiven", body, actor=actor, now=now)
    return code


def use(username: str, code: str, *, now: datetime) -> bool:
    """Open the account's lock once, if the code is its own; the password is still asked for. Return whether it was."""
    with transaction.atomic():
        row = (
            SignInPass.objects.select_for_update(of=("self",))
            .filter(staff__username=username, used_at=None, until__gt=now, tries__lt=_TRIES)
            .select_related("staff")
            .first()
        )
        if row is None:
            return False
        if not secrets.compare_digest(bytes(row.code_hash), _hash(row.staff_id, code.strip())):
            SignInPass.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
            return False
        SignInPass.objects.filter(pk=row.pk).update(used_at=now)
        actor = Actor("system", person=f"staff:{row.staff_id}")
        ledger.record(row.staff.city_id, f"staff/{row.staff_id}", "SignInPassUsed", {}, actor=actor, now=now)
    reset(username=username)
    limits.free(factors.FAILURES, str(row.staff_id))
    return True


def forget(now: datetime) -> None:
    """Delete codes that are no longer good, used or not: that they were given and used is on record."""
    SignInPass.objects.filter(until__lt=now).delete()


def _hash(staff: int, code: str) -> bytes:
    return limits.keyed("sign-in pass", f"{staff}\0{code}")
