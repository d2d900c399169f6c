"""What everybody reads: the list, a case, its pictures, the feed, the figures. Nobody's identity stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.appeals import public_files
from minsheng.cases.orders.storage.results import Group, Month
from minsheng.core.files import places
from minsheng.core.policies import queries as policies
from minsheng.gateways import packfiles
from minsheng.gateways.files import NoSuchFile
from minsheng.public.citizens import visitors
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.publication import actions, queries, sending
from minsheng.public.publication.queries import Case, Wanted
from minsheng.wording.xmltext import holdable

# A month with fewer than so many cases is not shown in shares: one could tell who said what (SZ-26, A-45).
_SMALL: Final = 5
_WANTS_TO_FOLLOW: Final = "follow"
# A number of an order as people quote it, or the id that machines use.
_NUMBER: Final = re.compile(r"\d{12,20}(-\d{1,3})?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


@require_safe
@public
def cases(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the published cases, the newest first; words, kind, unit and channel narrow them. Source: JY-9.8a, JY-18.

    Who looks for a number looks for one case, and gets it or what everybody gets who asks for one that is not public.
    """
    wanted = _wanted(request.GET)
    if _NUMBER.fullmatch(wanted.text):
        return redirect("publication:case", visitor.city.code, _case(visitor, wanted.text).number)
    short = queries.too_short(wanted.text)
    rows: list[Case] = []
    following = None
    if not short:
        rows, following = queries.page(visitor.city.code, wanted, after=_after(request.GET.get("after", "")))
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    asked = {name: value for name in ("text", "type", "unit", "channel") if (value := getattr(wanted, name))}
    context = {
        "rows": rows,
        "wanted": wanted,
        "short": short,
        "types": [(code, wording.tr(label)) for code, label in rules.appeal_types.items()],
        "channels": [(code, wording.tr(label)) for code, label in rules.channels.items()],
        "narrowed": bool(asked),
        "more": f"?{urlencode({**asked, 'after': '~'.join(following)})}" if following else "",
        "is_first": not request.GET.get("after"),
    }
    return render(request, "publication/cases.html", context)


@require_safe
@public
def case(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Show one published case: the confirmed words, and the pictures that the auditor has chosen."""
    found = _case(visitor, number)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    account = visitor.account
    if account is not None and visitors.recalled(request, visitor.city.code, _WANTS_TO_FOLLOW) == found.number:
        # Whoever pressed "follow" was sent to sign in first.
        visitors.remember(request, visitor.city.code, _WANTS_TO_FOLLOW, None)
        actions.follow(account.id, found.order, now=visitor.now)
        messages.success(request, _("已关注，可以在“我的诉求”中查看。"))
        return redirect("publication:case", visitor.city.code, found.number)
    context = {
        "case": found,
        "type": wording.tr(rules.appeal_types.get(found.type, "")),
        "channel": wording.tr(rules.channels.get(found.channel, "")),
        "grade": wording.tr(rules.satisfaction_grades.get(found.grade, "")) if found.grade else "",
        "files": public_files.of_order(found.order),
        "follows": account is not None and queries.follows(account.id, found.order),
        "is_filing": visitors.recalled(request, visitor.city.code, visitors.DRAFT) is not None,
    }
    return render(request, "publication/case.html", context)


@require_safe
@public
def file(request: HttpRequest, visitor: Visitor, number: str, place: int, extension: str) -> HttpResponse:
    """Send a published picture or film, or a part of it: the copy, never the original."""
    found = _case(visitor, number)
    shown = next((each for each in public_files.of_order(found.order) if each.place == place), None)
    if shown is None or shown.extension != extension:
        raise visitors.strange(visitor, wanted=f"file {number}/{place}", command="read_file")
    try:
        return sending.send(
            request, digest=shown.digest, size=shown.size, media_type=shown.media_type, store=places.store()
        )
    except NoSuchFile as fault:
        raise visitors.strange(visitor, wanted=f"file {number}/{place}", command="read_file") from fault


@require_POST
@public
def follow(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Follow a case, or no longer; whoever has no account is asked for a telephone first.

    What was followed can be left also while it is not public.
    """
    if visitor.account is not None and "stop" in request.POST:
        order = queries.followed_order(visitor.account.id, number)
        if order is not None:
            actions.unfollow(visitor.account.id, order)
            messages.success(request, _("已取消关注。"))
            public = queries.case(visitor.city.code, number)
            if public is None or "mine" in request.POST:
                return redirect("portal:mine", visitor.city.code)
            return redirect("publication:case", visitor.city.code, public.number)
    found = _case(visitor, number)
    here = reverse("publication:case", args=(visitor.city.code, found.number))
    if visitor.account is None:
        visitors.remember(request, visitor.city.code, _WANTS_TO_FOLLOW, found.number)
        address = reverse("citizens:sign_in", args=(visitor.city.code,))
        return HttpResponseRedirect(f"{address}?{urlencode({'next': here})}")
    if "stop" not in request.POST:
        actions.follow(visitor.account.id, found.order, now=visitor.now)
        messages.success(request, _("已关注，可以在“我的诉求”中查看。"))
    return redirect(here)


@require_safe
@public
def feed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the newest published cases as RSS 2.0, in Chinese whoever asks: a feed is one for all who read it."""
    with translation.override("zh-hans"):
        made = Rss201rev2Feed(
            title=_("%(city)s 12345 办理公开") % {"city": visitor.city.name},
            link=visitors.outside(request, reverse("publication:cases", args=(visitor.city.code,))),
            description=_("已办结并公开的诉求和答复"),
            feed_url=visitors.outside(request, request.get_full_path()),
            language="zh-cn",
        )
    wanted = _wanted(request.GET)
    if _NUMBER.fullmatch(wanted.text):
        rows = [_case(visitor, wanted.text)]
    elif queries.too_short(wanted.text):
        rows = []
    else:
        rows, _following = queries.page(visitor.city.code, wanted, after=None)
    for row in rows:
        address = visitors.outside(request, reverse("publication:case", args=(visitor.city.code, row.number)))
        made.add_item(
            title=holdable(row.title),
            link=address,
            unique_id=address,
            unique_id_is_permalink=True,
            description=holdable(f"{row.content}\n\n{row.reply}"),
            pubdate=row.published_at,
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@require_safe
@public
def statistics(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the figures that stay public, whatever is published of single cases. Source: JY-18, A-21, A-45."""
    found = queries.figures(visitor.city.code)
    context = {
        "counted_at": found.at if found is not None else None,
        "months": [_month(each) for each in found.months] if found is not None else [],
        "groups": [_group(each) for each in found.groups if each.received >= _SMALL] if found is not None else [],
        "days": actions.RECENT.days,
        "small": _SMALL,
    }
    return render(request, "publication/statistics.html", context)


def _month(each: Month) -> Mapping[str, object]:
    counts = {"received": each.received, "closed": each.closed, "published": each.published}
    return {"month": each.month, "rate": _rate(each)} | {name: _shown(count) for name, count in counts.items()}


def _group(each: Group) -> dict[str, object]:
    kinds = {"MAYOR": _("市长信箱"), "HOT": _("热点问题"), "MANY": _("集中诉求")}
    leaf = packfiles.categories().by_code.get(each.category)
    return {
        "kind": kinds[each.kind],
        "name": wording.tr(leaf.name) if leaf is not None else "",
        "received": _shown(each.received),
        "closed": _shown(each.closed),
        "rate": _rate(each),
    }


def _rate(each: Month | Group) -> str | None:
    return f"{each.satisfied / each.rated:.1%}" if each.rated >= _SMALL else None


def _shown(count: int) -> str:
    return f"<{_SMALL}" if 0 < count < _SMALL else str(count)


def _case(visitor: Visitor, number: str) -> Case:
    """Return a published case. Raises: Http404, the same for what is not published and for what there is not."""
    found = queries.case(visitor.city.code, number) if len(number) <= 40 else None
    if found is None:
        raise visitors.strange(visitor, wanted=f"case {number}", command="read_case")
    return found


def _wanted(asked: Mapping[str, str]) -> Wanted:
    return Wanted(
        text=asked.get("text", "").replace("\0", "")[:100].strip(),
        type=asked.get("type", "").replace("\0", "")[:40],
        unit=asked.get("unit", "").replace("\0", "")[:100],
        channel=asked.get("channel", "").replace("\0", "")[:40],
    )


def _after(text: str) -> tuple[str, str] | None:
    """Return where a page begins; what is no such place counts as the start."""
    written, _sign, order = text.replace("\0", "").partition("~")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if moment.tzinfo is None or not queries.YEARS[0] <= moment.year <= queries.YEARS[1] or not order:
        return None
    return moment.astimezone(UTC).isoformat(), order[:80]
