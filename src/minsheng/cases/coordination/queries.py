"""Reads of coordination beside its lists: which sessions are on air."""

from __future__ import annotations

from minsheng.cases.coordination.models import Programme
from minsheng.domain.coordination.programme import ON_AIR


def on_air(city: str) -> list[tuple[str, str]]:
    """Return the sessions that collect appeals now: their ids, and what a form calls them."""
    rows = Programme.objects.filter(city=city, status=ON_AIR).order_by("starts_at", "id")
    return [(str(row.pk), f"{row.number} {row.topic}") for row in rows]
