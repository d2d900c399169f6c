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
from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import pages as sending
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import actions as ledger
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.desks.attachments import queries as side
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
    order = queries.state_of(row)
    purposes = side.purposes_of(order, person)
    if not purposes:
        raise PermissionDenied("nothing to bring to this order")
    now = clock.now()
    ground = attachments.Ground(
        order=row.id,
        city=person.city,
        # One who has no choice has none to make.
        purpose=request.POST.get("purpose", "") if len(purposes) > 1 else purposes[0],
        unit=person.actor.unit or "",
        round=order.round,
        stage=order.status,
    )
    if ground.purpose not in purposes:
        return _page(request, row, person, refused=[_("请选择附件用途。")])
    checked, refused, status = _checked(request.FILES.getlist("files"), ground, person, now)
    if not refused:
        try:
            _once(request, person, ground, checked, now)
        except Rejected as rejected:
            refused = [wording.say(rejected)]
    if refused:
        return _page(request, row, person, refused=refused, status=status)
    done = ngettext("已上传 %(count)d 个附件。", "已上传 %(count)d 个附件。", len(checked)) % {"count": len(checked)}
    return _done(request, row, person, done)


@require_safe
@desk
def download(request: HttpRequest, person: Person, order_id: str, attachment_id: UUID) -> HttpResponse:
    """Send a file, to be saved or, a picture or PDF, to be looked at (`?inline=1`); who reads it is on record."""
    row = order_or_404(person, order_id)
    file = _visible(row, person, attachment_id)
    return sending.send(request, file, actor=person.actor, now=clock.now())


@require_POST
@desk
def remove(request: HttpRequest, person: Person, order_id: str, attachment_id: UUID) -> HttpResponse:
    """Take a file away again: one's own, and only until the order moves on."""
    row = order_or_404(person, order_id)
    file = _visible(row, person, attachment_id)
    order = queries.state_of(row)
    try:
        attachments.remove(
            file.id,
            order=row.id,
            round=order.round,
            stage=order.status,
            actor=person.actor,
            store=attachments.store(),
            now=clock.now(),
        )
    except Rejected as rejected:
        status = 403 if rejected.code == "attachment_not_yours" else 409
        return _page(request, row, person, refused=[wording.say(rejected)], status=status)
    return _done(request, row, person, _("附件已删除。"))


def _checked(
    uploads: list[UploadedFile[bytes]], ground: attachments.Ground, person: Person, now: datetime
) -> tuple[list[attachments.Checked], list[str], int]:
    """Look at every file; return those that may be kept, what is wrong with the others, and the answer's status."""
    if not uploads:
        return [], [wording.say(Rejected("files_missing"))], 422
    checked: list[attachments.Checked] = []
    refused: list[str] = []
    scanner = attachments.scanner()
    for upload in uploads:
        stream = cast(BinaryIO, upload.file)
        try:
            checked.append(
                attachments.check(
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
    ground: attachments.Ground,
    checked: list[attachments.Checked],
    now: datetime,
) -> None:
    """Keep the files under the form's key; a second press finds it done. Raises: Rejected."""
    key = request.POST.get("key", "")[:200]

    def keep() -> None:
        attachments.attach(checked, ground=ground, actor=person.actor, store=attachments.store(), now=now)

    if not key:
        keep()
        return
    content = {"files": [each.digest for each in checked], "purpose": ground.purpose}
    _under_key(f"files:{person.id}", key, fingerprint(f"{ground.order} attach", content), keep, now)


def _under_key(scope: str, key: str, mark: bytes, work: Callable[[], None], now: datetime) -> None:
    with transaction.atomic():
        if ledger.once(scope, key=key, fingerprint=mark, now=now) is None:
            work()
            ledger.remember(scope, key=key, status=302, body={})


def _visible(row: queries.Row, person: Person, attachment_id: UUID) -> attachments.Shown:
    """Return a file of the order that exists for the person. Raises: Http404."""
    found = side.visible(queries.state_of(row), person)
    file = next((each for each in found if each.id == attachment_id), None)
    if file is None:
        raise Http404
    return file


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
