"""What I was told: the newest notices to my role or my unit."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.notices import queries
from minsheng.core.features import queries as features
from minsheng.core.people.gates import told
from minsheng.core.people.queries import Person

# The page of whatever has a life cycle and no page of its own.
_THING = "things:thing"


@require_safe
@told
def latest(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the newest notices, each with what it is about. Source: JY-20.1, SZ-9b, SQ-11."""
    told = queries.latest(person.actor, city=person.city)
    links = _links(person, {row.stream for row, _ in told})
    rows = [{"at": row.at, "words": words, "link": links.get(row.stream)} for row, words in told]
    return render(request, "notices/latest.html", {"rows": rows})


def _links(person: Person, streams: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return address and words of the link to each thing that still exists for the person, by stream."""
    by_kind: dict[str, list[str]] = {}
    for stream in streams:
        prefix, _, id = stream.partition("/")
        by_kind.setdefault(prefix, []).append(id)
    found: dict[str, tuple[str, str]] = {}
    for prefix, ids in by_kind.items():
        gate = features.seen(prefix)
        kind = features.streams().get(prefix)
        if gate is not None and kind is not None:
            for id in gate(person.actor, city=person.city, ids=ids):
                found[f"{prefix}/{id}"] = (
                    reverse(kind.page, args=(id,)) if kind.page else reverse(_THING, args=(prefix, id)),
                    wording.tr(kind.link),
                )
    return found
