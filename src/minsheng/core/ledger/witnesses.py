"""Comparing what is kept beside the ledger (words, files, documents) with the digests that the ledger holds of it.

A witness is a module that a feature names for its streams, with two functions: `compare(streams)` looks at
what belongs to these streams, `strangers()` at what belongs to none. What it says of a thing is one of `WHAT`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, cast

from django.conf import settings
from django.db import connection, transaction

from minsheng.core.features import queries as features
from minsheng.core.ledger.models import Look

logger = logging.getLogger(__name__)

# What can be found: the words, or who said them, or a file, are not those that the ledger has the digest of.
WHAT: Final = frozenset(
    {
        "appeal_missing", "words", "appellant", "category", "title", "order_row", "additions", "attachment",
        "attachment_name", "file", "public_text", "public_file", "public_case", "report_missing", "figures",
        "report_words", "document", "instructions", "cell", "cell_index", "stranger",
    }
)  # fmt: skip
_BATCH: Final = 500
_SPOTS: Final = 10
_EVERY: Final = timedelta(days=1)
_NAMED_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Altered:
    """Something that is not what the ledger holds the digest of: which stream binds it, and what it is."""

    stream: str
    what: str


@dataclass(slots=True)
class Compared:
    """What a witness saw: how many streams, what was altered, how many hold no digest (written by older versions)."""

    streams: int = 0
    unbound: int = 0
    altered: list[Altered] = field(default_factory=list)

    def found(self, stream: str, what: str) -> None:
        """Note one thing that is not as it was."""
        self.altered.append(Altered(stream, what))

    def add(self, other: Compared) -> None:
        """Take in what another look saw."""
        self.streams += other.streams
        self.unbound += other.unbound
        self.altered += other.altered


class Witness(Protocol):
    """What the module of a feature offers."""

    def compare(self, streams: Sequence[str]) -> Compared:
        """Compare what these streams bind."""

    def strangers(self) -> list[Altered]:
        """Return what stands there and belongs to no stream."""


def compare_all(*, stream: str | None = None) -> Compared:
    """Compare everything that the ledger binds, or what one stream does; memory does not grow with the ledger."""
    total = Compared()
    for prefix, witness in _witnesses(stream):
        for batch in [[stream]] if stream is not None else _batches(prefix):
            total.add(_steadily(witness, batch))
        if stream is None:
            total.altered += witness.strangers()
    return total


def compare_sample(size: int) -> Compared:
    """Compare about so many streams of each kind, from spots taken at random."""
    total = Compared()
    for prefix, witness in _witnesses(None):
        total.add(_steadily(witness, _sample(prefix, size)))
    return total


def look(now: datetime) -> None:
    """Compare a sample once a day, note what came of it for the doctor, and log what was altered as an error."""
    last = Look.objects.order_by("-at").first()
    if last is not None and now - last.at < _EVERY:
        return
    seen = compare_sample(settings.LEDGER_SAMPLE)
    altered = [{"stream": each.stream, "what": each.what} for each in seen.altered]
    Look.objects.create(at=now, streams=seen.streams, altered=altered[:_NAMED_AT_MOST])
    if altered:
        names = " ".join(each["stream"] for each in altered[:_NAMED_AT_MOST])
        logger.error("what is kept does not fit the ledger, look at it with `minsheng ledger verify`: %s", names)


def _steadily(witness: Witness, streams: Sequence[str]) -> Compared:
    """Compare in one snapshot, since work goes on meanwhile; what was found must be found in a second one too."""
    with _snapshot():
        seen = witness.compare(streams)
    if seen.altered:
        with _snapshot():
            again = witness.compare(list(dict.fromkeys(each.stream for each in seen.altered)))
        seen.altered = [each for each in seen.altered if each in again.altered]
    return seen


@contextmanager
def _snapshot() -> Iterator[None]:
    """See everything as at one moment; inside of a transaction, as that one sees it."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _witnesses(stream: str | None) -> list[tuple[str, Witness]]:
    kind = stream.partition("/")[0] if stream is not None else None
    return [
        (f"{prefix}/", cast(Witness, module))
        for prefix, module in features.witnesses().items()
        if kind in (None, prefix)
    ]


def _batches(prefix: str) -> Iterator[list[str]]:
    after = 0
    while rows := _begun(prefix, after=after, limit=_BATCH):
        yield [stream for _, stream in rows]
        after = rows[-1][0]


def _sample(prefix: str, size: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM ledger_event")
        found = cursor.fetchone()
    high = (found[0] if found else 0) or 0
    names: dict[str, None] = {}
    for _ in range(_SPOTS):
        after = random.randrange(high) if high else 0  # noqa: S311 - a sample, no secret
        rows = _begun(prefix, after=after, limit=max(1, size // _SPOTS)) or _begun(prefix, after=0, limit=1)
        names.update((stream, None) for _, stream in rows)
    return list(names)


def _begun(prefix: str, *, after: int, limit: int) -> list[tuple[int, str]]:
    """Return position and name of the next streams of that prefix, as they began."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT position, stream FROM ledger_event
            WHERE position > %s AND version = 1 AND starts_with(stream, %s) ORDER BY position LIMIT %s
            """,
            (after, prefix, limit),
        )
        return list(cursor.fetchall())
