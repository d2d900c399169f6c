"""The state of an order. `folding` is how facts become it, `decide` is where the rules are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Breach

DRAFT = "DRAFT"
DETERMINE = "DETERMINE"
SUBMITTED = "SUBMITTED"
DISPATCHED = "DISPATCHED"
HANDLING = "HANDLING"
RETURN_REQUESTED = "RETURN_REQUESTED"
REPLIED = "REPLIED"
SUPPLEMENT = "SUPPLEMENT"
WAIT_SYNC = "WAIT_SYNC"
CALLBACK = "CALLBACK"
CALLBACK_MANUAL = "CALLBACK_MANUAL"
RESEARCH = "RESEARCH"
REDO = "REDO"
DECISION = "DECISION"
RESTRICTED = "RESTRICTED"
REFERRED = "REFERRED"
EMERGENCY = "EMERGENCY"
CLOSED = "CLOSED"
NEW = ""  # not registered yet
# Not accepted for one of these, an order is sealed with everything that was said (SZ-13.3, JY-6.3, SQ-7.3).
SEALING_CODES = ("R3",)

STATES = (
    DRAFT,
    DETERMINE,
    SUBMITTED,
    DISPATCHED,
    HANDLING,
    RETURN_REQUESTED,
    REPLIED,
    SUPPLEMENT,
    WAIT_SYNC,
    CALLBACK,
    CALLBACK_MANUAL,
    RESEARCH,
    REDO,
    DECISION,
    RESTRICTED,
    REFERRED,
    EMERGENCY,
    CLOSED,
)
OPEN_STATES = STATES[:-1]
# Closings after which a unit's result stands: they count as handled (SQ-19a) and may be published (JY-9.8a).
HANDLED_REASONS = ("satisfied", "no_objection", "unreached", "no_reply", "decision", "no_callback")
# Closings after which the appellant has an answer: the month of a repeated complaint runs from there (SQ-19a).
# What can be a repeated complaint, and what it can repeat (SQ-19a, A-77).
REPEATABLE = ("complaint", "report")
SETTLED_REASONS = (*HANDLED_REASONS, "online", "children_closed")


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What a decision needs to know of a unit."""

    name: str
    kind: str = "government"
    level: str = "city"
    parent: str | None = None
    phone: str | None = None
    joined: bool = True
    contact: bool = True
    roster: bool = True
    discipline: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of the same person's same matter, from the other orders about it."""

    appeals: int = 0
    timely_answers: int = 0  # of the unit that gave most: those of others don't add up
    first_open_at: datetime | None = None  # registration of the first complaint that is not settled yet
    last_handled_at: datetime | None = None  # closing of the last one that was
    final_opinion: bool = False
    not_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """An appeal that was joined to an order: when its citizen urged last, whether they have rated what stands."""

    id: str
    urged_at: datetime | None = None
    has_rated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One unit's part in an order. `stage`: DISPATCHED, HANDLING, RETURN_REQUESTED, DONE."""

    unit: str
    lead: bool
    stage: str = DISPATCHED
    signed: bool = False
    responded: bool = False
    handled: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """A request for more time that waits for its decision."""

    unit: str
    timer: str
    until: datetime
    length: str


@dataclass(frozen=True, slots=True)
class Aside:
    """What a unit's proposal of an internal referral set aside until it is decided: where the order stood, and whose.

    `proposer`: the unit; `clocks`: the keys of those that were stopped.
    """

    status: str
    proposer: str
    parts: tuple[Part, ...]
    responsible_unit: str | None
    extension: Extension | None
    clocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision order, the `count`th of its order. `status`: ISSUED, FEEDBACK, CLOSED.

    `approved`: a leader of the unit has approved its next answer.
    """

    category: str
    unit: str
    issuer: str
    status: str = "ISSUED"
    level: int = 1
    count: int = 1
    issued_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    approved: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status != "CLOSED"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """That the rules, or a finding, suggest a supervision order. `status`: open, issued, dismissed, lapsed.

    It lapses with an order that closes under no supervision. `decided_at`, `decided_by`, `why`: of a dismissal, and
    when it was issued or lapsed.
    """

    category: str
    ground: str
    at: datetime
    status: str = "open"
    decided_at: datetime | None = None
    decided_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the facts up to now make it."""

    id: str
    status: str = NEW
    reason: str | None = None
    version: int = 0
    # what was registered
    type: str = ""
    channel: str = ""
    appellant: str = ""
    publish: str = ""
    target_unit: str = ""
    line: str = ""
    system: str = ""
    upper_due: datetime | None = None
    utility: bool = False
    matter: str = ""
    real_name: bool = False
    has_content: bool = False
    has_place: bool = False
    written_opinion: bool = False
    confidential: bool = False  # the appellant wants to stay unknown to whoever handles it
    also_about: tuple[str, ...] = ()  # units complained about by the appeals that were joined to it
    sealed: bool = False  # refused as a secret: what was said is for the supervisor alone
    programme: str = ""  # the session that collected it (AR-1.3)
    also_private: bool = False  # an appeal that was joined to it is not to be public
    parent: str = ""
    children: tuple[str, ...] = ()
    registered_at: datetime | None = None
    submitted_at: datetime | None = None
    dispatched_at: datetime | None = None
    unit_completed_at: datetime | None = None
    closed_at: datetime | None = None
    lead_needed: bool = False
    helped: str = ""  # the kind of whoever answered the citizen in a talk of three
    confirmed: tuple[str, ...] = ()  # units that took it in a talk of three (JY-13.5)
    # units
    parts: tuple[Part, ...] = ()
    lead: str = ""
    joint_lead: str = ""  # the lead while it answers, or has answered, for several units (JY-20.6, A-84)
    answered_by: str = ""  # whose answer stands, which the appellant is satisfied with or not
    answered_jointly: bool = False  # as the lead of several
    first_unit: str | None = None
    responsible_unit: str | None = None
    no_more_return: tuple[str, ...] = ()
    designated: bool = False  # the lead was named after a coordination and cannot return
    direct: bool = False  # a direct answer stands
    round: int = 1
    refused_returns: tuple[str, ...] = ()  # units whose return was refused, once a refusal
    extension: Extension | None = None
    extensions: int = 0  # granted on the clock of this round
    in_extension: bool = False
    coordination: bool = False
    escalated: bool = False  # put before the city's committee or government
    suspended: bool = False  # whose instruction lets the work wait
    approved: tuple[str, ...] = ()  # units whose next reply is approved
    # repeats
    repeat: str = ""
    leader_duty: str = ""  # the role whose own follow-up is wanted
    # answers
    rejection_proposed: str = ""  # why a seat would not accept it (R9), while the supervisor has not decided
    opinion_given: bool = False
    not_accepted: bool = False
    excluded: bool = False
    final_reply: bool = False  # the reply under audit claims to be the final opinion
    documented: bool = False
    final_opinion: bool = False
    timely: tuple[str, ...] = ()  # the unit of each answer that passed the audit and was in time (JY-13.4, A-78)
    satisfied: bool | None = None
    grade: str = ""
    resolved: bool | None = None
    failed_attempts: tuple[date, ...] = ()
    audit_rejections: int = 0
    # publication
    withhold: str = ""  # why the unit suggests that its answer be not public
    publication: bool | None = None  # the auditor's decision
    exception: int = 0  # and the exception that it named
    published: bool = False
    # beside the state
    level: str = ""  # of an emergency
    ground: str = ""  # why it is one (JY-34)
    plan: str = ""  # the emergency plan that was in force, with its version (JY-32)
    emergency_stage: str = ""  # REGISTERED, REPORTED, PENDING, DECIDED
    phoned: tuple[str, ...] = ()
    aside: Aside | None = None  # while a unit's proposal of an internal referral is decided
    branch: str = ""
    handler: str = ""
    receipts: tuple[str, ...] = ()
    found: str = ""  # the finding of the last examination
    pushed: tuple[str, ...] = ()  # organs that have yet to confirm a serious finding or a transfer
    tags: tuple[str, ...] = ()  # why the city looks at it with care
    supervision: Supervision | None = None
    suggestions: tuple[Suggestion, ...] = ()
    urges: int = 0
    # Kinds of messages that no channel brought to the appellant, until somebody has called.
    undelivered: tuple[str, ...] = ()
    urged_at: datetime | None = None  # when the appellant last urged
    urged_since: datetime | None = None  # when its unit was urged, if it has done nothing since
    reminders: int = 0
    messages: tuple[str, ...] = ()
    timers: Mapping[str, Timer] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()

    @property
    def timely_answers(self) -> int:
        """How many answers passed the audit in time."""
        return len(self.timely)

    @property
    def is_open(self) -> bool:
        """Whether it is registered and not closed."""
        return self.status not in (NEW, CLOSED)

    @property
    def about(self) -> tuple[str, ...]:
        """The units complained about: here, and by the appeals that were joined to it."""
        return tuple(dict.fromkeys(unit for unit in (self.target_unit, *self.also_about) if unit))

    @property
    def whole(self) -> str:
        """The order that was dispatched in parallel, whose words every part of it has; the order's own id for most."""
        return self.id.partition(".")[0]

    @property
    def is_private(self) -> bool:
        """Whether its appellant, or that of an appeal joined to it, wants nothing of it to be public."""
        return self.publish == "no" or self.also_private

    @property
    def is_internal(self) -> bool:
        """Whether it is an internal referral, from the proposal on (JY-12.0)."""
        return self.status in (RESTRICTED, REFERRED) or self.reason == "internal"

    @property
    def is_emergency(self) -> bool:
        """Whether it runs on the emergency track."""
        return bool(self.level) and self.emergency_stage != "NORMAL"

    @property
    def on_track(self) -> bool:
        """Whether the emergency track's own steps apply: a later round is handled as any other order's."""
        return self.is_emergency and self.round == 1

    @property
    def work_timer(self) -> str:
        """The name of the clock of the unit's work: a later round's is `redo`."""
        if self.direct:
            return "direct_answer"
        return "handle" if self.round == 1 else "redo"

    def part(self, unit: str | None) -> Part | None:
        """Return the part of `unit`, if it has one."""
        return next((part for part in self.parts if part.unit == unit), None)

    def timer(self, name: str, unit: str | None = None) -> Timer | None:
        """Return a clock; without a unit the hotline's own, the lead's, or the last that was started."""
        if unit:
            return self.timers.get(f"{name}@{unit}")
        for key in (name, f"{name}@{self.lead}"):
            if key in self.timers:
                return self.timers[key]
        of_name = [timer for timer in self.timers.values() if timer.name == name]
        return max(of_name, key=lambda timer: (timer.basis.start, timer.key), default=None)
