"""Reads of cases beside their lists: the sealed copies that are their evidence, and those for which nobody answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from minsheng.cases.accountability.models import Case, Snapshot
from minsheng.cases.accountability.readers import READERS
from minsheng.core.ledger import queries as ledger
from minsheng.core.people.vault_keys import Cell
from minsheng.domain.accountability.case import ARCHIVED, EXEMPT
from minsheng.domain.actors import Actor

CELLS: Final[tuple[Cell, ...]] = ((Snapshot.objects, "snapshot", "body"),)
_PREFIX: Final = "case/"
# The register is read by people: so many of the latest.
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Exempted:
    """A case for which nobody answers: on which ground, with which conditions of tolerance, since when."""

    row: Any
    ground: str
    ticks: tuple[str, ...]
    at: datetime


def exempt(actor: Actor, *, city: str) -> list[Exempted]:
    """Return the cases that were exempted and exist for an actor, the latest first. Source: JY-25, SZ-46, SQ-24."""
    rows = READERS.rows(Case.objects.filter(city=city, state__decided_at=None, version__gt=0), actor)
    newest = {f"{_PREFIX}{row.pk}": row for row in rows.filter(status__in=(EXEMPT, ARCHIVED)).order_by("-id")[:_MOST]}
    found = []
    for stream, events in ledger.picked(list(newest), ["CaseExempted"]).items():
        said = ledger.content(events[-1])["event"]
        found.append(Exempted(newest[stream], said["ground"], tuple(said.get("ticks", ())), events[-1].at))
    return sorted(found, key=lambda each: each.at, reverse=True)
