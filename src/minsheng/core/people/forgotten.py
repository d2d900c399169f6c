"""Somebody has forgotten their password: they ask, and the administrator, who knows them, gives a code (`passes`).

Nobody learns from the answer whether there is such an account. Source: GB/T 22239-2019 8.1.4.1; ASVS 6.3.8, 6.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import limits, passes
from minsheng.core.people.models import PasswordRequest, Staff
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

BY_ADDRESS: Final = limits.Limit("forgotten password", 20, timedelta(hours=1), by_address=True)
_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that nobody has answered yet."""

    id: UUID
    username: str
    name: str
    unit: str
    asked_at: datetime


def ask(username: str, *, address: str, now: datetime) -> None:
    """Put the account on the administrator's list, once however often it is asked for. Raises: TooOften by address."""
    limits.hit(BY_ADDRESS, address, now=now)
    with transaction.atomic():
        staff = Staff.objects.select_for_update(of=("self",)).filter(username=username, is_active=True).first()
        if staff is None or PasswordRequest.objects.filter(staff=staff, handled_at=None).exists():
            return
        PasswordRequest.objects.create(id=ids.uuid7(now), staff=staff, asked_at=now)
        actor = Actor("system", person=f"staff:{staff.pk}")
        notice = {"kind": "password_requested", "to": "admin", "params": {"person": f"staff:{staff.pk}"}}
        body = {"notices": [notice]}
        ledger.record(staff.city_id, f"staff/{staff.pk}", "PasswordRequested", body, actor=actor, now=now)


def waiting(city: str) -> list[Asked]:
    """Return the requests of a city that wait, the oldest first."""
    rows = PasswordRequest.objects.filter(staff__city=city, handled_at=None).select_related("staff__unit")
    return [
        Asked(
            row.pk,
            row.staff.username,
            row.staff.display_name,
            row.staff.unit.name if row.staff.unit is not None else "",
            row.asked_at,
        )
        for row in rows.order_by("asked_at", "pk")
    ]


def answer(request: UUID, *, city: str, reason: str, actor: Actor, now: datetime) -> str:
    """Return the code for the holder of an account who asked. Raises: Rejected `request_answered`; PassRefused."""
    row = PasswordRequest.objects.filter(pk=request, staff__city=city, handled_at=None).select_related("staff").first()
    if row is None:
        raise Rejected("request_answered")
    return passes.give_password(row.staff.username, city=city, reason=reason, actor=actor, now=now)


def forget(now: datetime) -> None:
    """Delete requests that were answered: that they were is on record."""
    PasswordRequest.objects.filter(handled_at__lt=now - _KEPT).delete()


@transaction.atomic
def refuse(request: UUID, *, city: str, actor: Actor, now: datetime) -> None:
    """Take a request off the list that its account's holder has not made. Raises: Rejected `request_answered`."""
    row = PasswordRequest.objects.select_for_update().filter(pk=request, staff__city=city, handled_at=None).first()
    if row is None:
        raise Rejected("request_answered")
    PasswordRequest.objects.filter(pk=row.pk).update(handled_at=now)
    ledger.record(city, f"staff/{row.staff_id}", "PasswordRequestRefused", {}, actor=actor, now=now)
