"""Programs of others: letting one serve people, signing people in there by a code to their telephone, and out.

Source: SZ-2, SZ-7b, SQ-2, JY-2a.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import vault
from minsheng.core.policies import queries as policies
from minsheng.core.reach import actions as reach
from minsheng.domain import names
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.sms import Sms
from minsheng.public.apps.models import Grant, Program, Ticket
from minsheng.public.citizens import accounts, codes

GOOD_FOR: Final = timedelta(days=7)
# From the program's button to the page that opens.
TICKET_GOOD_FOR: Final = timedelta(minutes=2)
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Keys:
    """What a program gets: its token, and the secret with which pushes to it are signed."""

    token: str
    secret: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a program gets for somebody: the token, for how long, and the name under which it is pushed to."""

    token: str
    until: datetime
    user: UUID


@transaction.atomic
def serve(city: str, name: str, *, channel: str, webhook: str, actor: Actor, now: datetime) -> Keys:
    """Let a program serve people; return its token and its webhook's secret, shown this once. Again: new ones.

    Raises: Rejected `code_not_in_pack`, `webhook_not_https`; what `names.checked` refuses.
    """
    name = names.checked(name)
    if channel not in policies.rules_for(city, now=now).channels:
        raise Rejected("code_not_in_pack", value=channel)
    if webhook and not _is_safe(webhook):
        raise Rejected("webhook_not_https")
    keys = Keys(f"mp_{secrets.token_urlsafe(32)}", secrets.token_urlsafe(32))
    row = Program.objects.filter(city=city, name=name).first() or Program(city=city, name=name, created_at=now)
    row.channel, row.webhook, row.is_active = channel, webhook, True
    row.token_hash, row.secret_enc = hash_of(keys.token), b""
    row.save()
    row.secret_enc = vault.encrypt(keys.secret, owner=f"program/{row.pk}", field="secret")
    row.save(update_fields=["secret_enc"])
    body = {"name": name, "channel": channel, "has_webhook": bool(webhook)}
    ledger.record(city, f"program/{row.pk}", "ProgramServes", body, actor=actor, now=now)
    return keys


@transaction.atomic
def end(city: str, name: str, *, actor: Actor, now: datetime) -> bool:
    """Let a program serve nobody any more: its token and those of its people are useless at once."""
    row = Program.objects.select_for_update().filter(city=city, name=name, is_active=True).first()
    if row is None:
        return False
    row.is_active = False
    row.save(update_fields=["is_active"])
    for account in Grant.objects.filter(program=row).values_list("account", flat=True).distinct():
        _let_go(row, account, now=now)
    Grant.objects.filter(program=row).delete()
    ledger.record(city, f"program/{row.pk}", "ProgramEnded", {"name": name}, actor=actor, now=now)
    return True


def send_code(program: Program, phone: str, *, sms: Sms, now: datetime) -> str:
    """Send a code to somebody's telephone; return it, for a demonstration to show.

    Raises: BadPhone, TooOften, SmsAway.
    """
    # All of a program's people stand behind one address: it is the telephone that is counted.
    normal = vault.phone_in(program.city, phone)
    address = f"program {program.pk} {vault.blind_index('phone', normal, city=program.city).hex()}"
    return codes.send(phone, city=program.city, address=address, sms=sms, now=now)


def sign_in(program: Program, phone: str, code: str, *, now: datetime) -> SignedIn:
    """Use a code up and sign somebody in; they are told by this program from now on. Raises: BadPhone, CodeWrong."""
    codes.check(phone, code, city=program.city, now=now)
    with transaction.atomic():
        account = accounts.enter(phone, city=program.city, now=now)
        known = accounts.known(account, city=program.city)
        assert known is not None
        token = f"mc_{secrets.token_urlsafe(32)}"
        until = now + GOOD_FOR
        Grant.objects.create(program=program, account=account, token_hash=hash_of(token), expires_at=until)
        if program.webhook:
            reach.bind(
                known.appellant, city=program.city, channel=program.channel, address=_address(program, account),
                verified=True, now=now,
            )  # fmt: skip
        body = {"program": program.pk}
        ledger.record(program.city, f"account/{account}", "SignedInByProgram", body, actor=known.actor, now=now)
    return SignedIn(token, until, account)


def ticket(grant: Grant, *, now: datetime) -> str:
    """Return what opens the portal's pages once for whoever is signed in to a program; what is kept of it finds it."""
    token = secrets.token_urlsafe(32)
    Ticket.objects.create(grant=grant, token_hash=hash_of(token), expires_at=now + TICKET_GOOD_FOR)
    return token


@transaction.atomic
def use(token: str, *, city: str, now: datetime) -> UUID | None:
    """Use a ticket up; return whose account it opens, None for one that is not good (any more) in the city."""
    rows = Ticket.objects.select_for_update().filter(token_hash=hash_of(token), expires_at__gt=now)
    rows = rows.filter(grant__expires_at__gt=now, grant__program__is_active=True, grant__program__city=city)
    row = rows.select_related("grant").first()
    if row is None:
        return None
    account: UUID = row.grant.account
    row.delete()
    return account


@transaction.atomic
def sign_out(grant: Grant, *, now: datetime) -> None:
    """End a token; with the last one of an account nothing more is pushed to it in this program."""
    program, account = grant.program, grant.account
    grant.delete()
    if not Grant.objects.filter(account=account, program=program, expires_at__gt=now).exists():
        _let_go(program, account, now=now)


def forget(*, now: datetime) -> None:
    """Delete tokens that are no longer good; who has none left in a program is no longer told there."""
    Ticket.objects.filter(expires_at__lte=now).delete()
    for grant in Grant.objects.select_related("program").filter(expires_at__lte=now).order_by("pk")[:_AT_ONCE]:
        sign_out(grant, now=now)


def _let_go(program: Program, account: UUID, *, now: datetime) -> None:
    known = accounts.known(account, city=program.city)
    if known is not None:
        reach.unbind(
            known.appellant, city=program.city, channel=program.channel, now=now, actor=known.actor,
            address=_address(program, account),
        )  # fmt: skip


def _address(program: Program, account: UUID) -> str:
    """Return where somebody is told in a program: others in the same channel have addresses of their own."""
    return f"{program.pk}/{account}"


def hash_of(token: str) -> bytes:
    """Return what is kept of a token: it is 256 random bits, which nobody can try through."""
    return hashlib.sha256(token.encode()).digest()


def _is_safe(webhook: str) -> bool:
    parts = urlsplit(webhook)
    is_local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    return bool(parts.hostname) and parts.username is None and (parts.scheme == "https" or is_local)
