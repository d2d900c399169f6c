"""What has happened after the reply: audit, ratings, callbacks, rounds, closing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from minsheng.domain.facts import Event


@dataclass(frozen=True, slots=True)
class ClosedElsewhere(Event):
    """The department's own system has closed; `message` is that system's id of the message."""

    step: ClassVar[str] = "sync"
    message: str


@dataclass(frozen=True, slots=True)
class SyncNoted(Event):
    """A message of the other system that is kept and moves nothing."""

    step: ClassVar[str] = "sync"
    message: str
    result: str


@dataclass(frozen=True, slots=True)
class AuditPassed(Event):
    step: ClassVar[str] = "audit"
    timely: bool
    final_opinion: bool


@dataclass(frozen=True, slots=True)
class AuditWaived(AuditPassed):
    """The answer stands as given, since the city's rules have no audit."""

    step: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class AuditRejected(Event):
    step: ClassVar[str] = "audit"
    defect: str
    comment: str


@dataclass(frozen=True, slots=True)
class SmsAnswered(Event):
    step: ClassVar[str] = "callback"
    grade: str
    satisfied: bool
    resolved: bool | None
    cause: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class CalledBack(Event):
    """One attempt to reach the appellant, or the appellant's own rating (`how` phone or self)."""

    step: ClassVar[str] = "callback"
    how: str
    reached: bool
    grade: str = ""
    satisfied: bool | None = None
    resolved: bool | None = None
    objection: bool | None = None
    cause: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class JoinedRated(Event):
    """What the citizen of a joined appeal thinks of the result; the order's own rating and its way stay as they are."""

    step: ClassVar[str] = "rate_joined"
    joined: str
    grade: str
    satisfied: bool
    resolved: bool | None
    cause: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Dissatisfied(Event):
    """The appellant is not satisfied, or objects: where that leads."""

    leads_to: str


@dataclass(frozen=True, slots=True)
class Judged(Event):
    step: ClassVar[str] = "judge"
    verdict: str
    adviser: str


@dataclass(frozen=True, slots=True)
class Closed(Event):
    step: ClassVar[str] = "close"
    reason: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Reopened(Event):
    step: ClassVar[str] = "reopen"
    finding: str
    round: int
