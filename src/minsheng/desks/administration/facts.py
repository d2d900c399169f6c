"""Facts of a stream of the administration as people read them: when, who, what, and what of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minsheng import wording
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import queries as people

# What of a fact is said, in this order; everything else is for machines.
_SAID = (
    "role",
    "roles",
    "starts_on",
    "ends_on",
    "unit",
    "name",
    "title",
    "successors",
    "regions",
    "reason",
    "on",
    "list",
    "rows",
    "version",
    "words",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One fact."""

    at: datetime
    who: str
    what: str
    words: str


def lines(events: Sequence[StoredEvent], labels: Mapping[str, str]) -> list[Line]:
    """Return events as lines, in the same order; a kind that has no label is shown by its name."""
    persons = [str(event.actor.get("person") or "") for event in events]
    names = people.names(filter(None, persons))
    return [
        Line(event.at, _who(event, names.get(person, "")), labels.get(event.type, event.type), _words(event))
        for event, person in zip(events, persons, strict=True)
    ]


def _who(event: StoredEvent, name: str) -> str:
    unit = event.actor.get("unit")
    role = wording.label_of_actor(str(event.actor.get("role") or ""), str(unit) if unit else None)
    return "，".join(filter(None, (role, name)))


def _words(event: StoredEvent) -> str:
    body = ledger.content(event)
    return "，".join(filter(None, (_said(name, body[name]) for name in _SAID if name in body)))


def _said(name: str, value: Any) -> str:
    match value:
        case None | "" | []:
            return ""
        case list():
            return wording.tr("、").join(_said(name, each) for each in value)
        case str() if name in ("role", "roles"):
            return wording.ROLES.get(value, value)
        case _ if name == "starts_on":
            return wording.tr("自 {day} 起").format(day=value)
        case _ if name == "version":
            return wording.tr("第 {number} 版").format(number=value)
        case _ if name == "ends_on":
            return wording.tr("至 {day}").format(day=value)
        case _:
            return str(value)
