"""Writes of what was said, inside the transaction of the order that they belong to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from minsheng.appeals.models import Addition, Appeal
from minsheng.domain.actors import Actor
from minsheng.ledger import actions as ledger

# Streams of what is said about an appeal beside its order's own life.
PREFIX = "appeal/"


def complete(appeal_id: str, *, content: str, place: str, person: str) -> None:
    """Add the words that came with a later submission; what is empty stays as it was registered."""
    given = {"content": content, "place": place, "target_person": person}
    fresh = {name: words for name, words in given.items() if words}
    if fresh:
        Appeal.objects.filter(id=appeal_id).update(**fresh)


def add(order: str, *, text: str, at: datetime) -> None:
    """Keep what the appellant said afterwards."""
    Addition.objects.create(order=order, text=text, at=at)


def categorise(appeal_id: str, *, category: str, city: str, actor: Actor, now: datetime) -> None:
    """Say what an appeal is about, or say it better; empty takes it back."""
    stream = f"{PREFIX}{appeal_id}"
    with transaction.atomic():
        ledger.hold(stream)
        changed = Appeal.objects.filter(id=appeal_id, city=city).exclude(category=category).update(category=category)
        if changed:
            ledger.record(city, stream, "Categorised", {"category": category}, actor=actor, now=now)
