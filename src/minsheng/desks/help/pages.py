"""Handbooks as pages: those of all roles, and one with the sections of its pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.core.people.gates import signed_in
from minsheng.core.people.queries import Person
from minsheng.desks.help import handbooks


@require_safe
@signed_in
def index(request: HttpRequest, person: Person) -> HttpResponse:
    """List the handbooks, those of one's own roles first."""
    own = [role for role in handbooks.ROLES if role in person.roles]
    others = [role for role in handbooks.ROLES if role not in own]
    context = {"groups": [[(role, wording.ROLES[role]) for role in group] for group in (own, others)]}
    return render(request, "help/index.html", context)


@require_safe
@signed_in
def handbook(request: HttpRequest, person: Person, role: str) -> HttpResponse:
    """Show the handbook of a role."""
    if role not in handbooks.ROLES:
        raise Http404
    context = {"name": wording.ROLES[role], "intro": handbooks.intro(role), "sections": handbooks.sections(role)}
    return render(request, "help/handbook.html", context)
