"""Files of an order, as the rooms of orders name them: what a file goes through is in `core.files`."""

from __future__ import annotations

from collections.abc import Iterable

from minsheng.core.files import queries
from minsheng.core.files.values import Ground, Shown


def ground(order: str, city: str, purpose: str, unit: str, round: int, stage: str, joined: str = "") -> Ground:
    """Return what a file of an order is attached to."""
    return Ground(stream(order), city, purpose, unit, round, stage, joined)


def stream(order: str) -> str:
    """Return the stream of an order."""
    return f"order/{order}"


def of_order(order: str) -> list[Shown]:
    """Return an order's files, the oldest first. Who may see them is for the caller to hold to."""
    return queries.of_stream(stream(order))


def of_orders(orders: Iterable[str], *, purpose: str) -> list[Shown]:
    """Return the files of these orders that were brought for one purpose, the oldest first."""
    return queries.of_streams([stream(order) for order in orders], purpose=purpose)
