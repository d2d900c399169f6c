"""Reads of the registers beside their lists: emergency plans in force, and counts for the lake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q

from minsheng.cases.registers.models import Mechanism, Plan
from minsheng.domain.registers import plan


def plans_in_force(city: str) -> list[tuple[str, str]]:
    """Return the center's emergency plans in force, the newest first: id with version, and what forms call it."""
    rows = Plan.objects.filter(city=city, status=plan.ACTIVE, target_unit="").order_by("-id")
    return [(f"{row.pk} {row.edition}", f"{row.title}（第{row.edition}版）") for row in rows]


def stocks(city: str, *, on: date) -> Mapping[tuple[str, str, str], int]:
    """Return how many mechanisms of joint governance stand on a day. Source: AR-2.3."""
    standing = Mechanism.objects.filter(Q(until=None) | Q(until__gte=on), city=city, since__lte=on)
    count = standing.count()
    return {("mechanisms", "city", ""): count} if count else {}
