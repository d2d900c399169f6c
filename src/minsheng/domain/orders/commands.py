"""What people may ask of an order: one class a command, its fields described once.

The rehearsal player, the API's schemas and the pages' forms are all made from these fields.
The names are a contract (scenarios/FORMAT.md): add, never change.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Attestation, EmergencyForm, Malformed

__all__ = ["Attestation", "Command", "EmergencyForm", "Malformed"]

# The types, refusal codes and grades of the shipped packs; a city may have its own.
TYPES = ("consult", "help", "suggest", "complaint", "report")
REJECT_CODES = ("R1", "R2", "R3", "R4a", "R4b", "R5", "R6", "R7", "R8", "R9")
GRADES = ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command without fields is its class alone."""

    name: ClassVar[str] = ""


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
class _Reasoned(Command):
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOpinion(_Reasoned):
    """Confirm the opinion of non-acceptance."""

    # Whether the order is left out of the assessment; unsaid: as the pack has it (SZ-14c, A-40).
    excluded: bool | None = fields.flag()


class RefuseOpinion(_Reasoned):
    """Refuse the opinion of non-acceptance."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Command):
    """Close as the same matter as an open order."""

    to: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRepeat(_Reasoned):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch(Command):
    """Give the order to the unit or units that are responsible."""

    unit: str = fields.text()
    units: tuple[str, ...] = fields.names()
    lead: str = fields.text()
    parallel: bool | None = fields.flag()
    basis: str = fields.text()
    direct_answerable: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Command):
    """Sign for the order."""

    investigate: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReturn(_Reasoned):
    """Ask to give the order back."""

    basis: str = fields.text()
    suggest: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReturnDecision(_Reasoned):
    unit: str = fields.text()


class AcceptReturn(_ReturnDecision):
    """Accept the return."""

    __slots__ = ()


class RefuseReturn(_ReturnDecision):
    """Refuse the return."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(_Reasoned):
    """Ask for more time."""

    until: datetime | None = fields.moment()
    by_workdays: int | None = fields.count()
    by_days: int | None = fields.count()
    progress: str = fields.text(long=True)
    next_steps: str = fields.text(long=True)
    leader_consent: Attestation | None = fields.kind_of("attest", None)
    citizen_informed: Attestation | None = fields.kind_of("attest", None)


class ApproveExtension(_Reasoned):
    """Grant more time."""

    __slots__ = ()


class RefuseExtension(_Reasoned):
    """Refuse more time."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribute(Command):
    """Give a co-unit's part."""

    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCoordination(Command):
    """Ask who is to lead."""

    question: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLead(Command):
    """Name the lead after a coordination."""

    lead: str = fields.text()
    co: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderFollowUp(Command):
    """Record a leader's own follow-up of a repeated complaint."""

    text: str = fields.text(long=True)


class ApproveReply(Command):
    """Approve the next reply."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Command):
    """Answer."""

    text: str = fields.text(long=True)
    channel: str = fields.text()
    kind: str = fields.choice("final", "preliminary", "direct")
    document: str = fields.text()
    final_opinion: bool | None = fields.flag()
    # Why the unit suggests that the result be not public; empty: it suggests nothing (JY-9.8.3).
    withhold: str = fields.text(long=True)
    # Another channel than the citizen's: why, and how often the citizen's own one failed (JY-9.4, A-70).
    channel_reason: str = fields.text(long=True)
    channel_attempts: int | None = fields.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncClosed(Command):
    """Hear from the department's own system that it has closed."""

    message: str = fields.text()
    result: str = fields.text(long=True)


class SyncResult(SyncClosed):
    """Hear the result from the department's own system."""

    __slots__ = ()


class PassAudit(Command):
    """Pass the reply."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectAudit(Command):
    """Send the reply back for completion."""

    defect: str = fields.choice("irregular", "vague", "incomplete")
    comment: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rating(Command):
    satisfied: str = fields.kind_of("grade", "", values=GRADES)
    resolved: bool | None = fields.flag()
    cause: str = fields.choice("speed", "result", "attitude", "answer", "other")
    remark: str = fields.text(long=True)


class AnswerSms(_Rating):
    """Answer the text message."""

    __slots__ = ()


class Rate(_Rating):
    """Rate through the original channel."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateJoined(_Rating):
    """Rate as the citizen of an appeal that was joined to the order."""

    joined: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback(_Rating):
    """Record one attempt to call back."""

    reached: bool | None = fields.flag()
    objection: bool | None = fields.flag()


class CloseUnreached(Command):
    """Close since nobody can be reached."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redispatch(Command):
    """Give the order back for another round."""

    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Command):
    """Send the order back to the same unit for another round, with what its answer lacks."""

    lacking: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(Command):
    """Record the panel's verdict on a dissatisfied appellant."""

    verdict: str = fields.choice("reasonable", "unreasonable")
    adviser: str = fields.text()


class Close(_Reasoned):
    """Close by the hotline's decision."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    """Open again after a look-back or review."""

    finding: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMaterial(Command):
    """Add to what was said: words, files, or both."""

    text: str = fields.text(long=True)
    files: int | None = fields.count()
    # The joined appeal whose citizen says it, where it is not the order's own.
    joined: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge(Command):
    """Urge."""

    text: str = fields.text(long=True)
    joined: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publication(Command):
    exception: int | None = fields.count()
    # The unit has suggested it otherwise than with its answer, on paper or by telephone.
    unit_suggests_no: bool | None = fields.flag()
    basis: str = fields.text()


class Publish(_Publication):
    """Decide for publication."""

    __slots__ = ()


class Withdraw(_Publication):
    """Decide against publication."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPublish(Command):
    """Change the appellant's choice of publication."""

    publish: str = fields.choice("yes", "no")


class Report(Command):
    """Report the emergency to the leader on duty."""

    __slots__ = ()


class AskDecision(Command):
    """Ask for the decision on an emergency response."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Command):
    """Decide on an emergency response."""

    respond: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneUnit(Command):
    """Record the call to the unit's officer."""

    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond(_Reasoned):
    """Give the unit's first response to an emergency."""

    started: bool | None = fields.flag()
    transfer_to: str = fields.text()
    joint_with: str = fields.text()
    # What the hotline writes down of a response that came by telephone: of which unit, from whom, when.
    by_phone: bool | None = fields.flag()
    unit: str = fields.text()
    who: str = fields.text()
    when: datetime | None = fields.moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relieve(Command):
    """Relieve a unit of an emergency."""

    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed(Command):
    """Give what is a unit's to its successor."""

    unit: str = fields.text()
    successor: str = fields.text()


class Handled(Command):
    """Say that the emergency has been handled."""

    __slots__ = ()


class ProposeReferral(Command):
    """Propose an internal referral."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refer(Command):
    """Refer internally."""

    branch: str = fields.choice("12.1", "12.2a", "12.2c", "12.3")
    handler: str = fields.text()
    cadre: str = fields.choice("city", "other")
    # Why a matter of no other branch is referred: it may differ much from what is, or the hotline's own reason (12.3).
    ground: str = fields.text(long=True)


class NotifyAppellant(Command):
    """Tell the appellant who handles the referral."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnResult(Command):
    """Return the result of a referral."""

    to: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


class CloseReferral(Command):
    """Close a referral."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFinding(Command):
    """Say what the examination of a dissatisfied or supervised order, or a review, has found."""

    found: str = fields.choice("none", "responsible", "inadequate", "unwilling", "false_report")
    text: str = fields.text(long=True)
    severity: str = fields.choice("minor", "serious")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePush(Command):
    """Keep the receipt of an organ to which a serious finding was pushed."""

    organ: str = fields.text()
    receipt: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Command):
    """Tag what the city looks at with care: livelihoods, central work, an instruction, the media."""

    tag: str = fields.choice("livelihood", "central_work", "instructed", "media")
    # Where the media have it.
    link: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervise(Command):
    """Issue a supervision order."""

    category: str = fields.choice("K1", "K2", "K3", "K4", "K5")
    ground: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBack(Command):
    """Answer a supervision order."""

    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FeedbackDecision(Command):
    finding: str = fields.text(long=True)


class AcceptFeedback(_FeedbackDecision):
    """Accept the answer to a supervision order."""

    __slots__ = ()


class RejectFeedback(_FeedbackDecision):
    """Refuse the answer to a supervision order."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Command):
    """Take a measure against a unit that does not act."""

    kind: str = fields.choice("interview", "notice", "special_report")
    ground: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind(Command):
    """Remind the unit; reminders are counted."""

    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferToDiscipline(_Reasoned):
    """Hand the unit's conduct to the discipline organ."""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


# Not by __subclasses__: a slotted dataclass leaves the class that it was made from behind.
BY_NAME: dict[str, type[Command]] = {}
for _class in list(globals().values()):
    if isinstance(_class, type) and issubclass(_class, Command) and _class not in (Command, AppealFields):
        if not _class.__name__.startswith("_"):
            _class.name = _snake(_class.__name__)
            BY_NAME[_class.name] = _class


def fields_of(command: type[Command]) -> Mapping[str, dataclasses.Field[Any]]:
    """Return the fields of a command by name; `metadata["kind"]` says how each is read."""
    return {each.name: each for each in dataclasses.fields(command)}


def build(name: str, values: Mapping[str, object], *, zone: Any) -> Command:
    """Return the command `name` with plain `values`, as text, truth, numbers, lists and maps.

    Moments without an offset are in `zone`. Raises: Malformed for an unknown field or a value that doesn't fit.
    """
    shape = BY_NAME[name]
    known = fields_of(shape)
    read: dict[str, object] = {}
    for key, value in values.items():
        if key not in known:
            raise Malformed(key, "unknown_field", known=tuple(known))
        if value is not None:
            read[key] = fields.read_value(key, value, known[key].metadata, zone)
    return shape(**read)
