"""What stands beside a registration while it is typed: the caller's earlier appeals, similar matters, categories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.knowledge import queries as knowledge
from minsheng.cases.knowledge import searching
from minsheng.cases.knowledge.queries import Offered
from minsheng.cases.orders.reading import finding, similar
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import appellants
from minsheng.core.people import queries as people_queries
from minsheng.core.people.queries import Person
from minsheng.domain import likeness, personal
from minsheng.domain.categories import Categories, Category
from minsheng.domain.packs import Rules
from minsheng.wording import findings
from minsheng.workbench import shown
from minsheng.workbench.shown import QueueRow

_RECENT = timedelta(days=30)
_OF_CALLER, _AT_ONCE, _LOOKED_AT, _CATEGORIES, _PEOPLE = 8, 3, 50, 4, 200
_ARTICLES = 5
# How much of what is said is looked at for a category: real letters reach thousands of letters.
_READ = 2_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, by the masked names known under the number, and their appeals: the newest of the last days, the others
    of those days, and older ones.
    """

    names: tuple[str, ...]
    recent: tuple[QueueRow, ...]
    more: tuple[QueueRow, ...]
    older: tuple[QueueRow, ...]


@dataclass(frozen=True, slots=True)
class SimilarRow:
    """A similar open order: its row, its title in pieces with the shared words marked, and what else agrees."""

    row: QueueRow
    pieces: tuple[tuple[str, bool], ...]
    why: str


def articles_for(person: Person, *, content: str, now: datetime) -> list[Offered]:
    """Return the articles that may answer what is typed, each with the words that an answer can take over."""
    wanted = searching.Wanted(text=content, reader="seats", today=now.astimezone(ZONE).date())
    return knowledge.offered(searching.search(person.city, wanted, limit=_ARTICLES)) if content.strip() else []


def caller_of(person: Person, *, phone: str, rules: Rules, now: datetime) -> Caller:
    """Return the earlier appeals of whoever has this number, recorded as a reading of their identity.

    Raises: BadPhone. Source: SQ-10.1, JY-9.8, JY-23.5.
    """
    known = appellants.look_up(city=person.city, phone=phone, actor=person.actor, purpose="registration", now=now)
    ids = appeals.ids_of_appellants(person.city, known, limit=_LOOKED_AT)
    found = finding.of_ids(person.actor, city=person.city, ids=ids)[:_OF_CALLER] if ids else []
    masked = people_queries.masked(known, city=person.city) if known else {}
    # A number that several have is told by their names, each once; somebody nameless is nobody to name.
    names = dict.fromkeys(name for each in known if (name := masked[each].name))
    rows = shown.rows_of(found, person, now=now, rules=rules)
    recent = sum(row.registered_at >= now - _RECENT for row in found)
    at_once = min(recent, _AT_ONCE)
    return Caller(tuple(names)[:3], tuple(rows[:at_once]), tuple(rows[at_once:recent]), tuple(rows[recent:]))


def similar_to(
    person: Person, *, content: str, place: str, category: str, rules: Rules, now: datetime
) -> list[SimilarRow]:
    """Return the open orders that are like what is being typed."""
    found = similar.of(person.actor, city=person.city, content=content, place=place, category=category)
    rows = shown.rows_of([each.row for each in found], person, now=now, rules=rules)
    return [
        SimilarRow(row, tuple(likeness.marked(row.title, each.like.shared)), _why(each.like))
        for row, each in zip(rows, found, strict=True)
    ]


def categories_for(tree: Categories, *, content: str, chosen: str) -> list[Category]:
    """Return the categories that the words speak of; none once one was chosen."""
    return [] if chosen else tree.suggested(content[:_READ], limit=_CATEGORIES)


def tells(*texts: str) -> list[str]:
    """Return which kinds of personal data the words tell, for a hint beside the field; they are registered as said."""
    kinds = dict.fromkeys(span.kind for text in texts for span in personal.find(text[:_READ]))
    return [findings.PERSONAL[kind] for kind in kinds]


def people_of(city: str, *, unit: str) -> list[str]:
    """Return who of a unit may be meant by a complaint: its staff and contacts, by name."""
    return people_queries.of_unit(city, unit=unit)[:_PEOPLE] if unit else []


def _why(like: likeness.Like) -> str:
    agreeing: Iterable[tuple[bool, str]] = ((like.same_place, _("地点相近")), (like.same_category, _("分类相同")))
    return "，".join(word for holds, word in agreeing if holds)
