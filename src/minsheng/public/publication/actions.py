"""Following a case, telling who waits for one, and counting the city's figures anew."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import TruncMonth

from minsheng.cases.orders.storage import records, results
from minsheng.core.ledger.values import ZONE
from minsheng.core.messages import actions as messages
from minsheng.core.messages.values import BESIDE, account
from minsheng.core.policies import queries as policies
from minsheng.domain.worktime import Amount
from minsheng.public.publication.models import Figures, Follow, PublicCase

_COUNTED_EVERY: Final = timedelta(hours=1)
_MONTHS: Final = timedelta(days=400)
# What the mayor's mailbox, hot topics and concentrated appeals are counted over.
RECENT: Final = timedelta(days=30)


def follow(account: UUID, order: str, *, now: datetime) -> None:
    """Follow a public case; a second time changes nothing."""
    case = PublicCase.objects.filter(order=order).first()
    if case is None:
        return
    known = {"at": now, "number": case.number, "seen": case.published_at}
    with transaction.atomic():
        _, made = Follow.objects.get_or_create(account_id=account, order=order, defaults=known)
        if made:
            PublicCase.objects.filter(order=order).update(follows=F("follows") + 1)


def unfollow(account: UUID, order: str) -> None:
    """Follow a case no longer."""
    with transaction.atomic():
        gone, _ = Follow.objects.filter(account=account, order=order).delete()
        if gone:
            PublicCase.objects.filter(order=order).update(follows=F("follows") - 1)


def tell(order: str, *, position: int, now: datetime) -> None:
    """Tell whoever waits that a case is public: who filed it, and who follows it when the result is a new one.

    May be called twice for the same; a case that is not public (yet) tells nobody. Source: JY-9.8a.
    """
    case = PublicCase.objects.filter(order=order).first()
    if case is None:
        return
    stream = records.stream_of(order)
    messages.release(stream, now=now)
    waiting = Follow.objects.select_for_update().filter(order=order).exclude(seen=case.published_at)
    followers = [account(each) for each in waiting.order_by("id").values_list("account", flat=True)]
    messages.tell(
        stream, followers, city=case.city_id, kind="followed", params={"number": case.number}, position=position,
        place=BESIDE, now=now,
    )  # fmt: skip
    waiting.update(seen=case.published_at)


def count(now: datetime) -> None:
    """Count the figures of every city whose last count is an hour old."""
    kept = dict(Figures.objects.values_list("city", "counted_at"))
    policies.in_each_city(
        lambda city: None if city.code in kept and now - kept[city.code] < _COUNTED_EVERY else _count(city.code, now)
    )


def _count(city: str, now: datetime) -> None:
    first = (now - _MONTHS).astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = PublicCase.objects.filter(city=city, closed_at__gte=first)
    by_month = rows.annotate(month=TruncMonth("closed_at", tzinfo=ZONE)).values_list("month").annotate(Count("order"))
    public = {f"{month:%Y-%m}": number for month, number in by_month.order_by()}
    months = [
        replace(each, published=public.get(each.month, 0)) for each in results.months(city, since=first, zone=ZONE.key)
    ]
    rules = policies.rules_for(city, now=now)
    window = _length(rules.event_window)
    groups = results.groups(city, since=now - RECENT, many=rules.event_threshold, within=window)
    counted = {"months": [asdict(each) for each in months], "groups": [asdict(each) for each in groups]}
    Figures.objects.update_or_create(city_id=city, defaults={"counted_at": now, **counted})


def _length(window: Amount) -> timedelta:
    """Return how long a window is by the clock; working time is taken as if nobody rested."""
    hours = {"MIN": 1 / 60, "CH": 1, "WH": 1, "CD": 24, "WD": 24}[window.unit]
    return timedelta(hours=hours * window.count)
