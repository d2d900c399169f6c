"""The page of one order: words, state, deadlines, timeline, what may be done now; and the identity, when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.office import claims
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.core.people import appellants
from minsheng.core.people.gates import desk
from minsheng.core.people.pages.confirming import confirmed_when_many
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.desks.attachments import queries as attachment_side
from minsheng.desks.incoming import side as conversation_side
from minsheng.desks.order import sealed_pages
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench.forms import RevealForm, WordsForm
from minsheng.workbench.overview import context_of, situation_of
from minsheng.workbench.steps import order_or_404, sealed_or_not


@require_safe
@desk
def order(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show an order: words, state, deadlines with their derivation, timeline, and what may be done now."""
    row, now = sealed_or_not(person, order_id), clock.now()
    if row.is_sealed:
        return sealed_pages.shown(request, row, person)
    claims.prolong(row.id, by=person.actor, now=now)
    context = context_of(row, person, now=now, reveal=RevealForm(), came_from=request.GET.get("list"))
    whole = request.GET.get("talk") == "all"
    return render(request, "desks/order.html", {**context, **_beside(row, person, context, whole=whole)})


@sensitive_post_parameters()
@require_POST
@desk
@confirmed_when_many
def reveal(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show wanted parts of the identity in clear, in this answer alone; it is recorded. Source: JY-8d, JY-23.5."""
    row = sealed_or_not(person, order_id)
    if row.is_sealed and not sealed_pages.is_to_be_called(row, person):
        raise Http404
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
                situation=situation_of(queries.state_of(row), person),
                order=row.id,
                reason=form.cleaned_data["reason"],
                fields=form.cleaned_data["fields_wanted"],
                now=now,
            )
            form = RevealForm()
        except Rejected as rejected:
            status = _refused(form, rejected)
    else:
        status = 422
    if row.is_sealed:
        return sealed_pages.shown(request, row, person, reveal=form, clear=clear, status=status)
    row = order_or_404(person, order_id)
    context = context_of(row, person, now=now, reveal=form, clear=clear, came_from=request.POST.get("list"))
    return render(request, "desks/order.html", {**context, **_beside(row, person, context)}, status=status)


@sensitive_post_parameters()
@require_POST
@desk
@confirmed_when_many
def open_words(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show the words as they were said, in this answer alone; it is recorded. Source: JY-8d, JY-23.5, SZ-13.3."""
    row = sealed_or_not(person, order_id)
    form = WordsForm(request.POST)
    opened, status = None, 422
    now = clock.now()
    if form.is_valid():
        try:
            opened = reading.open_words(
                row,
                queries.state_of(row),
                actor=person.actor,
                reason=form.cleaned_data["reason"],
                now=now,
            )
            form, status = WordsForm(), 200
        except Rejected as rejected:
            status = _refused(form, rejected)
    if row.is_sealed:
        return sealed_pages.shown(request, row, person, words=form, opened=opened, status=status)
    context = context_of(
        row, person, now=now, reveal=RevealForm(), opening=form,
        is_opened=opened is not None, came_from=request.POST.get("list"),
    )  # fmt: skip
    return render(request, "desks/order.html", {**context, **_beside(row, person, context)}, status=status)


def _beside(row: queries.Row, person: Person, context: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """Return what the tabs beside an order need: its files, and the conversation."""
    rules = policies.rules_for(person.city, now=clock.now())
    talk = conversation_side.context_of(row, person, context, rules=rules, whole=whole)
    return {**attachment_side.context_of(row, person, state=context["order"]), **talk}


def _refused(form: RevealForm | WordsForm, rejected: Rejected) -> int:
    """Put why nothing was opened on the form, and return the answer's status."""
    form.add_error("reason" if "reason" in rejected.code else None, wording.say(rejected))
    if rejected.code == "openings_used_up":
        return 429
    return 422 if "reason" in rejected.code else 403
