"""The files that came with something: sent, and scans and faxes shown page by page."""

from __future__ import annotations

import base64
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.core.files import actions as files
from minsheng.core.files import pages as sending
from minsheng.core.files import places, queries
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.desks.incoming.gate import GATE
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.gateways.media import scans

PDF: Final = "application/pdf"
# So many pages are shown; a pile is opened as the file that it is.
_SHOWN: Final = 20


@require_safe
@desk
def file(request: HttpRequest, person: Person, id: UUID, attachment_id: UUID) -> HttpResponse:
    """Send a file to a seat; who reads it is on record. Source: JY-23.5."""
    held = GATE.holding(str(id), person)
    if held is None:
        raise Http404
    return sending.send(request, attachment_id, held=held, actor=person.actor, now=clock.now())


@require_safe
@desk
def sheets(request: HttpRequest, person: Person, id: UUID, attachment_id: UUID) -> HttpResponse:
    """Show the pages of a fax or a scanned letter, to be read while typing; who reads them is on record.

    Source: JY-2a, JY-23.5.
    """
    held = GATE.holding(str(id), person)
    found = queries.find(held, attachment_id) if held is not None else None
    if held is None or found is None or found.media_type != PDF:
        raise Http404
    refused, pages, count = "", list[bytes](), 0
    try:
        with files.read(found.id, held=held, actor=person.actor, store=places.store(), now=clock.now()) as content:
            pages, count = scans.shown(content.read(), at_most=_SHOWN)
    except scans.ScanRefused as fault:
        refused = wording.say(fault)
    except Rejected as gone:
        raise Http404 from gone
    context = {
        "thing": id,
        "file": found,
        "pages": [f"data:image/png;base64,{base64.b64encode(each).decode()}" for each in pages],
        "left": count - len(pages),
        "refused": refused,
    }
    return render(request, "desks/incoming_sheets.html", context)
