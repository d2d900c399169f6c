"""The second factor of staff: codes from a telephone, security keys, recovery codes; what was added, used and refused.

Every addition, removal, use of a recovery code and failure is a fact of the account's stream. Source:
GB/T 22239-2019 8.1.4.1 b, d; ASVS 6.5, 6.6.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import alarms, limits, vault
from minsheng.core.people.models import Factor, KnownDevice, RecoveryCode, Staff
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import is_blank
from minsheng.gateways import ids, one_time
from minsheng.gateways.security_keys import Key, NotProven

# A session's key: a factor was shown in it.
SHOWN: Final = "factor"
# As for passwords: five failures end the trying for half an hour.
FAILURES: Final = limits.Limit("second factor", 5, timedelta(minutes=30))
# Whoever set up codes and did not finish begins anew after this.
SET_UP_WITHIN: Final = timedelta(minutes=15)
RECOVERY_CODES: Final = 10
# Without what is taken for something else; 60 bits a code.
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LETTERS_IN_CODE: Final = 12
_REASON_AT_LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class Held:
    """A factor of an account, as its holder sees it."""

    id: UUID
    kind: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SetUp:
    """Codes that are being set up: the secret goes to the holder's telephone."""

    id: UUID
    secret: str


def of(staff: int) -> list[Held]:
    """Return the factors that an account signs in with, the oldest first."""
    rows = Factor.objects.filter(staff=staff, confirmed_at__isnull=False).order_by("added_at", "pk")
    return [Held(row.pk, row.kind, row.added_at, row.used_at) for row in rows]


def has_any(staff: int) -> bool:
    """Tell whether an account has a factor."""
    return Factor.objects.filter(staff=staff, confirmed_at__isnull=False).exists()


def are_wanted(person: Person, *, now: datetime) -> bool:
    """Tell whether the city's rules ask one of the person's roles for a second factor."""
    rules = policies.rules_for(person.city, now=now)
    return any(role in rules.second_factor for role in person.roles)


def lacking(session: Any, person: Person, *, now: datetime) -> bool:
    """Tell whether a session has shown no factor although the city's rules ask for one: then it may do nothing."""
    return not session.get(SHOWN) and are_wanted(person, now=now)


@transaction.atomic
def set_up_codes(staff: int, *, now: datetime) -> SetUp:
    """Return a new secret for codes, or the one whose setting up was begun a short while ago."""
    _held(staff)
    if (begun := being_set_up(staff, now=now)) is not None:
        return begun
    Factor.objects.filter(staff=staff, confirmed_at=None).delete()
    id, secret = ids.uuid7(now), one_time.new_secret()
    sealed = vault.encrypt(secret, owner=f"factor/{id}", field="secret")
    Factor.objects.create(id=id, staff_id=staff, kind="totp", secret_enc=sealed, added_at=now)
    return SetUp(id, secret)


def being_set_up(staff: int, *, now: datetime) -> SetUp | None:
    """Return the codes whose setting up was begun a short while ago."""
    row = Factor.objects.filter(staff=staff, confirmed_at=None, added_at__gt=now - SET_UP_WITHIN).first()
    return SetUp(row.pk, _secret(row)) if row is not None else None


def confirm_codes(staff: int, code: str, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Take the codes into use, once the telephone shows the right one; return the recovery codes of a first factor.

    Raises: Rejected `factor_not_set_up`, `factor_wrong`, `factor_locked`.
    """

    def prove() -> tuple[str, ...] | None:
        row = Factor.objects.filter(staff=staff, confirmed_at=None, added_at__gt=now - SET_UP_WITHIN).first()
        if row is None:
            raise Rejected("factor_not_set_up")
        step = one_time.step_of(_secret(row), _digits(code), at=now, after=0)
        if step is None:
            return None
        row.count, row.confirmed_at = step, now
        row.save(update_fields=["count", "confirmed_at"])
        return _added(staff, row, actor=actor, now=now)

    made: tuple[str, ...] = _tried(staff, "totp", prove, now=now)
    return made


@transaction.atomic
def add_key(staff: int, key: Key, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Take a security key into use; return the recovery codes of a first factor."""
    _held(staff)
    row = Factor.objects.create(
        id=ids.uuid7(now),
        staff_id=staff,
        kind="key",
        credential=key.credential,
        count=key.count,
        added_at=now,
        confirmed_at=now,
    )
    return _added(staff, row, actor=actor, now=now)


@transaction.atomic
def remove(staff: int, factor: UUID, *, actor: Actor, is_wanted: bool, now: datetime) -> bool:
    """Take one's own factor away; return whether there was such a one. Raises: Rejected `factor_last` while wanted."""
    account = _held(staff)
    row = Factor.objects.filter(staff=staff, pk=factor, confirmed_at__isnull=False).first()
    if row is None:
        return False
    others = Factor.objects.filter(staff=staff, confirmed_at__isnull=False).exclude(pk=factor)
    if is_wanted and not others.exists():
        raise Rejected("factor_last")
    body = {"factor": str(row.pk), "kind": row.kind}
    row.delete()
    if not others.exists():
        RecoveryCode.objects.filter(staff=staff).delete()
    KnownDevice.objects.filter(staff=staff).delete()
    ledger.record(account.city_id, f"staff/{staff}", "FactorRemoved", body, actor=actor, now=now)
    return True


@transaction.atomic
def renew_codes(staff: int, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Return new recovery codes, which are shown this once; those of before are no longer good."""
    account = _held(staff)
    made = tuple(_new_code() for _ in range(RECOVERY_CODES))
    RecoveryCode.objects.filter(staff=staff).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(staff_id=staff, code_hash=_hashes(staff, code)[0]) for code in made)
    body = {"count": len(made)}
    ledger.record(account.city_id, f"staff/{staff}", "RecoveryCodesMade", body, actor=actor, now=now)
    return made


def codes_left(staff: int) -> int:
    """Return how many recovery codes are left."""
    return RecoveryCode.objects.filter(staff=staff, used_at=None).count()


def check_code(staff: int, text: str, *, now: datetime) -> None:
    """Accept six digits of the telephone, or a recovery code; each is good once.

    Raises: Rejected `factor_wrong`, `factor_locked` after five failures.
    """
    is_of_telephone = re.fullmatch(r"[0-9]{6}", _digits(text)) is not None

    def prove() -> bool | None:
        if is_of_telephone:
            return _use_step(staff, _digits(text), now=now)
        return _use_recovery(staff, text, now=now)

    _tried(staff, "totp" if is_of_telephone else "recovery", prove, now=now)


def check_key(staff: int, show: Callable[[list[Key]], Key], *, now: datetime) -> None:
    """Accept a security key: `show` says which of the account's it is, or raises NotProven.

    Raises: Rejected `factor_wrong`, `factor_locked`.
    """

    def prove() -> bool | None:
        rows = {bytes(row.credential or b""): row for row in _of_kind(staff, "key")}
        try:
            found = show([Key(credential, row.count) for credential, row in rows.items()])
        except NotProven:
            return None
        row = rows[found.credential]
        row.count, row.used_at = found.count, now
        row.save(update_fields=["count", "used_at"])
        return True

    _tried(staff, "key", prove, now=now)


def keys_of(staff: int) -> list[bytes]:
    """Return the public parts of an account's security keys."""
    return [bytes(row.credential or b"") for row in _of_kind(staff, "key")]


def reset(username: str, *, city: str | None, reason: str, actor: Actor, now: datetime) -> None:
    """Take all factors of somebody who has lost them, and end their sessions; they add new ones after the next sign-in.

    Nobody does it for themselves. `city`: whose accounts the giver sees to, None for the command line.
    Raises: Rejected `reveal_reason_missing`, `unknown_account`, `self_approval`, `factor_none`.
    """
    if is_blank(reason) or len(reason.strip()) < _REASON_AT_LEAST:
        raise Rejected("reveal_reason_missing")
    with transaction.atomic():
        account = Staff.objects.select_for_update().filter(username=username, is_active=True).first()
        if account is None or (city is not None and account.city_id != city):
            raise Rejected("unknown_account", username=username)
        if actor.person == f"staff:{account.pk}":
            raise Rejected("self_approval")
        taken, _ = Factor.objects.filter(staff=account).delete()
        if not taken:
            raise Rejected("factor_none", username=username)
        RecoveryCode.objects.filter(staff=account).delete()
        KnownDevice.objects.filter(staff=account).delete()
        Staff.objects.filter(pk=account.pk).update(session_epoch=account.session_epoch + 1)
        body = {"reason": reason.strip(), "count": taken}
        ledger.record(account.city_id, f"staff/{account.pk}", "FactorsReset", body, actor=actor, now=now)
    limits.free(FAILURES, str(account.pk))


def remember_device(staff: int, *, days: int, now: datetime) -> str:
    """Return a mark by which this browser is known for so many days; nobody else's mark is worth anything."""
    mark = secrets.token_urlsafe(32)
    until = now + timedelta(days=days)
    KnownDevice.objects.create(staff_id=staff, token_hash=_device(staff, mark), until=until)
    return mark


def knows_device(staff: int, mark: str, *, days: int, now: datetime) -> bool:
    """Tell whether a browser's mark is good; none is while the city's rules remember no browser."""
    known = KnownDevice.objects.filter(staff=staff, token_hash=_device(staff, mark), until__gt=now)
    return days > 0 and bool(mark) and known.exists()


def forget(now: datetime) -> None:
    """Delete the marks of browsers that are no longer known, and codes whose setting up was given up."""
    KnownDevice.objects.filter(until__lt=now).delete()
    Factor.objects.filter(confirmed_at=None, added_at__lt=now - SET_UP_WITHIN).delete()


def _tried(staff: int, kind: str, prove: Callable[[], Any], *, now: datetime) -> Any:
    """Return what a proof gives; a failure is counted and on record before it is refused."""
    try:
        limits.check(FAILURES, str(staff), now=now)
    except limits.TooOften as fault:
        raise Rejected("factor_locked", opens=fault.params["opens"]) from fault
    with transaction.atomic():
        account = _held(staff)
        found = prove()
        if found is None:
            failures, begun = limits.tally(FAILURES, str(staff), now=now)
            body = {"kind": kind, "count": failures}
            actor = Actor("system", person=f"staff:{staff}")
            ledger.record(account.city_id, f"staff/{staff}", "FactorRefused", body, actor=actor, now=now)
    if found is None:
        alarms.count("factor", f"staff:{staff}", city=account.city_id, now=now)
        if failures >= FAILURES.most:
            raise Rejected("factor_locked", opens=(begun + FAILURES.per).astimezone(ZONE))
        raise Rejected("factor_wrong")
    limits.free(FAILURES, str(staff))
    return found


def _use_step(staff: int, code: str, *, now: datetime) -> bool | None:
    """Use up a telephone's code; a step that was used, by whichever session, is over."""
    for row in _of_kind(staff, "totp"):
        step = one_time.step_of(_secret(row), code, at=now, after=row.count)
        if step is not None:
            row.count, row.used_at = step, now
            row.save(update_fields=["count", "used_at"])
            return True
    return None


def _use_recovery(staff: int, text: str, *, now: datetime) -> bool | None:
    code = re.sub(r"[\s-]", "", text).upper()
    row = RecoveryCode.objects.filter(staff=staff, used_at=None, code_hash__in=_hashes(staff, code)).first()
    if row is None:
        return None
    RecoveryCode.objects.filter(pk=row.pk).update(used_at=now)
    account = Staff.objects.get(pk=staff)
    body = {"left": codes_left(staff)}
    actor = Actor("system", person=f"staff:{staff}")
    ledger.record(account.city_id, f"staff/{staff}", "RecoveryCodeUsed", body, actor=actor, now=now)
    return True


def _added(staff: int, row: Factor, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    account = Staff.objects.get(pk=staff)
    body = {"factor": str(row.pk), "kind": row.kind}
    ledger.record(account.city_id, f"staff/{staff}", "FactorAdded", body, actor=actor, now=now)
    return () if RecoveryCode.objects.filter(staff=staff).exists() else renew_codes(staff, actor=actor, now=now)


def _of_kind(staff: int, kind: str) -> list[Factor]:
    return list(Factor.objects.filter(staff=staff, kind=kind, confirmed_at__isnull=False).order_by("added_at", "pk"))


def _held(staff: int) -> Staff:
    """Return the account's row, held: its factors are used and changed by one at a time."""
    return Staff.objects.select_for_update(of=("self",)).get(pk=staff)


def _secret(row: Factor) -> str:
    return vault.decrypt(bytes(row.secret_enc or b""), owner=f"factor/{row.pk}", field="secret")


def _digits(text: str) -> str:
    return re.sub(r"\s", "", text)


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LETTERS_IN_CODE))
    return "-".join(letters[start : start + 4] for start in range(0, _LETTERS_IN_CODE, 4))


def _hashes(staff: int, code: str) -> list[bytes]:
    """Return a code's hash by the key of now, and by those of before."""
    text = f"{staff}\0{code.replace('-', '')}"
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [limits.keyed("recovery code", text, key) for key in keys]


def _device(staff: int, mark: str) -> bytes:
    return limits.keyed("known device", f"{staff}\0{mark}")
