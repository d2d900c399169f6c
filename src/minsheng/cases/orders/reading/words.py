"""What somebody reads of an order's words: as they were said, covered, or nothing; and the opening of the original.

Every surface asks here before words leave: pages, lists, print, forms, API, search. Whoever does not see the identity
in clear reads the words with personal data covered; the original is opened like an identity, with a reason and a fact.
Source: JY-8d, SZ-13.3, SZ-26; the matrix is `people.permissions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import transaction

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.reading import identities
from minsheng.cases.orders.storage import joins, queries, records
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.people import openings, permissions
from minsheng.core.people import queries as people
from minsheng.core.people.appellants import ReasonNamesIdentity
from minsheng.core.people.permissions import RevealRefused, Sight, Situation
from minsheng.core.people.vault import names_somebody
from minsheng.domain import covering
from minsheng.domain.actors import Actor
from minsheng.domain.covering import NOBODY, Own, Piece
from minsheng.domain.orders.order import DRAFT, EMERGENCY, Order
from minsheng.domain.rejected import Rejected

PREFIX = "words/"


class Manner(Enum):
    """How words are read."""

    CLEAR = "clear"
    COVERED = "covered"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Reading:
    """How somebody reads one order's words; `own` is what is known of its appellant, which covering looks for.

    `also`: what is known of the citizens of appeals that were joined to it, who may have said things here.
    """

    manner: Manner
    own: Own = NOBODY
    also: tuple[Own, ...] = ()

    def said(self, text: str) -> str:
        """Return what the citizen's side said, as it may leave."""
        return self._let_go(text, found=True)

    def written(self, text: str) -> str:
        """Return what others wrote, as it may leave: of them nothing is covered but who the appellant is."""
        return self._let_go(text, found=False)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """Return what the citizen's side said in pieces, each with what was covered there."""
        if self.manner is Manner.COVERED:
            return covering.pieces(text, own=self.own, also=self.also)
        return (Piece(self.said(text)),)

    def covers(self, *texts: str) -> bool:
        """Tell whether something of the texts is covered."""
        return self.manner is Manner.COVERED and any(self.said(text) != text for text in texts)

    def words(self, words: appeals.Words | None) -> appeals.Words | None:
        """Return the words of an appeal as they may leave."""
        if words is None or self.manner is Manner.CLEAR:
            return words
        if self.manner is Manner.SEALED:
            return nothing_of(words)
        return replace(
            words,
            title=self.said(words.title),
            content=self.said(words.content),
            place=self.said(words.place),
            source_no=self.said(words.source_no),
            # Who is complained about is the matter itself.
            target_person=self.written(words.target_person),
        )

    def added(self, added: Iterable[appeals.Added]) -> list[appeals.Added]:
        """Return what was said afterwards as it may leave; a joined appeal by its number."""
        said = list(added)
        numbers = joins.numbers([each.joined for each in said if each.joined])
        return [replace(each, text=self.said(each.text), joined=numbers.get(each.joined, "")) for each in said]

    def _let_go(self, text: str, *, found: bool) -> str:
        match self.manner:
            case Manner.CLEAR:
                return text
            case Manner.SEALED:
                return ""
            case Manner.COVERED:
                return covering.covered(text, own=self.own, also=self.also, found=found) if text else text


CLEAR = Reading(Manner.CLEAR)
SEALED = Reading(Manner.SEALED)


@dataclass(frozen=True, slots=True)
class Opened:
    """The words of an order as they were said, with what was added."""

    words: appeals.Words
    added: tuple[appeals.Added, ...]


def of(
    state: Order,
    *,
    actor: Actor,
    city: str,
    words: appeals.Words | None,
    situation: Situation | None = None,
    face: people.Face | None = None,
) -> Reading:
    """Return how the actor reads an order's words; `situation` and the appellant's `face` save reading them again."""
    if state.sealed:
        return SEALED
    known = situation or identities.situation_of(state, actor=actor, city=city, words=words)
    if _takes_it(actor, state.status) and permissions.sight(actor, known) is Sight.INTAKE:
        return CLEAR
    also = _of_joined(state, city)
    if face is not None:
        return Reading(Manner.COVERED, face.own, also)
    appellant = words.appellant if words is not None else None
    return Reading(Manner.COVERED, _own([appellant], city).get(appellant, NOBODY) if appellant else NOBODY, also)


def titles(rows: Sequence[models.Order], *, actor: Actor, city: str) -> dict[str, str]:
    """Return the titles of a list by id, as they may leave; two statements however long the list is."""
    read = _of_rows(rows, actor=actor, city=city)
    return {row.id: read[row.id].said(row.title) for row in rows}


def retold(rows: Sequence[models.Order], *, actor: Actor, city: str) -> list[models.Order]:
    """Return the rows of a list with title and matter as they may leave; such rows are read and never saved."""
    read = _of_rows(rows, actor=actor, city=city)
    for row in rows:
        row.title, row.matter = read[row.id].said(row.title), read[row.id].said(row.matter)
    return list(rows)


def _of_rows(rows: Sequence[models.Order], *, actor: Actor, city: str) -> dict[str, Reading]:
    covers = [row for row in rows if not row.is_sealed and not _takes_it(actor, row.status)]
    told = appeals.appellants_of({records.appeal_of(row.id) for row in covers}) if covers else {}
    own = _own(set(told.values()), city) if told else {}
    found = {row.id: SEALED if row.is_sealed else CLEAR for row in rows}
    for row in covers:
        appellant = told.get(records.appeal_of(row.id))
        found[row.id] = Reading(Manner.COVERED, own.get(appellant, NOBODY) if appellant else NOBODY)
    return found


def covering_for(order_ids: Iterable[str], *, actor: Actor, city: str) -> Callable[[str], str]:
    """Return what covers a text about orders for an actor: who complained in any of them, however it is typed."""
    readings = [
        of(each.order, actor=actor, city=city, words=appeals.words_of(records.appeal_of(each.order.id)))
        for each in queries.peek(order_ids).values()
    ]

    def said(text: str) -> str:
        text = covering.covered(text)
        for reading in readings:
            text = reading.said(text) if reading.manner is Manner.COVERED else text
        return text

    return said


def nothing_of(words: appeals.Words) -> appeals.Words:
    """Return the words of a sealed order: none of them."""
    return replace(words, title="", content="", place="", target_person="", said_at=None, source_no="", category="")


def own_words_of(state: Order) -> appeals.Words | None:
    """Return the words of an order for who has said them; of a sealed one not even they read any."""
    words = appeals.words_of(records.appeal_of(state.id))
    return nothing_of(words) if words is not None and state.sealed else words


def may_open(actor: Actor, situation: Situation) -> bool:
    """Tell whether asking for the words as they were said can succeed."""
    return permissions.may_ask(actor, situation)


def open_words(row: models.Order, state: Order, *, actor: Actor, reason: str, now: datetime) -> Opened:
    """Return the words as they were said, after the ledger has who reads them and why; a refusal is kept as well.

    Raises: RevealRefused, ReasonNamesIdentity, OpeningsUsedUp, Rejected `not_found`.
    Source: JY-8d, JY-23.5, SZ-13.3, SZ-26.
    """
    appeal = records.appeal_of(row.id)
    stream = f"{PREFIX}{appeal}"
    situation = identities.situation_of(state, actor=actor, city=row.city_id)
    try:
        permissions.may_reveal(actor, situation, reason=reason)
    except RevealRefused as refusal:
        ledger.refuse(
            at=now, city=row.city_id, stream=stream, actor=actor_to_plain(actor), command="open_words",
            code=refusal.code,
        )  # fmt: skip
        raise
    if names_somebody(reason):
        raise ReasonNamesIdentity
    words = appeals.words_of(appeal)
    if words is None:
        raise Rejected("not_found")
    openings.count(actor, city=row.city_id, stream=stream, command="open_words", now=now)
    body = {"order": row.id, "reason": reason.strip()}
    with transaction.atomic():
        ledger.hold(stream)
        ledger.record(row.city_id, stream, "WordsOpened", body, actor=actor, now=now)
    return Opened(words, tuple(CLEAR.added(appeals.additions(appeal))))


def _takes_it(actor: Actor, status: str) -> bool:
    """Tell whether the actor is taking the appeal just now: who types the words reads them."""
    return permissions.IDENTITY.get(actor.role) is Sight.INTAKE and status in (DRAFT, EMERGENCY)


def _of_joined(state: Order, city: str) -> tuple[Own, ...]:
    """Return what is known of the citizens of the appeals that were joined to an order, its whole or its parts."""
    if not state.matter and not state.parent and not state.children:
        return ()
    appeals_joined = joins.to(state.id)
    return tuple(_own(appeals.appellants_of(appeals_joined).values(), city).values()) if appeals_joined else ()


def _own(appellants: Iterable[UUID | None], city: str) -> Mapping[UUID, Own]:
    wanted = [each for each in appellants if each is not None]
    return {who: face.own for who, face in people.faces(wanted, city=city).items()} if wanted else {}
