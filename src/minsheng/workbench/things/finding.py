"""Finding things: by number and by the columns that their kind names, among those that exist for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from minsheng import wording
from minsheng.core.features import queries as features
from minsheng.core.features.values import Found, Hit
from minsheng.core.lifecycles import queries as lifecycles
from minsheng.core.lifecycles.kinds import Kind
from minsheng.core.people.queries import Person
from minsheng.workbench.things import queries

_CANDIDATES: Final = 200


def things(person: Person, words: str, *, now: datetime) -> Iterator[Found]:
    """Give what may hold the words, of every kind that has pages here; `features.queries` picks them out."""
    for prefix, kind in features.life_cycles().items():
        if kind.labels is not None and kind.readers.admits(person.actor):
            yield Found(wording.tr(kind.labels.name), tuple(_hits(prefix, kind, person, words)))


def _hits(prefix: str, kind: Kind[Any], person: Person, words: str) -> Iterator[Hit]:
    rows = lifecycles.visible(kind, person.actor, city=person.city)
    assert kind.labels is not None
    for word in words.split():
        one_of = Q(status__in=[code for code, label in kind.labels.states.items() if word in wording.tr(label)])
        for column in ("number", *kind.sought):
            one_of |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(one_of)
    for row in rows.order_by("-id")[:_CANDIDATES]:
        said = [queries.state_label(kind, row.status), *(str(getattr(row, column)) for column in kind.sought)]
        yield Hit(row.number or "", reverse("things:thing", args=(prefix, str(row.pk))), " · ".join(filter(None, said)))
