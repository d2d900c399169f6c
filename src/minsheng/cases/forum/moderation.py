"""What waits to be let in, with what the administrator looks at beside it; and the reminder once it waited long.

Threads and comments are opened here for the administrator alone. What is like a thread is found by its words, and what
its author wrote before by the account, never by who that is. Source: SZ-17b, SZ-18, SZ-26.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import WAITING, Member, Post, Thread
from minsheng.cases.orders.reading import similar as orders
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.policies import queries as policies
from minsheng.core.words import queries as words
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.covering import covered
from minsheng.domain.folding import fold
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.forum.state import PENDING, SHOWN
from minsheng.domain.likeness import Candidate, Said, ranked
from minsheng.domain.rules import Rules
from minsheng.gateways import segmenter

PAGE: Final = 50
_BEFORE: Final = 5
_LIKE: Final = 5
_COMPARED: Final = 100
_LETTERS: Final = 200
_WORDS: Final = 5
# The hotline's office, whose open orders a thread may be joined to.
_OFFICE: Final = Actor("office")
STREAM: Final = "forum"


@dataclass(frozen=True, slots=True)
class Item:
    """A thread (`number` 0) or a comment that waits, with its words as they were typed."""

    row: Thread
    number: int
    title: str
    content: str
    member: str
    at: datetime

    @property
    def name(self) -> str:
        """Return what a form calls it."""
        return f"{self.row.pk}.{self.number}"


@dataclass(frozen=True, slots=True)
class Former:
    """A thread that the same account wrote before: what it was called, and where it stands."""

    row: Thread
    title: str


@dataclass(frozen=True, slots=True)
class Alike:
    """An open order that may be about the same: its number, and its title with persons covered."""

    number: str
    title: str


def waiting(city: str) -> tuple[list[Item], int]:
    """Return what waits, the longest first, at most a page, and how much there is."""
    threads = Thread.objects.filter(city=city, status=PENDING)
    comments = Post.objects.filter(thread__city=city, thread__status__in=SHOWN, kind="comment", standing=WAITING)
    count = threads.count() + comments.count()
    posts = list(comments.select_related("thread").order_by("at", "id")[:PAGE])
    rows = list(threads.order_by("posted_at", "id")[:PAGE])
    said = words.of_streams([KIND.stream(row.pk) for row in rows])
    found = [_thread(row, said.get(KIND.stream(row.pk), {}).get(1, {})) for row in rows]
    # One by one: a thread may have hundreds of comments, whose words need not be opened for this.
    found += [_comment(post, words.of_fact(KIND.stream(post.thread_id), post.version)) for post in posts]
    return sorted(found, key=lambda item: (item.at, item.name))[:PAGE], count


def one(city: str, id: UUID, number: int) -> Item | None:
    """Return a thread or a comment that waits; None for what was decided meanwhile, or was never there."""
    row = Thread.objects.filter(city=city, pk=id).first()
    if row is None:
        return None
    stream = KIND.stream(row.pk)
    if not number:
        return _thread(row, words.of_fact(stream, 1)) if row.status == PENDING else None
    post = Post.objects.filter(thread=row, kind="comment", number=number, standing=WAITING).first()
    return _comment(post, words.of_fact(stream, post.version)) if post is not None and row.status in SHOWN else None


def before(item: Item) -> list[Former]:
    """Return the threads that the same account wrote before, the newest first."""
    rows = Thread.objects.filter(city=item.row.city_id, member=item.member).exclude(pk=item.row.pk)
    found = list(rows.order_by("-posted_at")[:_BEFORE])
    said = words.of_streams([KIND.stream(row.pk) for row in found if not row.title])
    typed = {stream: facts.get(1, {}).get("title", "") for stream, facts in said.items()}
    return [Former(row, row.title or typed.get(KIND.stream(row.pk), "")) for row in found]


def threads_like(item: Item) -> list[Thread]:
    """Return threads that everybody reads and that have telling words in common with one, the most like first."""
    telling = _telling(item)
    wanted = Q(pk__in=[])
    for word in telling:
        wanted |= Q(title__icontains=word)
    rows = Thread.objects.filter(wanted, city=item.row.city_id, status__in=SHOWN).exclude(pk=item.row.pk)
    found = {str(row.pk): row for row in rows.order_by("-approved_at", "-id")[:_COMPARED]}
    likes = ranked(Said(telling), [Candidate(id, row.title) for id, row in found.items()], limit=_LIKE)
    return [found[each.id] for each in likes]


def orders_like(item: Item) -> list[Alike]:
    """Return open orders of the hotline that may be about the same; whose they are is not read."""
    found = orders.of(_OFFICE, city=item.row.city_id, content=f"{item.title} {item.content}")
    return [Alike(each.row.number, covered(each.row.title)) for each in found]


def marked(text: str, wanted: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return where the city's words stand in a text, however wide or capital their letters: begin, end, the word.

    Plain search, word by word: a list of some hundred words takes less than a millisecond for a page.
    """
    folded = fold(text)
    plain = folded.text.casefold()
    found: list[tuple[int, int, str]] = []
    if len(plain) != len(folded.text):  # a letter that is two without its capitals: places would be wrong
        plain = folded.text
    for word in wanted:
        sought, place = fold(word).text.casefold(), 0
        while sought and (place := plain.find(sought, place)) >= 0:
            found.append((*folded.span(place, place + len(sought)), word))
            place += len(sought)
    return found


def remind(now: datetime) -> None:
    """Tell the administrator of what became due to be decided on since the last time: a job, in each city.

    The fact of the last reminder says up to when; what waits rings once. Source: SZ-17b.
    """
    policies.in_each_city(lambda city: _remind(city.code, rules=policies.rules_for(city.code, now=now), now=now))


def _remind(city: str, *, rules: Rules, now: datetime) -> None:
    limit = rules.forum_moderation_alert
    if rules.forum_final is None or limit is None:
        return
    stream = f"{STREAM}/{city}"
    with transaction.atomic():
        ledger.hold(stream)
        version = ledger_queries.head(stream)
        last = ledger_queries.history(stream, after_version=version - 1)[-1].at if version else None
        due = [rules.worktime.due(at, limit).moment for at in _since(city)]
        fresh = [at for at in due if at <= now and (last is None or at > last)]
        if not fresh:
            return
        told = {"kind": "moderation_waits", "to": ADMIN, "params": {"count": sum(at <= now for at in due)}}
        ledger.record(city, stream, "ModerationWaits", {"notices": [told]}, actor=SYSTEM, now=now)


def _since(city: str) -> list[datetime]:
    """Return since when each thread, comment and name waits."""
    threads = Thread.objects.filter(city=city, status=PENDING).values_list("posted_at", flat=True)
    comments = Post.objects.filter(thread__city=city, thread__status__in=SHOWN, standing=WAITING)
    names = Member.objects.filter(city=city).exclude(asked="").values_list("asked_at", flat=True)
    return [at for at in (*threads, *comments.values_list("at", flat=True), *names) if at is not None]


def _thread(row: Thread, said: Any) -> Item:
    assert row.posted_at is not None
    return Item(row, 0, said.get("title", ""), said.get("content", ""), row.member, row.posted_at)


def _comment(post: Post, said: Any) -> Item:
    return Item(post.thread, post.number, "", said.get("content", ""), post.member, post.at)


def _telling(item: Item) -> list[str]:
    text = f"{item.title} {item.content}" if not item.number else item.content
    return sorted(segmenter.words_of(text[:_LETTERS]), key=len, reverse=True)[:_WORDS]
