"""Whether words of the knowledge base are those that the ledger has digests of; `ledger.witnesses` calls it."""

from __future__ import annotations

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered
from minsheng.core.words.witness import compare

__all__ = ["compare", "strangers"]


def strangers() -> list[Altered]:
    """Return articles, documents and duties that the ledger knows nothing of."""
    tables = (("knowledge_article", "article/"), ("knowledge_basis", "basis/"), ("knowledge_duty", "duty/"))
    found = (each for table, prefix in tables for each in ledger.without_stream(table, "id", prefix))
    return [Altered(each, "stranger") for each in found]
