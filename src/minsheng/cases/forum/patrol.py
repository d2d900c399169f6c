"""The patrol list: what units may claim, and on which day each of them last looked; a line a day. Source: SZ-20a."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from minsheng.cases.forum.models import Post, Subscription, Thread
from minsheng.core.ledger import journals
from minsheng.core.ledger.actions import execute
from minsheng.core.ledger.journals import Entry
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import queries as people
from minsheng.domain.forum.state import OPEN
from minsheng.domain.rejected import Rejected

PATROL: Final = "forum_patrol"
_NO_BOARDS: Final[Mapping[str, str]] = MappingProxyType({})
SHOWN: Final = 200
# So much a unit looks for at most: each is asked for with every look.
SUBSCRIPTIONS: Final = 20
# So far back it is told when a unit last looked.
_TOLD: Final = timedelta(days=31)
_LAST: Final = b"""
    SELECT split_part(stream, '/', 3), max(at) FROM ledger_entry
    WHERE kind = %(kind)s AND city = %(city)s AND at >= %(since)s GROUP BY 1
"""
_DAYS: Final = b"""
    SELECT split_part(stream, '/', 3), count(*) FROM ledger_entry
    WHERE kind = %(kind)s AND city = %(city)s AND at >= %(since)s AND at < %(until)s GROUP BY 1
"""


def waiting(
    city: str, *, words: str = "", boards: Mapping[str, str] = _NO_BOARDS, within: Sequence[Subscription] = ()
) -> list[tuple[Any, str]]:
    """Return the threads that nobody has claimed, those that wait longest first, each with what everybody reads.

    `words`: all of them stand in the thread or in the name of its board; `boards`: those names by their codes;
    `within`: subscriptions, of which a thread fits one, where there are any.
    """
    rows = Thread.objects.filter(city=city, status=OPEN)
    for each in words.split():
        named = Q(board__in=_boards(each, boards))
        rows = rows.filter(Q(title__icontains=each) | Q(posts__text__icontains=each) | named)
    if within:
        rows = rows.filter(pk__in=fitting(rows, within))
    found = list(rows.distinct().order_by("approved_at", "id")[:SHOWN])
    posts = Post.objects.filter(thread__in=found, kind="post").values_list("thread", "text")
    texts = dict(posts)
    return [(row, texts.get(row.pk, "")) for row in found]


def fitting(rows: QuerySet[Thread], within: Sequence[Subscription]) -> QuerySet[Thread]:
    """Return those of the rows that fit one of the subscriptions at least."""
    fits = Q(pk__in=[])
    for each in within:
        one = Q(**{name: value for name, value in (("board", each.board), ("size", each.size)) if value})
        for word in each.words.split():
            said = Post.objects.filter(thread=OuterRef("pk"), kind="post", text__icontains=word)
            one = Q(one, Q(title__icontains=word) | Q(Exists(said)))
        fits |= one
    return rows.filter(fits)


def subscriptions(city: str, names: Collection[str]) -> list[Subscription]:
    """Return what a unit looks for, by all the names that it goes or went by."""
    return list(Subscription.objects.filter(city=city, unit__in=list(names)).order_by("id"))


def subscribe(city: str, unit: str, *, board: str, size: str, words: str, now: datetime) -> None:
    """Let a unit look for something; the same once more changes nothing. Raises: Rejected."""
    if not (board or size or words):
        raise Rejected("subscription_empty")
    if Subscription.objects.filter(city=city, unit=unit).count() >= SUBSCRIPTIONS:
        raise Rejected("subscriptions_many", most=SUBSCRIPTIONS)
    Subscription.objects.get_or_create(city=city, unit=unit, board=board, size=size, words=words, defaults={"at": now})


def unsubscribe(city: str, names: Collection[str], id: int) -> None:
    """Let a unit no longer look for something."""
    Subscription.objects.filter(city=city, unit__in=list(names), pk=id).delete()


def _boards(word: str, boards: Mapping[str, str]) -> list[str]:
    """Return the codes of the boards that a word names; a city without boards may have their names in threads."""
    return [word, *(code for code, name in boards.items() if word in name)]


def patrolled(city: str, unit: str, *, now: datetime) -> None:
    """Put on record that a unit looked today; the second look of a day says nothing new."""
    day = now.astimezone(ZONE).date()
    at = datetime.combine(day, time(0), ZONE)
    journals.count(city, Entry(PATROL, f"patrol/{city}/{unit}", day.isoformat(), at, {"role": "officer"}, {}))


def last_days(city: str, *, now: datetime) -> Mapping[str, date]:
    """Return on which day each unit last looked, of those that did in a month."""
    values = {"kind": PATROL, "city": city, "since": now - _TOLD}
    return {unit: at.astimezone(ZONE).date() for unit, at in execute(_LAST, values, alone=True).fetchall()}


def days(city: str, *, on: date) -> Mapping[str, int]:
    """Return on how many days of a month, up to a day, each unit looked."""
    since, until = (datetime.combine(each, time(0), ZONE) for each in (on.replace(day=1), on + timedelta(days=1)))
    values = {"kind": PATROL, "city": city, "since": since, "until": until}
    return {str(unit): int(count) for unit, count in execute(_DAYS, values, alone=True).fetchall()}


def stocks(city: str, *, on: date) -> Mapping[tuple[str, str, str], int]:
    """Return the days of patrol of the month that runs, unit by unit, for the assessment. Source: SZ-20a."""
    counted = days(city, on=on)
    now = datetime.combine(on, time(12), ZONE)
    facts = people.unit_facts(city, names=counted, now=now) if counted else {}
    levels = {unit: facts[unit].level if unit in facts else "city" for unit in counted}
    # Towns lie in counties, whose row of the release they are in.
    return {("patrol_days", "city" if levels[unit] == "city" else "county", unit): n for unit, n in counted.items()}
