"""Query codes: with the number they open an order to whoever holds them. Only a keyed hash is kept."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from typing import Final

from minsheng.public.citizens import limits
from minsheng.public.portal.models import AccessCode

# No letter that looks like a digit or spells a word: read aloud over the telephone, typed by anybody.
_ALPHABET: Final = "23456789CDFGHJKMNPQRTVWXYZ"
_LENGTH: Final = 8


def new(order: str, *, now: datetime) -> str:
    """Make the code that opens a new order with its number."""
    return _keep(order, "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)), now=now)


def new_for(order: str, once: str, *, now: datetime) -> str:
    """Make the code of an order that a program files under a key; `again` makes the same one."""
    return _keep(order, _made(order, once), now=now)


def again(order: str, once: str) -> str:
    """Return the code that an order was given under a key; empty where it has another one."""
    code = _made(order, once)
    return _shown(code) if opens(order, code) else ""


def opens(order: str, code: str) -> bool:
    """Tell whether the code opens the order; as slow for a wrong one as for none."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", code).upper() if each.isalnum())
    row = AccessCode.objects.filter(order=order).first()
    known = bytes(row.code) if row is not None else bytes(32)
    return secrets.compare_digest(known, _hidden(order, plain))


def _keep(order: str, code: str, *, now: datetime) -> str:
    AccessCode(order=order, code=_hidden(order, code), created_at=now).save(force_insert=True)
    return _shown(code)


def _shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _made(order: str, once: str) -> str:
    number = int.from_bytes(limits.keyed("code of a key", f"{order}\0{once}"))
    return "".join(_ALPHABET[number // len(_ALPHABET) ** place % len(_ALPHABET)] for place in range(_LENGTH))


def _hidden(order: str, code: str) -> bytes:
    return limits.keyed("access code", f"{order}\0{code}")
