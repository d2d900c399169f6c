"""How many orders are open, by city and status, and how many of them are past their next due moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q

from minsheng.cases.orders.models import OPEN, Order
from minsheng.core.features.values import Gauge


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give counts of open orders."""
    counted = Order.objects.filter(OPEN).values_list("city_id", "status")
    rows = counted.annotate(all=Count("id"), late=Count("id", filter=Q(due__lt=now))).order_by()
    for city, status, count, late in rows:
        labels = {"city": city, "status": status.lower()}
        yield Gauge("minsheng_orders_open", "Open orders.", count, labels)
        yield Gauge("minsheng_orders_late", "Open orders past their next due moment.", late, labels)
