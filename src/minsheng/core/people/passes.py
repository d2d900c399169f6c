"""A way in for whoever's account strangers have locked: a code, given on record by somebody who knows them, good once.

Anybody can lock an account from outside by typing wrong passwords, the leader's on duty as well. Unlocking alone would
not help, since it is locked again at once. Source: SZ-9b, SQ-11; GB/T 22239-2019 8.1.4.1.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from axes.utils import reset
from django.db import transaction
from django.db.models import F

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import actions, factors, limits
from minsheng.core.people.models import PasswordRequest, SignInPass, Staff
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import is_blank

GIVERS: Final = ("security_admin", "supervisor")
GOOD_FOR: Final = timedelta(minutes=15)
# Whoever is new finds the code on their desk, not on the telephone.
SETS_FOR: Final = timedelta(days=7)
_TRIES: Final = 5
_REASON_AT_LEAST: Final = 2
# Without what is taken for something else when it is said on the telephone.
_LETTERS: Final = "2345678"
_LENGTH: Final = 10


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a code is good for: the fact that it was given, how long it is good, whether it sets a password."""

    event: str
    good_for: timedelta
    sets_password: bool = False


class PassRefused(Rejected):
    """No code can be given; the code says why."""


def give(username: str, *, city: str | None, reason: str, actor: Actor, now: datetime) -> str:
    """Return a code with which the account's holder gets in once, within a quarter of an hour, password and all.

    `city`: whose accounts the giver may see to, None for the command line. Earlier codes end. Raises: PassRefused.
    """
    return _given(_Kind("SignInPassGiven", GOOD_FOR), username, city=city, reason=reason, actor=actor, now=now)


def give_password(username: str, *, city: str | None, reason: str, actor: Actor, now: datetime) -> str:
    """Return a code with which the account's holder sets a password of their own once, within a week.

    Nobody else ever knows the password. `city`, earlier codes and refusals as in `give`.
    """
    kind = _Kind("PasswordPassGiven", SETS_FOR, sets_password=True)
    return _given(kind, username, city=city, reason=reason, actor=actor, now=now)


def use(username: str, code: str, *, now: datetime) -> bool:
    """Open the account's lock once, if the code is its own; the password is still asked for. Return whether it was."""
    with transaction.atomic():
        row = _fitting(username, code, sets_password=False, now=now)
        if row is None:
            return False
        _use_up(row, "SignInPassUsed", now=now)
    _open(username, row.staff_id)
    return True


def set_password(username: str, code: str, password: str, *, now: datetime) -> bool:
    """Set the account's password if the code is its own, which is used up and opens a lock; return whether it was.

    Raises: django's ValidationError for a weak password, with which the code stays good.
    """
    with transaction.atomic():
        row = _fitting(username, code, sets_password=True, now=now)
        if row is None:
            return False
        actor = _use_up(row, "PasswordPassUsed", now=now)
        actions.set_password(row.staff_id, password=password, actor=actor, now=now)
    _open(username, row.staff_id)
    return True


def forget(now: datetime) -> None:
    """Delete codes that are no longer good, used or not: that they were given and used is on record."""
    SignInPass.objects.filter(until__lt=now).delete()


def _given(kind: _Kind, username: str, *, city: str | None, reason: str, actor: Actor, now: datetime) -> str:
    if is_blank(reason) or len(reason.strip()) < _REASON_AT_LEAST:
        raise PassRefused("reveal_reason_missing")
    with transaction.atomic():
        staff = Staff.objects.select_for_update(of=("self",)).filter(username=username, is_active=True).first()
        if staff is None or (city is not None and staff.city_id != city):
            raise PassRefused("unknown_account", username=username)
        if actor.person == f"staff:{staff.pk}":
            raise PassRefused("self_approval")
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        SignInPass.objects.filter(staff=staff, used_at=None, sets_password=kind.sets_password).delete()
        if kind.sets_password:
            PasswordRequest.objects.filter(staff=staff, handled_at=None).update(handled_at=now)
        SignInPass.objects.create(
            staff=staff,
            code_hash=_hash(staff.pk, code),
            until=now + kind.good_for,
            sets_password=kind.sets_password,
        )
        body = {"reason": reason.strip()}
        ledger.record(staff.city_id, f"staff/{staff.pk}", kind.event, body, actor=actor, now=now)
    return code


def _open(username: str, staff_id: int) -> None:
    reset(username=username)
    limits.free(factors.FAILURES, str(staff_id))


def _fitting(username: str, code: str, *, sets_password: bool, now: datetime) -> SignInPass | None:
    """Return the account's code that is typed, held until the transaction ends; a wrong one is counted."""
    row = (
        SignInPass.objects.select_for_update(of=("self",))
        .filter(
            staff__username=username,
            staff__is_active=True,
            used_at=None,
            until__gt=now,
            tries__lt=_TRIES,
            sets_password=sets_password,
        )
        .select_related("staff")
        .first()
    )
    if row is None or secrets.compare_digest(bytes(row.code_hash), _hash(row.staff_id, code.strip())):
        return row
    SignInPass.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    return None


def _use_up(row: SignInPass, event: str, *, now: datetime) -> Actor:
    SignInPass.objects.filter(pk=row.pk).update(used_at=now)
    actor = Actor("system", person=f"staff:{row.staff_id}")
    Staff.objects.select_for_update().get(pk=row.staff_id)
    ledger.record(row.staff.city_id, f"staff/{row.staff_id}", event, {}, actor=actor, now=now)
    return actor


def _hash(staff: int, code: str) -> bytes:
    return limits.keyed("sign-in pass", f"{staff}\0{code}")
