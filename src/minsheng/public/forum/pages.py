"""The forum's pages: the list, a thread, one's own threads, the feed. No script is needed.

What was not let in does not exist for anybody but its author; what is hidden is gone (410). Source: SZ-17b, SZ-18.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.forum import disclosing, pictures, reading, views
from minsheng.cases.forum.actions import KIND
from minsheng.core.files import places
from minsheng.core.ledger.values import ZONE
from minsheng.core.policies import queries as policies
from minsheng.domain.forum import state as threads
from minsheng.domain.rules import Rules
from minsheng.domain.text import cleaned, kept_of
from minsheng.public.citizens import visitors
from minsheng.public.citizens.robots import is_robot
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.forum.forms import CommentForm, RatingForm
from minsheng.public.publication import sending
from minsheng.wording.xmltext import holdable

_LONGEST: Final = 100
_DESCRIBED: Final = 300
# Where a thread stands, as everybody reads it; the desks have words of their own.
_STATES: Final = {
    threads.PENDING: gettext_noop("待审核"), threads.REFUSED: gettext_noop("未通过"),
    threads.WITHDRAWN: gettext_noop("已撤回"), threads.HIDDEN: gettext_noop("已屏蔽"),
    threads.OPEN: gettext_noop("待受理"), threads.CLAIMED: gettext_noop("已受理"),
    threads.ATTENDED: gettext_noop("已关注"), threads.STANCE: gettext_noop("已表态"),
    threads.ANSWERED: gettext_noop("已答复"), threads.RATED: gettext_noop("已答复"),
    threads.UNRATED: gettext_noop("已答复"),
}  # fmt: skip
_KINDS: Final = {
    "stance": gettext_noop("表态性回复"), "answer": gettext_noop("答复"), "platform": gettext_noop("平台答复"),
    "follow_up": gettext_noop("延期说明"),
}  # fmt: skip
_COURSE: Final = {
    "PostApproved": gettext_noop("公开"), "Claimed": gettext_noop("受理"), "Assigned": gettext_noop("受理"),
    "RequestAccepted": gettext_noop("转交或共同办理"), "Attended": gettext_noop("关注"),
    "StanceGiven": gettext_noop("表态"), "ExtensionApproved": gettext_noop("同意延期"),
    "PostAnswered": gettext_noop("答复"), "PlatformAnswered": gettext_noop("答复"),
    "RectificationOrdered": gettext_noop("责成限时整改"), "RectificationAccepted": gettext_noop("整改通过"),
}  # fmt: skip
_UNREAD: Final = (threads.PENDING, threads.REFUSED, threads.WITHDRAWN)
_DONE: Final = (threads.ANSWERED, threads.RATED, threads.UNRATED)
Page = Callable[..., HttpResponse]


def of_forum(page: Page) -> Page:
    """Give a page its visitor; a city whose pack has no forum has no such page."""

    @wraps(page)
    def view(request: HttpRequest, visitor: Visitor, **rest: Any) -> HttpResponse:
        if rules_of(visitor).forum_final is None:
            raise Http404("not found")
        return page(request, visitor, **rest)

    return public(view)


def rules_of(visitor: Visitor) -> Rules:
    """Return the rules of the visitor's city."""
    return policies.rules_for(visitor.city.code, now=visitor.now)


def title_of(visitor: Visitor) -> str:
    """Return what the city calls its forum."""
    label = rules_of(visitor).channels.get("forum")
    return str(wording.tr(label)) if label else _("论坛")


def member_of(visitor: Visitor) -> Any | None:
    """Return the visitor as a member, if they have written anything."""
    account = visitor.account.id if visitor.account is not None else None
    return reading.member_of(account, city=visitor.city.code)


def is_author(row: Any, member: Any | None) -> bool:
    """Return whether the thread is the member's own."""
    return member is not None and row.member == str(member.pk)


def found(visitor: Visitor, code: str) -> tuple[Any, Any | None]:
    """Return a thread that exists for the visitor, and the visitor as a member. Raises: Http404."""
    row, member = reading.one(visitor.city.code, code), member_of(visitor)
    if row is None or (row.status in _UNREAD and not is_author(row, member)):
        raise visitors.strange(visitor, wanted=f"thread {code}", command="read_thread")
    return row, member


@require_safe
@of_forum
def listing(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the threads, the newest first, or those with some words."""
    text = kept_of(cleaned(request.GET.get("text", "")))[:_LONGEST].strip()
    after = kept_of(request.GET.get("after", ""))[:_LONGEST]
    wanted = {"text": text, **_narrowed(request)}
    rows, following = reading.page(visitor.city.code, **wanted, after=after)
    called, boards = reading.names(rows), rules_of(visitor).forum_boards
    wanted = {name: value for name, value in wanted.items() if value}
    kept = {name: value for name, value in wanted.items() if name != "text"}
    here = reverse("forum:list", args=(visitor.city.code,), query=wanted)
    context = {
        "boards": [(code, wording.tr(name)) for code, name in boards.items()],
        "board": wanted.get("board", ""), "unit": wanted.get("unit", ""),
        "board_name": boards.get(wanted.get("board", ""), ""), "kept": kept, "notices": notices(visitor)[:1],
        "feed": reverse("forum:feed", args=(visitor.city.code,), query=kept),
        "canonical": visitors.outside(request, here),
        "title": title_of(visitor), "text": text, "is_first": not after,
        "rows": [(row, called[row.member], _(_STATES[row.status]), boards.get(row.board, "")) for row in rows],
        "more": f"?{urlencode({**wanted, 'after': following})}" if following else "",
    }  # fmt: skip
    return render(request, "forum/list.html", context)


@require_safe
@of_forum
def one(request: HttpRequest, visitor: Visitor, thread: str) -> HttpResponse:
    """Show a thread; what waits or was not let in to its author alone."""
    row, member = found(visitor, thread)
    if row.status in threads.SHOWN:
        robot = is_robot(request.method, request.headers)
        views.viewed(row, address=visitor.address, robot=robot, now=visitor.now)
    return thread_page(request, visitor, row, member)


@require_safe
@of_forum
def mine(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show one's own threads, and the name that others read."""
    city = visitor.city.code
    if visitor.account is None:
        return redirect(reverse("citizens:sign_in", args=(city,), query={"next": reverse("forum:mine", args=(city,))}))
    member = member_of(visitor)
    rows = reading.own(member) if member is not None else []
    context = {
        "title": title_of(visitor), "member": member,
        "rows": [(row, row.title or reading.typed(row).get("title", ""), _(_STATES[row.status])) for row in rows],
    }  # fmt: skip
    return render(request, "forum/mine.html", context)


@require_safe
@of_forum
def disclosures(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show how often which organ was told by law who posted, year by year; nobody is named. Source: SZ-26."""
    context = {"title": title_of(visitor), "rows": disclosing.yearly(visitor.city.code)}
    return render(request, "forum/disclosures.html", context)


@require_safe
@of_forum
def feed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the newest threads as RSS 2.0, in Chinese whoever asks; nobody is named as their author."""
    city = visitor.city
    with translation.override("zh-hans"):
        made = Rss201rev2Feed(
            title=f"{city.name} {title_of(visitor)}",
            link=visitors.outside(request, reverse("forum:list", args=(city.code,))),
            description=_("新发布的网帖"),
            feed_url=visitors.outside(request, request.get_full_path()),
            language="zh-cn",
        )
    kept = _narrowed(request)
    rows, _following = reading.page(city.code, **kept)
    for row in rows:
        address = visitors.outside(request, reverse("forum:one", args=(city.code, row.code)))
        made.add_item(
            title=holdable(row.title), link=address, unique_id=address, pubdate=row.approved_at,
            description=holdable(reading.opening(row)[:_DESCRIBED]),
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@require_safe
@of_forum
def sitemap(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the addresses of the threads that everybody reads (sitemaps.org 0.9)."""
    city = visitor.city.code
    lines = [
        f"<url><loc>{escape(visitors.outside(request, reverse('forum:one', args=(city, code))))}</loc>"
        f"<lastmod>{at.astimezone(ZONE).date().isoformat()}</lastmod></url>"
        for code, at in reading.mapped(city)
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return HttpResponse(f"{head}{''.join(lines)}</urlset>", content_type="application/xml; charset=utf-8")


@require_safe
@of_forum
def picture(request: HttpRequest, visitor: Visitor, thread: str, place: int) -> HttpResponse:
    """Send the copy of a picture of a thread that the visitor may read."""
    row, _member = found(visitor, thread)
    own = row.status in _UNREAD  # nobody but its author has come so far
    rows = [] if row.status == threads.HIDDEN else pictures.of(row, all=own)
    shown = next((each for each in rows if each.place == place), None)
    if shown is None:
        raise visitors.strange(visitor, wanted=f"picture {thread}/{place}", command="read_file")
    return sending.send(
        request, digest=shown.digest, size=shown.size, media_type=shown.media_type, store=places.store()
    )


def notices(visitor: Visitor) -> list[tuple[date, str]]:
    """Return what the city says to those who post, with the day of each, the newest first. Source: SZ-28a."""
    rules, today = rules_of(visitor), visitor.now.astimezone(ZONE).date()
    return [(at, said) for day, said in rules.forum_notices.items() if (at := date.fromisoformat(day)) <= today]


def _narrowed(request: HttpRequest) -> dict[str, str]:
    """Return the board and the unit whose threads alone are wanted, empty for all."""
    return {name: kept_of(cleaned(request.GET.get(name, "")))[:_LONGEST].strip() for name in ("board", "unit")}


def thread_page(
    request: HttpRequest,
    visitor: Visitor,
    row: Any,
    member: Any | None,
    *,
    comment: CommentForm | None = None,
    rating: RatingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of a thread that exists for the visitor; forms are as they were sent, with their faults."""
    if row.status == threads.HIDDEN:
        return render(request, "forum/hidden.html", {"title": title_of(visitor)}, status=410)
    if row.status in _UNREAD:
        return _waiting_page(request, visitor, row, status=status)
    state, rules = KIND.read(row), rules_of(visitor)
    number = request.GET.get("after", "0")[:6]
    after = int(number) if number.isascii() and number.isdigit() else 0
    comments, following = reading.comments(row, after=after)
    said = reading.official(row)
    window = state.timers.get(threads.RATING)
    may_rate = is_author(row, member) and row.status == threads.ANSWERED
    may_rate = may_rate and window is not None and window.due is not None and visitor.now <= window.due
    here = reverse("forum:one", args=(visitor.city.code, row.code))
    context = {
        "pictures": pictures.of(row),
        "board_name": rules.forum_boards.get(row.board, ""), "canonical": visitors.outside(request, here),
        "title": title_of(visitor), "row": row, "state": _(_STATES[row.status]), "text": reading.opening(row),
        "author": reading.names([row])[row.member], "is_own": is_author(row, member),
        "official": [(each, _(_KINDS[each.kind])) for each in said], "marks": _marks(row, state),
        "rectifies": state.rectifies,
        "is_unread_answer": row.status in _DONE and not any(each.kind in ("answer", "platform") for each in said),
        "grade": _grade(row, rules), "comments": comments, "following": following, "is_first": not after,
        "own": reading.own_comments(row, member) if member is not None else [],
        "comment_form": comment or CommentForm(initial={"key": uuid4()}, auto_id="comment_%s"),
        "rating_form": (rating or RatingForm(initial={"key": uuid4()}, rules=rules, auto_id="rating_%s"))
        if may_rate or rating else None,
        "signed_in": visitor.account is not None,
    }  # fmt: skip
    return render(request, "forum/one.html", context, status=status)


def _waiting_page(request: HttpRequest, visitor: Visitor, row: Any, *, status: int) -> HttpResponse:
    said = reading.typed(row)
    context = {
        "title": title_of(visitor), "row": row, "state": _(_STATES[row.status]), "heading": said.get("title", ""),
        "text": said.get("content", ""), "key": uuid4(), "may_withdraw": row.status == threads.PENDING,
        "reason": reading.reason(row) if row.status == threads.REFUSED else "",
        "pictures": pictures.of(row, all=True),
    }  # fmt: skip
    return render(request, "forum/waiting.html", context, status=status)


def _marks(row: Any, state: threads.Thread) -> list[tuple[str, Any, str]]:
    """Return what was done about a thread, when and by which unit; a day that stands for a moment is the city's.

    Source: SZ-25a.
    """
    done = [(_(_COURSE[kind]), at.astimezone(ZONE), unit) for kind, at, unit in reading.course(row)]
    final = state.timers.get(threads.FINAL)
    if state.in_extension and final is not None and final.due is not None and state.answered_at is None:
        done.append((_("延期至"), final.due.astimezone(ZONE), ""))
    return done


def _grade(row: Any, rules: Rules) -> str:
    """Return the grade in the pack's words, empty while nobody has rated."""
    code = reading.grade(row) if row.status == threads.RATED else ""
    return str(wording.tr(rules.satisfaction_grades.get(code, code))) if code else ""
