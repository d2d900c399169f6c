"""Writes of what was said, inside the transaction of the order that they belong to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from minsheng.cases.appeals import binding
from minsheng.cases.appeals.models import Addition, Appeal
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import salted
from minsheng.domain.actors import Actor

# Streams of what is said about an appeal beside its order's own life.
PREFIX = "appeal/"
# A new appeal's row, for the one statement that writes the order's row as well.
INSERT = """
    INSERT INTO appeals_appeal (id, city_id, appellant_id, title, content, place, target_person, said_at,
        source_digest, source_no, category, salt, created_at)
    VALUES (%(id)s, %(city)s, %(appellant)s, %(title)s, %(content)s, %(place)s, %(target_person)s, %(said_at)s,
        %(source_digest)s, %(source_no)s, %(category)s, %(salt)s, %(created_at)s)
"""


def complete(appeal_id: str, *, content: str, place: str, person: str) -> str:
    """Add the words that came with a later submission; what is empty stays as it was registered.

    Return the digest that binds all words of the appeal to the fact of it, empty when there was nothing to add.
    """
    given = {"content": content, "place": place, "target_person": person}
    fresh = {name: words for name, words in given.items() if words}
    row = Appeal.objects.filter(id=appeal_id).first() if fresh else None
    if row is None:
        return ""
    row.salt = bytes(row.salt) or salted.new_salt()
    for name, words in fresh.items():
        setattr(row, name, words)
    row.save(update_fields=["salt", *fresh])
    return binding.digest_of_appeal(row)


def add(order: str, *, text: str, at: datetime, joined: str = "") -> None:
    """Keep what a citizen said afterwards: the order's appellant, or that of an appeal that was joined to it."""
    Addition.objects.create(order=order, text=text, at=at, joined=joined)


def categorize(appeal_id: str, *, category: str, city: str, actor: Actor, now: datetime) -> None:
    """Say what an appeal is about, or say it better; empty takes it back."""
    stream = f"{PREFIX}{appeal_id}"
    with transaction.atomic():
        ledger.hold(stream)
        changed = Appeal.objects.filter(id=appeal_id, city=city).exclude(category=category).update(category=category)
        if changed:
            ledger.record(city, stream, "Categorised", {"category": category}, actor=actor, now=now)
