"""The rows of published cases: made from what stands elsewhere, so that they can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from minsheng.appeals import publication as texts
from minsheng.appeals import queries as appeals
from minsheng.orders import published, records
from minsheng.publication.models import PublicCase

# What makes a row appear or go: decisions about publication, and what the auditor has confirmed.
HEARD = frozenset({"Published", "Withdrawn", "Reopened", "PublicTextConfirmed"})


def refresh(order: str) -> bool:
    """Let the row of a case follow; return whether the case is public now.

    Public is what is published by the life cycle, no internal referral, and confirmed word for word (A-73).
    """
    with transaction.atomic():
        fact = published.of(order)
        words = texts.confirmed(order) if fact is not None else {}
        if fact is None or "title" not in words or "content" not in words:
            PublicCase.objects.filter(order=order).delete()
            return False
        said = appeals.words_of(records.parent_of(order) or order)
        parts = {name: words[name].text if name in words else "" for name in texts.FIELDS}
        PublicCase.objects.update_or_create(
            order=order,
            defaults={
                "city_id": fact.city,
                "number": fact.number,
                **parts,
                "words": "\n".join(parts.values()),
                "type": fact.type,
                "channel": fact.channel,
                "category": said.category if said is not None else "",
                "unit": fact.unit,
                "grade": fact.grade,
                "registered_at": fact.registered_at,
                "closed_at": fact.closed_at,
                "published_at": _first_public(order, words["content"].confirmed_at, fact.closed_at),
            },
        )
    return True


def rebuild(*, check: bool) -> tuple[int, int]:
    """Make every row again, or only compare; return rows compared and rows that differed."""
    wanted = published.all_ids()
    known = set(PublicCase.objects.values_list("order", flat=True))
    compared = changed = 0
    for order in sorted({*wanted, *known}):
        compared += 1
        if check:
            changed += (order in known) != _is_public(order)
        else:
            changed += refresh(order) != (order in known)
    return compared, changed


def refresh_all(orders: Iterable[str]) -> None:
    """Let the rows of several cases follow."""
    for order in orders:
        refresh(order)


def _is_public(order: str) -> bool:
    return published.of(order) is not None and {"title", "content"} <= set(texts.confirmed(order))


def _first_public(order: str, confirmed_at: datetime, closed_at: datetime) -> datetime:
    """Return when the case became public; it keeps its place in the list when its words are mended."""
    known = PublicCase.objects.filter(order=order).values_list("published_at", flat=True).first()
    return known or max(confirmed_at, closed_at)
