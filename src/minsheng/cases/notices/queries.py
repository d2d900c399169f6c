"""Reads of notices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils import timezone

from minsheng import wording
from minsheng.cases.notices.models import Notice
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Notice as NoticeValue
from minsheng.domain.rules import Rules


def latest(actor: Actor, *, city: str, limit: int = 30) -> list[tuple[Notice, str]]:
    """Return the newest notices to the actor's role or unit, with their sentences.

    What a unit's duty person is told, its officer is shown as well: the desk of the next morning must know.
    """
    recipients = [str(Actor(actor.role, actor.unit)), *filter(None, [actor.person])]
    if actor.role == "officer":
        recipients.append(f"duty@{actor.unit}")
    rows = list(Notice.objects.filter(city=city, recipient__in=recipients).order_by("-id")[:limit])
    names = people.names({str(row.params["person"]) for row in rows if "person" in row.params})
    rules = policies.rules_for(city, now=timezone.now()) if rows else None
    return [(row, sentence(row, names, rules)) for row in rows]


def sentence(row: Notice, names: Mapping[str, str] = MappingProxyType({}), rules: Rules | None = None) -> str:
    """Return what a notice says; `names`: of the persons of the staff whom it is about; `rules`: the city's words."""
    person = row.params.get("person")
    params = row.params if person is None else {**row.params, "who": names.get(person, person)}
    return wording.say(NoticeValue(row.kind, row.recipient, params), rules)
