"""What has happened to an order: one class an event. `facts.Fact` is the envelope that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from minsheng.domain.facts import Event


@dataclass(frozen=True, slots=True)
class Registered(Event):
    """An appeal was registered. Its words, place and persons stay with the appeal; the digest binds them."""

    step: ClassVar[str] = "register"
    type: str
    channel: str
    appellant: str
    publish: str
    content_digest: str
    has_content: bool
    target_unit: str
    line: str
    system: str
    upper_due: datetime | None
    utility: bool
    matter: str
    real_name: bool
    written_opinion: bool
    level: str  # of an emergency, or empty
    parent: str = ""
    confidential: bool = False
    has_place: bool = False


@dataclass(frozen=True, slots=True)
class Completed(Registered):
    """What was missing at registration was added when the order was submitted."""

    step: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    step: ClassVar[str] = "submit"
    lead_needed: bool = False


@dataclass(frozen=True, slots=True)
class Restrained(Event):
    """What restrains the reading of another order holds for this one too, since one came of the other.

    `source`: the other order. `private`: nothing of it is to be public. `about`: further units complained about.
    `barred`: the auditor decided against publication there.
    """

    source: str
    confidential: bool = False
    private: bool = False
    about: tuple[str, ...] = ()
    withhold: str = ""
    barred: bool = False
    exception: int = 0
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Answered(Event):
    step: ClassVar[str] = "answer"
    article: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class EmergencyReferred(Event):
    step: ClassVar[str] = "refer_emergency"
    number: str


@dataclass(frozen=True, slots=True)
class NotAccepted(Event):
    step: ClassVar[str] = "reject"
    code: str
    explanation: str
    procedure: str = ""  # that the matter is in, or must take


@dataclass(frozen=True, slots=True)
class RejectionProposed(Event):
    """A seat thinks that it is not to be accepted for another reason (R9); the supervisor decides."""

    step: ClassVar[str] = "propose_rejection"
    explanation: str


@dataclass(frozen=True, slots=True)
class RejectionDismissed(Event):
    step: ClassVar[str] = "dismiss_rejection"
    reason: str


@dataclass(frozen=True, slots=True)
class AcceptanceAsked(Event):
    step: ClassVar[str] = "ask_acceptance"
    unit: str


@dataclass(frozen=True, slots=True)
class OpinionGiven(Event):
    step: ClassVar[str] = "give_opinion"
    unit: str
    document: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpinionDecided(Event):
    step: ClassVar[str] = "decide_opinion"
    confirmed: bool
    reason: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class Linked(Event):
    step: ClassVar[str] = "link"
    to: str
    matter: str


@dataclass(frozen=True, slots=True)
class LinkReceived(Event):
    step: ClassVar[str] = "link"
    order: str


@dataclass(frozen=True, slots=True)
class RepeatMarked(Event):
    step: ClassVar[str] = "mark_repeat"
    branch: str
    of: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RepeatUnmarked(Event):
    step: ClassVar[str] = "unmark_repeat"
    reason: str = ""


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


@dataclass(frozen=True, slots=True)
class MaterialAdded(Event):
    """The words stay with the appeal; the digest binds them. `joined`: the joined appeal whose citizen says it."""

    step: ClassVar[str] = "add_material"
    digest: str
    files: int = 0
    joined: str = ""


@dataclass(frozen=True, slots=True)
class Urged(Event):
    step: ClassVar[str] = "urge"
    text: str
    joined: str = ""


@dataclass(frozen=True, slots=True)
class PublicationDecided(Event):
    step: ClassVar[str] = "decide_publication"
    publish: bool
    exception: int | None
    basis: str
    unit_suggests_no: bool


@dataclass(frozen=True, slots=True)
class ChoiceChanged(Event):
    step: ClassVar[str] = "set_publish"
    publish: str


@dataclass(frozen=True, slots=True)
class Published(Event):
    step: ClassVar[str] = "publish"


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    step: ClassVar[str] = "withdraw"


@dataclass(frozen=True, slots=True)
class EmergencyReported(Event):
    step: ClassVar[str] = "report"


@dataclass(frozen=True, slots=True)
class DecisionAsked(Event):
    step: ClassVar[str] = "ask_decision"


@dataclass(frozen=True, slots=True)
class ResponseDecided(Event):
    step: ClassVar[str] = "decide"
    respond: bool


@dataclass(frozen=True, slots=True)
class UnitPhoned(Event):
    step: ClassVar[str] = "phone_unit"
    unit: str


@dataclass(frozen=True, slots=True)
class Responded(Event):
    step: ClassVar[str] = "respond"
    unit: str
    kind: str  # started, transfer, joint
    other: str
    reason: str
    who: str = ""  # of the unit, where the hotline wrote down a call
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitRelieved(Event):
    step: ClassVar[str] = "relieve"
    unit: str
    successor: str


@dataclass(frozen=True, slots=True)
class UnitSucceeded(Event):
    """A unit was renamed or joined to another, which stands in its place from now on."""

    step: ClassVar[str] = "succeed"
    unit: str
    successor: str


@dataclass(frozen=True, slots=True)
class EmergencyHandled(Event):
    step: ClassVar[str] = "handled"
    unit: str


@dataclass(frozen=True, slots=True)
class ReferralProposed(Event):
    step: ClassVar[str] = "propose_referral"


@dataclass(frozen=True, slots=True)
class Referred(Event):
    step: ClassVar[str] = "refer"
    branch: str
    handler: str
    cadre: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class AppellantNotified(Event):
    step: ClassVar[str] = "notify_appellant"
    unit: str
    phone: str


@dataclass(frozen=True, slots=True)
class ResultReturned(Event):
    step: ClassVar[str] = "return_result"
    unit: str
    to: tuple[str, ...]
    text: str


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
class SupervisionIssued(Event):
    step: ClassVar[str] = "supervise"
    category: str
    ground: str
    unit: str
    issuer: str


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


@dataclass(frozen=True, slots=True)
class TimerMissed(Event):
    """A clock has run out."""

    timer: str
    unit: str


@dataclass(frozen=True, slots=True)
class ManualCallbackWanted(Event):
    """Nobody answered the text message, and a wanted document is missing: a person must call."""


@dataclass(frozen=True, slots=True)
class OverdueWatched(Event):
    """From here on the order is watched for K5, since its limit has passed (SZ-40.5, SQ-18.5)."""


@dataclass(frozen=True, slots=True)
class RosterMissing(Event):
    """An order went out of office hours to a unit that has nobody on duty (SQ-11)."""

    unit: str


@dataclass(frozen=True, slots=True)
class DeadlineRecomputed(Event):
    """A due moment rested on a year that has now been loaded (decision A-48)."""

    year: int
    timer: str
    unit: str


BY_NAME: dict[str, type[Event]] = {
    each.__name__: each
    for each in list(globals().values())
    if isinstance(each, type) and issubclass(each, Event) and each is not Event
}
