"""Finding reports by their titles: for who reads reports those of the city, for a unit the bulletins that it got."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.core.features.values import Found, Hit
from minsheng.core.people.queries import Person
from minsheng.figures.reports import queries
from minsheng.figures.reports.cycle import issuing
from minsheng.figures.reports.models import Report


def reports(person: Person, words: str, *, now: datetime) -> Iterator[Found]:
    """Give the reports that the person's lists show; `features.queries` picks out the words."""
    if queries.sees(person.acting_as):
        rows = queries.latest(person.city)
        yield Found(_("报告"), tuple(_hit(row, now=now) for row in rows))
    elif person.in_unit_role and person.unit is not None:
        got = queries.received(person.city, unit=person.unit)
        address = reverse("reports:received")
        yield Found(_("通报"), tuple(Hit(issuing.title_of(each.report, now=now), address) for each in got))


def _hit(row: Report, *, now: datetime) -> Hit:
    last = row.until - timedelta(days=1)
    note = f"{row.since:%Y-%m-%d}—{last:%Y-%m-%d} {wording.REPORT_STATES[row.status]}"
    return Hit(issuing.title_of(row, now=now), reverse("reports:report", args=(row.pk,)), note)
