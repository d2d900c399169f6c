"""What I was told: the newest notices to my role or my unit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng.cases.notices import queries
from minsheng.cases.orders.reading import finding as orders
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person


@require_safe
@desk
def latest(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the newest notices, each with the order that it is about. Source: JY-20.1, SZ-9b, SQ-11."""
    told = queries.latest(person.actor, city=person.city)
    named = {row.id: row.stream.removeprefix("order/") for row, _ in told if row.stream.startswith("order/")}
    # What one was told of may have left one's sight since: then there is nothing to link to.
    seen = orders.seen(person.actor, city=person.city, ids=named.values())
    rows = [
        {"at": row.at, "words": words, "order": order if (order := named.get(row.id, "")) in seen else ""}
        for row, words in told
    ]
    return render(request, "notices/latest.html", {"rows": rows})
