"""Whether words of threads are those that the ledger has digests of; `ledger.witnesses` calls it."""

from __future__ import annotations

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered
from minsheng.core.words.witness import compare

__all__ = ["compare", "strangers"]


def strangers() -> list[Altered]:
    """Return threads that the ledger knows nothing of."""
    return [Altered(each, "stranger") for each in ledger.without_stream("forum_thread", "id", "thread/")]
