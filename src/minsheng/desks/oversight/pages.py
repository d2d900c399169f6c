"""What overseers read: orders by number and unit, and the course of each; nobody's identity, nobody's words.

Source: JY-19, SZ-42, roles ("Timeline without identity").
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.orders.reading import overseen
from minsheng.cases.orders.reading.overseen import Overseen
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.people import queries as people
from minsheng.core.people.gates import told
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.rules import Rules
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock
from minsheng.workbench import shown, timeline


@require_safe
@told
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show orders, the newest first."""
    _oversees(person)
    asked = {name: _word(request, name) for name in ("unit", "number")}
    late, after = bool(request.GET.get("late")), _word(request, "after")
    found = overseen.listed(person.city, **asked, late=late, after=after)
    rules = policies.rules_for(person.city, now=clock.now())
    rows = [
        (each, _type(each, rules), wording.label_of_status(each.status, each.reason)) for each in found[: overseen.PAGE]
    ]
    goes_on = len(found) > overseen.PAGE
    onward = {**asked, "after": rows[-1][0].id if goes_on else "", **({"late": "1"} if late else {})}
    context = {
        "rows": rows,
        **asked,
        "late": late,
        "units": people.all_units(person.city),
        "onward": "?" + urlencode(onward) if goes_on else "",
    }
    return render(request, "desks/oversight.html", context)


@require_safe
@told
def course(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show how one order was handled, step by step."""
    _oversees(person)
    found = overseen.state_of(person.city, order_id) if "\0" not in order_id else None
    if found is None:
        raise Http404
    row, order = found
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    facts = timeline.facts_of(orders.history(row.id))
    context = {
        "row": row,
        "type": _type(row, rules),
        "state": wording.label_of_status(row.status, row.reason),
        "lines": timeline.course_of(facts, rules=rules),
        "deadlines": shown.deadlines_of(order, now=now, rules=rules),
    }
    return render(request, "desks/oversight_order.html", context)


def _type(row: Overseen, rules: Rules) -> str:
    return wording.tr(rules.appeal_types.get(row.type, row.type))


def _oversees(person: Person) -> None:
    if person.acting_as != "overseer":
        raise PermissionDenied("no overseer")


def _word(request: HttpRequest, name: str) -> str:
    return kept_of(cleaned(request.GET.get(name, "")))[:100].strip()
