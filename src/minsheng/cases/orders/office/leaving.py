"""Orders that were assigned to somebody inside their unit: they go to the successor, or back to the unit."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from minsheng.cases.orders.models import Assignment
from minsheng.core.people.accounts.leaving import Work
from minsheng.domain.actors import Actor
from minsheng.domain.orders.order import CLOSED


def _assigned(city: str, staff: int, now: datetime) -> list[str]:
    return list(_open(city, staff).order_by("order__number").values_list("order__number", flat=True))


def _hand_over(staff: int, to: int | None, *, city: str, actor: Actor, now: datetime) -> None:
    rows = _open(city, staff)
    if to is None:
        rows.delete()
        return
    rows.update(person=f"staff:{to}", assigned_by=actor.person or "", assigned_at=now)


def _open(city: str, staff: int) -> QuerySet[Assignment]:
    return Assignment.objects.filter(order__city=city, person=f"staff:{staff}").exclude(order__status=CLOSED)


ASSIGNED: Final = Work(
    "assigned",
    gettext_noop("分给本人的工单"),
    _assigned,
    _hand_over,
    taken=gettext_noop("改分给接手人"),
    alone=gettext_noop("退回本单位，由同事办理"),
    of_unit=True,
)
