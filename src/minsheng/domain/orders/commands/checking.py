"""What may be asked after the reply: audit, ratings, callbacks, rounds, closing."""

from __future__ import annotations

from dataclasses import dataclass

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import GRADES, Command, Reasoned


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


class Close(Reasoned):
    """Close by the hotline's decision."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    """Open again after a look-back or review."""

    finding: str = fields.text(long=True)
