"""Experts in term, for whoever has a question; a telephone is read with a reason. Source: SZ-31a, JS-2.2d."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import experts as people_experts
from minsheng.core.people.forms import ExpertContactForm
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock


@require_safe
@desk
def experts(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the experts of today, of one field or of all; what a list may not show is left out."""
    return _page(request, person, field=request.GET.get("field", ""))


@sensitive_post_parameters("reason")
@require_POST
@desk
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
    today = clock.now().astimezone(ZONE).date()
    rows = [
        (each, opened[1] if opened is not None and opened[0] == each.id else "")
        for each in people_experts.in_term(person.city, on=today, field=field)
    ]
    context = {
        "rows": rows,
        "fields": people_experts.fields(person.city, on=today),
        "field": field,
        "form": form,
    }
    return render(request, "people/experts.html", context, status=status)


def _reader(person: Person) -> None:
    if person.acting_as not in people_experts.READERS:
        raise PermissionDenied("no questions to experts")
