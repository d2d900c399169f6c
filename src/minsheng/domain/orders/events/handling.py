"""What has happened from dispatch to the reply: units, signatures, returns, extensions, coordination."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from minsheng.domain.facts import Event


@dataclass(frozen=True, slots=True)
class LeaderDutyGiven(Event):
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class DispatchDeclined(Event):
    step: ClassVar[str] = "decline_dispatch"
    explanation: str


@dataclass(frozen=True, slots=True)
class Dispatched(Event):
    step: ClassVar[str] = "dispatch"
    units: tuple[str, ...]
    lead: str
    basis: str = ""
    direct: bool = False
    round: int = 1


@dataclass(frozen=True, slots=True)
class UnitAdded(Event):
    """A further unit was given an emergency."""

    step: ClassVar[str] = "dispatch"
    unit: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Split(Event):
    """The order was given to several units at once, each with an order of its own."""

    step: ClassVar[str] = "dispatch"
    children: tuple[str, ...]
    units: tuple[str, ...]
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Signed(Event):
    step: ClassVar[str] = "sign"
    unit: str
    investigate: bool = False
    in_call: bool = False  # the unit had taken it in a talk of three, before it was dispatched (JY-13.5)


@dataclass(frozen=True, slots=True)
class ReturnRequested(Event):
    step: ClassVar[str] = "request_return"
    unit: str
    reason: str
    basis: str
    suggest: str


@dataclass(frozen=True, slots=True)
class ReturnAccepted(Event):
    step: ClassVar[str] = "accept_return"
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnRefused(Event):
    """A return was refused; `last` bars the unit from asking again."""

    step: ClassVar[str] = "refuse_return"
    unit: str
    reason: str
    last: bool = True


@dataclass(frozen=True, slots=True)
class ExtensionRequested(Event):
    step: ClassVar[str] = "request_extension"
    unit: str
    timer: str
    until: datetime
    length: str
    reason: str
    progress: str
    next_steps: str
    consent: str
    informed: str


@dataclass(frozen=True, slots=True)
class ExtensionApproved(Event):
    step: ClassVar[str] = "approve_extension"
    unit: str
    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionRefused(Event):
    step: ClassVar[str] = "refuse_extension"
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contributed(Event):
    step: ClassVar[str] = "contribute"
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class CoordinationRequested(Event):
    step: ClassVar[str] = "request_coordination"
    unit: str
    question: str


@dataclass(frozen=True, slots=True)
class Escalated(Event):
    """`document`: the summary that it rests on."""

    step: ClassVar[str] = "escalate"
    document: str
    addressee: str


@dataclass(frozen=True, slots=True)
class Instructed(Event):
    """`source`: who instructed; `suspended`: whether the lead's work waits from now on."""

    step: ClassVar[str] = "instruct"
    text: str
    source: str
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class LeadNamed(Event):
    step: ClassVar[str] = "name_lead"
    lead: str
    co: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaderFollowedUp(Event):
    step: ClassVar[str] = "leader_follow_up"
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyApproved(Event):
    step: ClassVar[str] = "approve_reply"
    unit: str


@dataclass(frozen=True, slots=True)
class Replied(Event):
    step: ClassVar[str] = "reply"
    unit: str
    text: str
    channel: str
    kind: str
    document: str = ""
    final_opinion: bool = False
    message: str = ""
    withhold: str = ""
    channel_reason: str = ""
    channel_attempts: int = 0


@dataclass(frozen=True, slots=True)
class ProgressReported(Event):
    """A preliminary reply, or (`final`) the result of a unit that is not the responsible one."""

    step: ClassVar[str] = "report_progress"
    unit: str
    text: str
    channel: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class DocumentSupplied(Event):
    step: ClassVar[str] = "supply_document"
    unit: str
    document: str
