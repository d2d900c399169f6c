"""What may be asked in supervision: findings, tags, supervision orders, reminders (B.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import Command, Reasoned


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFinding(Command):
    """Say what the examination of a dissatisfied or supervised order, or a review, has found."""

    found: str = fields.choice("none", "responsible", "inadequate", "unwilling", "false_report")
    text: str = fields.text(long=True)
    severity: str = fields.choice("minor", "serious")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePush(Command):
    """Keep the receipt of an organ that a serious finding or the unit's conduct went to."""

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
class DismissSuggestion(Reasoned):
    """Say why no supervision order follows from a suggestion."""

    category: str = fields.choice("K1", "K2", "K3", "K4", "K5")
    # Which of the rules suggested it.
    ground: str = fields.text()


class RaiseSupervision(Command):
    """Raise a supervision order that has no answer in time to its next level."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveFeedback(Command):
    """Approve the answer to a supervision order for one's own unit."""

    # The digest of the text that the leader had before them.
    seen: str = fields.text()


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


# What a measure may rest on: duties that coordination could not settle, supervision that came to nothing, a refusal.
GROUNDS: Final = ("coordination", "supervision", "refusal")


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
class TransferToDiscipline(Reasoned):
    """Hand the unit's conduct to organs of the pack, the first of them where none is named; each gives a receipt."""

    receivers: tuple[str, ...] = fields.names()
    ground: str = fields.text()
