"""What a year's orders say of a unit, or of somebody who signed for it: closed, signed late, how satisfied.

Orders that exist for few count for nobody: their number would tell of them; planted ones count nowhere. Of the year
that runs only finished months count, so that nobody tries out whether one order counts. Source: JY-30.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from minsheng.cases.orders.models import Breach, Order
from minsheng.cases.orders.storage import planted, records
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import queries as people
from minsheng.domain.honors.merits import Merit
from minsheng.domain.orders.fields import FIRST_YEAR, LAST_YEAR
from minsheng.domain.orders.order import CLOSED


def is_year(year: int) -> bool:
    """Tell whether there can be orders of a year."""
    return FIRST_YEAR <= year < LAST_YEAR


def of_unit(city: str, *, unit: str, year: int, now: datetime) -> Merit:
    """Return what they say of a unit, also under the names that it had before."""
    names = people.known_as(unit)
    span = _span(year, now)
    return _merit(unit, _closed(city, names, span), len(_late(city, names, span)))


def of_person(city: str, *, unit: str, account: str, year: int, now: datetime) -> Merit:
    """Return what they say of somebody of a unit: of the orders that they signed, or signed late, for it."""
    names, span = people.known_as(unit), _span(year, now)
    late = _late(city, names, span)
    closed = _closed(city, names, span)
    mine = _signed_by(account, {*late, *closed.values_list("id", flat=True)})
    return _merit(account, closed.filter(id__in=mine), sum(order in mine for order in late))


def _merit(subject: str, closed: QuerySet[Order], late: int) -> Merit:
    judged = closed.filter(state__satisfied__in=[True, False])
    return Merit(subject, closed.count(), late, judged.count(), closed.filter(state__satisfied=True).count())


def _closed(city: str, names: set[str], span: tuple[datetime, datetime]) -> QuerySet[Order]:
    first, last = span
    rows = Order.objects.filter(
        city=city, lead__in=names, status=CLOSED, closed_at__gte=first, closed_at__lt=last, is_internal=False,
        is_sealed=False,
    )  # fmt: skip
    return planted.counted(rows)


def _late(city: str, names: set[str], span: tuple[datetime, datetime]) -> list[str]:
    """Return the orders that were signed late, each as often as it was."""
    first, last = span
    open_to_all = Q(order__is_internal=False, order__is_sealed=False)
    rows = Breach.objects.filter(
        open_to_all, city=city, code="late_sign", party__in=names, due__gte=first, due__lt=last
    )
    orders = list(rows.values_list("order_id", flat=True))
    out = planted.among(orders)
    return [each for each in orders if each not in out]


def _signed_by(account: str, orders: set[str]) -> set[str]:
    found = ledger.picked([records.stream_of(each) for each in orders], ["Signed"])
    return {
        records.order_id_of(stream)
        for stream, events in found.items()
        if any(each.actor.get("person") == account for each in events)
    }


def _span(year: int, now: datetime) -> tuple[datetime, datetime]:
    """Return from when on, and until before when, orders of a year count: its finished months."""
    today = now.astimezone(ZONE)
    first, month = datetime(year, 1, 1, tzinfo=ZONE), datetime(today.year, today.month, 1, tzinfo=ZONE)
    return first, max(first, min(first.replace(year=year + 1), month))
