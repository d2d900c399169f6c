"""The moderation desk: what waits, and beside it what the decision rests on; one by one or several at once.

A claim keeps two administrators from deciding on the same. What was typed stays sealed as evidence, whatever is let in.
Source: SZ-17b, SZ-18.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng.cases.forum import members, moderation, pictures
from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.moderation import Item
from minsheng.cases.live import claims
from minsheng.core.drafts import typed
from minsheng.core.files import places
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import saying
from minsheng.core.lifecycles.kinds import Key
from minsheng.core.people.gates import thing_desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain import personal
from minsheng.domain.covering import covered
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.orders.fields import LONG, Malformed
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock
from minsheng.public.publication import sending
from minsheng.workbench.audit_panel import marks_of, pieces_of

# Reasons that nothing is typed for; a text may stand beside or instead.
REASONS: Final = (
    gettext_noop("含违法信息"), gettext_noop("泄露他人个人信息"), gettext_noop("人身攻击"), gettext_noop("广告"),
    gettext_noop("重复发帖"), gettext_noop("与本市无关"), gettext_noop("内容不清楚"),
)  # fmt: skip
_SHORT: Final = 80
# So long a text stands whole in the list.
_WHOLE: Final = 300
_AT_ONCE: Final = moderation.PAGE
_PLACES: Final = frozenset(str(place) for place in range(1, pictures.MOST + 1))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several: nothing is said where it was done."""

    title: str
    number: str
    refusal: str = ""


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@thing_desk
def moderate(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what waits and one item of it; a POST decides on the item."""
    _admit(person)
    item = _item(person, (request.GET if request.method == "GET" else request.POST).get("item", ""))
    if request.method == "GET":
        return _page(request, person, item)
    if item is None:
        messages.error(request, _("这一项已经处理过，请看现在的列表。"))
        return redirect("desks:forum_moderation")
    now = clock.now()
    texts = {name: kept_of(cleaned(request.POST.get(name, ""))).strip() for name in ("title", "content")}
    try:
        command = _command(request, item, texts)
        key = _key(request)
        with transaction.atomic():
            _apply(person, item, command, key=key, now=now)
            if isinstance(command, cmd.ApprovePost):
                chosen = {int(each) for each in request.POST.getlist("pictures") if each in _PLACES}
                pictures.leave_out(item.row, shown=chosen)
    except (Malformed, Rejected) as refused:
        typed.refused(request)
        return _page(request, person, item, texts=texts, refusal=saying.say(KIND, refused), status=409)
    typed.taken(request)
    messages.success(request, _("已处理。"))
    return redirect("desks:forum_moderation")


@require_POST
@thing_desk
def several(request: HttpRequest, person: Person) -> HttpResponse:
    """Let several in as they were typed, or refuse them for one reason; each is decided by itself, with its result."""
    _admit(person)
    now, key, found = clock.now(), _key(request), []
    for name in list(dict.fromkeys(request.POST.getlist("items")))[:_AT_ONCE]:
        item = _item(person, name)
        if item is None:
            found.append(Result("", "", _("已经处理过。")))
            continue
        try:
            command = _command(request, item, {"title": item.title, "content": item.content})
            if "refuse" not in request.POST:
                _refuse_unread(item)
            _apply(person, item, command, key=str(uuid5(UUID(key), name)), now=now)
            found.append(Result(_called(item), item.row.number))
        except (Malformed, Rejected) as refused:
            found.append(Result(_called(item), item.row.number, str(saying.say(KIND, refused))))
    if not found:
        messages.error(request, _("请先勾选要处理的帖子、跟帖。"))
        return redirect("desks:forum_moderation")
    return _page(request, person, None, results=found)


def _refuse_unread(item: Item) -> None:
    """Refuse to let in with others what the list does not show whole, or what has to be covered. Raises: Rejected."""
    if not item.number and pictures.of(item.row, all=True):
        raise Rejected("picture_to_see")
    if len(item.content) > _WHOLE or personal.find(f"{item.title}\n{item.content}"):
        raise Rejected("post_to_read")


@require_POST
@thing_desk
def claim(request: HttpRequest, person: Person) -> HttpResponse:
    """Claim an item, take it over from a colleague, or give it back."""
    _admit(person)
    item = _item(person, request.POST.get("item", ""))
    if item is None:
        raise Http404
    if "release" in request.POST:
        claims.release(_stream(item), by=person.actor)
    else:
        try:
            claims.claim(
                _stream(item), city=person.city, by=person.actor, desks=(ADMIN,), now=clock.now(),
                take_over="take_over" in request.POST,
            )  # fmt: skip
        except Rejected as refused:
            messages.error(request, saying.say(KIND, refused))
    return redirect(reverse("desks:forum_moderation", query={"item": item.name}))


@require_safe
@thing_desk
def picture(request: HttpRequest, person: Person, id: UUID, place: int) -> HttpResponse:
    """Send the copy of a picture of a thread, whether it was let in or not."""
    _admit(person)
    row = KIND.rows_in(person.city, pk=id).first()
    shown = next((each for each in pictures.of(row, all=True) if each.place == place), None) if row else None
    if shown is None:
        raise Http404
    return sending.send(
        request, digest=shown.digest, size=shown.size, media_type=shown.media_type, store=places.store()
    )


def _command(request: HttpRequest, item: Item, texts: dict[str, str]) -> Any:
    """Return what the form asks for. Raises: Rejected, Malformed."""
    if "refuse" in request.POST:
        chosen = request.POST.get("reason", "")
        said = kept_of(cleaned(request.POST.get("more", "")))[:LONG].strip()
        parts = [chosen if chosen in REASONS else "", said]
        reason = "：".join(each for each in parts if each)
        return cmd.RefuseComment(number=item.number, reason=reason) if item.number else cmd.RefusePost(reason=reason)
    # Nothing stands in a title or text that was emptied by mistake: the domain would take the typed one for it.
    if not texts["content"] or (item.title and not texts["title"]):
        raise Rejected("field_missing", fields=("content",))
    if len(texts["content"]) > LONG or len(texts["title"]) > LONG:
        raise Malformed("content", "too_long", limit=LONG)
    if any(span.kind in personal.GRAVE for text in texts.values() for span in personal.find(text)):
        raise Rejected("post_names_somebody")
    if item.number:
        return cmd.ApproveComment(number=item.number, content=texts["content"])
    return cmd.ApprovePost(title=texts["title"], content=texts["content"])


def _apply(person: Person, item: Item, command: Any, *, key: str, now: datetime) -> None:
    """Decide on an item, unless a colleague has claimed it. Raises: Rejected."""
    held = claims.of_colleague(_stream(item), by=person.actor, now=now)
    if held is not None:
        raise Rejected("claimed", who=held.who, at=held.since)
    lifecycles.apply(
        KIND, item.row.pk, command, city=person.city, by=person.actor, now=now,
        key=Key(f"staff:{person.id}", key, f"moderate {item.name} {type(command).name}"),
    )  # fmt: skip
    claims.release(_stream(item), by=person.actor)


def _page(
    request: HttpRequest,
    person: Person,
    item: Item | None,
    *,
    texts: dict[str, str] | None = None,
    refusal: str = "",
    results: list[Result] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    items, count = moderation.waiting(person.city)
    held, pictured = (
        claims.of([_stream(each) for each in items], now=now),
        pictures.having([each.row for each in items]),
    )
    context = {
        "rows": [_row(each, held.get(_stream(each)), pictured, rules, now) for each in items],
        "count": count, "item": _shown(person, item, texts, rules, now) if item is not None else None,
        "results": results, "done": sum(not each.refusal for each in results or ()), "refusal": refusal,
        "reasons": [(each, _(each)) for each in REASONS], "key": uuid4(),
        "names": len(members.waiting_names(person.city)),
    }  # fmt: skip
    return render(request, "desks/forum_moderation.html", context, status=status)


def _row(item: Item, held: Any, pictured: set[Any], rules: Rules, now: datetime) -> dict[str, Any]:
    limit = rules.forum_moderation_alert
    late = limit is not None and rules.worktime.due(item.at, limit).moment <= now
    words = moderation.marked(f"{item.title}\n{item.content}", rules.forum_marked_words)
    return {
        "item": item, "called": _called(item), "text": item.content[:_WHOLE] if item.title else "",
        "late": late, "held": held, "words": sorted({each[2] for each in words}),
        "has_pictures": not item.number and item.row.pk in pictured,
        "personal": len(personal.find(f"{item.title}\n{item.content}")), "board": _board(item, rules),
    }  # fmt: skip


def _shown(person: Person, item: Item, texts: dict[str, str] | None, rules: Rules, now: datetime) -> dict[str, Any]:
    held = claims.of([_stream(item)], now=now).get(_stream(item))
    found = {"title": item.title, "content": item.content}
    return {
        "item": item,
        "pieces": {name: _pieces(text, rules) for name, text in found.items()},
        "texts": texts or {name: covered(text) for name, text in found.items()},
        "board": _board(item, rules),
        "pictures": [] if item.number else pictures.of(item.row, all=True),
        "before": moderation.before(item),
        "threads": moderation.threads_like(item),
        "orders": moderation.orders_like(item),
        "held": held,
        "is_mine": held is not None and held.person == person.actor.person,
    }


def _pieces(text: str, rules: Rules) -> Any:
    marks = [*marks_of(personal.find(text)), *moderation.marked(text, rules.forum_marked_words)]
    return pieces_of(text, marks)


def _board(item: Item, rules: Rules) -> str:
    return rules.forum_boards.get(item.row.board, item.row.board)


def _called(item: Item) -> str:
    return (item.title or " ".join(item.content.split()))[:_SHORT]


def _stream(item: Item) -> str:
    """Return what a claim is of: the thread, or one of its comments."""
    return f"{KIND.stream(item.row.pk)}/{item.number}" if item.number else KIND.stream(item.row.pk)


def _item(person: Person, name: str) -> Item | None:
    """Return the item that a form or address names; None for what does not wait here."""
    id, _dot, number = name.partition(".")
    try:
        return moderation.one(person.city, UUID(id), int(number[:6]) if number.isascii() and number.isdigit() else 0)
    except ValueError:
        return None


def _key(request: HttpRequest) -> str:
    """Return the form's key. Raises: Http404 for one that the page did not make."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        raise Http404 from None


def _admit(person: Person) -> None:
    if person.acting_as != ADMIN:
        raise PermissionDenied
