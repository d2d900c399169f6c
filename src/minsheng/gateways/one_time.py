"""One-time codes that an application on a telephone shows: six digits, new every thirty seconds (RFC 6238).

SHA-1, six digits and thirty seconds are what every such application knows. Source: GB/T 22239-2019 8.1.4.1 d.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

_STEP_SECONDS: Final = 30
_DIGITS: Final = 6
_SECRET_BYTES: Final = 20
# A telephone's clock may be one step off, either way.
_WINDOW: Final = 1


def new_secret() -> str:
    """Return a new secret, in base32 as applications take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address(secret: str, *, account: str, issuer: str) -> str:
    """Return what an application reads from the QR code."""
    return _generator(secret).get_provisioning_uri(account, issuer)


def code_at(secret: str, moment: datetime) -> str:
    """Return the code of a moment."""
    return _generator(secret).generate(int(moment.timestamp())).decode()


def step_of(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """Return the step whose code this is, around a moment; None for none, or for one up to `after`, that was used.

    Every step is compared, so that the time taken tells nothing.
    """
    generator, now = _generator(secret), int(at.timestamp()) // _STEP_SECONDS
    steps = range(max(0, now - _WINDOW), now + _WINDOW + 1)
    given = code.encode()
    fitting = [step for step in steps if hmac.compare_digest(generator.generate(step * _STEP_SECONDS), given)]
    return next((step for step in fitting if step > after), None)


def _generator(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP_SECONDS)  # noqa: S303 - HMAC, as the standard has it
