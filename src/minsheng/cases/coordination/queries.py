"""Reads of coordination beside its lists: which sessions are on air, what a meeting is about."""

from __future__ import annotations

from minsheng.cases.coordination.models import Meeting, Programme
from minsheng.domain.coordination.programme import ON_AIR


def on_air(city: str) -> list[tuple[str, str]]:
    """Return the sessions that collect appeals now: their ids, and what a form calls them."""
    rows = Programme.objects.filter(city=city, status=ON_AIR).order_by("starts_at", "id")
    return [(str(row.pk), f"{row.number} {row.topic}") for row in rows]


def orders_of(city: str, number: str) -> tuple[str, ...] | None:
    """Return the ids of the orders that a meeting is about, by its number; None if there is no such meeting."""
    row = Meeting.objects.filter(city=city, number=number).first()
    return tuple(row.state.get("orders", ())) if row is not None else None
