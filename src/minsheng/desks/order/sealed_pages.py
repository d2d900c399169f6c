"""The page of an order that was refused as a secret: no word of it but to who has just opened it, with a reason.

Whom no message reaches is told of the refusal by those who may open the order; nobody else can. Source: SZ-13.3,
JY-6.3, SQ-7.3, JY-9.4.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from minsheng import wording
from minsheng.cases.orders import actions
from minsheng.cases.orders.reading import identities
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries
from minsheng.core.people.gates import desk
from minsheng.core.people.permissions import SEALED_READERS
from minsheng.core.people.queries import Identity, Person
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench.forms import CommandForm, Ground, RevealForm, WordsForm
from minsheng.workbench.overview import identity_rows
from minsheng.workbench.steps import asked, done, key_of, say, sealed_or_not

_TOLD = "told_by_phone"


def is_to_be_called(row: queries.Row, person: Person) -> bool:
    """Return whether the person is to tell the appellant of a sealed order something that no channel brought."""
    return row.is_sealed and person.acting_as in SEALED_READERS and bool(queries.state_of(row).undelivered)


def shown(
    request: HttpRequest,
    row: queries.Row,
    person: Person,
    *,
    words: WordsForm | None = None,
    reveal: RevealForm | None = None,
    told: CommandForm | None = None,
    opened: reading.Opened | None = None,
    clear: Identity | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show that an order was refused as a secret; `opened`, `clear`: what the person has just opened of it."""
    order = queries.state_of(row)
    situation = identities.situation_of(order, actor=person.actor, city=person.city)
    context: dict[str, Any] = {
        "row": row,
        "state": wording.label_of_status(row.status, row.reason),
        "code": wording.CHOICES["code"]["R3"],
        "opened": opened,
        "words_form": (words or WordsForm()) if reading.may_open(person.actor, situation) else None,
    }
    if is_to_be_called(row, person):
        form = told or CommandForm(
            _TOLD, ground=_ground(row, person), initial={"key": uuid4(), "seen_version": row.version}
        )
        context |= {"told_form": form, "reveal": reveal or RevealForm(), "clear": identity_rows(clear)}
    return render(request, "desks/sealed.html", context, status=status)


@require_POST
@desk
def told(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Note that the appellant of a sealed order was told by a call. Source: JY-9.4, JY-12.4; A-70."""
    row = sealed_or_not(person, order_id)
    if not row.is_sealed or person.acting_as not in SEALED_READERS:
        raise Http404
    ground = _ground(row, person)
    form = CommandForm(_TOLD, ground=ground, data=request.POST)
    built = form.build(form.values()) if form.is_valid() else None
    if built is None:
        return shown(request, row, person, told=form, status=422)
    try:
        outcome = actions.apply(
            built,
            order_id=row.id,
            actor=person.actor,
            now=clock.now(),
            key=key_of(person, form, f"{row.id} {_TOLD}", asked(request)),
            seen_version=form.cleaned_data["seen_version"],
        )
    except Rejected as rejected:
        return shown(request, row, person, told=form, status=form.refuse(rejected))
    say(request, outcome, ground, done(row.number))
    return redirect("desks:calls")


def _ground(row: queries.Row, person: Person) -> Ground:
    rules = policies.rules_for(person.city, now=clock.now())
    return Ground(rules, queries.state_of(row), person.acting_as)
