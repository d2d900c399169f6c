"""Open orders that might be about what is being said: found by words of their titles, ranked by `domain.likeness`.

An index over pairs of neighboring letters, of open orders alone, answers it. Each question to it is cut off early: a
common word gives some orders, two common words together those that matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, TextField, Value

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import queries
from minsheng.domain.actors import Actor
from minsheng.domain.likeness import Candidate, Like, Said, pairs, ranked
from minsheng.domain.orders.order import CLOSED
from minsheng.gateways import segmenter

SHOWN = 5
# Titles are the first words of an appeal; what comes later is seldom in one.
_LETTERS = 40
_WORDS, _PLACE_WORDS = 5, 3
_EACH, _COMPARED = 60, 60


@dataclass(frozen=True, slots=True)
class Similar:
    """An order with why it is shown."""

    row: Order
    like: Like


def of(actor: Actor, *, city: str, content: str, place: str = "", category: str = "") -> list[Similar]:
    """Return open orders visible to the actor that are like what is said, the most like first; three statements."""
    words = sorted(segmenter.words_of(content[:_LETTERS]), key=len, reverse=True)[:_WORDS]
    where = segmenter.words_of(place[:_LETTERS])[-_PLACE_WORDS:]
    said = Said(words, where, category)
    titles = _titles(actor, city, [*words, *(each for each in where if each not in words)])
    first = ranked(said, [Candidate(id_, title) for id_, title in titles.items()], limit=_COMPARED)
    # Where it is and what it is about is read of those alone that share words.
    known = appeals.places_of(titles if len(titles) <= _COMPARED else [each.id for each in first])
    candidates = [Candidate(id_, titles[id_], *known.get(id_, ("", ""))) for id_ in known]
    likes = ranked(said, candidates, limit=SHOWN)
    rows = queries.visible(actor, city=city).defer("state", "head").in_bulk([each.id for each in likes])
    return [Similar(rows[each.id], each) for each in likes if each.id in rows]


def _titles(actor: Actor, city: str, words: Sequence[str]) -> dict[str, str]:
    """Return titles of open orders by id: some of each word, and of every two words together."""
    rows = queries.visible(actor, city=city).exclude(status=CLOSED).filter(is_internal=False)
    rows = rows.alias(pairs=Func(F("title"), function="zh_bigrams", output_field=ArrayField(TextField())))
    wanted = [*combinations(words, 2), *((word,) for word in words)]
    asked = []
    for each in wanted:
        held = Value([pair for word in each for pair in pairs(word)], output_field=ArrayField(TextField()))
        asked.append(rows.filter(pairs__contains=held).order_by().values_list("id", "title")[:_EACH])
    if not asked:
        return {}
    return dict(asked[0].union(*asked[1:], all=True)) if len(asked) > 1 else dict(asked[0])
