"""Finding things: by number and by the columns that their kind names, among those that exist for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse

from minsheng import wording
from minsheng.core.features import queries as features
from minsheng.core.features.values import Found, Hit
from minsheng.core.lifecycles import queries as lifecycles
from minsheng.core.lifecycles.kinds import Kind
from minsheng.core.people.queries import Person

_CANDIDATES: Final = 200


def things(person: Person, words: str, *, now: datetime) -> Iterator[Found]:
    """Give what may hold the words, of every kind that has pages here; `features.queries` picks them out."""
    for prefix, kind in features.life_cycles().items():
        if kind.labels is not None and kind.readers.admits(person.actor):
            yield Found(wording.tr(kind.labels.name), tuple(_hits(prefix, kind, person, words)))


def state_label(kind: Kind[Any], status: str) -> str:
    """Return what a state is called."""
    assert kind.labels is not None
    return wording.tr(kind.labels.states.get(status, status))


def holding(kind: Kind[Any], rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Return those of the rows that hold each of the words: in number, state, unit or what the kind is sought by."""
    assert kind.labels is not None
    for word in words.split():
        one_of = Q(status__in=[code for code, label in kind.labels.states.items() if word in wording.tr(label)])
        for column in ("number", "target_unit", *kind.sought):
            one_of |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(one_of)
    return rows


def _hits(prefix: str, kind: Kind[Any], person: Person, words: str) -> Iterator[Hit]:
    rows = holding(kind, lifecycles.visible(kind, person.actor, city=person.city), words)
    for row in rows.order_by("-id")[:_CANDIDATES]:
        said = [state_label(kind, row.status), *(str(getattr(row, column)) for column in kind.sought)]
        yield Hit(row.number or "", reverse("things:thing", args=(prefix, str(row.pk))), " · ".join(filter(None, said)))
