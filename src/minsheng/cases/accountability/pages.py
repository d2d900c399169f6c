"""The page of a case's evidence: an order as it stood when it was named, whatever became of it since."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.accountability import evidence
from minsheng.cases.accountability.actions import KIND
from minsheng.cases.accountability.labels import decides, readable
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.people.vault import VaultBroken


@require_safe
@desk
def evidence_page(request: HttpRequest, person: Person, case: UUID, order: str) -> HttpResponse:
    """Show the copy of an order in a case's evidence; for anybody else there is none."""
    row = things.row_of(KIND, str(case), person.actor, city=person.city)
    if row is None or "\0" in order or not decides(row, person.actor):
        raise Http404
    if not readable(row, person.actor).filter(order=order).exists():
        raise Http404
    try:
        copy = evidence.opened(row.pk, order=order)
    except VaultBroken:
        raise Http404 from None
    if copy is None:
        raise Http404
    lines = [
        {
            "at": datetime.fromisoformat(fact["at"]),
            "step": wording.STEPS.get(fact["step"]) or wording.EVENTS.get(fact["event"], fact["event"]),
            "who": wording.label_of_actor(fact["role"], fact["unit"] or None),
            "said": [(wording.FIELDS[name], _shown(name, text)) for name, text in fact["said"].items() if _tells(name)],
        }
        for fact in copy["facts"]
    ]
    return render(request, "accountability/evidence.html", {"row": row, "copy": copy, "lines": lines})


def _tells(name: str) -> bool:
    """Tell whether a field says something to people: digests and marks of the program have no label."""
    return name in wording.FIELDS


def _shown(name: str, text: str) -> str:
    return wording.CHOICES.get(name, {}).get(text, text)
