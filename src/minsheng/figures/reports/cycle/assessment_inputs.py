"""What an assessment or a table rests on that others count: the inhabitants of a year, scores that others gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.figures.reports.models import ImportedScore, Population

PREFIX: Final = "assessment/"


@transaction.atomic
def set_population(city: str, *, year: int, count: int, source: str, by: Actor, now: datetime) -> None:
    """Set the inhabitants of a year; the same once more changes nothing. Source: AR-1.2a."""
    ledger.hold(f"{PREFIX}{city}")
    given: dict[str, Any] = {"count": count, "source": source}
    if Population.objects.filter(city=city, year=year, **given).exists():
        return
    Population.objects.update_or_create(city_id=city, year=year, defaults=given)
    ledger.record(city, f"{PREFIX}{city}", "PopulationSet", {"year": year, **given}, actor=by, now=now)


@transaction.atomic
def import_scores(
    city: str, *, criterion: str, since: date, until: date, rows: Sequence[tuple[str, str]], by: Actor, now: datetime
) -> int:
    """Take in the scores that others gave for a period; return how many.

    A second file for the period replaces the first, the same one changes nothing. `rows`: unit and score as
    they were written; one bad row refuses all of them. Raises: Rejected. Source: SZ-36, SQ-15.
    """
    units = set(people.unit_names(city, now=now))
    scores: dict[str, Decimal] = {}
    for line, (unit, written) in enumerate(rows, start=2):
        if unit not in units:
            raise Rejected("score_unit_unknown", line=line, unit=unit)
        if unit in scores:
            raise Rejected("score_twice", line=line, unit=unit)
        scores[unit] = _score(written, line)
    ledger.hold(f"{PREFIX}{city}")
    before = ImportedScore.objects.filter(city=city, criterion=criterion, since=since, until=until)
    if dict(before.values_list("unit", "score")) == scores:
        return len(scores)
    before.delete()
    ImportedScore.objects.bulk_create(
        ImportedScore(
            city_id=city,
            criterion=criterion,
            unit=unit,
            since=since,
            until=until,
            score=score,
            imported_by=by.person or "",
            imported_at=now,
        )
        for unit, score in scores.items()
    )
    body = {
        "criterion": criterion,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "scores": {unit: str(score) for unit, score in sorted(scores.items())},
    }
    ledger.record(city, f"{PREFIX}{city}", "ScoresImported", body, actor=by, now=now)
    return len(scores)


def _score(written: str, line: int) -> Decimal:
    try:
        score = Decimal(written.strip())
    except ArithmeticError:
        raise Rejected("score_out_of_range", line=line, score=written) from None
    if not score.is_finite() or not 0 <= score <= 100:
        raise Rejected("score_out_of_range", line=line, score=written)
    return score.quantize(Decimal("0.01"))
