"""Reads of the registers beside their lists: emergency plans in force, and counts for the lake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q

from minsheng.cases.registers.models import Bylaw, Mechanism, Plan, Training
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import units as successions
from minsheng.domain.registers import bylaw, plan, training
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount


def plans_in_force(city: str) -> list[str]:
    """Return the center's emergency plans in force, the newest first: each id with its version."""
    rows = Plan.objects.filter(city=city, status=plan.ACTIVE, target_unit="").order_by("-id")
    return [f"{row.pk} {row.edition}" for row in rows]


def plan_name(plan: str) -> str:
    """Return what a plan with its version is called, as an order keeps it; what is no plan of ours stays as it is."""
    id, _, edition = plan.partition(" ")
    try:
        row = Plan.objects.filter(pk=UUID(id)).first()
    except ValueError:
        return plan
    return f"{row.title}（第{edition}版）" if row is not None else plan


def lacks_plan(city: str, rules: Rules) -> bool:
    """Tell whether the city's rules want an emergency plan and none is in force. Source: JY-32."""
    return bool(rules.emergency_grounds) and not plans_in_force(city)


def own_limits(city: str, units: Iterable[str]) -> dict[str, dict[str, Amount]]:
    """Return the limits of units' own rules in force, by unit and clock. Source: JY-37, SQ-25."""
    rows = list(Bylaw.objects.filter(city=city, status=bylaw.IN_FORCE).order_by("-id"))
    today = successions.stand_ins(city, names=[row.target_unit for row in rows]) if rows else {}
    filed = bylaw.limits(
        bylaw.Bylaw("", row.status, unit=today.get(row.target_unit, row.target_unit), sign=row.sign, handle=row.handle)
        for row in rows
    )
    return {unit: filed[unit] for unit in units if unit in filed}


def trained(city: str, *, since: date, until: date) -> dict[str, tuple[int, int]]:
    """Return how many passed of how many came to trainings between two days (the last not included), by unit."""
    held = Training.objects.filter(city=city, status=training.HELD)
    begun = datetime.combine(since, time(), ZONE), datetime.combine(until, time(), ZONE)
    found: dict[str, tuple[int, int]] = {}
    for state in held.filter(starts_at__gte=begun[0], starts_at__lt=begun[1]).values_list("state", flat=True):
        for line in state["results"]:
            result = training.result_of(line)
            passed, present = found.get(result.unit, (0, 0))
            found[result.unit] = (passed + (result.passed or 0), present + (result.present or 0))
    return found


def stocks(city: str, *, on: date) -> Mapping[tuple[str, str, str], int]:
    """Return how many mechanisms of joint governance stand on a day. Source: AR-2.3."""
    standing = Mechanism.objects.filter(Q(until=None) | Q(until__gte=on), city=city, since__lte=on)
    count = standing.count()
    return {("mechanisms", "city", ""): count} if count else {}
