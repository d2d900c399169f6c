"""Refusals can't be taken away, as facts can't: a test looks at those that came since a moment of its own."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from minsheng.core.ledger.models import Refusal


def known() -> int:
    """Return how far refusals go by now."""
    found: int | None = Refusal.objects.aggregate(last=Max("id"))["last"]
    return found or 0


def since(last: int) -> QuerySet[Refusal]:
    """Return the refusals that came later."""
    return Refusal.objects.filter(id__gt=last)
