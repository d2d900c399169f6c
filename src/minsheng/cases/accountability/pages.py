"""The page of a case's evidence: an order as it stood when it was named, whatever became of it since."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.accountability import evidence, queries
from minsheng.cases.accountability.actions import KIND
from minsheng.cases.accountability.labels import LABELS, decides, readable
from minsheng.cases.accountability.readers import READERS
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.people.vault import VaultBroken
from minsheng.core.policies import queries as policies
from minsheng.gateways import clock


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


@require_safe
@desk
def exempt_page(request: HttpRequest, person: Person) -> HttpResponse:
    """Show for what nobody answered and on which ground, and where the rules turned out to have a gap."""
    if person.acting_as not in READERS.roles:
        raise PermissionDenied("no reader of cases")
    rules = policies.rules_for(person.city, now=clock.now())
    rows = queries.exempt(person.actor, city=person.city)
    lines = [
        {
            "row": each.row,
            "at": each.at,
            "ground": rules.accountability_exemptions.get(each.ground, each.ground),
            "ticks": [wording.tr(LABELS.choices["ticks"][tick]) for tick in each.ticks],
            "grounds": [rules.accountability_grounds.get(code, code) for code in each.row.state["grounds"]],
            "is_gap": each.ground in rules.accountability_gaps,
        }
        for each in rows
    ]
    gaps = [each for each in lines if each["is_gap"]]
    return render(request, "accountability/exempt.html", {"lines": lines, "gaps": gaps})


def _tells(name: str) -> bool:
    """Tell whether a field says something to people: digests and marks of the program have no label."""
    return name in wording.FIELDS


def _shown(name: str, text: str) -> str:
    return wording.CHOICES.get(name, {}).get(text, text)
