"""What has happened in supervision: findings, tags, supervision orders, reminders (B.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from minsheng.domain.facts import Event


@dataclass(frozen=True, slots=True)
class FindingRecorded(Event):
    """What was found, and the organs to which a serious finding was pushed."""

    step: ClassVar[str] = "record_finding"
    unit: str
    found: str
    text: str
    severity: str = ""
    organs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushReceived(Event):
    step: ClassVar[str] = "file_push"
    organ: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Tagged(Event):
    step: ClassVar[str] = "tag"
    tag: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class SupervisionSuggested(Event):
    category: str
    ground: str


@dataclass(frozen=True, slots=True)
class SuggestionDismissed(Event):
    step: ClassVar[str] = "dismiss_suggestion"
    category: str
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class SupervisionIssued(Event):
    step: ClassVar[str] = "supervise"
    category: str
    ground: str
    unit: str
    issuer: str


@dataclass(frozen=True, slots=True)
class SupervisionRaised(Event):
    step: ClassVar[str] = "raise_supervision"
    unit: str
    level: int


@dataclass(frozen=True, slots=True)
class FeedbackApproved(Event):
    step: ClassVar[str] = "approve_feedback"
    unit: str


@dataclass(frozen=True, slots=True)
class SupervisionAnswered(Event):
    step: ClassVar[str] = "feed_back"
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class SupervisionDecided(Event):
    step: ClassVar[str] = "decide_feedback"
    accepted: bool
    finding: str


@dataclass(frozen=True, slots=True)
class MeasureTaken(Event):
    step: ClassVar[str] = "measure"
    kind: str
    ground: str


@dataclass(frozen=True, slots=True)
class Reminded(Event):
    step: ClassVar[str] = "remind"
    text: str


@dataclass(frozen=True, slots=True)
class DisciplineInformed(Event):
    step: ClassVar[str] = "transfer_to_discipline"
    reason: str
    receivers: tuple[str, ...] = ()
    ground: str = ""
