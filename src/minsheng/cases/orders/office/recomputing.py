"""What a calendar year would move, said before it is loaded: the clocks of open orders, and nothing is written.

Loading it recomputes the same clocks by the same rule (`orders.tasks.hear`, `domain.orders.firing.recompute`). Source:
A-48.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng import wording
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import records
from minsheng.core.ledger.values import ZONE
from minsheng.domain.orders import firing
from minsheng.domain.orders.order import CLOSED
from minsheng.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Move:
    """A clock of an order that would move: whose it is, from when to when; None where it would not run any more."""

    number: str
    clock: str
    unit: str
    before: datetime | None
    after: datetime | None


def moves(city: str, *, year: int, rules: Rules, now: datetime) -> list[Move]:
    """Return what the calendar of `year`, which `rules` hold, would move of the city's open orders, by number."""
    # As `orders.tasks.hear` has it: nothing older can wait for a day of that year.
    since = datetime(year - 1, 1, 1, tzinfo=ZONE)
    rows = models.Order.objects.filter(city=city, registered_at__gte=since).exclude(status=CLOSED)
    found: list[Move] = []
    for row in rows.only("id", "number", "state").order_by("number", "id").iterator(chunk_size=500):
        before = records.state_from_plain(row.state)
        after = firing.recompute(before, year=year, rules=rules, now=now).orders[before.id]
        found += [
            Move(row.number, wording.TIMERS.get(timer.name, timer.name), timer.unit, timer.due, moved.due)
            for key, timer in before.timers.items()
            if (moved := after.timers[key]).due != timer.due
        ]
    return found
