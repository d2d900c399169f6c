"""What I was told: the newest notices to my role or my unit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng.notices import queries
from minsheng.people.gates import desk
from minsheng.people.queries import Person


@require_safe
@desk
def latest(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the newest notices, each with the order that it is about. Source: JY-20.1, SZ-9b, SQ-11."""
    rows = [
        {"at": row.at, "words": words, "order": row.stream.partition("/")[2] if row.stream.startswith("order/") else ""}
        for row, words in queries.latest(person.actor, city=person.city)
    ]
    return render(request, "notices/latest.html", {"rows": rows})
