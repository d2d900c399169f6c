"""Who hears of an order is who may see it: two rules, one for the database and one for signals, compared."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest
from tests.town_ground import Town

from minsheng.cases.orders import models
from minsheng.cases.orders.reading import audience
from minsheng.cases.orders.storage import queries
from minsheng.core.people import audiences
from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES, Actor

UNITS = ("城管局", "住建局", "江阴市纪委监委", "水务局")
ACTORS = (*(Actor(role) for role in CITY_ROLES), *(Actor(role, unit) for role, unit in product(UNIT_ROLES, UNITS)))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of order; every combination of these columns is tried."""

    status: str
    is_internal: bool
    units: tuple[str, ...]
    target_unit: str
    handler: str
    system: str


KINDS = [
    Kind(status, internal, units, target, handler, system)
    for status, internal, units, target, handler, system in product(
        ("SUBMITTED", "RESTRICTED", "REFERRED", "CLOSED"),
        (False, True),
        ((), ("城管局",), ("城管局", "住建局"), ("江阴市纪委监委",)),
        ("", "城管局", "住建局"),
        ("", "城管局", "住建局", "江阴市纪委监委"),
        ("12345", "original"),
    )
]


@pytest.fixture
def every_kind(town: Town) -> set[str]:
    """Return the ids of one order of every kind; whether a kind can come about is not asked."""
    made = models.Order.objects.get(id=town.register())
    rows = []
    for number, kind in enumerate(KINDS):
        row = models.Order.objects.get(id=made.id)
        row.id, row.number = f"kind-{number}", f"kind-{number}"
        row.status, row.is_internal, row.units = kind.status, kind.is_internal, list(kind.units)
        row.target_unit, row.handler = kind.target_unit, kind.handler
        row.state = {**row.state, "system": kind.system}
        rows.append(row)
    models.Order.objects.bulk_create(rows)
    return {row.id for row in rows}


def test_audience_is_exactly_who_may_see(every_kind: set[str], town: Town) -> None:
    gate = {
        str(actor): set(queries.visible(actor, city=town.code).filter(id__in=every_kind).values_list("id", flat=True))
        for actor in ACTORS
    }

    orders = audience.of(every_kind).values()
    rule = {str(actor): {each.id for each in orders if audience.sees(actor, each)} for actor in ACTORS}
    told = {
        str(actor): {each.id for each in orders if set(audiences.of_actor(actor)) & set(audience.audiences(each))}
        for actor in ACTORS
    }

    assert rule == gate
    assert told == gate


def test_kinds_are_told_apart(every_kind: set[str], town: Town) -> None:
    seen = {str(actor): queries.visible(actor, city=town.code).filter(id__in=every_kind).count() for actor in ACTORS}

    # The comparison above would prove nothing if everybody saw everything, or nobody anything.
    assert seen["designated_officer"] == len(KINDS)
    assert 0 < seen["discipline"] < seen["dispatcher"] < len(KINDS)
    assert 0 < seen["officer@城管局"] < len(KINDS)
    assert seen["officer@水务局"] == seen["admin"] == seen["forum_admin"] == 0


def test_role_without_content_belongs_to_no_audience(town: Town) -> None:
    assert audiences.of_actor(Actor("admin", person="staff:1")) == ()
