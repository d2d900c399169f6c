"""Reads of monitoring for other rooms: how often a person was named, violations by their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from minsheng.cases.monitoring import readers
from minsheng.cases.monitoring.models import Violation
from minsheng.core.people import queries as people
from minsheng.core.words import queries as said
from minsheng.domain.actors import Actor


def days_of(city: str, *, unit: str, account: str, name: str) -> list[date]:
    """Return the days on which standing violations of a person count, one a missed deadline.

    Whoever has an account is known by it; else the unit and the name say who it is. An order that was late and then
    done late missed one deadline (A-28, A-30). What is hidden counts for nobody who may not know it: a heavier measure
    would tell of it. Source: JY-22b.
    """
    rows = Violation.objects.filter(
        city=city, counts=True, is_personal=True, is_restricted=False, target_unit__in=people.known_as(unit)
    ).order_by("counted", "pk")  # fmt: skip
    found: dict[str, date] = {}
    for row in rows:
        is_theirs = row.account == account if account else said.said(f"violation/{row.pk}", "person") == name
        if is_theirs:
            found.setdefault(row.state.get("clock") or str(row.pk), row.counted)
    return list(found.values())


def seen(actor: Actor, *, city: str, numbers: Iterable[str]) -> list[Violation]:
    """Return the standing violations with these numbers that exist for the actor."""
    named = [each for each in numbers if "\0" not in each]
    rows = readers.VIOLATIONS.rows(Violation.objects.filter(city=city, version__gt=0), actor)
    return list(rows.filter(number__in=named, counts=True)) if readers.VIOLATIONS.admits(actor) else []
