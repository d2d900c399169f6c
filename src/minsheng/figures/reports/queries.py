"""Reading reports: who may see which, the list, one report with its course, its receipts and its job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.duties import report as duty
from minsheng.domain.duties.report import APPROVERS, EDITORS
from minsheng.domain.report_kinds import ReportKind
from minsheng.figures.reports.models import Delivery, ImportedScore, Instruction, Job, Population, Report
from minsheng.gateways import packfiles

PREFIX = "report/"
# Who writes and approves, and who leads by figures.
READERS = EDITORS | APPROVERS | {"command"}
# Copies that go to every unit that has joined (JY-14b).
_EVERY_UNIT = frozenset({"全体联动单位", "全体承办单位", "全体成员单位"})
# Special reports, as packs call them; to whom a county's go, beside the platform above it (SZ-35a).
_SPECIAL = frozenset({"special", "sentiment"})
_OF_A_COUNTY = ("属地党委", "属地政府")
# To whom a report goes that is published.
EVERYBODY = "社会公众"
_PER_PAGE = 50
# Enough for years of months and quarters; older ones are in the list of all reports.
_ASSESSED = 100
_FOUND = 500
_state = msgspec.json.Decoder(duty.Report)


@dataclass(frozen=True, slots=True)
class Line:
    """A report in the list."""

    id: UUID
    kind: ReportKind
    since: date
    until: date
    status: str
    due: datetime | None
    is_late: bool
    sent_at: datetime | None
    sent_to: int
    received: int


@dataclass(frozen=True, slots=True)
class Step:
    """A fact of a report's stream."""

    type: str
    at: datetime
    actor: Mapping[str, Any]
    body: Mapping[str, Any]


def sees(role: str) -> bool:
    """Tell whether the role sees reports at all."""
    return role in READERS


def find(report_id: UUID, *, city: str) -> Report | None:
    """Return a report of the city."""
    return Report.objects.filter(pk=report_id, city=city).first()


def listed(city: str, *, status: str = "", kind: str = "", after: tuple[date, UUID] | None = None) -> list[Line]:
    """Return reports, those of the latest period first, one page of them and one more."""
    rows = Report.objects.filter(city=city).order_by("-until", "-id")
    if status:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    if after is not None:
        rows = rows.extra(where=["(until, id) < (%s, %s)"], params=[after[0], after[1]])
    return _lines(rows[: _PER_PAGE + 1])


def latest(city: str) -> list[Report]:
    """Return the reports of the latest periods, without what weighs much."""
    rows = Report.objects.filter(city=city, kind__in=packfiles.report_kinds()).order_by("-until", "-id")
    return list(rows.defer("figures", "document", "words", "state")[:_FOUND])


def assessed(city: str) -> list[Line]:
    """Return the reports that assess units, those of the latest period first."""
    kinds = [code for code, kind in packfiles.report_kinds().items() if kind.assesses]
    return _lines(Report.objects.filter(city=city, kind__in=kinds).order_by("-until", "-id")[:_ASSESSED])


def _lines(rows: QuerySet[Report]) -> list[Line]:
    found = list(rows.defer("figures", "document", "words", "state"))
    receipts = _receipts([row.pk for row in found])
    kinds = packfiles.report_kinds()
    return [
        Line(
            id=row.pk,
            kind=kinds[row.kind],
            since=row.since,
            until=row.until,
            status=row.status,
            due=row.due,
            is_late=row.is_late,
            sent_at=row.sent_at,
            sent_to=receipts.get(row.pk, (0, 0))[0],
            received=receipts.get(row.pk, (0, 0))[1],
        )
        for row in found
        if row.kind in kinds
    ]


def page_size() -> int:
    """Return how many reports stand on a page of the list."""
    return _PER_PAGE


def waiting(city: str) -> dict[str, int]:
    """Return how many reports are in each state that somebody must do something about."""
    rows = Report.objects.filter(city=city, status__in=(duty.PLANNED, duty.DRAFT, duty.REVIEW, duty.APPROVED))
    found: dict[str, int] = {}
    for status in rows.values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def state_of(row: Report) -> duty.Report:
    """Return the domain's value of a row."""
    if row.state is None:
        return duty.Report(f"{PREFIX}{row.pk}")
    return _state.decode(msgspec.json.encode(row.state))


def choices(row: Report, *, by: Actor) -> tuple[str, ...]:
    """Return what this person may do with the report now."""
    kind = packfiles.report_kinds()[row.kind]
    return duty.choices(state_of(row), by=by, approvers=kind.approvers)


def course(row: Report) -> list[Step]:
    """Return what happened to the report, the latest first."""
    events = ledger.history(f"{PREFIX}{row.pk}")
    return [
        Step(event.type, event.at, event.actor, msgspec.json.decode(event.body).get("event", {}))
        for event in reversed(events)
    ]


def recipients_of(city: str, *, kind: ReportKind, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return to whom a report goes and who gets a copy, every unit by its name.

    What assesses units goes to each of them, whatever the pack says of copies. A county's special reports go to those
    who govern it and to the platform above. Source: JY-14b, SZ-34b, SZ-35a, SQ-14a, SQ-15.
    """
    rules = policies.rules_for(city, now=now)
    copies: list[str] = []
    for name in rules.bulletin_cc:
        copies.extend(people.unit_names(city, now=now) if name in _EVERY_UNIT else [name])
    if kind.assesses:
        copies.extend(people.unit_names(city, now=now))
    place = policies.city(city)
    if place.tier == "county" and kind.of in _SPECIAL:
        above = policies.rules_for(place.parent, now=now).display_name if place.parent else ""
        return (*_OF_A_COUNTY, *filter(None, (above,))), tuple(dict.fromkeys(copies))
    return rules.bulletin_recipients, tuple(dict.fromkeys(copies))


def kind_of(row: Report) -> ReportKind:
    """Return the kind of a report."""
    return packfiles.report_kinds()[row.kind]


def deliveries(row: Report) -> Sequence[Delivery]:
    """Return who got it, the recipients before the copies."""
    return list(row.deliveries.order_by("is_copy", "pk"))


def received(city: str, *, unit: str) -> list[Delivery]:
    """Return what a unit got and was not taken back, the latest first."""
    rows = Delivery.objects.filter(recipient=unit, report__city=city, report__status=duty.SENT)
    return list(rows.select_related("report").defer("report__figures", "report__document").order_by("-sent_at")[:100])


def delivery(report_id: UUID, *, city: str, recipient: str) -> Delivery | None:
    """Return the delivery of a report to somebody."""
    rows = Delivery.objects.filter(report=report_id, report__city=city, recipient=recipient)
    return rows.select_related("report").first()


def instructions(row: Report) -> Sequence[Instruction]:
    """Return what leaders wrote on it."""
    return list(row.instructions.order_by("pk"))


def job_of(row: Report) -> Job | None:
    """Return the last job of a report."""
    return row.jobs.order_by("-asked_at", "-pk").first()


def published(city: str) -> list[Report]:
    """Return the public reports of a city that were sent, the latest first."""
    public = [code for code, kind in packfiles.report_kinds().items() if kind.is_public]
    rows = Report.objects.filter(city=city, kind__in=public, status=duty.SENT)
    return list(rows.defer("document").order_by("-until"))


def population(city: str, *, year: int) -> tuple[int, str]:
    """Return the inhabitants of a year with their source: the latest known year's up to it; 0 when none is known."""
    row = Population.objects.filter(city=city, year__lte=year).order_by("-year").first()
    return (row.count, f"{row.year}年末常住人口，{row.source}") if row is not None else (0, "")


def populations(city: str) -> list[tuple[int, int, str]]:
    """Return the inhabitants of every year that is known, the latest first."""
    return list(Population.objects.filter(city=city).order_by("-year").values_list("year", "count", "source"))


def imported_scores(city: str, *, since: date, until: date) -> dict[str, dict[str, Fraction]]:
    """Return the scores that others gave for exactly this period: unit → criterion → score."""
    found: dict[str, dict[str, Fraction]] = {}
    rows = ImportedScore.objects.filter(city=city, since=since, until=until)
    for unit, criterion, score in rows.values_list("unit", "criterion", "score"):
        found.setdefault(unit, {})[criterion] = Fraction(score)
    return found


def _receipts(ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    found: dict[UUID, tuple[int, int]] = {}
    for report, received_at in Delivery.objects.filter(report__in=ids).values_list("report", "received_at"):
        sent, received = found.get(report, (0, 0))
        found[report] = (sent + 1, received + (received_at is not None))
    return found
