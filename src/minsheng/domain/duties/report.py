"""A report: planned for a period, written, approved by somebody else, sent out by its due day, answered.

The life cycle as one table; what a report says is the business of `minsheng.figures.reports`, here is who may do what,
and when.
Source: SZ-35a, SZ-37, JY-14b, JY-14c, SQ-13, SQ-14, SQ-16, AR-0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, assert_never

from minsheng.domain import clocks as domain_clocks
from minsheng.domain.actors import SYSTEM, UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Breach, Event, Fact, Notice
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
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
class Step:
    """A row of the table: from which states, to which (None: it stays), by whom."""

    sources: tuple[str, ...]
    target: str | None
    roles: frozenset[str]


TABLE: Final[Mapping[str, Step]] = {
    "plan": Step(("",), PLANNED, EDITORS | {"system"}),
    "compose": Step((PLANNED, DRAFT), DRAFT, EDITORS),
    "write": Step((DRAFT,), None, EDITORS),
    "submit": Step((DRAFT,), REVIEW, EDITORS),
    "send_back": Step((REVIEW,), DRAFT, APPROVERS),
    "approve": Step((REVIEW,), APPROVED, APPROVERS),
    "send": Step((APPROVED,), SENT, EDITORS),
    "acknowledge": Step((SENT,), None, EDITORS | frozenset(UNIT_ROLES)),
    "instruct": Step((SENT,), None, EDITORS),
    "withdraw": Step((SENT,), WITHDRAWN, APPROVERS),
}


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the facts up to now make it. `submitted_by`: who must not approve it."""

    id: str
    status: str = ""
    version: int = 0
    kind: str = ""
    since: date | None = None
    until: date | None = None
    figures: str = ""
    submitted_by: str | None = None
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    instructions: int = 0
    timers: Mapping[str, Timer] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()


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
    return tuple(name for name in TABLE if _barred(report, name, by, approvers) is None)


def check(report: Report, name: str, *, by: Actor, approvers: frozenset[str] = APPROVERS) -> None:
    """Return when this person may give the command of that name now. Raises: Rejected, which says why not."""
    barred = _barred(report, name, by, approvers)
    if barred is not None:
        raise barred


def decide(
    report: Report, command: Command, *, by: Actor, rules: Rules, approvers: frozenset[str] = APPROVERS, now: datetime
) -> tuple[Fact, ...]:
    """Return the facts that follow. `approvers`: who approves this kind. Raises: Rejected."""
    check(report, command.name, by=by, approvers=approvers)
    event, clocks, notices = _effect(report, command, by, approvers, rules, now)
    target = TABLE[command.name].target
    return (Fact(report.id, event, now, by, target or report.status, clocks=clocks, notices=notices),)


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
    return replace(
        report,
        status=fact.status,
        version=report.version + 1,
        timers={**report.timers, **{timer.key: timer for timer in fact.clocks}},
        breaches=report.breaches + fact.breaches,
    )


def next_due(report: Report) -> Timer | None:
    """Return the clock if it runs."""
    clock = report.timers.get(CLOCK)
    return clock if clock is not None and clock.status == "running" else None


def fire(report: Report, clock: Timer) -> Fact:
    """Return the fact that the report is late, dated at its due moment."""
    assert clock.due is not None
    breach = Breach("late_report", "office", clock.due, clock.due, clock.key)
    told = Notice("overdue", "office", {"timer": CLOCK})
    missed = replace(clock, status="missed")
    return Fact(report.id, ReportOverdue(), clock.due, SYSTEM, report.status, None, (missed,), (told,), (breach,))


def recompute(report: Report, *, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clock while it runs (A-48)."""
    clock = next_due(report)
    if clock is None or clock.due is None or not clock.basis.start.year <= year <= clock.due.year:
        return ()
    local = now.astimezone(rules.worktime.zone)
    moved = domain_clocks.recomputed(clock, rules=rules, now=local)
    if moved is None:
        return ()
    return (Fact(report.id, ReportRecomputed(year), local, SYSTEM, report.status, None, (moved,)),)


def _barred(report: Report, name: str, by: Actor, approvers: frozenset[str]) -> Rejected | None:
    step = TABLE[name]
    roles = step.roles & approvers if step.roles == APPROVERS else step.roles
    if by.role not in roles:
        return Rejected("not_your_role", role=by.role)
    if report.status not in step.sources:
        return Rejected("report_not_now", report_status=report.status)
    if name == "approve" and by.person is not None and by.person == report.submitted_by:
        return Rejected("report_own_approval")
    return None


def _effect(
    report: Report, command: Command, by: Actor, approvers: frozenset[str], rules: Rules, now: datetime
) -> tuple[ReportEvent, tuple[Timer, ...], tuple[Notice, ...]]:
    match command:
        case Plan(kind=kind, since=since, until=until, is_duty=is_duty):
            if since >= until:
                raise Rejected("report_period_empty")
            return ReportPlanned(kind, since, until), (clock_of(until, rules=rules),) if is_duty else (), ()
        case Compose(digest=digest, refused=refused):
            # A broken identity refuses to be published, and says which. Source: E-16.
            if refused:
                raise Rejected("report_figures_broken", broken=refused)
            return ReportComposed(digest), (), ()
        case Write(section=section, digest=digest):
            return ReportWritten(section, digest), (), ()
        case Submit():
            told = tuple(Notice("report_submitted", role, {"kind": report.kind}) for role in sorted(approvers))
            return ReportSubmitted(), (), told
        case SendBack(reason=reason):
            return ReportSentBack(_said(reason)), (), (Notice("report_sent_back", "office", {"kind": report.kind}),)
        case Approve():
            return ReportApproved(), (), ()
        case Send(recipients=recipients, copies=copies, digest=digest):
            if not recipients:
                raise Rejected("field_missing", fields=("recipients",))
            told = tuple(Notice("report_received", f"officer@{name}", {"kind": report.kind}) for name in copies)
            return ReportSent(recipients, copies, digest), _stopped(report, now), told
        case Acknowledge(recipient=recipient):
            # A unit says that it has its own copy; the office records the others' receipts.
            if by.role in UNIT_ROLES and by.unit != recipient:
                raise Rejected("not_your_unit", unit=by.unit)
            if recipient not in (*report.recipients, *report.copies):
                raise Rejected("report_no_recipient", recipient=recipient)
            if recipient in report.received:
                raise Rejected("report_received_already", recipient=recipient)
            return ReportAcknowledged(recipient), (), ()
        case Instruct(leader=leader, digest=digest):
            return LeaderInstructed(_said(leader, "leader"), digest), (), ()
        case Withdraw(reason=reason):
            told = tuple(Notice("report_withdrawn", f"officer@{name}", {"kind": report.kind}) for name in report.copies)
            return ReportWithdrawn(_said(reason)), (), told
        case _:
            assert_never(command)


def _said(words: str, name: str = "reason") -> str:
    if not words.strip():
        raise Rejected("field_missing", fields=(name,))
    return words.strip()


def _stopped(report: Report, now: datetime) -> tuple[Timer, ...]:
    clock = report.timers.get(CLOCK)
    if clock is None:
        return ()
    return (replace(clock, status="met") if clock.status == "running" else replace(clock, done_at=now),)
