"""Identifiers that sort by the time they were made: RFC 9562 UUID version 7.

Made here, because PostgreSQL makes them only from version 18.
"""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime
from uuid import UUID

_RANDOM_BITS = 62
_STEP_BITS = 32

_lock = threading.Lock()
_last: list[int] = [-1, 0]  # the last time field of this process and the random field that went with it


def uuid7(now: datetime) -> UUID:
    """Return a new identifier whose order is that of `now`, and within one microsecond the order of the calls.

    The 48-bit millisecond is followed by 12 bits of its fraction (RFC 9562 method 3); equal moments count the random
    field up by a random step (method 2), so a standing test clock still gives rising identifiers.
    Raises: ValueError for a naive moment or one before 1970.
    """
    if now.tzinfo is None:
        raise ValueError("uuid7 needs an aware moment")
    microseconds = round(now.timestamp() * 1_000_000)
    if microseconds < 0:
        raise ValueError("uuid7 needs a moment after 1970")
    milliseconds, rest = divmod(microseconds, 1000)
    stamp = (milliseconds << 12) | (rest * 4096 // 1000)
    tail = _tail(stamp)
    high = (stamp >> 12 << 16) | (7 << 12) | (stamp & 0xFFF)
    return UUID(int=(high << 64) | (0b10 << _RANDOM_BITS) | tail)


def moment_of(id: UUID) -> datetime:
    """Return the moment of which an identifier was made, to the millisecond, in UTC."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)


def _tail(stamp: int) -> int:
    with _lock:
        if stamp == _last[0]:
            tail = _last[1] + 1 + secrets.randbits(_STEP_BITS)
            if tail >> _RANDOM_BITS:
                tail = secrets.randbits(_RANDOM_BITS)
        else:
            # One bit is left free so that counting up within the moment has room.
            tail = secrets.randbits(_RANDOM_BITS - 1)
        _last[0], _last[1] = stamp, tail
        return tail
