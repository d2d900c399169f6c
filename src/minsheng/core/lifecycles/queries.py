"""Reads of whatever has one stream and is no order: which things of a kind exist for somebody at a desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from minsheng.core.lifecycles.kinds import Kind
from minsheng.domain.actors import UNIT_ROLES, Actor


def visible(kind: Kind[Any], actor: Actor, *, city: str) -> QuerySet[Any]:
    """Return the rows that exist for the actor: those of all readers, and those of the unit that it acts for."""
    rows = kind.rows_in(city)
    if actor.role in UNIT_ROLES:
        mine = rows.filter(units__contains=[actor.unit]) if kind.readers.units else rows.none()
        return mine.filter(Q(is_restricted=False) | Q(target_unit=actor.unit))
    if actor.role in kind.readers.restricted:
        return rows
    return rows.filter(is_restricted=False) if actor.role in kind.readers.roles else rows.none()


def seen(kind: Kind[Any], actor: Actor, *, city: str, ids: Iterable[str]) -> set[str]:
    """Return which of the things exist for the actor."""
    return {str(id) for id in visible(kind, actor, city=city).filter(pk__in=list(ids)).values_list("pk", flat=True)}
