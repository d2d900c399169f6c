"""What may be asked at the desk: registration, refusals to accept, joining, repeats, submitting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import REJECT_CODES, TYPES, Command, Reasoned
from minsheng.domain.orders.fields import EmergencyForm


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFields(Command):
    """What is registered of an appeal (SZ-15.1, JY-9.1a, SQ-10.1)."""

    type: str = fields.code(*TYPES)
    channel: str = fields.text()
    appellant: str = fields.choice("citizen", "enterprise", "organization")
    publish: str = fields.choice("yes", "no")
    content: str = fields.text(long=True)
    place: str = fields.text()
    target_unit: str = fields.text()
    target_person: str = fields.text()
    line: str = fields.text()
    system: str = fields.choice("12345", "original")
    upper_due: datetime | None = fields.moment()
    utility: bool | None = fields.flag()
    matter: str = fields.text()
    real_name: bool | None = fields.flag()
    written_opinion: bool | None = fields.flag()
    confidential: bool | None = fields.flag()
    lead_needed: bool | None = fields.flag()
    emergency: EmergencyForm | None = fields.map_of(EmergencyForm)
    programme: str = fields.text()  # the session that collected it
    call: str = fields.text()  # the id of the telephone call in which it was said

    @property
    def said(self) -> str:
        """What was said, which is kept sealed; of an emergency its facts, and what its ground rests on."""
        if self.emergency is None:
            return self.content
        return "\n".join(filter(None, (self.content or self.emergency.facts, *self.emergency.rests_on)))


class Register(AppealFields):
    """Register what was said."""

    __slots__ = ()


class Submit(AppealFields):
    """Make a work order of it, for dispatch."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Command):
    """Answer online."""

    article: str = fields.text()
    no_article: bool | None = fields.flag()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeWay(Command):
    """Record a talk of three: whom the seat brought in (read `domain.orders.conferring`), and what came of it.

    `answered`: that party answered the citizen; `order`: an order has to be made of it, which of water, power and gas
    the unit has taken in the talk; `unreached`: nobody was reached. `call`: the id of the telephone call.
    """

    party: str = fields.text(spelled="with")
    outcome: str = fields.choice("answered", "order", "unreached")
    call: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCall(Command):
    """Record that the citizen's call was passed on, and to whom."""

    to: str = fields.text()
    call: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferEmergency(Command):
    """Send the caller to an emergency number."""

    number: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(Command):
    """Not accept, with the reason's code and an explanation."""

    code: str = fields.code(*REJECT_CODES)
    explanation: str = fields.text(long=True)
    # Which procedure the matter is in, or must take: 信访, 仲裁, 行政复议, 诉讼 (R2).
    procedure: str = fields.text()
    # One of them for R4b: what was asked for and not given, or which basis was looked for and is lacking.
    missing: str = fields.text()
    no_basis: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeRejection(Command):
    """Propose to the supervisor not to accept for another reason than those of the list (R9)."""

    explanation: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissRejection(Command):
    """Not follow the proposal: the seat goes on."""

    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAcceptance(Command):
    """Ask who can tell whether the matter is to be accepted."""

    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveOpinion(Command):
    """Give the written opinion of non-acceptance."""

    document: str = fields.text()
    evidence: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOpinion(Reasoned):
    """Confirm the opinion of non-acceptance."""

    # Whether the order is left out of the assessment; unsaid: as the pack has it (SZ-14c, A-40).
    excluded: bool | None = fields.flag()


class RefuseOpinion(Reasoned):
    """Refuse the opinion of non-acceptance."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Command):
    """Close as the same matter as an open order."""

    to: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRepeat(Reasoned):
    """Mark as a repeated complaint."""

    of: str = fields.text()


class UnmarkRepeat(MarkRepeat):
    """Decide that it is no repeated complaint."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineDispatch(Command):
    """Not dispatch again."""

    explanation: str = fields.text(long=True)
    new_facts: bool | None = fields.flag()
