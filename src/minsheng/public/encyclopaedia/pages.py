"""The encyclopaedia's pages: ways in, search, an article, feed, map of the site. No script is needed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.knowledge import labels, rendering, uses
from minsheng.cases.knowledge import queries as knowledge
from minsheng.cases.knowledge.actions import ARTICLES
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import queries as people
from minsheng.core.people import regions
from minsheng.domain.knowledge.content import Content
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import packfiles
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.robots import is_robot
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.encyclopaedia import queries
from minsheng.public.encyclopaedia.queries import Asked
from minsheng.wording.xmltext import holdable

_LONGEST: Final = 100
_DESCRIBED: Final = 300
_HTML_IN_JSON: Final = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@require_safe
@public
def listing(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the ways in, or what fits a question, a theme, a unit, a district, a kind."""
    asked, today = _asked(request), _today(visitor)
    city = visitor.city.code
    given = {name: value for name in ("text", "theme", "unit", "region", "kind") if (value := getattr(asked, name))}
    hits = queries.found(city, asked, today=today) if asked.text else []
    rows, following = ([], "") if asked.text else queries.page(
        city, asked, after=request.GET.get("after", ""), today=today
    )  # fmt: skip
    shelves = queries.shelves(city, today=today)
    context = {
        "asked": asked,
        "hits": hits,
        "rows": rows,
        "narrowed": bool(given),
        "shelves": [(name, _(label), shelves[name]) for name, label in _SHELVES if shelves[name]],
        "kinds": [(code, wording.tr(label)) for code, label in labels.KIND_NAMES.items()],
        "region": next((each.label for each in shelves["region"] if each.value == asked.region), asked.region),
        "more": f"?{urlencode({**given, 'after': following})}" if following else "",
        "is_first": not request.GET.get("after"),
    }
    return render(request, "encyclopaedia/list.html", context)


_SHELVES: Final = (
    ("theme", gettext_noop("按主题")), ("unit", gettext_noop("按单位")), ("region", gettext_noop("按区划")),
)  # fmt: skip


@require_safe
@public
def article(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Show an article that everybody may rely on today; anything else does not exist."""
    row = _row(visitor, number)
    today, city = _today(visitor), visitor.city.code
    content = ARTICLES.read(row).content
    assert content is not None
    unit = people.unit_facts(city, names=[row.target_unit], now=visitor.now).get(row.target_unit)
    if not is_robot(request.method, request.headers):
        uses.used(row, "citizen", now=visitor.now)
    tree = regions.tree(city).by_code
    context = {
        "row": row,
        "content": content,
        "body": rendering.html(content.body),
        "kind": wording.tr(labels.KIND_NAMES[content.kind]),
        "category": packfiles.categories().path(content.category) if content.category else "",
        "documents": knowledge.documents(content),
        "region": tree[content.region].name if content.region in tree else content.region,
        "phone": unit.phone if unit is not None else None,
        "related": knowledge.related(row, reader="public", today=today),
        "citations": uses.citations(row),
        "said": [(code, wording.tr(label)) for code, label in uses.REMARKS.items()],
        "linked_data": _linked_data(request, visitor, row, content),
    }
    return render(request, "encyclopaedia/article.html", context)


@require_POST
@public
def remark(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Take whether an article helped, or what is wrong with it; nobody's words, nobody's name."""
    row = _row(visitor, number)
    said = request.POST.get("said", "")
    if said not in uses.REMARKS:
        raise visitors.strange(visitor, wanted=f"remark {number}", command="remark_article")
    try:
        limits.hit(limits.REMARK_BY_ADDRESS, visitor.address, now=visitor.now)
    except limits.TooOften as often:
        messages.error(request, wording.say(often))
        return redirect("encyclopaedia:article", visitor.city.code, row.number)
    with transaction.atomic():
        uses.remark(row, said, "citizen", who=limits.keyed("remark", visitor.address).hex(), now=visitor.now)
    messages.success(request, _("谢谢，已转告维护这一条目的单位。"))
    return redirect("encyclopaedia:article", visitor.city.code, row.number)


@require_safe
@public
def feed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the newest articles as RSS 2.0, in Chinese whoever asks."""
    city = visitor.city
    with translation.override("zh-hans"):
        made = Rss201rev2Feed(
            title=_("%(city)s 12345 热线百科") % {"city": city.name},
            link=visitors.outside(request, reverse("encyclopaedia:list", args=(city.code,))),
            description=_("新发布和更新的知识条目"),
            feed_url=visitors.outside(request, request.path),
            language="zh-cn",
        )
    for row in queries.newest(city.code, today=_today(visitor)):
        address = visitors.outside(request, reverse("encyclopaedia:article", args=(city.code, row.number)))
        text = rendering.text(row.state["content"]["body"])[:_DESCRIBED]
        made.add_item(
            title=holdable(row.title), link=address, unique_id=f"{address}#{row.edition}", unique_id_is_permalink=False,
            description=holdable(text), pubdate=row.published_at,
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@require_safe
@public
def sitemap(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the addresses of all articles (sitemaps.org 0.9)."""
    city = visitor.city.code
    lines = [
        f"<url><loc>{escape(visitors.outside(request, reverse('encyclopaedia:article', args=(city, number))))}</loc>"
        f"<lastmod>{at.astimezone(ZONE).date().isoformat()}</lastmod></url>"
        for number, at in queries.mapped(city, today=_today(visitor))
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return HttpResponse(f"{head}{''.join(lines)}</urlset>", content_type="application/xml; charset=utf-8")


def _linked_data(request: HttpRequest, visitor: Visitor, row: Any, content: Content) -> SafeString:
    """Return what search engines read of an article (schema.org), as JSON that no HTML can end."""
    address = visitors.outside(request, reverse("encyclopaedia:article", args=(visitor.city.code, row.number)))
    text = rendering.text(content.body)
    common = {"@context": "https://schema.org", "url": address, "inLanguage": "zh-CN"}
    publisher = {"@type": "GovernmentOrganization", "name": row.target_unit}
    if content.kind == "question":
        answer = {"@type": "Answer", "text": text, "dateModified": row.published_at.astimezone(ZONE).date().isoformat()}
        asked = {"@type": "Question", "name": content.title, "acceptedAnswer": answer}
        made: dict[str, Any] = {**common, "@type": "FAQPage", "mainEntity": [asked], "publisher": publisher}
    else:
        made = {
            **common, "@type": "GovernmentService", "name": content.title, "description": text[:_DESCRIBED],
            "provider": publisher, "areaServed": visitor.city.name,
        }  # fmt: skip
    # Every sign that could end the element is written as its number.
    return mark_safe(json.dumps(made, ensure_ascii=False).translate(_HTML_IN_JSON))  # noqa: S308


def _row(visitor: Visitor, number: str) -> Any:
    row = queries.one(visitor.city.code, number, today=_today(visitor))
    if row is None:
        raise visitors.strange(visitor, wanted=f"article {number}", command="read_article")
    return row


def _asked(request: HttpRequest) -> Asked:
    def text(name: str) -> str:
        return kept_of(cleaned(request.GET.get(name, "")))[:_LONGEST].strip()

    kind = text("kind")
    return Asked(
        text=text("text"), theme=text("theme"), unit=text("unit"), region=text("region"),
        kind=kind if kind in labels.KIND_NAMES else "",
    )  # fmt: skip


def _today(visitor: Visitor) -> date:
    return visitor.now.astimezone(ZONE).date()
