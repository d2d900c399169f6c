"""Who calls with a token of a program's citizen, and who carries what is told there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.exceptions import ObjectDoesNotExist

from minsheng.core.people import vault
from minsheng.core.people.vault_keys import Cell
from minsheng.core.policies import queries as policies
from minsheng.gateways import webhooks
from minsheng.gateways.webhooks import Hook
from minsheng.public.apps.models import Grant, Program
from minsheng.public.citizens import accounts
from minsheng.public.citizens.visitors import Visitor

CELLS: Final[tuple[Cell, ...]] = ((Program.objects, "program", "secret"),)


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody as a program's request acts for them."""

    grant: Grant
    program: Program
    visitor: Visitor


def program_of(token_hash: bytes) -> Program | None:
    """Return the program that has a token; None for one that serves nobody any more."""
    row = Program.objects.filter(token_hash=token_hash, is_active=True).first()
    return row if row is not None and policies.city(row.city).active else None


def citizen_of(token_hash: bytes, *, now: datetime) -> Citizen | None:
    """Return who has a token; None for one that is not good, or whose program has ended."""
    grants = Grant.objects.select_related("program").filter(program__is_active=True, expires_at__gt=now)
    grant = grants.filter(token_hash=token_hash).first()
    if grant is None:
        return None
    program = grant.program
    try:
        city = policies.city(program.city)
    except (ObjectDoesNotExist, policies.UnknownCity):
        return None
    account = accounts.known(grant.account, city=program.city)
    if account is None or not city.active:
        return None
    own = frozenset(accounts.own_appellants(account, now=now))
    return Citizen(
        grant, program, Visitor(city, now, f"program {program.pk}", account, frozenset(), is_known=True, appellants=own)
    )


def carrier(channel: str, *, now: datetime) -> webhooks.Hooks | None:
    """Return who carries what is told in a channel of programs; None where no program of it takes any."""
    hooks: dict[str, Hook] = {}
    for row in Program.objects.filter(channel=channel, is_active=True).exclude(webhook=""):
        secret = vault.decrypt(bytes(row.secret_enc), owner=f"program/{row.pk}", field="secret")
        hooks[str(row.pk)] = Hook(row.webhook, secret)
    return webhooks.Hooks(hooks) if hooks else None
