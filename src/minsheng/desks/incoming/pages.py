"""Sending the files that came with something."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from minsheng.core.files import pages as sending
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.desks.incoming.gate import GATE
from minsheng.gateways import clock


@require_safe
@desk
def file(request: HttpRequest, person: Person, id: UUID, attachment_id: UUID) -> HttpResponse:
    """Send a file to a seat; who reads it is on record. Source: JY-23.5."""
    held = GATE.holding(str(id), person)
    if held is None:
        raise Http404
    return sending.send(request, attachment_id, held=held, actor=person.actor, now=clock.now())
