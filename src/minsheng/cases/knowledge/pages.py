"""An article for the house: as it is, as it was, what changed; finding articles; hints to the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.knowledge import hints, labels, queries, rendering, searching, uses
from minsheng.cases.knowledge.actions import ARTICLES
from minsheng.cases.knowledge.models import Article
from minsheng.cases.knowledge.searching import Wanted
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import queries as things
from minsheng.core.people import limits
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.domain.knowledge.content import Content
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock, packfiles

_SHOWN = 20
_LONGEST = 100


@require_safe
@desk
def article(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Show an article, or the version that an answer cites, as it was; `against`: what has changed since another."""
    row = _row_or_404(person, name)
    found = queries.versions(row)
    own = person.actor.unit in (row.target_unit,) or person.acting_as in ("office", "supervisor")
    readable = [each for each in found if own or each.published_at is not None]
    wanted = _number(request.GET.get("edition", "")) or queries.edition_in(name) or row.edition or len(found)
    chosen = next((each for each in readable if each.edition == wanted), None)
    if chosen is None:
        raise Http404
    against = next((each for each in readable if str(each.edition) == request.GET.get("against", "")), None)
    if request.method == "GET" and chosen.published_at is not None:
        uses.used(row, "seat", now=clock.now())
    context = {
        "row": row,
        "chosen": chosen,
        "versions": list(reversed(readable)),
        "against": against,
        "lines": queries.difference(against.content, chosen.content) if against is not None else [],
        "is_current": chosen.edition == row.edition,
        "is_out": not chosen.content.is_valid_on(clock.now().astimezone(ZONE).date()),
        "citations": uses.citations(row),
        "remarks": [(wording.tr(uses.REMARKS[name]), count) for name, count in uses.remarks(row).items()],
        "said": [(code, wording.tr(label)) for code, label in uses.REMARKS.items()],
        **shown(row, chosen.content),
    }
    return render(request, "knowledge/article.html", context)


def shown(row: Article, content: Content) -> dict[str, Any]:
    """Return what every page shows of a version."""
    return {
        "content": content,
        "body": rendering.html(content.body),
        "state": wording.tr(labels.STATES[row.status]),
        "kind": wording.tr(labels.KIND_NAMES[content.kind]),
        "audience": wording.tr(labels.AUDIENCE_NAMES[content.audience]),
        "category": packfiles.categories().path(content.category) if content.category else "",
        "documents": queries.documents(content),
    }


@require_safe
@desk
def find(request: HttpRequest, person: Person) -> HttpResponse:
    """Find articles by a question, or those that rest on a document; a part of it beside other pages."""
    text = kept_of(cleaned(request.GET.get("q", "")))[:_LONGEST].strip()
    number = kept_of(request.GET.get("basis", ""))[:_LONGEST]
    _admit(person)
    today = clock.now().astimezone(ZONE).date()
    hits = searching.search(person.city, Wanted(text=text, reader="seats", today=today), limit=_SHOWN) if text else []
    resting = [each for each in queries.resting_on(person.city, number) if _visible(person, each)] if number else []
    context = {"words": text, "hits": hits, "resting": resting, "number": number}
    part = (
        "knowledge/hits.html" if request.headers.get("HX-Request") or "part" in request.GET else "knowledge/find.html"
    )
    return render(request, part, context)


@require_POST
@desk
def remark(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Take what somebody of the house says of an article."""
    row = _row_or_404(person, name)
    said, now = request.POST.get("said", ""), clock.now()
    if said not in uses.REMARKS:
        raise Http404
    with transaction.atomic():
        uses.remark(row, said, "seat", who=limits.keyed("remark", str(person.actor.person)).hex(), now=now)
    messages.success(request, _("已记录，谢谢。"))
    return redirect("knowledge:article", row.number)


@require_safe
@desk
def hinted(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the office what the platform found by itself."""
    _office(person)
    rows = hints.waiting(person.city)
    titles = queries.titles(person.city, [number for row in rows for number in row.articles])
    shown_rows = [
        {
            "row": row,
            "kind": wording.tr(hints.KINDS[row.kind]),
            "category": packfiles.categories().path(row.about) if row.kind == "gap" else "",
            "articles": [(each, titles.get(each, "")) for each in row.articles],
        }
        for row in rows
    ]
    return render(request, "knowledge/hints.html", {"rows": shown_rows})


@require_POST
@desk
def decide_hint(request: HttpRequest, person: Person, id: int) -> HttpResponse:
    """Make a duty of a hint, or lay it aside; a second press changes nothing."""
    _office(person)
    if "aside" in request.POST:
        hints.lay_aside(person.city, id, now=clock.now())
        messages.success(request, _("已搁置。"))
        return redirect("knowledge:hints")
    try:
        with transaction.atomic():
            made = hints.take(person.city, id, by=person.actor, now=clock.now())
    except Rejected as refused:
        messages.error(request, wording.say(refused))
        return redirect("knowledge:hints")
    return redirect("things:thing", prefix="duty", id=str(made))


def _admit(person: Person) -> None:
    if not ARTICLES.readers.admits(person.actor):
        raise PermissionDenied


def _office(person: Person) -> None:
    if person.acting_as != "office":
        raise PermissionDenied


def _visible(person: Person, row: Article) -> bool:
    return things.visible(ARTICLES, person.actor, city=person.city).filter(pk=row.pk).exists()


def _row_or_404(person: Person, name: str) -> Article:
    row = queries.named(person.city, name)
    if row is None or not _visible(person, row):
        raise Http404
    return row


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
