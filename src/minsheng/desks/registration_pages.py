"""The seat's desk: registration on one screen."""

from __future__ import annotations

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from minsheng.desks.forms import Ground, RegistrationForm
from minsheng.desks.steps import key_of, say
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.orders import actions, finding
from minsheng.orders.actions import Outcome
from minsheng.people import actions as people
from minsheng.people import queries as people_queries
from minsheng.people.gates import desk
from minsheng.people.queries import Person
from minsheng.policies import queries as policies


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@desk
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Register an appeal, or register and submit it in one go. Source: SZ-15.1, JY-9.1a, SQ-10.1, JY-34b, JY-35a."""
    if person.acting_as != "seat":
        raise PermissionDenied("not a seat")
    now = clock.now()
    ground = Ground(policies.rules_for(person.city, now=now), Order(""), person.acting_as)
    if request.method == "GET":
        form = RegistrationForm(ground=ground, initial={"key": uuid4()})
        return _new_page(request, person, form)
    form = RegistrationForm(ground=ground, data=request.POST)
    if not form.is_valid():
        return _new_page(request, person, form, status=422)
    try:
        outcome = _register(form, person, submit="submit" in request.POST)
    except Rejected as rejected:
        return _new_page(request, person, form, status=form.refuse(rejected))
    if outcome is None:
        return _new_page(request, person, form, status=422)
    say(request, outcome, ground, _("已登记，编号 %(number)s。") % {"number": outcome.number})
    return redirect("desks:order", order_id=outcome.order.id)


def _register(form: RegistrationForm, person: Person, *, submit: bool) -> Outcome | None:
    """Carry a registration out, with the identity in the vault; None when the form says what is wrong."""
    if form.refused_for_emergency_number():
        return None
    values = form.values()
    if not form.is_emergency and not values.get("content"):
        form.refuse(Rejected("field_missing", fields=("content",)))
    if matter := str(values.get("matter", "")):
        known = finding.resolve(person.actor, city=person.city, text=matter)
        if known is not None:
            values["matter"] = known.matter or known.id
    # An emergency goes to the leader on duty first (JY-35b): it is registered, not submitted.
    form.command = "register" if form.is_emergency or not submit else "submit"
    command = form.build(values)
    if command is None or form.errors:
        return None
    assert isinstance(command, cmd.AppealFields)
    now = clock.now()
    key = key_of(person, form, "new", {**values, **form.identity()})
    with transaction.atomic():
        appellant = None
        identity = form.identity()
        if any(identity.values()):
            appellant = people.keep_appellant(
                city=person.city, kind=command.appellant or "citizen", now=now, **identity
            )
        words = actions.Words(appellant=appellant, title=_title_of(command))
        outcome = actions.register(command, city=person.city, actor=person.actor, now=now, words=words, key=key)
        if outcome.repeated:
            # Whoever was put into the vault a second time is not needed: the first press has done it.
            transaction.set_rollback(True)
    return outcome


def _title_of(command: cmd.AppealFields) -> str:
    """Return the first words of what was said, on one line."""
    facts = command.emergency.facts if command.emergency is not None else ""
    return " ".join((command.content or facts).split())[:40]


def _new_page(request: HttpRequest, person: Person, form: RegistrationForm, *, status: int = 200) -> HttpResponse:
    if form.is_bound:
        form.show_again()
    context = {"form": form, "units": people_queries.unit_names(person.city, now=clock.now())}
    return render(request, "desks/new.html", context, status=status)
