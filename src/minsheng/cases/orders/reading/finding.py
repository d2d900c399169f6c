"""Finding orders: by number, by words of the title, by who said it. Everything goes through `queries.visible`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.models import Order
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries
from minsheng.domain.actors import Actor

FOUND_AT_MOST = 50
LEAST_LETTERS = 2
_WORDS_AT_MOST = 5
# From so many digits on (the day of registration) a number is meant, not a word of a title.
_NUMBER_FROM = 6
# Commands that name another order.
_NAMING = ("link", "mark_repeat", "unmark_repeat", "register", "submit", "add_material", "urge", "rate_joined")


def search(actor: Actor, *, city: str, text: str) -> list[Order]:
    """Return the newest visible orders whose number begins so, or whose title holds every word of the text.

    Words have at least two letters; the index over pairs of neighboring letters serves them.
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
    newest = sorted(found, key=lambda row: (row.registered_at, row.id), reverse=True)[:FOUND_AT_MOST]
    # What somebody does not read in a title can't be asked for either: an answer would tell that it stands there.
    shown = reading.titles(newest, actor=actor, city=city)
    return [row for row in newest if all(word.lower() in shown[row.id].lower() for word in words)]


def of_ids(actor: Actor, *, city: str, ids: Iterable[str], sealed: bool = False) -> list[Order]:
    """Return those of the orders that exist for the actor, the newest first; with `sealed` the sealed ones alone."""
    rows = queries.existing(actor, city=city).filter(id__in=list(ids), is_sealed=sealed)
    return _newest(rows)


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


def with_ids(command: str, values: Mapping[str, object], *, actor: Actor, city: str) -> dict[str, object]:
    """Return a command's plain values, the numbers of other orders in them as ids; what names none stays."""
    found = dict(values)
    if command not in _NAMING:
        return found
    for name in ("to", "of", "matter", "joined"):
        known = resolve(actor, city=city, text=str(found.get(name) or ""))
        if known is not None:
            found[name] = (known.matter or known.id) if name == "matter" else known.id
    return found


def _newest(rows: QuerySet[Order]) -> list[Order]:
    return list(rows.order_by("-registered_at", "-id").defer("state", "head")[:FOUND_AT_MOST])
