"""What has happened at the desk: registration, refusals to accept, joining, repeats."""

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
    programme: str = ""
    ground: str = ""  # of an emergency: one of the pack's
    plan: str = ""  # the emergency plan that was in force, with its version
    call: str = ""  # the telephone call in which it was said


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
    helped: str = ""  # the kind of whoever answered the citizen in a talk of three (SZ-15.2)


@dataclass(frozen=True, slots=True)
class ThreeWayHeld(Event):
    """A talk of three. `kind`: one of `PARTIES`; `party`: the unit, the number, or an id; nobody's name."""

    step: ClassVar[str] = "three_way"
    kind: str
    party: str
    outcome: str
    call: str = ""


@dataclass(frozen=True, slots=True)
class CallTransferred(Event):
    """The citizen's call was passed on. `kind`, `party`: as of a talk of three."""

    step: ClassVar[str] = "transfer_call"
    kind: str
    party: str
    call: str = ""


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
    missing: str = ""  # what was asked for and not given
    no_basis: str = ""  # which basis was looked for and is lacking


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
