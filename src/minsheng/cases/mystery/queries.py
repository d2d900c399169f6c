"""Reads of mystery calls: a caller's own tasks, and the scores that others may count with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from minsheng.cases.mystery.models import Campaign, MysteryCall
from minsheng.core.words import queries as words
from minsheng.domain.mystery import campaign


def tasks(city: str, person: str) -> QuerySet[MysteryCall]:
    """Return the calls that somebody makes or rates, the newest first."""
    mine = Q(caller=person) | Q(rater=person)
    return MysteryCall.objects.filter(mine, city=city, version__gt=0).order_by("-id")


def task(city: str, id: UUID, person: str) -> MysteryCall | None:
    """Return a call that somebody makes or rates; None for any other."""
    return tasks(city, person).filter(pk=id).first()


def asked(row: MysteryCall) -> dict[str, str]:
    """Return what a caller is to ask and to hear, as it was written; it names nobody (`domain.mystery.call`)."""
    return {name: words.said(f"mystery_call/{row.pk}", name) for name in ("question", "expected")}


def script(city: str, id: str) -> dict[str, str]:
    """Return the scenario and the script of a campaign."""
    return {name: words.said(f"campaign/{id}", name) for name in ("scenario", "script")}


def scores(city: str, period: str) -> dict[str, Decimal]:
    """Return the published scores of a period by unit, 0 to 100; of several campaigns the mean by calls.

    `period`: as the campaign says it: 2026, 2026-09 or 2026Q3. Who may see them is on each campaign's list: for an
    assessment, which has readers of its own. Source: SZ-36, SQ-15.
    """
    rows = Campaign.objects.filter(city=city, period=period, status=campaign.PUBLISHED)
    summed: dict[str, tuple[int, int]] = {}
    for each in _scores(rows):
        calls, tenths = summed.get(each["unit"], (0, 0))
        # A complaint may give a score where no call counted: it weighs as one.
        weight = max(each["calls"], 1)
        if each["calls"] or each["tenths"]:
            summed[each["unit"]] = (calls + weight, tenths + weight * each["tenths"])
    return {unit: (Decimal(tenths) / calls / 10).quantize(Decimal("0.1")) for unit, (calls, tenths) in summed.items()}


def _scores(rows: QuerySet[Campaign]) -> list[dict[str, Any]]:
    return [each for row in rows.order_by("id") for each in row.state["scores"]]
