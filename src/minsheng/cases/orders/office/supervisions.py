"""The desk of supervision: what is suggested, issued, answered, late, raised and ended, as lists with their numbers.

What somebody does not see elsewhere is in no list and no number here (`queries.visible`).
Source: SZ-39, SZ-40.1 to SZ-40.5, SZ-41c, SQ-18.0 to SQ-18.5, JY-20.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from minsheng.cases.orders.models import Order, Suggestion, Supervision
from minsheng.cases.orders.storage import queries, records
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor
from minsheng.domain.orders import suggesting
from minsheng.domain.orders.order import CLOSED
from minsheng.domain.packs import Rules

# Rows as others pass them on: they read the columns, and never ask the tables themselves.
SuggestionRow = Suggestion
SupervisionRow = Supervision

PAGE: Final = 25
# Of a dry run nobody reads more at once.
MOST_EXPECTED: Final = 200

# The tabs: of suggestions by their status, of supervision orders by a condition at a moment.
_SUGGESTED: Final[Mapping[str, str]] = {"suggested": "open", "dismissed": "dismissed"}
_ISSUED: Final[Mapping[str, Callable[[datetime], Q]]] = {
    "issued": lambda now: ~Q(status="CLOSED"),
    "awaiting": lambda now: Q(status="ISSUED", due__gte=now),
    "answered": lambda now: Q(status="FEEDBACK"),
    "overdue": lambda now: Q(status="ISSUED", due__lt=now),
    "raised": lambda now: ~Q(status="CLOSED") & Q(level__gte=2),
    "closed": lambda now: Q(status="CLOSED"),
}
TABS: Final = ("suggested", *_ISSUED, "dismissed")
CATEGORIES: Final = ("K1", "K2", "K3", "K4", "K5")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to: a unit's name, a category, a number of an order or a paper; empty for all."""

    unit: str = ""
    category: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a tab: suggestions or supervision orders with their order's row, and how many there are in all."""

    rows: list[Any]
    total: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What the rules would suggest of an order by the end of a day."""

    row: Order
    category: str
    ground: str


def is_of_suggestions(tab: str) -> bool:
    """Tell whether a tab lists suggestions."""
    return tab in _SUGGESTED


def counts(actor: Actor, *, city: str, now: datetime, wanted: Wanted) -> dict[str, int]:
    """Return how many each tab holds."""
    return {tab: _rows(tab, actor, city, now, wanted).count() for tab in TABS}


def page(tab: str, actor: Actor, *, city: str, now: datetime, wanted: Wanted, begin: int = 0) -> Listed:
    """Return one page of a tab: suggestions with the newest first, open orders by their due moment, ended ones last
    ended first.
    """
    found = _rows(tab, actor, city, now, wanted)
    order = ("-at", "-id") if is_of_suggestions(tab) else ("-closed_at", "-id") if tab == "closed" else ("due", "id")
    rows = list(found.select_related("order").order_by(*order)[begin : begin + PAGE])
    return Listed(rows, found.count())


def suggestion_of(pk: int, actor: Actor, *, city: str) -> Suggestion | None:
    """Return a suggestion that exists for the actor, with its order's row."""
    seen = queries.visible(actor, city=city).values("id")
    return Suggestion.objects.filter(pk=pk, city=city, order__in=seen).select_related("order").first()


def of_order(order_id: str) -> tuple[list[Suggestion], list[Supervision]]:
    """Return what was suggested of an order and the supervision orders of it, the oldest first."""
    suggested = Suggestion.objects.filter(order_id=order_id).order_by("seq")
    return list(suggested), list(Supervision.objects.filter(order_id=order_id).order_by("seq"))


def open_suggestions(order_ids: list[str]) -> dict[str, Suggestion]:
    """Return the suggestion that waits longest, by order."""
    found = Suggestion.objects.filter(order_id__in=order_ids, status="open").order_by("-seq")
    return {each.order_id: each for each in found}


def expected(actor: Actor, *, city: str, rules: Rules, now: datetime) -> Iterator[Expected]:
    """Return what the rules would suggest until the end of the day that nobody has suggested, if nothing happens.

    `rules` may be others than those in force: this is the dry run of a change. Looks at open orders alone, by the
    columns that a rule can hang on; nothing is written.
    """
    local = now.astimezone(rules.worktime.zone)
    by = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=rules.worktime.zone)
    # What a rule can hang on: a due moment, several units, a source, a tag, an audit, an appellant.
    candidates = Q(due__lt=by) | Q(is_joint=True) | Q(channel__in=rules.upper_channels) | ~Q(state__tags=[])
    candidates |= Q(state__audit_rejections__gte=rules.supervision_rejections_k2) | Q(state__satisfied=False)
    rows = queries.visible(actor, city=city).exclude(status=CLOSED).filter(candidates, supervised=False)
    for row in rows.order_by("registered_at", "id").iterator(chunk_size=500):
        order = queries.state_of(row)
        names = queries.unit_names_in(order, None) if len(order.parts) > 1 else set()
        units = people.unit_facts(city, names=names, now=now) if names else {}
        for category, ground in suggesting.missing(order, rules, units=units, by=by):
            yield Expected(row, category, ground)


def paper(order_id: str, seq: int) -> tuple[Supervision, str] | None:
    """Return a supervision order with a number, and the ground that its issuer wrote; None where there is none such."""
    row = Supervision.objects.filter(order_id=order_id, seq=seq).exclude(number="").first()
    if row is None:
        return None
    issued = [each for each in queries.history(order_id) if records.paper_of(each) == row.number]
    fact = records.from_ledger(issued[0])
    return row, str(getattr(fact.event, "ground", ""))


def _rows(tab: str, actor: Actor, city: str, now: datetime, wanted: Wanted) -> QuerySet[Any]:
    seen = queries.visible(actor, city=city).values("id")
    found: QuerySet[Any]
    if is_of_suggestions(tab):
        found = Suggestion.objects.filter(city=city, status=_SUGGESTED[tab], order__in=seen)
        found = found.annotate(of_unit=F("order__lead"))
    else:
        found = Supervision.objects.filter(_ISSUED[tab](now), city=city, order__in=seen).annotate(of_unit=F("unit"))
    if wanted.unit:
        found = found.filter(of_unit__contains=wanted.unit)
    if wanted.category:
        found = found.filter(category=wanted.category)
    if wanted.number:
        named = Q(order__number__startswith=wanted.number)
        found = found.filter(named if is_of_suggestions(tab) else named | Q(number__contains=wanted.number))
    return found
