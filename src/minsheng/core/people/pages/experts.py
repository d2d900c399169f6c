"""Specialists and experts of today, for whoever has a question; telephones are read with a reason.

Source: SZ-31a, JS-2.2d, JS-2.3f.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import experts as people_experts
from minsheng.core.people import shifts, terms
from minsheng.core.people.forms import ExpertContactForm
from minsheng.core.people.gates import desk
from minsheng.core.people.pages.confirming import confirmed_when_many
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import kept_of
from minsheng.gateways import clock


@require_safe
@desk
def experts(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the experts of today, of one field or of all; what a list may not show is left out."""
    return _page(request, person, field=kept_of(request.GET.get("field", "")))


@sensitive_post_parameters("reason")
@require_POST
@desk
@confirmed_when_many
def telephone(request: HttpRequest, person: Person) -> HttpResponse:
    """Show one expert's telephone, once; the reading is a fact."""
    _reader(person)
    # The field of the row that was asked for, so that what is wrong leads there.
    form = ExpertContactForm(request.POST, auto_id=f"%s-{request.POST.get('expert', '')[:36].replace('%', '')}")
    if not form.is_valid():
        return _page(request, person, form=form, status=422)
    wanted: UUID = form.cleaned_data["expert"]
    try:
        found = people_experts.telephone(
            person.city, wanted, reason=form.cleaned_data["reason"], actor=person.actor, now=clock.now()
        )
    except Rejected as refusal:
        form.add_error(None, wording.say(refusal))
        return _page(request, person, form=form, status=422)
    return _page(request, person, opened=(wanted, found))


def _page(
    request: HttpRequest,
    person: Person,
    *,
    field: str = "",
    form: ExpertContactForm | None = None,
    opened: tuple[UUID, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    _reader(person)
    now = clock.now()
    today = now.astimezone(ZONE).date()
    rows = [
        (each, opened[1] if opened is not None and opened[0] == each.id else "")
        for each in people_experts.in_term(person.city, on=today, field=field)
    ]
    context = {
        "rows": rows,
        "fields": people_experts.fields(person.city, on=today),
        "field": field,
        "form": form,
        "specialists": _specialists(person, now=now),
    }
    return render(request, "people/experts.html", context, status=status)


def _reader(person: Person) -> None:
    if person.acting_as not in people_experts.READERS:
        raise PermissionDenied("no questions to experts")


def _specialists(person: Person, *, now: datetime) -> list[tuple[str, str, list[str], bool]]:
    """Return the specialists of today: name, desk, kinds, and whether they are on shift now; those who are first."""
    rules = policies.rules_for(person.city, now=now)
    sitting = {each.actor for each in shifts.on_shift(person.city, at=now)}
    rows = [
        (
            each.name,
            wording.tr(rules.desks.get(each.term.desk, each.term.desk)),
            [wording.tr(rules.specialist_kinds.get(kind, kind)) for kind in each.term.kinds],
            each.actor in sitting,
        )
        for each in terms.holders(person.city, on=now.astimezone(ZONE).date(), roles=("specialist",))
    ]
    return sorted(rows, key=lambda row: not row[3])
