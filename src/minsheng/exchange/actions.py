"""Taking a request of an Open311 client: registered by the same path as every appeal, once under a client's key."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from minsheng.citizens import limits
from minsheng.domain.actors import Actor
from minsheng.exchange.models import Token
from minsheng.exchange.open311 import Asked
from minsheng.orders import actions as orders
from minsheng.people import appellants
from minsheng.people.queries import ClientFacts


def take(asked: Asked, *, client: ClientFacts, key: str, now: datetime) -> str:
    """Register a request and return the token by which its number is found. Raises: Rejected.

    The same key gives the same token: whoever asks again after a broken line files nothing twice.
    """
    limits.hit(limits.POST_BY_CLIENT, str(client.id), now=now)
    token = _token(client, key)
    hidden = limits.keyed("open311 token", token)
    # Kept for good, other than the keys of commands: a client that asks again much later files nothing twice either.
    if Token.objects.filter(token=hidden).exists():
        return token
    with transaction.atomic():
        appellant = None
        if asked.phone or asked.name:
            appellant = appellants.keep_appellant(
                city=client.city, kind="citizen", name=asked.name or None, phone=asked.phone or None, now=now
            )
        fingerprint = hashlib.sha256(repr(asked).encode()).digest()
        outcome = orders.register(
            asked.command,
            city=client.city,
            actor=Actor("citizen", person=f"client:{client.id}"),
            now=now,
            words=orders.Words(appellant=appellant, category=asked.category),
            key=orders.Key(f"open311:{client.id}", key, fingerprint),
        )
        Token.objects.get_or_create(
            token=hidden,
            defaults={
                "city": client.city,
                "client": client.id,
                "order": outcome.order.id,
                "number": outcome.number,
                "created_at": now,
            },
        )
    return token


def number_of(token: str, *, city: str) -> str | None:
    """Return the number that a token's request was given, or None."""
    row = Token.objects.filter(token=limits.keyed("open311 token", token), city=city).first()
    return row.number if row is not None else None


def fresh_key() -> str:
    """Return a key for a client that brings none."""
    return secrets.token_hex(16)


def _token(client: ClientFacts, key: str) -> str:
    return limits.keyed("open311", f"{client.id}\0{key}").hex()[:32]
