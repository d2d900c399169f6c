"""Who calls the API, in which role, and what every writing request brings: its key, and the version it saw."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from minsheng.cases.orders import actions
from minsheng.core.people import actions as people
from minsheng.core.people.queries import ClientFacts
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

_KEY = re.compile(r"[!-~]{1,200}")
_VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>` of a client that `minsheng client create` made."""

    def authenticate(self, request: HttpRequest, token: str) -> ClientFacts | None:
        """Return the client of the token, or None."""
        return people.authenticate(token.strip(), now=clock.now())


@dataclass(frozen=True, slots=True)
class Caller:
    """A client, the role it acts in now, and the moment of the request."""

    client: ClientFacts
    actor: Actor
    now: datetime

    @property
    def city(self) -> str:
        """The city that the client belongs to."""
        return self.client.city


def caller_of(request: HttpRequest) -> Caller:
    """Return who calls. Raises: Rejected `role_wanted`, `not_your_role`."""
    client: ClientFacts = request.auth  # type: ignore[attr-defined]
    wanted = request.headers.get("X-Role")
    actor = client.actor(wanted) if wanted != "" else None
    if actor is None:
        if not wanted:
            raise Rejected("role_wanted", choices="、".join(client.roles))
        raise Rejected("not_your_role", role=wanted)
    return Caller(client, actor, clock.now())


def key_of(request: HttpRequest, caller: Caller) -> actions.Key:
    """Return the idempotency key that every POST must bring. Raises: Rejected `key_missing`."""
    given = request.headers.get("Idempotency-Key", "").strip()
    if _KEY.fullmatch(given) is None:
        raise Rejected("key_missing")
    asked = f"{request.method} {request.path} {caller.actor.role}\n".encode()
    return actions.Key(f"client:{caller.client.id}", given, hashlib.sha256(asked + request.body).digest())


def seen_version_of(request: HttpRequest) -> int | None:
    """Return the version that `If-Match` names. Raises: Rejected `field_missing` for what is none."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    found = _VERSION.fullmatch(given)
    if found is None:
        raise Rejected("version_malformed")
    return int(found[1])


def plain(value: Any) -> dict[str, Any]:
    """Return what a body says, without what it leaves out."""
    found: dict[str, Any] = value.model_dump(exclude_none=True)
    return found
