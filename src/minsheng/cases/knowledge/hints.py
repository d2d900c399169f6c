"""Hints that a duty may be wanted: what the platform found by itself, for the office to make a duty of or to lay aside.

Source: SZ-31b, JY-17b; the numbers stand in the pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from minsheng.cases.knowledge import actions
from minsheng.cases.knowledge.models import Article, Basis, Hint
from minsheng.core.features.values import WORK_KEPT
from minsheng.core.ledger import actions as ledger
from minsheng.domain.actors import Actor
from minsheng.domain.knowledge import article
from minsheng.domain.rejected import Rejected

KINDS = {
    "basis_ended": gettext_noop("依据到期"),
    "check_due": gettext_noop("到期应复核"),
    "corrections": gettext_noop("多次纠错"),
    "gap": gettext_noop("多次无条目可答"),
}


def basis_ended(city: str, id: str, *, now: datetime) -> None:
    """Hint at the articles that rest on a document which is no longer in force, a hint a unit."""
    rows = Article.objects.filter(city=city, documents__contains=[id], status=article.PUBLISHED).order_by("pk")
    by_unit: dict[str, list[str]] = {}
    for row in rows:
        by_unit.setdefault(row.target_unit, []).append(row.number)
    for unit, numbers in by_unit.items():
        _hint(city, "basis_ended", f"{id} {unit}", unit=unit, articles=numbers, count=len(numbers), now=now)


def check_due(city: str, id: str, *, now: datetime) -> None:
    """Hint at an article that is to be looked at again."""
    row = Article.objects.filter(pk=UUID(id), city=city, status=article.PUBLISHED).first()
    if row is not None:
        _hint(city, "check_due", id, unit=row.target_unit, articles=[row.number], count=1, now=now)


def corrected(row: Article, *, count: int, now: datetime) -> None:
    """Hint at an article that readers have called wrong so often."""
    numbers = [row.number]
    _hint(row.city_id, "corrections", str(row.pk), unit=row.target_unit, articles=numbers, count=count, now=now)


def gap(city: str, category: str, *, count: int, now: datetime) -> None:
    """Hint at a category on which seats had so often no article to answer from."""
    _hint(city, "gap", category, unit="", articles=(), count=count, now=now)


def _hint(
    city: str, kind: str, about: str, *, unit: str, articles: Sequence[str], count: int, now: datetime
) -> None:  # fmt: skip
    ledger.hold(f"hint {kind} {about}")
    given = {"unit": unit, "articles": list(articles), "count": count}
    open_one = Hint.objects.filter(city_id=city, kind=kind, about=about, closed_at=None)
    if not open_one.update(**given):
        Hint.objects.create(city_id=city, kind=kind, about=about, at=now, **given)


def waiting(city: str) -> list[Hint]:
    """Return the hints that nobody has decided on, the oldest first."""
    return list(Hint.objects.filter(city=city, closed_at=None).order_by("at", "pk"))


def take(city: str, id: int, *, by: Actor, now: datetime) -> UUID:
    """Make a duty of a hint; a second press finds the same duty. Raises: Rejected `not_found`.

    A gap names no unit: whoever asks for the standard answer says whom.
    """
    row = Hint.objects.select_for_update().filter(city=city, pk=id).first()
    if row is None or row.kind == "gap" or (row.closed_at is not None and row.duty is None):
        raise Rejected("not_found", status="")
    if row.duty is None:
        document = _document(row)
        row.duty = actions.begin_duty(
            city, unit=row.unit, entries=row.articles, document=document, by=by, now=now
        )  # fmt: skip
        row.closed_at = now
        row.save(update_fields=["duty", "closed_at"])
    return row.duty


def lay_aside(city: str, id: int, *, now: datetime) -> None:
    """Decide that nothing is to be done; a second press changes nothing."""
    Hint.objects.filter(city=city, pk=id, closed_at=None).update(closed_at=now)


def clear(now: datetime) -> None:
    """Delete hints that were decided on long ago: a job."""
    Hint.objects.filter(closed_at__lt=now - WORK_KEPT).delete()


def _document(row: Hint) -> str:
    if row.kind == "basis_ended":
        basis = Basis.objects.filter(pk=UUID(row.about.split(" ")[0])).first()
        return f"{basis.number}（已到期）" if basis is not None else KINDS[row.kind]
    return KINDS[row.kind]
