"""The page of one order: words, state, deadlines, timeline, what may be done now; and the identity, when asked for."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.appeals import queries as appeals
from minsheng.desks import attachment_side
from minsheng.desks.forms import RevealForm
from minsheng.desks.order_page import context_of, situation_of
from minsheng.desks.steps import order_or_404
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.orders import claims, queries, records
from minsheng.people import appellants
from minsheng.people.gates import desk
from minsheng.people.queries import Person


@require_safe
@desk
def order(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show an order: words, state, deadlines with their derivation, timeline, and what may be done now."""
    row, now = order_or_404(person, order_id), clock.now()
    claims.prolong(row.id, by=person.actor, now=now)
    context = context_of(row, person, now=now, reveal=RevealForm(), came_from=request.GET.get("list"))
    files = attachment_side.context_of(row, person, state=context["order"])
    return render(request, "desks/order.html", {**context, **files})


@sensitive_post_parameters()
@require_POST
@desk
def reveal(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show wanted parts of the identity in clear, in this answer alone; it is recorded. Source: JY-8d, JY-23.5."""
    row = order_or_404(person, order_id)
    now = clock.now()
    form = RevealForm(request.POST)
    words = appeals.words_of(records.appeal_of(row.id))
    clear, status = None, 200
    if words is None or words.appellant is None:
        raise Http404
    if form.is_valid():
        try:
            clear = appellants.reveal(
                words.appellant,
                city=person.city,
                actor=person.actor,
                situation=situation_of(queries.state_of(row), words, person),
                order=row.id,
                reason=form.cleaned_data["reason"],
                fields=form.cleaned_data["fields_wanted"],
                now=now,
            )
            form = RevealForm()
        except Rejected as rejected:
            form.add_error("reason" if "reason" in rejected.code else None, wording.say(rejected))
            status = 422 if "reason" in rejected.code else 403
    else:
        status = 422
    context = context_of(row, person, now=now, reveal=form, clear=clear, came_from=request.POST.get("list"))
    files = attachment_side.context_of(row, person, state=context["order"])
    return render(request, "desks/order.html", {**context, **files}, status=status)
