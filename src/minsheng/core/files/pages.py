"""Sending a file that somebody has brought, to whoever may read it: saved or looked at, never carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, Final, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from minsheng.core.files import actions, places, queries
from minsheng.core.files.gates import Holding
from minsheng.core.files.queries import Twin
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.files import chunks

# No script, no form, no frame: what somebody has brought is shown or saved, and does nothing. Browsers show a PDF in a
# page of their own, which a sandbox would keep out.
_SEALED: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"
_SEALED_PDF: Final = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


def send(request: HttpRequest, attachment_id: UUID, *, held: Holding, actor: Actor, now: datetime) -> HttpResponse:
    """Send a file, to be saved or, a picture or PDF, to be looked at (`?inline=1`); who reads it is on record.

    Raises: Http404 for one that does not exist for whoever asks, or was removed meanwhile. Source: JY-23.5.
    """
    file = queries.find(held, attachment_id)
    if file is None:
        raise Http404
    inline = file.shows_inline and request.GET.get("inline") == "1"
    headers = {
        "Content-Disposition": content_disposition_header(not inline, file.name) or "attachment",
        "Content-Length": str(file.size),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _SEALED_PDF if inline and file.media_type == "application/pdf" else _SEALED,
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    kind = "text/plain; charset=utf-8" if file.media_type == "text/plain" else file.media_type
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type=kind)
    try:
        stream = actions.read(file.id, held=held, actor=actor, store=places.store(), now=now)
    except Rejected as rejected:
        raise Http404 from rejected
    return cast(HttpResponse, StreamingHttpResponse(_sent(stream), headers=headers, content_type=kind))


def said_twice(twins: Sequence[Twin]) -> list[str]:
    """Return what is said of files that were kept although the same content is there already."""
    return [
        _("“%(name)s”和“%(other)s”内容完全相同，请核对是否重复。") % {"name": x.name, "other": x.other} for x in twins
    ]


def _sent(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        yield from chunks(stream)
