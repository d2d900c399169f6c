"""Whether the words of campaigns and calls are those that the ledger has digests of; `ledger.witnesses` calls it."""

from __future__ import annotations

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered
from minsheng.core.words.witness import compare

__all__ = ["compare", "strangers"]


def strangers() -> list[Altered]:
    """Return campaigns and calls that the ledger knows nothing of."""
    found = [
        *ledger.without_stream("mystery_campaign", "id", "campaign/"),
        *ledger.without_stream("mystery_mysterycall", "id", "mystery_call/"),
    ]
    return [Altered(each, "stranger") for each in found]
