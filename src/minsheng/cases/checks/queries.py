"""Reads of checks and rounds: whose list has what, the rates of a round, the list that was drawn of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from minsheng.cases.checks.models import Check, Lookback
from minsheng.cases.orders.storage import planted
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles.kinds import Kind
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.duties import lookback

# Rows as others pass them on: they read the columns, and never ask the tables themselves.
CheckRow = Check
LookbackRow = Lookback
STATES: Final = ("TO_CHECK", "FOUND", "DONE")
PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Rate:
    """How a unit stands in a round: closed, drawn, checked so far, and by finding how many."""

    unit: str
    closed: int
    drawn: int
    checked: int
    found: Mapping[str, int]

    @property
    def faults(self) -> int:
        """How many checks found something."""
        return self.checked - self.found.get("none", 0)

    @property
    def percent(self) -> str:
        """The share of what was checked with nothing found, in a hundred; a dash where nothing was checked."""
        return f"{100 * self.found.get('none', 0) / self.checked:.1f}%" if self.checked else "—"


def checks(kind: Kind[Any], actor: Actor, *, city: str, state: str) -> QuerySet[Check]:
    """Return the checks in a state that are the actor's to see: the center's, or a unit's own."""
    rows: QuerySet[Check] = things.visible(kind, actor, city=city).filter(status=state)
    return rows.order_by("due", "id") if state != "DONE" else rows.order_by("-id")


def of_round(kind: Kind[Any], row: Lookback) -> list[Rate]:
    """Return the units of a round with what their checks have found so far, as of its publication once it is."""
    state: lookback.Lookback = kind.read(row)
    if state.status == lookback.PUBLISHED:
        counted = {each.unit: dict(each.found) for each in state.shares}
    else:
        counted = found_in(row)
    return [
        Rate(each.unit, each.closed, each.drawn, sum(counted.get(each.unit, {}).values()), counted.get(each.unit, {}))
        for each in state.shares
    ]


def found_in(row: Lookback) -> dict[str, dict[str, int]]:
    """Return how many checks of a round have found what, by unit; of planted orders none."""
    rows = list(Check.objects.filter(round=str(row.pk)).exclude(found="").values_list("order", "unit", "found"))
    out = planted.among(order for order, _, _ in rows)
    counted: dict[str, dict[str, int]] = {}
    for order, unit, found in rows:
        if order not in out:
            own = counted.setdefault(unit, {})
            own[found] = own.get(found, 0) + 1
    return counted


def for_actor(rates: list[Rate], actor: Actor) -> list[Rate]:
    """Return of a round's rates what the actor reads: a unit its own line alone."""
    return [each for each in rates if actor.role not in UNIT_ROLES or each.unit == actor.unit]
