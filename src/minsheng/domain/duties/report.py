"""A report: planned for a period, written, approved by somebody else, sent out by its due day, answered.

The life cycle as one table; what a report says is the business of `minsheng.figures.reports`, here is who may do what,
and when.
Source: SZ-35a, SZ-37, JY-14b, JY-14c, SQ-13, SQ-14, SQ-16, AR-0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

from minsheng.domain import clocks as domain_clocks
from minsheng.domain import lifecycle
from minsheng.domain.actors import SYSTEM, UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact
from minsheng.domain.lifecycle import NEW, Case, Guard, LifeCycle, Row, Standing, at_stage, needs
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import LAST_SECOND, Amount

CLOCK = "report_due"
PLANNED, DRAFT, REVIEW, APPROVED, SENT, WITHDRAWN = "PLANNED", "DRAFT", "REVIEW", "APPROVED", "SENT", "WITHDRAWN"
EDITORS: Final = frozenset({"office", "supervisor"})
# Who may approve, unless the kind of report names fewer. Source: SZ-37 (联席会议办公室); ours elsewhere.
APPROVERS: Final = frozenset({"duty_leader", "joint_meeting"})
_WORKDAY = re.compile(r"workday_(\d+)_of_next_month")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Put a report of a kind for a period [since, until) on the list; `is_duty`: the pack says when it must be out."""

    name: ClassVar[str] = "plan"
    kind: str
    since: date
    until: date
    is_duty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """Take the figures of the period into the report; `digest` is that of the figures, `refused` what forbids them."""

    name: ClassVar[str] = "compose"
    digest: str
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Change the words of a section; the ledger keeps their digest."""

    name: ClassVar[str] = "write"
    section: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Hand the report to whoever approves it."""

    name: ClassVar[str] = "submit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """Give it back to be changed, with the reason."""

    name: ClassVar[str] = "send_back"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """Approve the report as it stands."""

    name: ClassVar[str] = "approve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send it to its recipients, or publish it; `digest` is that of the very document."""

    name: ClassVar[str] = "send"
    recipients: tuple[str, ...]
    copies: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Record that a recipient has it. Source: SZ-34b, JY-14b."""

    name: ClassVar[str] = "acknowledge"
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruct:
    """Record what a leader wrote on it (领导批示). Source: SZ-35a, AR-2.3."""

    name: ClassVar[str] = "instruct"
    leader: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take back what was sent, because it was wrong."""

    name: ClassVar[str] = "withdraw"
    reason: str


Command = Plan | Compose | Write | Submit | SendBack | Approve | Send | Acknowledge | Instruct | Withdraw


@dataclass(frozen=True, slots=True)
class ReportEvent(Event):
    """What happened to a report: the command's name in the past, and what it said besides words."""


@dataclass(frozen=True, slots=True)
class ReportPlanned(ReportEvent):
    kind: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class ReportComposed(ReportEvent):
    digest: str


@dataclass(frozen=True, slots=True)
class ReportWritten(ReportEvent):
    section: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReportSubmitted(ReportEvent):
    pass


@dataclass(frozen=True, slots=True)
class ReportSentBack(ReportEvent):
    reason: str


@dataclass(frozen=True, slots=True)
class ReportApproved(ReportEvent):
    pass


@dataclass(frozen=True, slots=True)
class ReportSent(ReportEvent):
    recipients: tuple[str, ...]
    copies: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class ReportAcknowledged(ReportEvent):
    recipient: str


@dataclass(frozen=True, slots=True)
class LeaderInstructed(ReportEvent):
    leader: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReportWithdrawn(ReportEvent):
    reason: str


@dataclass(frozen=True, slots=True)
class ReportOverdue(ReportEvent):
    pass


@dataclass(frozen=True, slots=True)
class ReportRecomputed(ReportEvent):
    year: int


@dataclass(frozen=True, slots=True)
class Report(Standing):
    """A report as the facts up to now make it. `submitted_by`: who must not approve it."""

    kind: str = ""
    since: date | None = None
    until: date | None = None
    figures: str = ""
    submitted_by: str | None = None
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    instructions: int = 0


def clock_of(until: date, *, rules: Rules) -> Timer:
    """Return the clock of a report whose period ended before `until`: to the end of the next month, or its n-th
    working day. Source: SQ-16 (A-53); ours elsewhere.
    """
    zone = rules.worktime.zone
    last = until - timedelta(days=1)
    found = _WORKDAY.fullmatch(rules.assessment_publish_due)
    limit, end = (Amount(int(found[1]), "WD"), None) if found else (Amount(1, "CD"), _end_of_next_month(last))
    return domain_clocks.started(
        name=CLOCK,
        unit="",
        start=datetime.combine(last, LAST_SECOND, zone),
        limit=limit,
        key="assessment.publish_due",
        rules=rules,
        until=datetime.combine(end, LAST_SECOND, zone) if end else None,
    )


def _end_of_next_month(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (following + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def choices(report: Report, *, by: Actor, approvers: frozenset[str] = APPROVERS) -> tuple[str, ...]:
    """Return the names of the commands that this person may give now."""
    return tuple(name for name in TABLE if _may(report, name, by, approvers))


def check(report: Report, name: str, *, by: Actor, approvers: frozenset[str] = APPROVERS) -> None:
    """Return when this person may give the command of that name now. Raises: Rejected, which says why not."""
    lifecycle.ask(CYCLE, report, TABLE[name].command, by=by, facts=approvers)


def decide(
    report: Report, command: Command, *, by: Actor, rules: Rules, approvers: frozenset[str] = APPROVERS, now: datetime
) -> tuple[Fact, ...]:
    """Return the facts that follow. `approvers`: who approves this kind. Raises: Rejected."""
    return lifecycle.decide(CYCLE, report, command, by=by, rules=rules, facts=approvers, now=now)


def evolve(report: Report, fact: Fact) -> Report:
    """Return the report after one more fact."""
    match fact.event:
        case ReportPlanned(kind=kind, since=since, until=until):
            report = replace(report, kind=kind, since=since, until=until)
        case ReportComposed(digest=digest):
            report = replace(report, figures=digest)
        case ReportSubmitted():
            report = replace(report, submitted_by=fact.by.person)
        case ReportSent(recipients=recipients, copies=copies):
            report = replace(report, recipients=recipients, copies=copies)
        case ReportAcknowledged(recipient=recipient):
            report = replace(report, received=(*report.received, recipient))
        case LeaderInstructed():
            report = replace(report, instructions=report.instructions + 1)
        case _:
            pass
    return lifecycle.enveloped(report, fact)


def next_due(report: Report) -> Timer | None:
    """Return the clock if it runs."""
    return lifecycle.next_running(report)


def fire(report: Report, clock: Timer) -> Fact:
    """Return the fact that the report is late, dated at its due moment."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, report, clock.due)
    case.breach("late_report", "office", timer=clock)
    case.tell("overdue", "office", timer=CLOCK)
    case.put(replace(clock, status="missed"))
    case.record(ReportOverdue())
    return case.out[0]


def recompute(report: Report, *, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clock while it runs (A-48)."""
    if next_due(report) is None:
        return ()
    case = lifecycle.by_system(evolve, report, now, rules=rules)
    return lifecycle.recomputed(case, ReportRecomputed(year), year=year)


def _may(report: Report, name: str, by: Actor, approvers: frozenset[str]) -> bool:
    try:
        check(report, name, by=by, approvers=approvers)
    except Rejected:
        return False
    return True


@at_stage("role")
def _approves_the_kind(case: Case[Report]) -> None:
    if case.by.role not in case.facts:
        raise Rejected("not_your_role", role=case.by.role)


@at_stage("bar")
def _somebody_else(case: Case[Report]) -> None:
    if case.by.person is not None and case.by.person == case.state.submitted_by:
        raise Rejected("report_own_approval")


@at_stage("fields")
def _some_days(case: Case[Report]) -> None:
    if case.command.since >= case.command.until:
        raise Rejected("report_period_empty")


@at_stage("fields")
def _figures_hold(case: Case[Report]) -> None:
    # A broken identity refuses to be published, and says which. Source: E-16.
    if case.command.refused:
        raise Rejected("report_figures_broken", broken=case.command.refused)


@at_stage("fields")
def _receipt_fits(case: Case[Report]) -> None:
    report, recipient = case.state, case.command.recipient
    # A unit says that it has its own copy; the office records the others' receipts.
    if case.by.role in UNIT_ROLES and case.by.unit != recipient:
        raise Rejected("not_your_unit", unit=case.by.unit)
    if recipient not in (*report.recipients, *report.copies):
        raise Rejected("report_no_recipient", recipient=recipient)
    if recipient in report.received:
        raise Rejected("report_received_already", recipient=recipient)


def _says(name: str) -> Guard:
    """Return a guard that a field has more than blanks."""

    @at_stage("fields")
    def said(case: Case[Report]) -> None:
        if not getattr(case.command, name).strip():
            raise Rejected("field_missing", fields=(name,))

    return said


def _plan(case: Case[Report]) -> None:
    command = case.command
    if command.is_duty:
        case.put(clock_of(command.until, rules=case.rules))
    case.record(ReportPlanned(command.kind, command.since, command.until))


def _compose(case: Case[Report]) -> None:
    case.record(ReportComposed(case.command.digest))


def _write(case: Case[Report]) -> None:
    case.record(ReportWritten(case.command.section, case.command.digest))


def _submit(case: Case[Report]) -> None:
    for role in sorted(case.facts):
        case.tell("report_submitted", role, kind=case.state.kind)
    case.record(ReportSubmitted())


def _send_back(case: Case[Report]) -> None:
    case.tell("report_sent_back", "office", kind=case.state.kind)
    case.record(ReportSentBack(case.command.reason.strip()))


def _approve(case: Case[Report]) -> None:
    case.record(ReportApproved())


def _send(case: Case[Report]) -> None:
    case.meet(CLOCK)
    for name in case.command.copies:
        case.tell("report_received", f"officer@{name}", kind=case.state.kind)
    case.record(ReportSent(case.command.recipients, case.command.copies, case.command.digest))


def _acknowledge(case: Case[Report]) -> None:
    case.record(ReportAcknowledged(case.command.recipient))


def _instruct(case: Case[Report]) -> None:
    case.record(LeaderInstructed(case.command.leader.strip(), case.command.digest))


def _withdraw(case: Case[Report]) -> None:
    for name in case.state.copies:
        case.tell("report_withdrawn", f"officer@{name}", kind=case.state.kind)
    case.record(ReportWithdrawn(case.command.reason.strip()))


def _not_now(report: Report) -> Rejected:
    return Rejected("report_not_now", report_status=report.status)


_OFFICE, _JUDGES = tuple(sorted(EDITORS)), tuple(sorted(APPROVERS))
CYCLE = LifeCycle(
    name="report",
    states=(PLANNED, DRAFT, REVIEW, APPROVED, SENT, WITHDRAWN),
    rows=(
        Row("P01", Plan, (NEW,), (PLANNED,), (*_OFFICE, SYSTEM.role), _plan, ("SZ-37", "JY-14b", "SQ-13", "SQ-14"),
            guards=(_some_days,), starts=(CLOCK,)),
        Row("P02", Compose, (PLANNED, DRAFT), (DRAFT,), _OFFICE, _compose, ("AR-0",), guards=(_figures_hold,)),
        Row("P03", Write, (DRAFT,), ("=",), _OFFICE, _write, ("SZ-35a", "AR-0")),
        Row("P04", Submit, (DRAFT,), (REVIEW,), _OFFICE, _submit, ("SZ-37",)),
        Row("P05", SendBack, (REVIEW,), (DRAFT,), _JUDGES, _send_back, ("SZ-37",),
            guards=(_approves_the_kind, _says("reason"))),
        Row("P06", Approve, (REVIEW,), (APPROVED,), _JUDGES, _approve, ("SZ-37",),
            guards=(_approves_the_kind, _somebody_else)),
        Row("P07", Send, (APPROVED,), (SENT,), _OFFICE, _send, ("JY-14b", "SZ-35a", "SQ-14", "SQ-16"),
            guards=(needs("recipients"),), stops=(CLOCK,)),
        Row("P08", Acknowledge, (SENT,), ("=",), (*_OFFICE, *UNIT_ROLES), _acknowledge, ("SZ-34b", "JY-14b"),
            guards=(_receipt_fits,)),
        Row("P09", Instruct, (SENT,), ("=",), _OFFICE, _instruct, ("SZ-35a", "AR-2.3"), guards=(_says("leader"),)),
        Row("P10", Withdraw, (SENT,), (WITHDRAWN,), _JUDGES, _withdraw, ("SZ-35a",),
            guards=(_approves_the_kind, _says("reason"))),
    ),
    events=tuple(ReportEvent.__subclasses__()),
    start=lambda key: Report(f"report/{key}"),
    evolve=evolve,
    fire=lambda report, clock, rules: (fire(report, clock),),
    recompute=lambda report, year, rules, now: recompute(report, year=year, rules=rules, now=now),
    clocks=(CLOCK,),
    ends=(WITHDRAWN,),
    not_now=_not_now,
)  # fmt: skip
TABLE: Final[Mapping[str, Row[Case[Report]]]] = {row.command.name: row for row in CYCLE.rows}
