"""An incident of the platform: since when, how bad, until when, why; reviewed by somebody else. Source: AR-2.6.3."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected

OPEN, ENDED, REVIEWED = "OPEN", "ENDED", "REVIEWED"
LEVELS: Final = ("city", "county")
# From 1, which nobody outside noticed, to 5; from 3 on the year is not excellent (E-15).
SEVERITIES: Final = ("1", "2", "3", "4", "5")
MINUTE = timedelta(minutes=1)
Case = lifecycle.Case["Incident"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIncident:
    """Put an incident on record: which tier's platform, since when, how bad."""

    name: ClassVar[str] = "report_incident"
    level: str = fields.text(offers=LEVELS)
    severity: str = fields.text(offers=SEVERITIES)
    began: datetime | None = fields.moment()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndIncident:
    """Say when it ended, and for how many minutes the platform did not answer; all of them where nothing is said."""

    name: ClassVar[str] = "end_incident"
    ended: datetime | None = fields.moment()
    down_minutes: int | None = fields.count(most=100_000)
    cause: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewIncident:
    """Say what is done so that it does not come again."""

    name: ClassVar[str] = "review_incident"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent(Event):
    """Something that happened to an incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(IncidentEvent):
    level: str
    severity: str
    began: datetime
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEnded(IncidentEvent):
    ended: datetime
    down_minutes: int
    cause: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReviewed(IncidentEvent):
    text: str = words()


@dataclass(frozen=True, slots=True)
class Incident(Standing):
    """An incident as the facts up to now make it."""

    level: str = ""
    severity: str = ""
    began: datetime | None = None
    ended: datetime | None = None
    down_minutes: int = 0
    reporter: str = ""


def evolve(incident: Incident, fact: Fact) -> Incident:
    """Return the incident after one more fact."""
    event = fact.event
    match event:
        case IncidentReported():
            incident = replace(
                incident, level=event.level, severity=event.severity, began=event.began, reporter=fact.by.person or ""
            )
        case IncidentEnded():
            incident = replace(incident, ended=event.ended, down_minutes=event.down_minutes)
        case _:
            pass
    return lifecycle.enveloped(incident, fact)


@at_stage("fields")
def _begun(case: Case) -> None:
    hold_to_list(case.command.level, LEVELS)
    hold_to_list(case.command.severity, SEVERITIES)
    if case.command.began > case.now:
        raise Rejected("day_not_come")


@at_stage("fields")
def _ended(case: Case) -> None:
    """Refuse an end in the future or before the beginning, and more minutes than it lasted."""
    form, began = case.command, case.state.began
    assert began is not None
    if form.ended > case.now:
        raise Rejected("day_not_come")
    if form.ended < began:
        raise Rejected("days_reversed")
    if form.down_minutes is not None and form.down_minutes > minutes(began, form.ended):
        raise Rejected("longer_than_it_lasted")


def minutes(began: datetime, ended: datetime) -> int:
    """Return how many minutes an incident touched, a begun one counted whole."""
    return -((began - ended) // MINUTE)


@at_stage("bar")
def _somebody_else(case: Case) -> None:
    """Refuse the review of whoever reported it."""
    if case.by.person is not None and case.by.person == case.state.reporter:
        raise Rejected("self_approval")


def _report(case: Case) -> None:
    form = case.command
    case.tell("incident_reported", "supervisor")
    case.record(IncidentReported(level=form.level, severity=form.severity, began=form.began, text=form.text))


def _end(case: Case) -> None:
    form, began = case.command, case.state.began
    assert began is not None
    down = minutes(began, form.ended) if form.down_minutes is None else form.down_minutes
    case.record(IncidentEnded(ended=form.ended, down_minutes=down, cause=form.cause))


def _review(case: Case) -> None:
    case.record(IncidentReviewed(text=case.command.text))


_KEEPERS = ("office", "supervisor")
_SEEN = (*_KEEPERS, "system")  # what a probe saw
CYCLE = LifeCycle(
    name="incident",
    states=(OPEN, ENDED, REVIEWED),
    rows=(
        Row("Z01", ReportIncident, (NEW,), (OPEN,), _SEEN, _report, ("AR-2.6.3",),
            guards=(needs("level", "severity", "began", "text"), _begun)),
        Row("Z02", EndIncident, (OPEN,), (ENDED,), _SEEN, _end, ("AR-2.6.3",),
            guards=(needs("ended", "cause"), _ended), awaits={OPEN: ()}, of=_KEEPERS),
        Row("Z03", ReviewIncident, (ENDED,), (REVIEWED,), _KEEPERS, _review, ("AR-2.6.3",),
            guards=(_somebody_else, needs("text")), awaits={ENDED: ()}),
    ),
    events=tuple(IncidentEvent.__subclasses__()),
    start=Incident,
    evolve=evolve,
    ends=(REVIEWED,),
)  # fmt: skip
