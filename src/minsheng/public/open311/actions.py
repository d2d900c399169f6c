"""Taking a request of an Open311 client: registered by the same path as every appeal, once under a client's key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from minsheng.cases.orders import actions as orders
from minsheng.core.ledger.values import KeyReused
from minsheng.core.people import appellants
from minsheng.core.people.queries import ClientFacts
from minsheng.domain.actors import Actor
from minsheng.public.citizens import limits
from minsheng.public.open311.models import Token
from minsheng.public.open311.open311 import Asked


def taken(*, client: ClientFacts, key: str, fingerprint: bytes, now: datetime) -> str | None:
    """Return the token that the same body was given under this key, or None when there is none yet; counted as a try.

    Kept for good, other than the keys of commands: a client that asks again much later files nothing twice either.
    Raises: KeyReused for another body; TooOften.
    """
    limits.hit(limits.POST_BY_CLIENT, str(client.id), now=now)
    token = _token(client, key)
    row = Token.objects.filter(token=_hidden(token)).first()
    if row is None:
        return None
    # Tokens from before bodies were kept have none to compare.
    if row.fingerprint is not None and bytes(row.fingerprint) != fingerprint:
        raise KeyReused
    return token


def take(asked: Asked, *, client: ClientFacts, key: str, fingerprint: bytes, now: datetime) -> str:
    """Register a request and return the token by which its number is found. Raises: Rejected.

    Of two that come at once with one key the second waits for the first, and gets its token or KeyReused.
    """
    token = _token(client, key)
    with transaction.atomic():
        appellant = None
        if asked.phone or asked.name:
            appellant = appellants.keep_appellant(
                city=client.city, kind="citizen", name=asked.name or None, phone=asked.phone or None, now=now
            )
        outcome = orders.register(
            asked.command,
            city=client.city,
            actor=Actor("citizen", person=f"client:{client.id}"),
            now=now,
            words=orders.Words(appellant=appellant, category=asked.category),
            key=orders.Key(f"open311:{client.id}", key, fingerprint),
        )
        if outcome.repeated:
            # The first one has kept the token and the appellant; the vault shall not have somebody twice.
            transaction.set_rollback(True)
        else:
            Token.objects.create(
                token=_hidden(token),
                city=client.city,
                client=client.id,
                order=outcome.order.id,
                number=outcome.number,
                fingerprint=fingerprint,
                created_at=now,
            )
    return token


def fingerprint_of(form: Mapping[str, str]) -> bytes:
    """Return a keyed hash of what was sent, without the client's own token: that one may be renewed."""
    sent = {name: value for name, value in form.items() if name != "api_key"}
    return limits.keyed("open311 body", json.dumps(sent, sort_keys=True))


def number_of(token: str, *, city: str) -> str | None:
    """Return the number that a token's request was given, or None."""
    row = Token.objects.filter(token=_hidden(token), city=city).first()
    return row.number if row is not None else None


def fresh_key() -> str:
    """Return a key for a client that brings none."""
    return secrets.token_hex(16)


def _token(client: ClientFacts, key: str) -> str:
    return limits.keyed("open311", f"{client.id}\0{key}").hex()[:32]


def _hidden(token: str) -> bytes:
    return limits.keyed("open311 token", token)
