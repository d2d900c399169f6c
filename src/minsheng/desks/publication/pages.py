"""The decision to publish: what was found, the words as they would go out, and the auditor's yes or no.

Nothing goes out that nobody has confirmed: the public page shows the words that are kept here. Source: JY-9.8a, A-73.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng import wording
from minsheng.cases.appeals import attachments, public_files
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.appeals.publication import Part, StillNamesSomebody
from minsheng.cases.orders import actions
from minsheng.cases.orders.office import publishing
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.reading.words import Reading
from minsheng.cases.orders.storage import queries, records
from minsheng.core.files import places
from minsheng.core.files.values import Shown
from minsheng.core.people import permissions
from minsheng.core.people.gates import desk
from minsheng.core.people.permissions import Reader
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench.audit_panel import Piece, marks_of, pieces_of
from minsheng.workbench.forms import CommandForm, Ground
from minsheng.workbench.overview import following, way_of
from minsheng.workbench.steps import asked, done, go_on, key_of, order_or_404, say

_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part of what would be published: as it was said with what was found marked, and as it would go out."""

    field: str
    label: str
    pieces: tuple[Piece, ...]
    text: str
    lines: int


@dataclass(frozen=True, slots=True)
class PictureShown:
    """A picture or film that the auditor may let be published."""

    id: UUID
    name: str
    place: int
    is_picture: bool
    chosen: bool
    can_be_copied: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Personal data that still stands in the text: where, and the box by which the auditor says that it may."""

    token: str
    label: str
    words: str
    kind: str


class WithdrawForm(CommandForm):
    """The decision against publication, on the same page."""

    def __init__(self, *, ground: Ground, **more: object) -> None:
        super().__init__("withdraw", ground=ground, leave_out=("unit_suggests_no",), **more)


class PublishForm(CommandForm):
    """The decision for publication: the key and the version seen; words and pictures are read apart."""

    def __init__(self, *, ground: Ground, **more: object) -> None:
        super().__init__("publish", ground=ground, leave_out=("exception", "unit_suggests_no", "basis"), **more)


@require_http_methods(["GET", "POST"])
@desk
def decide(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show what would be published, and decide for or against it."""
    row = order_or_404(person, order_id)
    if person.acting_as != "auditor":
        raise PermissionDenied("not an auditor")
    if row.is_internal:
        raise PermissionDenied("never public")
    ground = Ground(policies.rules_for(person.city, now=clock.now()), queries.state_of(row), person.acting_as)
    if request.method == "GET":
        return _page(request, person, row, ground, _texts(row, person), withdraw=_fresh(WithdrawForm, ground, row))
    if "withdraw" in request.POST:
        return _withdraw(request, person, row, ground)
    return _publish(request, person, row, ground)


def _publish(request: HttpRequest, person: Person, row: queries.Row, ground: Ground) -> HttpResponse:
    form = PublishForm(ground=ground, data=request.POST)
    texts = {name: request.POST.get(f"text_{name}", "").strip() for name in _texts(row, person)}
    over = next((name for name, text in texts.items() if len(text) > _LONGEST), None)
    if over is not None:
        refusal = wording.say(Malformed(over, "too_long", limit=_LONGEST), ground.rules)
        shown = _fresh(WithdrawForm, ground, row)
        return _page(request, person, row, ground, texts, withdraw=shown, refusal=refusal, status=422)
    if not form.is_valid():
        return _page(request, person, row, ground, texts, withdraw=_fresh(WithdrawForm, ground, row), status=422)
    command = form.build({})
    assert command is not None
    onward = following(_list(request), row, person, rules=ground.rules, now=clock.now())
    now = clock.now()
    try:
        # Decided and confirmed at once or not at all.
        outcome = actions.apply(
            command,
            order_id=row.id,
            actor=person.actor,
            now=now,
            key=key_of(person, form, f"{row.id} publish", asked(request)),
            seen_version=form.cleaned_data["seen_version"],
            beside=lambda: _confirm(request, person, row, texts, now),
        )
    except Rejected as rejected:
        standing = _standing(rejected) if isinstance(rejected, StillNamesSomebody) else ()
        return _page(
            request, person, row, ground, texts,
            withdraw=_fresh(WithdrawForm, ground, row), refusal=wording.say(rejected, ground.rules), standing=standing,
            status=422 if rejected.code.startswith(("public_", "file_")) else 409,
        )  # fmt: skip
    say(request, outcome, ground, done(row.number))
    return _next(request, row, onward)


def _confirm(request: HttpRequest, person: Person, row: queries.Row, texts: dict[str, str], now: datetime) -> None:
    """Keep the words and the pictures that the auditor lets out. Raises: Rejected."""
    publishing.confirm(row.id, texts, by=person.actor, now=now, acknowledged=request.POST.getlist("acknowledged"))
    wanted = set(request.POST.getlist("public_files"))
    chosen = [each for each in _pictures(row) if str(each.id) in wanted]
    public_files.confirm(row.id, chosen, city=row.city_id, by=person.actor, store=places.store(), now=now)


def _withdraw(request: HttpRequest, person: Person, row: queries.Row, ground: Ground) -> HttpResponse:
    form = WithdrawForm(ground=ground, data=request.POST)
    built = form.build(form.values()) if form.is_valid() else None
    if built is None:
        return _page(request, person, row, ground, _texts(row, person), withdraw=form, status=422)
    onward = following(_list(request), row, person, rules=ground.rules, now=clock.now())
    try:
        outcome = actions.apply(
            built,
            order_id=row.id,
            actor=person.actor,
            now=clock.now(),
            key=key_of(person, form, f"{row.id} withdraw", asked(request)),
            seen_version=form.cleaned_data["seen_version"],
        )
    except Rejected as rejected:
        status = form.refuse(rejected)
        return _page(request, person, row, ground, _texts(row, person), withdraw=form, status=status)
    say(request, outcome, ground, done(row.number))
    return _next(request, row, onward)


def _page(
    request: HttpRequest,
    person: Person,
    row: queries.Row,
    ground: Ground,
    texts: Mapping[str, str],
    *,
    withdraw: CommandForm,
    refusal: str = "",
    standing: tuple[Standing, ...] = (),
    status: int = 200,
) -> HttpResponse:
    if withdraw.is_bound:
        withdraw.show_again(version=row.version)
    parts = publishing.preview(row.id, now=clock.now()).parts
    read = _read(row, person)
    context = {
        "row": row,
        "order": ground.order,
        "way": way_of(_list(request), row, person, rules=ground.rules, now=clock.now()),
        "came_from": _list(request),
        "state": wording.label_of_status(row.status, row.reason),
        "parts": [_part(part, texts.get(part.field, part.masked), read) for part in parts],
        "found": sum(len(part.spans) for part in parts),
        "publish": _fresh(PublishForm, ground, row),
        "may_publish": not ground.order.is_private,
        "withhold": ground.order.withhold,
        "form": withdraw,
        "refusal": refusal,
        "standing": standing,
        "acknowledged": request.POST.getlist("acknowledged"),
        "pictures": [
            _picture(each, read.said(each.name), place, row, request)
            for place, each in enumerate(_pictures(row), start=1)
        ],
    }
    return render(request, "desks/publication.html", context, status=status)


def _fresh(shape: type[PublishForm | WithdrawForm], ground: Ground, row: queries.Row) -> CommandForm:
    return shape(ground=ground, initial={"key": uuid4(), "seen_version": row.version})


def _pictures(row: queries.Row) -> list[Shown]:
    """Return the pictures and films of the appeal and of the answer, which could be published."""
    # Nothing that its own appellant does not read can be for everybody.
    open_to_all = permissions.files_of(Reader.APPELLANT)
    brought = attachments.of_order(records.appeal_of(row.id))
    return public_files.publishable([each for each in brought if each.purpose in open_to_all and not each.joined])


def _picture(each: Shown, name: str, place: int, row: queries.Row, request: HttpRequest) -> PictureShown:
    asked = request.POST.getlist("public_files") if request.method == "POST" else None
    chosen = str(each.id) in asked if asked is not None else each.id in public_files.chosen(row.id)
    is_picture, can_be_copied = each.media_type.startswith("image/"), public_files.can_be_copied(each)
    return PictureShown(each.id, name, place, is_picture, chosen, can_be_copied)


def _read(row: queries.Row, person: Person) -> Reading:
    words = appeals.words_of(records.appeal_of(row.id))
    return reading.of(queries.state_of(row), actor=person.actor, city=person.city, words=words)


def _texts(row: queries.Row, person: Person) -> dict[str, str]:
    """Return the words that the form begins with: masked, and of the appellant's own nothing left."""
    read = _read(row, person)
    return {part.field: read.written(part.masked) for part in publishing.preview(row.id, now=clock.now()).parts}


def _part(part: Part, text: str, read: Reading) -> PartShown:
    """Return a part of what would be published; what the citizen said stands covered beside the words that go out."""
    if part.field == "reply":
        pieces = pieces_of(part.original, marks_of(part.spans))
    else:
        pieces = tuple(
            Piece(each.text, wording.findings.PERSONAL[each.kind] if each.kind else "")
            for each in read.pieces(part.original)
        )
    # As many lines as the words need in half of a screen, within reason; a title has one.
    lines = 1 if part.field == "title" else min(16, 2 + text.count("\n") + len(text) // 38)
    return PartShown(part.field, _labels()[part.field], pieces, text, lines)


def _standing(refused: StillNamesSomebody) -> tuple[Standing, ...]:
    labels = _labels()
    return tuple(
        Standing(each.token, labels[each.field], each.words, wording.findings.PERSONAL[each.span.kind])
        for each in refused.remaining
    )


def _labels() -> dict[str, str]:
    return {"title": _("标题"), "content": _("诉求内容"), "reply": _("答复")}


def _list(request: HttpRequest) -> str | None:
    return request.POST.get("list") if request.method == "POST" else request.GET.get("list")


def _next(request: HttpRequest, row: queries.Row, onward: str | None) -> HttpResponse:
    code = _list(request)
    if code is not None:
        return go_on(request, code=code, onward=onward, page="desks:publication")
    return redirect("desks:order", order_id=row.id)
