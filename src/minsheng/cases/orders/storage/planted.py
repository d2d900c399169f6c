"""Planted appeals: what somebody files under an agreed number for a task to see how it is handled, and no citizen.

The mark is made in the transaction that makes the order, by the number alone: whoever registers it does not know. It is
no part of the order; `among` and `counted` are how whatever counts leaves such orders out. Lists that people work from
have them, so that nobody can tell. Source: SQ-15, SZ-36.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, Func, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Least

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.models import Order, Persona, Planted
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import actions as ledger
from minsheng.core.people import queries as people
from minsheng.domain.actors import SYSTEM

PREFIX: Final = "planted/"
# So many of the latest appeals of a number are looked at before it is agreed for a task.
_MOST: Final = 1_000
# For statements of SQL that count orders, over the alias or table named `orders_order`.
NOT_PLANTED: Final = """NOT EXISTS (
    SELECT FROM orders_planted WHERE orders_planted.order_id = split_part(orders_order.id, '.', 1)
)"""


def agree(appellant: UUID, *, city: str, task: str, since: datetime, until: datetime) -> None:
    """Agree that what comes from an appellant's number in this time is planted, for a task."""
    Persona.objects.create(city_id=city, appellant_id=appellant, task=task, since=since, until=until)


def end(task: str, *, now: datetime) -> None:
    """Let nothing be planted for a task from now on."""
    Persona.objects.filter(task=task).update(until=Least(F("until"), now))


def is_taken(city: str, phone: str, *, now: datetime) -> bool:
    """Tell whether a number is agreed for a task now, or somebody has filed with it what was not planted.

    Raises: BadPhone.
    """
    known = people.find_appellant(city=city, phone=phone)
    agreed = Persona.objects.filter(city=city, appellant__in=known, until__gt=now)
    return agreed.exists() or _has_filed(city, known)


def _has_filed(city: str, appellants: Iterable[UUID]) -> bool:
    """Tell whether some of the appellants have filed something that was not planted."""
    filed = set(appeals.ids_of_appellants(city, appellants, limit=_MOST))
    return bool(filed - among(filed))


def mark(order: str, *, appellant: UUID | None, city: str, now: datetime) -> None:
    """Mark a new order if its appellant's number is agreed for a task; in the transaction that makes it."""
    if appellant is None:
        return
    agreed = Persona.objects.filter(city=city, since__lte=now, until__gt=now).order_by("-id")
    tasks = dict(agreed.values_list("appellant", "task"))
    if not tasks:
        return
    known = [each for each in people.sharing_number(appellant, city=city) if each in tasks]
    if known:
        Planted.objects.create(order_id=order, task=tasks[known[0]])
        ledger.record(city, f"{PREFIX}{order}", "AppealPlanted", {"task": tasks[known[0]]}, actor=SYSTEM, now=now)


def among(order_ids: Iterable[str]) -> set[str]:
    """Return which of the orders are planted, parts of a planted one among them."""
    ids = list(order_ids)
    marked = set(
        Planted.objects.filter(order__in={records.appeal_of(each) for each in ids}).values_list("order_id", flat=True)
    )
    return {each for each in ids if records.appeal_of(each) in marked}


def counted(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Return those of the rows that count."""
    appeal = Func(OuterRef("id"), Value("."), Value(1), function="split_part", output_field=TextField())
    return rows.filter(~Exists(Planted.objects.filter(order_id=appeal)))


def of_task(task: str) -> list[str]:
    """Return the orders that were planted for a task."""
    return list(Planted.objects.filter(task=task).order_by("order_id").values_list("order_id", flat=True))


def numbers(city: str) -> set[str]:
    """Return the numbers of a city's planted orders, for what draws of orders that count."""
    ids = Planted.objects.values("order_id")
    return set(Order.objects.filter(city=city, id__in=ids).values_list("number", flat=True))
