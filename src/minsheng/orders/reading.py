"""What somebody reads of an order's words, and the opening of what is kept from them, with its fact.

Every surface asks here before words leave: pages, lists, print, forms, API. Source: JY-8d, SZ-13.3, SZ-26.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from minsheng.appeals import queries as appeals
from minsheng.domain.actors import Actor
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected
from minsheng.ledger import actions as ledger
from minsheng.ledger.facts import actor_to_plain
from minsheng.orders import identities, models, records
from minsheng.people import permissions
from minsheng.people.appellants import ReasonNamesIdentity
from minsheng.people.permissions import RevealRefused, Situation
from minsheng.people.vault import names_somebody

PREFIX = "words/"


@dataclass(frozen=True, slots=True)
class Opened:
    """The words of an order as they were said, with what was added."""

    words: appeals.Words
    added: tuple[appeals.Added, ...]


def nothing_of(words: appeals.Words) -> appeals.Words:
    """Return the words of a sealed order: none of them."""
    return replace(words, title="", content="", place="", target_person="", said_at=None, source_no="", category="")


def words_of(state: Order) -> appeals.Words | None:
    """Return the words of an order as they may leave; of a sealed one nothing does."""
    words = appeals.words_of(records.appeal_of(state.id))
    return nothing_of(words) if words is not None and state.sealed else words


def may_open(actor: Actor, situation: Situation) -> bool:
    """Tell whether asking for the words as they were said can succeed."""
    return permissions.may_ask(actor, situation)


def open_words(row: models.Order, state: Order, *, actor: Actor, reason: str, now: datetime) -> Opened:
    """Return the words as they were said, after the ledger has who reads them and why; a refusal is kept as well.

    Raises: RevealRefused, ReasonNamesIdentity, Rejected `not_found`. Source: JY-8d, JY-23.5, SZ-13.3, SZ-26.
    """
    appeal = records.appeal_of(row.id)
    stream = f"{PREFIX}{appeal}"
    try:
        permissions.may_reveal(actor, identities.situation_of(state, actor=actor, city=row.city_id), reason=reason)
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
    body = {"order": row.id, "reason": reason.strip()}
    with transaction.atomic():
        ledger.hold(stream)
        ledger.record(row.city_id, stream, "WordsOpened", body, actor=actor, now=now)
    return Opened(words, tuple(appeals.additions(appeal)))
