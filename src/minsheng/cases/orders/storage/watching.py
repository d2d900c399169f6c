"""The rows of supervision: what was suggested, what was issued, and the numbers of the papers.

They follow an order's state in the transaction of its facts. A supervision order's number stands in the ledger beside
its fact (`records.Paper`), since the domain counts no papers. Source: SZ-39, SZ-40.1 to SZ-40.5, SQ-18.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from minsheng.cases.orders import models
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import Order
from minsheng.domain.orders.supervision import HOUR
from minsheng.domain.packs import Rules

_SERIES = "supervision"
_TAKE = b"""
    INSERT INTO orders_series (city, name, year, last) VALUES (%s, %s, %s, 1)
    ON CONFLICT (city, name, year) DO UPDATE SET last = orders_series.last + 1 RETURNING last
"""
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号$")

_URGE = ("unit", "role", "at")
_SUGGESTION = ("category", "ground", "at", "status", "decided_at")
_SUPERVISION = ("category", "unit", "issuer", "status", "level", "issued_at", "due", "answered_at", "closed_at")


def next_number(city: str, *, rules: Rules, now: datetime) -> str:
    """Return the number of the next supervision order of the city's year, as 督办〔2026〕12号.

    The row of the series stays locked until the fact is committed, so that numbers have no gaps.
    """
    year = now.astimezone(rules.worktime.zone).year
    row = ledger.execute(_TAKE, (city, _SERIES, year)).fetchone()
    assert row is not None
    return f"{rules.supervision_mark}〔{year}〕{row[0]}号"


def keep(before: Order, after: Order, *, city: str, number: str = "") -> None:
    """Let the rows follow; `number`: of the supervision order that was issued just now."""
    if after.suggestions != before.suggestions:
        for seq, each in enumerate(after.suggestions):
            if seq >= len(before.suggestions) or before.suggestions[seq] != each:
                _put_suggestion(after, seq, city=city)
    row = _supervision_row(after)
    if row is None or row == _supervision_row(before):
        return
    seq = row.pop("seq")
    fresh = {"city": city, **({"number": number} if number else {}), **row}
    models.Supervision.objects.update_or_create(order_id=after.id, seq=seq, defaults=fresh)


def keep_urges(facts: Iterable[Fact], *, before: Order, after: Order, city: str) -> None:
    """Keep a row for each urging among new facts of an order."""
    for place, fact in enumerate(facts, start=before.version + 1):
        if isinstance(fact.event, ev.Urged):
            row = _urge_row(fact, after)
            models.Urge.objects.create(city=city, order_id=after.id, seq=place, **row)


def office_urges(city: str, unit: str, *, now: datetime) -> tuple[datetime, ...]:
    """Return when the hotline's desks have urged a unit within the last hour, the oldest first."""
    recent = models.Urge.objects.filter(city=city, unit=unit, at__gt=now - HOUR, at__lte=now)
    return tuple(recent.exclude(role="citizen").order_by("at").values_list("at", flat=True))


def differs(stored: Iterable[StoredEvent], order_id: str) -> bool:
    """Return whether the rows of an order are not what its facts make."""
    suggestions, supervisions, urges = _wanted(stored, order_id)
    urged = models.Urge.objects.filter(order_id=order_id).order_by("seq").values("seq", *_URGE)
    found = models.Suggestion.objects.filter(order_id=order_id).order_by("seq").values(*_SUGGESTION)
    issued = models.Supervision.objects.filter(order_id=order_id).order_by("seq").values("seq", "number", *_SUPERVISION)
    return (list(found), list(issued), list(urged)) != (suggestions, supervisions, urges)


def write_again(stored: Iterable[StoredEvent], order_id: str, *, city: str) -> None:
    """Make the rows of an order anew from its facts."""
    suggestions, supervisions, urges = _wanted(stored, order_id)
    models.Urge.objects.filter(order_id=order_id).delete()
    for row in urges:
        models.Urge.objects.create(order_id=order_id, city=city, **row)
    models.Suggestion.objects.filter(order_id=order_id).delete()
    models.Supervision.objects.filter(order_id=order_id).delete()
    for seq, row in enumerate(suggestions):
        models.Suggestion.objects.create(order_id=order_id, city=city, seq=seq, **row)
    for row in supervisions:
        models.Supervision.objects.create(order_id=order_id, city=city, **row)


def restore_series(*, check: bool) -> int:
    """Let each series go on behind the highest number that was given; return how many did not."""
    highest: dict[tuple[str, int], int] = {}
    for city, number in models.Supervision.objects.exclude(number="").values_list("city", "number"):
        if (found := _NUMBER.search(number)) is not None:
            key = (city, int(found[1]))
            highest[key] = max(highest.get(key, 0), int(found[2]))
    wrong = 0
    for (city, year), last in highest.items():
        known = models.Series.objects.filter(city=city, name=_SERIES, year=year)
        if known.filter(last__gte=last).exists():
            continue
        wrong += 1
        if not check:
            models.Series.objects.update_or_create(city=city, name=_SERIES, year=year, defaults={"last": last})
    return wrong


def _put_suggestion(order: Order, seq: int, *, city: str) -> None:
    values = {"city": city, **_suggestion_row(order, seq)}
    models.Suggestion.objects.update_or_create(order_id=order.id, seq=seq, defaults=values)


def _suggestion_row(order: Order, seq: int) -> dict[str, Any]:
    suggestion = order.suggestions[seq]
    return {name: getattr(suggestion, name) for name in _SUGGESTION}


def _supervision_row(order: Order) -> dict[str, Any] | None:
    given = order.supervision
    if given is None:
        return None
    timer = order.timer("supervision", given.unit)
    row: dict[str, Any] = {name: getattr(given, name) for name in _SUPERVISION if name != "due"}
    return {**row, "due": timer.due if timer is not None else None, "seq": given.count}


def _urge_row(fact: Fact, order: Order) -> dict[str, Any]:
    return {"unit": order.responsible_unit or "", "role": fact.by.role, "at": fact.at}


def _wanted(
    stored: Iterable[StoredEvent], order_id: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows that the facts make, as the tables have them: suggestions, supervision orders, urges."""
    urges = []
    order, issued = Order(order_id), dict[int, dict[str, Any]]()
    numbers: dict[int, str] = {}
    for each in stored:
        fact = records.from_ledger(each)
        order = evolve(order, fact)
        if isinstance(fact.event, ev.Urged):
            urges.append({"seq": order.version, **_urge_row(fact, order)})
        if (row := _supervision_row(order)) is not None:
            if isinstance(fact.event, ev.SupervisionIssued):
                numbers[row["seq"]] = records.paper_of(each)
            issued[row["seq"]] = {**row, "number": numbers.get(row["seq"], "")}
    suggestions = [_suggestion_row(order, seq) for seq in range(len(order.suggestions))]
    return suggestions, [issued[seq] for seq in sorted(issued)], urges
