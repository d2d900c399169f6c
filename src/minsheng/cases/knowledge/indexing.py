"""The index by which published versions are found: terms with their weights, written anew with each version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from minsheng.cases.knowledge import rendering, terms
from minsheng.cases.knowledge.models import Article, Posting
from minsheng.core.ledger.actions import execute
from minsheng.domain.knowledge.article import Article as State
from minsheng.gateways import spelling

# In the order of the terms, so that two who publish at once wait for each other and not crosswise.
_COUNT: Final = b"""
    INSERT INTO knowledge_term (city_id, term, held)
    SELECT %(city)s, term, %(step)s FROM unnest(%(terms)s::text[]) AS t (term) ORDER BY term
    ON CONFLICT (city_id, term) DO UPDATE SET held = knowledge_term.held + EXCLUDED.held
"""


def index(row: Article, state: State) -> None:
    """Write the terms of an article's published version; inside the caller's transaction."""
    content = state.content
    assert content is not None
    row.text = rendering.text(content.body)
    weighed = terms.of_version(content, row.text)
    former = set(Posting.objects.filter(article=row).values_list("term", flat=True))
    Posting.objects.filter(article=row).delete()
    Posting.objects.bulk_create(
        Posting(city_id=row.city_id, article=row, term=term, weight=weight) for term, weight in weighed.items()
    )
    _count(row.city_id, former - set(weighed), -1)
    # The empty term stands in every version that is indexed: a search needs their number, and counting them is slow.
    _count(row.city_id, (set(weighed) - former) | (set() if row.indexed else {""}), 1)
    row.indexed = state.edition
    row.phonetic = "\n".join(spelling.spelled(each) for each in (content.title, *content.phrasings))
    row.save(update_fields=["indexed", "phonetic", "text"])


def _count(city: str, changed: Iterable[str], step: int) -> None:
    if found := list(changed):
        execute(_COUNT, {"city": city, "terms": found, "step": step})
