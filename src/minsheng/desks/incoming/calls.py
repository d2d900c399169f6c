"""The list of those whom no message reaches: somebody calls them, and says so at the order.

Of orders that are sealed those who may open them call; of all others the desks that speak with appellants.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.orders.reading import finding
from minsheng.cases.orders.storage import records
from minsheng.core.messages import queries as messages
from minsheng.core.people.gates import desk
from minsheng.core.people.permissions import SEALED_READERS
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.facts import Notice
from minsheng.gateways import clock

ROLES: Final = ("callback_agent", "seat", *SEALED_READERS)
_SHOWN: Final = 200


@require_safe
@desk
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what is to be told by a call, the oldest first. Source: JY-9.4, JY-12.4, SZ-15.3c; A-70."""
    if person.acting_as not in ROLES:
        raise PermissionDenied
    rules = policies.rules_for(person.city, now=clock.now())
    waiting = messages.to_call(person.city, limit=_SHOWN)
    kinds: dict[str, list[Any]] = {}
    for stream, kind, at in waiting:
        if stream.startswith("order/"):
            kinds.setdefault(records.order_id_of(stream), []).append((kind, at))
    found = finding.of_ids(person.actor, city=person.city, ids=list(kinds), sealed=person.acting_as in SEALED_READERS)
    rows = [
        {
            "order": order,
            "told": [wording.say(Notice(kind, "citizen", {}), rules) for kind, _ in kinds[order.id]],
            "at": min(at for _, at in kinds[order.id]),
        }
        for order in found
    ]
    rows.sort(key=lambda row: row["at"])
    return render(request, "desks/calls.html", {"rows": rows, "full": len(waiting) == _SHOWN})
