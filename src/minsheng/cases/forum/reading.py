"""Reads of the forum for everybody: what was let in, page by page, and what somebody has written themselves.

Everything that others read comes from columns that hold public words alone; only the author's own words are opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from minsheng.cases.forum import members
from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import READ, Member, Post, Thread
from minsheng.core.ledger import queries as ledger
from minsheng.core.words import queries as words
from minsheng.domain.forum.state import SHOWN
from minsheng.domain.rejected import Rejected

PAGE: Final = 20
# A map of the site names so many addresses at most (sitemaps.org).
_MAPPED: Final = 50_000
_OWN_AT_MOST: Final = 100
# What everybody reads of the course of a thread.
COURSE: Final = (
    "PostApproved", "Claimed", "Assigned", "RequestAccepted", "Attended", "StanceGiven", "ExtensionApproved",
    "PostAnswered", "PlatformAnswered", "RectificationOrdered", "RectificationAccepted",
)  # fmt: skip
_OFFICIAL: Final = ("stance", "answer", "platform", "follow_up")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that was let in."""

    number: int
    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Own:
    """A comment of the reader's own that others do not read. `reason`: why it was not let in, empty while it waits."""

    text: str
    at: datetime
    reason: str


def shown(city: str) -> QuerySet[Thread]:
    """Return the threads that everybody may read."""
    return Thread.objects.filter(city=city, status__in=SHOWN)


def page(city: str, *, text: str = "", board: str = "", unit: str = "", after: str = "") -> tuple[list[Thread], str]:
    """Return one page of threads, the newest first, and the code after which the next one begins, empty for none."""
    rows = shown(city)
    rows = rows.filter(board=board) if board else rows
    rows = rows.filter(target_unit=unit) if unit else rows
    for word in text.split():
        said = Post.objects.filter(thread=OuterRef("pk"), kind="post", text__icontains=word)
        rows = rows.filter(Q(title__icontains=word) | Exists(said))
    last = shown(city).filter(code=after).first() if after else None
    if last is not None:
        older = Q(approved_at__lt=last.approved_at) | Q(approved_at=last.approved_at, id__lt=last.pk)
        rows = rows.filter(older, approved_at__lte=last.approved_at)
    found = list(rows.order_by("-approved_at", "-id")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].code if len(found) > PAGE else ""


def mapped(city: str) -> list[tuple[str, datetime]]:
    """Return the code of every thread that may be read, and when something was last written in it."""
    last = Max("posts__at", filter=Q(posts__standing=READ))
    rows = shown(city).annotate(last=last).order_by("-approved_at", "-id").values_list("code", "last", "approved_at")
    return [(code, moment) for code, at, approved in rows[:_MAPPED] if (moment := at or approved) is not None]


def one(city: str, code: str) -> Thread | None:
    """Return a thread by its code, whoever may read it."""
    return Thread.objects.filter(city=city, code=code).first()


def member_of(account: UUID | None, *, city: str) -> Member | None:
    """Return the member of an account; None for whoever has written nothing yet."""
    return Member.objects.filter(city=city, account=account).first() if account is not None else None


def account_of(row: Thread, comment: str = "") -> UUID | None:
    """Return the account of who wrote a thread, or the comment of it with a number.

    It is for telling them something, and for what organs ask by law; nobody else asks for it (SZ-26).
    """
    member = writer(row, comment)
    return Member.objects.filter(pk=member).values_list("account", flat=True).first() if member else None


def writer(row: Thread, comment: str = "") -> str:
    """Return the member who wrote a thread, or the comment of it with a number; empty where there is none."""
    if not comment:
        return row.member
    number = int(comment) if comment.isascii() and comment.isdigit() and len(comment) < 10 else 0
    rows = Post.objects.filter(thread=row, kind="comment", number=number)
    return rows.values_list("member", flat=True).first() or ""


def written(city: str, number: str) -> tuple[Thread, str, str]:
    """Return the thread, the number of the comment and the member of what is named `thread` or `thread#comment`.

    The comment is empty for the thread itself. Raises: Rejected, where nothing is named so.
    """
    thread, sign, comment = (each.strip() for each in number.partition("#"))
    row = KIND.rows_in(city, number=thread).first() if "\0" not in thread else None
    member = writer(row, comment) if row is not None and bool(sign) == bool(comment) else ""
    if row is None or not member:
        raise Rejected("thread_unknown", number=number)
    return row, comment, member


def own(member: Member) -> list[Thread]:
    """Return the threads of a member, the newest first."""
    return list(Thread.objects.filter(city=member.city_id, member=str(member.pk)).order_by("-posted_at")[:_OWN_AT_MOST])


def names(rows: list[Thread]) -> dict[str, str]:
    """Return the names of the threads' authors, by their ids."""
    return members.names({row.member for row in rows})


def typed(row: Thread) -> Mapping[str, str]:
    """Return title and content as the author typed them, for the author."""
    return words.of_fact(KIND.stream(row.pk), 1)


def reason(row: Thread) -> str:
    """Return why a thread was not let in, for its author."""
    return words.said(KIND.stream(row.pk), "reason")


def opening(row: Thread) -> str:
    """Return what the thread begins with, as it was let in."""
    return Post.objects.filter(thread=row, kind="post").values_list("text", flat=True).first() or ""


def official(row: Thread) -> list[Post]:
    """Return what units and the platform say in public, in its order."""
    return list(Post.objects.filter(thread=row, kind__in=_OFFICIAL).order_by("version"))


def comments(row: Thread, *, after: int) -> tuple[list[Comment], int]:
    """Return the comments behind a number, at most a page, and the number of the last one if there are more."""
    rows = Post.objects.filter(thread=row, number__gt=after, standing=READ, kind="comment").order_by("number")
    found = list(rows[: PAGE + 1])
    called = members.names({each.member for each in found})
    made = [Comment(each.number, called[each.member], each.text, each.at) for each in found[:PAGE]]
    return made, made[-1].number if len(found) > PAGE else 0


def own_comments(row: Thread, member: Member) -> list[Own]:
    """Return the member's comments that wait, or were not let in, with the reason."""
    mine = Post.objects.filter(thread=row, kind="comment", member=str(member.pk)).exclude(standing=READ)
    rows = list(mine.order_by("number")[:_OWN_AT_MOST])
    if not rows:
        return []
    stream = KIND.stream(row.pk)
    said = words.of(stream)
    refusals = ledger.picked([stream], ["CommentRefused"]).get(stream, [])
    why = {ledger.content(each)["event"]["number"]: said.get(each.version, {}).get("reason", "") for each in refusals}
    return [Own(said.get(each.version, {}).get("content", ""), each.at, why.get(each.number, "")) for each in rows]


def course(row: Thread) -> list[tuple[str, datetime, str]]:
    """Return what was done about a thread, in its order: the kind of fact, when, the unit that it names, no person.

    Source: SZ-25a.
    """
    found = ledger.picked([KIND.stream(row.pk)], COURSE).get(KIND.stream(row.pk), [])
    return [(each.type, each.at, str(ledger.content(each)["event"].get("unit", ""))) for each in found]


def grade(row: Thread) -> str:
    """Return the code of the grade that the author gave, empty for none."""
    stream = KIND.stream(row.pk)
    rated = ledger.picked([stream], ["PostRated"]).get(stream, [])
    return str(ledger.content(rated[-1])["event"]["grade"]) if rated else ""
