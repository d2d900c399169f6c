"""Where appeals of a kind usually go, and on what basis: learnt from what dispatchers did, shown to them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max, Sum

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.models import Routing
from minsheng.cases.orders.storage import records
from minsheng.core.people import queries as people
from minsheng.domain import covering, personal
from minsheng.domain.covering import NOBODY
from minsheng.domain.orders import events as ev

_COUNT = """
    INSERT INTO orders_routing (city, category, unit, basis, count, last_at) VALUES (%s, %s, %s, %s, 1, %s)
    ON CONFLICT (city, category, unit, basis)
    DO UPDATE SET count = orders_routing.count + 1, last_at = greatest(orders_routing.last_at, excluded.last_at)
"""


_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Usual:
    """A unit that appeals of a category usually go to: how often, when last, and the basis that was named most."""

    unit: str
    count: int
    last_at: datetime
    basis: str


def learn(city: str, order_id: str, event: ev.Dispatched, *, at: datetime) -> None:
    """Count one dispatch: the lead stands for it. A basis that says who somebody is is no basis for other orders."""
    words = appeals.words_of(records.appeal_of(order_id))
    unit = event.lead or (event.units[0] if event.units else "")
    if not unit:
        return
    basis = event.basis
    if basis:
        appellant = words.appellant if words is not None else None
        faces = people.faces([appellant], city=city) if appellant is not None else {}
        own = faces[appellant].own if appellant in faces else NOBODY
        basis = basis if covering.covered(basis, own=own) == basis else ""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, (city, words.category if words else "", unit, basis, at))


def dispatched(city: str) -> dict[str, int]:
    """Return how many orders were dispatched with each category, by its code; those that nobody classified left out."""
    rows = Routing.objects.filter(city=city).exclude(category="").values("category").order_by("category")
    return dict(rows.annotate(total=Sum("count")).values_list("category", "total"))


def usual(city: str, *, category: str, limit: int = 3) -> list[Usual]:
    """Return where appeals of a category went most; nothing for a category that nobody has said."""
    if not category:
        return []
    rows = Routing.objects.filter(city=city, category=category)
    by_unit = rows.values("unit").annotate(total=Sum("count"), latest=Max("last_at")).order_by("-total", "unit")[:limit]
    found = []
    for row in by_unit:
        named = rows.filter(unit=row["unit"]).exclude(basis="").order_by("-count", "-last_at")[:_LOOKED_AT]
        best = next((each.basis for each in named if not personal.find(each.basis)), "")
        found.append(Usual(row["unit"], row["total"], row["latest"], best))
    return found


def bases(city: str, *, category: str, limit: int = 12) -> list[str]:
    """Return the bases named most often, those of the category first."""
    rows = Routing.objects.filter(city=city).exclude(basis="").values("basis").annotate(total=Sum("count"))
    own = list(rows.filter(category=category).order_by("-total", "basis").values_list("basis", flat=True)[:limit])
    others = rows.order_by("-total", "basis").values_list("basis", flat=True)[: limit * 2]
    # Learnt before bases were looked at for personal data (`learn`).
    return [each for each in dict.fromkeys([*own, *others]) if not personal.find(each)][:limit]
