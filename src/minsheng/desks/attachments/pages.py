"""Bringing files to an order, reading them, taking them away again. Every reading is on record (JY-23.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.cases.orders.storage import queries
from minsheng.core.files import actions as keeping
from minsheng.core.files import gates, places
from minsheng.core.files import pages as sending
from minsheng.core.files import queries as kept
from minsheng.core.files.queries import Twin
from minsheng.core.files.values import Checked, Ground, halves
from minsheng.core.ledger import actions as ledger
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.desks.attachments import queries as side
from minsheng.desks.attachments.gate import OrderFiles
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.gateways.antivirus import ScannerAway
from minsheng.workbench.steps import fingerprint, order_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def files(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show an order's files, or bring some: all or none, and once however often the form is sent."""
    row = order_or_404(person, order_id)
    if request.method != "POST":
        return _page(request, row, person)
    held = OrderFiles(queries.state_of(row), person)
    purposes = held.may_add()
    if not purposes:
        raise PermissionDenied("nothing to bring to this order")
    now = clock.now()
    # One who has no choice has none to make.
    purpose = request.POST.get("purpose", "") if len(purposes) > 1 else purposes[0]
    if purpose not in purposes:
        return _page(request, row, person, refused=[_("请选择附件用途。")])
    ground = gates.ground(held, purpose)
    checked, refused, status = _checked(request.FILES.getlist("files"), ground, person, now)
    if not refused:
        try:
            twins = _once(request, person, held, ground, checked, now)
        except Rejected as rejected:
            refused = [wording.say(rejected)]
    if refused:
        return _page(request, row, person, refused=refused, status=status)
    done = ngettext("已上传 %(count)d 个附件。", "已上传 %(count)d 个附件。", len(checked)) % {"count": len(checked)}
    return _done(request, row, person, " ".join((done, *sending.said_twice(twins))))


@require_safe
@desk
def download(request: HttpRequest, person: Person, order_id: str, attachment_id: UUID) -> HttpResponse:
    """Send a file, to be saved or, a picture or PDF, to be looked at (`?inline=1`); who reads it is on record."""
    row = order_or_404(person, order_id)
    held = OrderFiles(queries.state_of(row), person)
    return sending.send(request, attachment_id, held=held, actor=person.actor, now=clock.now())


@require_POST
@desk
def remove(request: HttpRequest, person: Person, order_id: str, attachment_id: UUID) -> HttpResponse:
    """Take a file away again: one's own, and only until the order moves on."""
    row = order_or_404(person, order_id)
    held = OrderFiles(queries.state_of(row), person)
    if kept.find(held, attachment_id) is None:
        raise Http404
    try:
        keeping.remove(attachment_id, held=held, actor=person.actor, store=places.store(), now=clock.now())
    except Rejected as rejected:
        status = 403 if rejected.code == "attachment_not_yours" else 409
        return _page(request, row, person, refused=[wording.say(rejected)], status=status)
    return _done(request, row, person, _("附件已删除。"))


def _checked(
    uploads: list[UploadedFile[bytes]], ground: Ground, person: Person, now: datetime
) -> tuple[list[Checked], list[str], int]:
    """Look at every file; return those that may be kept, what is wrong with the others, and the answer's status."""
    if not uploads:
        return [], [wording.say(Rejected("files_missing"))], 422
    checked: list[Checked] = []
    refused: list[str] = []
    scanner = places.scanner()
    for upload in uploads:
        stream = cast(BinaryIO, upload.file)
        try:
            checked.append(
                keeping.check(
                    stream, name=upload.name or "", ground=ground, actor=person.actor, scanner=scanner, now=now
                )
            )
        except ScannerAway as away:
            return [], [wording.say(away)], 503
        except Rejected as rejected:
            refused.append(wording.say(rejected))
    return checked, refused, 422


def _once(
    request: HttpRequest,
    person: Person,
    held: OrderFiles,
    ground: Ground,
    checked: list[Checked],
    now: datetime,
) -> list[Twin]:
    """Keep the files under the form's key; a second press finds it done. Raises: Rejected.

    Return which of them have the content of another that the person may read.
    """
    key = request.POST.get("key", "")[:200]
    twins: list[Twin] = []

    def keep() -> None:
        twins.extend(kept.twins(checked, held))
        keeping.attach(checked, ground=ground, actor=person.actor, store=places.store(), now=now)

    if not key:
        keep()
        return twins
    content = {"files": [each.digest for each in checked], "purpose": ground.purpose}
    _under_key(f"files:{person.id}", key, fingerprint(f"{halves(ground.stream)[1]} attach", content), keep, now)
    return twins


def _under_key(scope: str, key: str, mark: bytes, work: Callable[[], None], now: datetime) -> None:
    with transaction.atomic():
        if ledger.once(scope, key=key, fingerprint=mark, now=now) is None:
            work()
            ledger.remember(scope, key=key, status=302, body={})


def _done(request: HttpRequest, row: queries.Row, person: Person, done: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _page(request, row, person, done=done)
    messages.success(request, done)
    return redirect("desks:order", order_id=row.id)


def _page(
    request: HttpRequest,
    row: queries.Row,
    person: Person,
    *,
    refused: list[str] | None = None,
    done: str = "",
    status: int | None = None,
) -> HttpResponse:
    """Show the files as a page of their own, or to htmx the part alone; what was refused stands above."""
    is_part = bool(request.headers.get("HX-Request"))
    context = {
        "row": row,
        **side.context_of(row, person),
        "attachments_refused": refused or (),
        "attachments_done": done,
        # The script is there already, and the nonce of this answer is not the page's.
        "attachments_part": is_part,
        "came_from": None,
    }
    template = "desks/attachments.html" if is_part else "desks/attachments_page.html"
    return render(request, template, context, status=status or (422 if refused else 200))
