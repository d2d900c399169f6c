"""What the ledger takes and gives: facts, stored events, and the bytes that the hash chain is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from minsheng.domain.rejected import Rejected

GENESIS: Final = bytes(32)
# In which every city's moments are read.
ZONE: Final = ZoneInfo("Asia/Shanghai")

# "sorted" also orders the fields of dataclasses and structs, so that they spell like the mappings read back.
_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, not yet written down. `body` is canonical JSON, see `canonical`."""

    type: str
    at: datetime
    actor: Mapping[str, object]
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A fact as it stands in the ledger; `body` is JSON text in the database's own spelling."""

    position: int
    city: str
    stream: str
    version: int
    type: str
    at: datetime
    recorded_at: datetime
    actor: Mapping[str, object]
    body: bytes
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer once given under an idempotency key."""

    status: int
    body: object


class StaleStream(Exception):
    """Somebody else has appended to the stream since it was read; read again, decide again."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(stream, version)
        self.stream = stream
        self.version = version


class KeyReused(Rejected):
    """The idempotency key was used before for another content."""

    def __init__(self) -> None:
        super().__init__("key_reused")


class InFlight(Rejected):
    """The same command with the same key is being carried out at this moment."""

    def __init__(self) -> None:
        super().__init__("in_flight")


def canonical(value: object) -> bytes:
    """Return the one JSON spelling of a value: sorted keys, no spaces, UTF-8.

    Use whole numbers and text, not floats: PostgreSQL may spell a float otherwise, and the chain would not hold.
    """
    return _encode(value)


def chain(
    prev_hash: bytes,
    *,
    city: str,
    stream: str,
    version: int,
    type: str,
    at: datetime,
    recorded_at: datetime,
    actor: bytes,
    body: bytes,
) -> bytes:
    """Return the hash of an event: SHA-256 over the previous hash and everything the row says but its position.

    `actor` and `body` must be canonical. Positions are the business of the seals.
    """
    line = _encode(
        [city, stream, version, type, _moment(at), _moment(recorded_at), msgspec.Raw(actor), msgspec.Raw(body)]
    )
    return hashlib.sha256(prev_hash + line).digest()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
