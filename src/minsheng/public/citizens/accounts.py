"""Accounts: found or made for a telephone that somebody has shown to be theirs, then perhaps a real name.

Source: SZ-17a (back-end real name, front name free), SQ-10.1, A-60.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import appellants, queries, vault
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.identity import Verified
from minsheng.gateways.ids import uuid7
from minsheng.public.citizens import limits
from minsheng.public.citizens.models import Account

FRONT_NAME_AT_MOST = 20


class AccountRefused(Rejected):
    """Something that an account can't have; the code says why."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account as pages show it: the identity masked."""

    id: UUID
    city: str
    appellant: UUID
    front_name: str
    is_verified: bool
    name: str
    phone: str

    @property
    def actor(self) -> Actor:
        """Return the actor of the domain: a citizen by pseudonym."""
        return Actor("citizen", person=f"appellant:{self.appellant}")


def enter(phone: str, *, city: str, now: datetime) -> UUID:
    """Return the account of a telephone, made at the first visit. The caller has checked the code. Raises: BadPhone."""
    normal = vault.phone_in(city, phone)
    with transaction.atomic():
        ledger.hold(f"account {vault.blind_index('phone', normal, city=city).hex()}")
        found = Account.objects.filter(appellant__in=queries.find_appellant(city=city, phone=normal)).first()
        if found is None:
            appellant = appellants.keep_appellant(city=city, kind="citizen", phone=normal, now=now)
            found = Account.objects.create(id=uuid7(now), city_id=city, appellant_id=appellant, created_at=now)
            _record(found, "AccountOpened", now)
    return found.pk


def verify(account: UUID, verified: Verified, *, now: datetime) -> None:
    """Keep who the register says it is. Raises: AccountRefused when they are another account's; BadIdNumber."""
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account)
        subject = limits.keyed("subject", f"{row.city_id}\0{verified.subject}")
        ledger.hold(f"subject {subject.hex()}")
        if Account.objects.filter(city=row.city_id, subject=subject).exclude(pk=row.pk).exists():
            raise AccountRefused("identity_taken")
        if row.subject is not None and bytes(row.subject) != subject:
            raise AccountRefused("identity_differs")
        appellants.name_appellant(row.appellant_id, name=verified.name, id_number=verified.id_number or None)
        row.subject, row.level, row.verified_at = subject, "REAL_NAME", now
        row.save(update_fields=["subject", "level", "verified_at"])
        _record(row, "RealNameVerified", now)


def rename(account: UUID, front_name: str) -> None:
    """Choose the name that others see. Raises: AccountRefused for one that tells who it is, or is too long."""
    chosen = " ".join(front_name.split())
    if len(chosen) > FRONT_NAME_AT_MOST:
        raise AccountRefused("front_name_too_long", most=FRONT_NAME_AT_MOST)
    if vault.names_somebody(chosen):
        raise AccountRefused("front_name_tells")
    Account.objects.filter(pk=account).update(front_name=chosen)


def known(account: UUID, *, city: str) -> Known | None:
    """Return an account of the city with its masked identity."""
    row = Account.objects.filter(pk=account, city=city).first()
    if row is None:
        return None
    identity = queries.masked([row.appellant_id], city=city).get(row.appellant_id)
    return Known(
        id=row.pk,
        city=city,
        appellant=row.appellant_id,
        front_name=row.front_name,
        is_verified=row.level == "REAL_NAME",
        name=(identity.name if identity is not None else None) or "",
        phone=(identity.phone if identity is not None else None) or "",
    )


def verified(accounts: Iterable[UUID]) -> int:
    """Return how many of these accounts have a verified real name."""
    return Account.objects.filter(pk__in=list(accounts), level="REAL_NAME").count()


def of_appellants(appellants: Iterable[UUID], *, city: str) -> Known | None:
    """Return the account of one of these people, or None where none has one."""
    row = Account.objects.filter(appellant__in=list(appellants), city=city).order_by("created_at").first()
    return known(row.pk, city=city) if row is not None else None


def own_appellants(account: Known, *, now: datetime) -> list[UUID]:
    """Return every pseudonym that the account's telephone goes by, after writing down that it was looked up.

    What was registered at the hotline with the same number, perhaps with a name, is the same person's.
    """
    return appellants.same_phone(
        account.appellant, city=account.city, actor=account.actor, purpose="own appeals", now=now
    )


def _record(row: Account, kind: str, now: datetime) -> None:
    actor = Actor("citizen", person=f"appellant:{row.appellant_id}")
    ledger.record(row.city_id, f"account/{row.pk}", kind, {"level": row.level}, actor=actor, now=now)
