"""Reads of notices."""

from __future__ import annotations

from minsheng import wording
from minsheng.domain.actors import Actor
from minsheng.domain.orders.facts import Notice as NoticeValue
from minsheng.notices.models import Notice


def latest(actor: Actor, *, city: str, limit: int = 30) -> list[tuple[Notice, str]]:
    """Return the newest notices to the actor's role or unit, with their sentences.

    What a unit's duty person is told, its officer is shown as well: the desk of the next morning must know.
    """
    recipients = [str(actor)]
    if actor.role == "officer":
        recipients.append(f"duty@{actor.unit}")
    rows = Notice.objects.filter(city=city, recipient__in=recipients).order_by("-id")[:limit]
    return [(row, sentence(row)) for row in rows]


def sentence(row: Notice) -> str:
    """Return what a notice says, in Chinese."""
    return wording.say(NoticeValue(row.kind, row.recipient, row.params))
