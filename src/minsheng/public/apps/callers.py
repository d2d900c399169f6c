"""Who calls the API of programs: the program itself, or somebody who signed in there; the key, and the moment."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from ninja.security import HttpBearer

from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.public.apps import actions, queries
from minsheng.public.apps.models import Program
from minsheng.public.apps.queries import Citizen

_KEY: Final = re.compile(r"[!-~]{1,200}")


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>` of a program that `minsheng program serve` let in."""

    def authenticate(self, request: HttpRequest, token: str) -> Program | None:
        """Return the program of the token, or None."""
        return queries.program_of(actions.hash_of(token.strip()))


class Person(HttpBearer):
    """`Authorization: Bearer <token>` of somebody who signed in to a program."""

    def authenticate(self, request: HttpRequest, token: str) -> Citizen | None:
        """Return who has the token, or None."""
        return queries.citizen_of(actions.hash_of(token.strip()), now=clock.now())


def program_of(request: HttpRequest) -> Program:
    """Return the program that calls."""
    found: Program = request.auth  # type: ignore[attr-defined]
    return found


def citizen_of(request: HttpRequest) -> Citizen:
    """Return for whom a program calls."""
    found: Citizen = request.auth  # type: ignore[attr-defined]
    return found


def moment_of(request: HttpRequest) -> datetime:
    """Return the moment of the request."""
    auth = request.auth  # type: ignore[attr-defined]
    return auth.visitor.now if isinstance(auth, Citizen) else clock.now()


def key_of(request: HttpRequest) -> str:
    """Return the idempotency key that every POST must bring. Raises: Rejected `key_missing`."""
    given = request.headers.get("Idempotency-Key", "").strip()
    if _KEY.fullmatch(given) is None:
        raise Rejected("key_missing")
    return given
