"""Reads of what people sent, and of what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from minsheng.cases.incoming.models import Incoming
from minsheng.cases.orders.storage import queries as orders


@dataclass(frozen=True, slots=True)
class Became:
    """How it stands, what was done with it, the number of the order that it went to, why nobody did anything."""

    status: str
    outcome: str = ""
    number: str = ""
    note: str = ""


def became(id: UUID) -> Became:
    """Return what became of something, as far as it is known now."""
    row = Incoming.objects.get(pk=id)
    number = orders.peek([row.order])[row.order].number if row.order else ""
    return Became(row.status, str(row.state.get("outcome", "")), number, row.note)


def came_by_letter(order: str) -> bool:
    """Tell whether a letter of paper was registered as an appeal, or added to it."""
    return Incoming.objects.filter(order=order, channel="letter").exists()
