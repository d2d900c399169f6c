"""The index by which published versions are found: terms with their weights, written anew with each version."""

from __future__ import annotations

from minsheng.cases.knowledge import rendering, terms
from minsheng.cases.knowledge.models import Article, Posting
from minsheng.domain.knowledge.article import Article as State
from minsheng.gateways import spelling


def index(row: Article, state: State) -> None:
    """Write the terms of an article's published version; inside the caller's transaction."""
    content = state.content
    assert content is not None
    weighed = terms.of_version(content, rendering.text(content.body))
    Posting.objects.filter(article=row).delete()
    Posting.objects.bulk_create(
        Posting(city_id=row.city_id, article=row, term=term, weight=weight) for term, weight in weighed.items()
    )
    row.indexed = state.edition
    row.phonetic = "\n".join(spelling.spelled(each) for each in (content.title, *content.phrasings))
    row.save(update_fields=["indexed", "phonetic"])
