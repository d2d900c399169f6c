"""Following a case, and counting the city's figures anew."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from minsheng.ledger.values import ZONE
from minsheng.orders import published
from minsheng.policies import queries as policies
from minsheng.publication.models import Figures, Follow, PublicCase

_COUNTED_EVERY: Final = timedelta(hours=1)
_MONTHS: Final = timedelta(days=400)


def follow(account: UUID, order: str, *, now: datetime) -> None:
    """Follow a case; a second time changes nothing."""
    with transaction.atomic():
        _, made = Follow.objects.get_or_create(account_id=account, case_id=order, defaults={"at": now})
        if made:
            PublicCase.objects.filter(order=order).update(follows=F("follows") + 1)


def unfollow(account: UUID, order: str) -> None:
    """Follow a case no longer."""
    with transaction.atomic():
        gone, _ = Follow.objects.filter(account=account, case=order).delete()
        if gone:
            PublicCase.objects.filter(order=order).update(follows=F("follows") - 1)


def count(now: datetime) -> None:
    """Count the figures of every city whose last count is an hour old."""
    kept = dict(Figures.objects.values_list("city", "counted_at"))
    for city in policies.cities():
        if city.code not in kept or now - kept[city.code] >= _COUNTED_EVERY:
            first = (now - _MONTHS).astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            months = published.months(city.code, since=first, zone=ZONE.key)
            Figures.objects.update_or_create(
                city_id=city.code, defaults={"counted_at": now, "months": [asdict(month) for month in months]}
            )
