"""Whether answers are those that came: each heap of them against the digest that the ledger has of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from minsheng.cases.surveys.actions import KIND, digest_of
from minsheng.cases.surveys.models import Answer
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered, Compared
from minsheng.core.words import witness as words
from minsheng.domain.surveys.survey import AnswersTaken

__all__ = ["compare", "strangers"]


def compare(streams: Sequence[str]) -> Compared:
    """Compare the words and the answers of these surveys with what their facts hold of them."""
    seen = words.compare(streams)
    for stream in streams:
        heaps: dict[int, list[Answer]] = {}
        for row in Answer.objects.filter(survey=UUID(stream.removeprefix(KIND.prefix))):
            heaps.setdefault(row.heap, []).append(row)
        for event in ledger.history(stream):
            fact = KIND.codec.from_ledger(event)
            if isinstance(fact.event, AnswersTaken) and digest_of(heaps.pop(event.version, [])) != fact.event.digest:
                seen.found(stream, "words")
        if heaps:
            seen.found(stream, "words")
    return seen


def strangers() -> list[Altered]:
    """Return surveys that the ledger knows nothing of."""
    return [Altered(each, "stranger") for each in ledger.without_stream("surveys_survey", "id", "survey/")]
