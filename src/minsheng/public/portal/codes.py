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
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    AccessCode(order=order, code=_hidden(order, code), created_at=now).save(force_insert=True)
    return f"{code[:4]}-{code[4:]}"


def opens(order: str, code: str) -> bool:
    """Tell whether the code opens the order; as slow for a wrong one as for none."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", code).upper() if each.isalnum())
    row = AccessCode.objects.filter(order=order).first()
    known = bytes(row.code) if row is not None else bytes(32)
    return secrets.compare_digest(known, _hidden(order, plain))


def _hidden(order: str, code: str) -> bytes:
    return limits.keyed("access code", f"{order}\0{code}")
