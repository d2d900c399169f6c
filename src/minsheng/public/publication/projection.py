"""The rows of published cases: made from what stands elsewhere, so that they can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from minsheng.cases.appeals import publication as texts
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.storage import records, results
from minsheng.core.ledger import actions as ledger
from minsheng.domain import likeness
from minsheng.public.publication.models import Follow, PublicCase

# What makes a row appear, change or go: decisions about publication, what the auditor has confirmed, the category.
HEARD = frozenset({"Published", "Withdrawn", "Reopened", "PublicTextConfirmed", "Categorised"})


def refresh(order: str) -> bool:
    """Let the row of a case follow; return whether the case is public now.

    Public is what is published by the life cycle, no internal referral, and confirmed word for word (A-73).
    """
    with transaction.atomic():
        # Whoever confirms words holds the same name: nobody writes what was read before.
        ledger.hold(f"{texts.PREFIX}{order}")
        columns = _columns(order)
        if columns is None:
            PublicCase.objects.filter(order=order).delete()
            return False
        PublicCase.objects.update_or_create(order=order, defaults=columns)
    return True


def rebuild(*, check: bool) -> tuple[int, int]:
    """Make every row again, or only compare; return rows compared and rows that differed."""
    compared = changed = 0
    known = set(PublicCase.objects.values_list("order", flat=True))
    for order in sorted(known | results.all_ids()):
        compared += 1
        if not agrees(order):
            changed += 1
            if not check:
                refresh(order)
    return compared, changed


def agrees(order: str) -> bool:
    """Tell whether the row of a case is what it would be made of now, or there is rightly none."""
    wanted = _columns(order)
    kept: dict[str, Any] | None = PublicCase.objects.filter(order=order).values(*(wanted or ("order",))).first()
    return kept == wanted


def refresh_all(orders: Iterable[str]) -> None:
    """Let the rows of several cases follow, in one order for all, so that no two wait for each other."""
    for order in sorted(orders):
        refresh(order)


def _columns(order: str) -> dict[str, Any] | None:
    """Return what the row of a case holds, None when it is not public."""
    fact = results.of(order)
    words = texts.confirmed(order) if fact is not None else {}
    if fact is None or "title" not in words or "content" not in words:
        return None
    said = appeals.words_of(records.appeal_of(order))
    parts = {name: words[name].text if name in words else "" for name in texts.FIELDS}
    return {
        "city_id": fact.city,
        "number": fact.number,
        **parts,
        "words": likeness.plain("\n".join(parts.values())),
        "type": fact.type,
        "channel": fact.channel,
        "category": said.category if said is not None else "",
        "unit": fact.unit,
        "grade": fact.grade,
        "registered_at": fact.registered_at,
        "closed_at": fact.closed_at,
        "follows": Follow.objects.filter(order=order).count(),
        "published_at": _first_public(order, words["content"].confirmed_at, fact.closed_at),
    }


def _first_public(order: str, confirmed_at: datetime, closed_at: datetime) -> datetime:
    """Return when the case became public; it keeps its place in the list when its words are mended."""
    known = PublicCase.objects.filter(order=order).values_list("published_at", flat=True).first()
    return known or max(confirmed_at, closed_at)
