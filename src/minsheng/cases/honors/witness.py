"""Whether the words of honors are those that the ledger has digests of; `ledger.witnesses` calls it."""

from __future__ import annotations

from typing import Final

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered
from minsheng.core.words.witness import compare

__all__ = ["compare", "strangers"]

_NAMES: Final = ("roll", "award")


def strangers() -> list[Altered]:
    """Return honors that the ledger knows nothing of."""
    found = (each for name in _NAMES for each in ledger.without_stream(f"honors_{name}", "id", f"{name}/"))
    return [Altered(each, "stranger") for each in found]
