"""That a colleague at the same desk has something before them: what guards know of it, and the guard, for all cycles.

A life cycle takes part by facts that have `claim`. Guards hold persons alone. Source: JY-9.5.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minsheng.domain.actors import is_person
from minsheng.domain.lifecycle import Case, Guard, at_stage
from minsheng.domain.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Claim:
    """A colleague at the same desk has the thing before them: the name to show, and since when."""

    who: str
    since: datetime


def unclaimed_at(desks: Collection[str]) -> Guard:
    """Return a guard that refuses a step at a shared desk while a colleague of that desk has the thing."""

    @at_stage("apart")
    def unclaimed(case: Case[Any]) -> None:
        claim = case.facts.claim
        if claim is not None and case.by.role in desks and is_person(case.by):
            raise Rejected("claimed", who=claim.who, at=claim.since)

    return unclaimed
