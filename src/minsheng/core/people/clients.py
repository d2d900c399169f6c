"""The programs that may use a city's API: who they are, which tokens are in use, since when; a new token, other roles.

Adding and ending one are `people.actions`, which the API asks too. Source: JY-20.11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import actions
from minsheng.core.people.models import Client
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank

STATES: Final = ("active", "expired", "ended")
NAME_AT_MOST: Final = 100
DAYS_AT_MOST: Final = 3650


@dataclass(frozen=True, slots=True)
class Program:
    """A client as lists show it; `last_used_on` is a day, never a request."""

    id: int
    name: str
    unit: str
    roles: tuple[str, ...]
    is_active: bool
    expires_at: datetime | None
    last_used_on: date | None
    created_at: datetime

    def state(self, now: datetime) -> str:
        """Return one of `STATES`."""
        if not self.is_active:
            return "ended"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


def of_city(city: str) -> list[Program]:
    """Return the city's clients, those that have ended too, by name."""
    return [_program(row) for row in Client.objects.filter(city=city).select_related("unit").order_by("name")]


def one(city: str, client: int) -> Program | None:
    """Return a client of the city, or None."""
    row = Client.objects.filter(city=city, pk=client).select_related("unit").first()
    return _program(row) if row is not None else None


@transaction.atomic
def add(city: str, *, name: str, roles: Sequence[str], unit: str, days: int | None, actor: Actor, now: datetime) -> str:
    """Add a client and return its token, shown this once. `days`: how long it is good, None for no end.

    Raises: Rejected `client_…`; NameTaken, BadRole, DutiesNotSeparated, UnknownUnit.
    """
    name = cleaned(name).strip()
    if is_blank(name) or len(name) > NAME_AT_MOST:
        raise Rejected("client_name", most=NAME_AT_MOST)
    if not roles:
        raise Rejected("field_missing", fields=("role",))
    return actions.add_client(
        city, name=name, roles=roles, unit=unit or None, expires_at=_end(days, now), actor=actor, now=now
    )


@transaction.atomic
def renew(city: str, client: int, *, days: int | None, actor: Actor, now: datetime) -> str:
    """Give a client a new token and return it, shown this once; the old one is useless at once.

    Raises: Rejected `client_gone`.
    """
    row = _locked(city, client)
    prefix, token = actions.new_token()
    expires_at = _end(days, now)
    Client.objects.filter(pk=row.pk).update(
        token_prefix=prefix, token_hash=actions.token_hash(token), expires_at=expires_at
    )
    body = {"expires_at": expires_at}
    ledger.record(city, f"client/{row.pk}", "ClientRenewed", body, actor=actor, now=now)
    return token


@transaction.atomic
def set_roles(city: str, client: int, roles: Sequence[str], *, actor: Actor, now: datetime) -> bool:
    """Let a client have exactly these roles; return whether that is new.

    Raises: Rejected `client_gone`, `field_missing`; BadRole, DutiesNotSeparated.
    """
    row = _locked(city, client)
    if not roles:
        raise Rejected("field_missing", fields=("role",))
    actions.check_roles(roles, row.unit.name if row.unit is not None else None, now=now)
    if list(roles) == list(row.roles):
        return False
    Client.objects.filter(pk=row.pk).update(roles=list(roles))
    ledger.record(city, f"client/{row.pk}", "ClientRolesSet", {"roles": list(roles)}, actor=actor, now=now)
    return True


def end(city: str, client: int, *, actor: Actor, now: datetime) -> None:
    """Make a client's token useless for good. Raises: Rejected `client_gone`."""
    found = one(city, client)
    if found is None or not actions.revoke_client(city, name=found.name, actor=actor, now=now):
        raise Rejected("client_gone")


def _locked(city: str, client: int) -> Client:
    rows = Client.objects.select_for_update(of=("self",)).select_related("unit")
    row = rows.filter(city=city, pk=client, active=True).first()
    if row is None:
        raise Rejected("client_gone")
    return row


def _end(days: int | None, now: datetime) -> datetime | None:
    if days is not None and not 1 <= days <= DAYS_AT_MOST:
        raise Rejected("client_days", most=DAYS_AT_MOST)
    return now + timedelta(days=days) if days is not None else None


def _program(row: Client) -> Program:
    return Program(
        id=row.pk,
        name=row.name,
        unit=row.unit.name if row.unit is not None else "",
        roles=tuple(row.roles),
        is_active=row.active,
        expires_at=row.expires_at,
        last_used_on=row.last_used_on,
        created_at=row.created_at,
    )
