"""How often somebody may do something: counts in the database, so that all web processes share them.

Who it is (an address, a telephone, an account, an order) is kept as a keyed hash alone. Citizens' own limits are in
`citizens.limits`.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from minsheng.core.ledger.values import ZONE
from minsheng.domain.rejected import Rejected

_HIT = """
    INSERT INTO people_count AS c (key, begun_at, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN c.begun_at <= %(since)s THEN 1 ELSE c.count + 1 END,
        begun_at = CASE WHEN c.begun_at <= %(since)s THEN %(now)s ELSE c.begun_at END
    RETURNING count, begun_at
"""
_LONGEST: Final = timedelta(days=2)


class TooOften(Rejected):
    """Somebody has done something more often than a person would; `opens` says when it is possible again."""

    def __init__(self, opens: datetime) -> None:
        super().__init__("too_often", opens=opens.astimezone(ZONE))
        self.opens = opens


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times within so long. `name` keeps the counts of different things apart.

    With `by_address`, who is counted is an address, and one of IPv6 counts with its whole network.
    """

    name: str
    most: int
    per: timedelta
    by_address: bool = False


# Failures alone: a whole office may stand behind one address, and whoever knows the password is no guesser.
SIGN_IN_BY_ADDRESS: Final = Limit("sign-in address", 60, timedelta(minutes=30), by_address=True)


def tally(limit: Limit, who: str, *, now: datetime) -> tuple[int, datetime]:
    """Count one time, and return how many times it makes in the window that runs, and when that began."""
    values: dict[str, bytes | datetime] = {"key": _key(limit, who), "now": now, "since": now - limit.per}
    with connection.cursor() as cursor:
        cursor.execute(_HIT, values)
        count, begun = cursor.fetchone()
    return count, begun


def hit(limit: Limit, who: str, *, now: datetime) -> None:
    """Count one time. Raises: TooOften when it was one too many; the count stays."""
    count, begun = tally(limit, who, now=now)
    if count > limit.most:
        raise TooOften(begun + limit.per)


def check(limit: Limit, who: str, *, now: datetime) -> None:
    """Look without counting. Raises: TooOften when the limit is already reached."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count, begun_at FROM people_count WHERE key = %s", (_key(limit, who),))
        found = cursor.fetchone()
    if found is not None and found[0] >= limit.most and found[1] > now - limit.per:
        raise TooOften(found[1] + limit.per)


def counted(limit: Limit, who: str, *, now: datetime) -> int:
    """Return how many times were counted in the window that runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count, begun_at FROM people_count WHERE key = %s", (_key(limit, who),))
        found = cursor.fetchone()
    return found[0] if found is not None and found[1] > now - limit.per else 0


def free(limit: Limit, who: str) -> None:
    """Forget what was counted: whoever it was has shown that they may."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_count WHERE key = %s", (_key(limit, who),))


def forget(*, now: datetime) -> None:
    """Delete counts that no window reaches any more."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_count WHERE begun_at < %s", (now - _LONGEST,))


def keyed(purpose: str, text: str, secret: str | None = None) -> bytes:
    """Return a hash that nobody without the installation's key can make or try through."""
    key = hashlib.sha256(f"minsheng citizens {purpose}".encode() + (secret or settings.SECRET_KEY).encode()).digest()
    return hmac.digest(key, text.encode(), "sha256")


def network(address: str) -> str:
    """Return the /64 of an IPv6 address, which one line gets whole; IPv4 stays, also where it is written as IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        # No address, as behind a proxy that gives none: all of these count together.
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False))


def _key(limit: Limit, who: str) -> bytes:
    return keyed("count", f"{limit.name}\0{network(who) if limit.by_address else who}")
