"""Lists of orders: the tabs of my queue, the search. Everything goes through `queries.visible`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from minsheng import wording
from minsheng.appeals import queries as appeals
from minsheng.domain.orders.commands import UNIT_ROLES, Actor
from minsheng.domain.orders.order import CLOSED
from minsheng.domain.packs import Rules
from minsheng.orders import queries
from minsheng.orders.models import Order

PAGE = 25
FOUND_AT_MOST = 50
LEAST_LETTERS = 2
_WORDS_AT_MOST = 5
# From so many digits on (the day of registration) a number is meant, not a word of a title.
_NUMBER_FROM = 6
# The list of everything that one may see; it is not counted, since it grows for ever.
EVERYTHING = "everything"
# All that waits for the role, in whatever state.
WAITING = ""

Cursor = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of the queue: its code in the address, its name, how many there are (None: not counted)."""

    code: str
    label: str
    count: int | None


def tabs(actor: Actor, *, city: str, rules: Rules) -> list[Tab]:
    """Return the actor's lists with their counts."""
    states = queries.counts(actor, city=city)
    found = [Tab(WAITING, "全部待办", sum(states.values()))]
    found += [Tab(state, wording.STATES[state], count) for state, count in states.items()]
    beside = {"extension": "延期待审", "supervised": "督办", "co": "协办"}
    for code, label in beside.items():
        rows = _beside(code, actor, city, rules)
        if rows is not None:
            found.append(Tab(code, label, rows.count()))
    return [*found, Tab(EVERYTHING, "全部工单", None)]


def page(
    code: str, actor: Actor, *, city: str, rules: Rules, after: Cursor | None
) -> tuple[list[Order], Cursor | None] | None:
    """Return one page of a list and where the next begins; None for a list that the actor does not have."""
    if code == EVERYTHING:
        return queries.newest(queries.visible(actor, city=city), after=after, limit=PAGE)
    if code == WAITING:
        rows: QuerySet[Order] | None = queries.queue(actor, city=city)
    elif code in queries.QUEUES.get(actor.role, ()):
        rows = queries.queue(actor, city=city).filter(status=code)
    else:
        rows = _beside(code, actor, city, rules)
    return None if rows is None else queries.page_of(rows, after=after, limit=PAGE)


def _beside(code: str, actor: Actor, city: str, rules: Rules) -> QuerySet[Order] | None:
    """Return what waits for the actor beside the states: requests, supervision orders, parts as co-unit."""
    rows = queries.visible(actor, city=city)
    match code:
        case "extension" if actor.role == "auditor":
            return rows.filter(extension_pending=True).exclude(status=CLOSED)
        case "supervised" if actor.role in UNIT_ROLES:
            return rows.filter(supervised=True, state__supervision__unit=actor.unit)
        case "supervised" if actor.role == rules.supervision_issuer:
            return rows.filter(supervised=True)
        case "co" if actor.role in UNIT_ROLES:
            return rows.exclude(status=CLOSED).exclude(lead=actor.unit)
        case _:
            return None


def cursor(text: str) -> Cursor | None:
    """Return where a page begins, as its address says; an address that was tampered with begins at the top."""
    moment, _, order_id = text.partition("~")
    try:
        aware = datetime.fromisoformat(moment).tzinfo is not None
    except ValueError:
        return None
    return (moment, order_id) if aware and order_id and "\0" not in order_id else None


def search(actor: Actor, *, city: str, text: str) -> list[Order]:
    """Return the newest visible orders whose number begins so, or whose title holds every word of the text.

    Words have at least two letters; the index over pairs of neighbouring letters serves them.
    """
    words = text.split()[:_WORDS_AT_MOST]
    rows = queries.visible(actor, city=city)
    if len(words) == 1 and len(words[0]) >= _NUMBER_FROM and words[0].partition("-")[0].isdecimal():
        return _newest(rows.filter(number__startswith=words[0]))
    if not words:
        return []
    titled = appeals.titled(city, words)
    found = _newest(rows.filter(id__in=titled))
    # A part of a parallel dispatch has its words with the whole. Asked apart: an OR would read the whole table.
    found += _newest(rows.exclude(parent="").filter(parent__in=titled))
    return sorted(found, key=lambda row: (row.registered_at, row.id), reverse=True)[:FOUND_AT_MOST]


def of_ids(actor: Actor, *, city: str, ids: Iterable[str]) -> list[Order]:
    """Return those of the orders that exist for the actor, the newest first."""
    return _newest(queries.visible(actor, city=city).filter(id__in=list(ids)))


def seen(actor: Actor, *, city: str, ids: Iterable[str]) -> set[str]:
    """Return which of the orders exist for the actor."""
    return set(queries.visible(actor, city=city).filter(id__in=list(ids)).values_list("id", flat=True))


def relatives(actor: Actor, *, city: str, ids: Iterable[str]) -> list[Order]:
    """Return those of the related orders that exist for the actor, by number."""
    wanted = [each for each in ids if each]
    if not wanted:
        return []
    rows = queries.visible(actor, city=city).filter(id__in=wanted)
    return list(rows.only("id", "number", "title", "status", "reason", "lead").order_by("number"))


def resolve(actor: Actor, *, city: str, text: str) -> Order | None:
    """Return the order that a number or id names, if it exists for the actor."""
    if not text or "\0" in text:
        return None
    return queries.visible(actor, city=city).filter(Q(id=text) | Q(number=text)).first()


def _newest(rows: QuerySet[Order]) -> list[Order]:
    return list(rows.order_by("-registered_at", "-id").defer("state", "head")[:FOUND_AT_MOST])
