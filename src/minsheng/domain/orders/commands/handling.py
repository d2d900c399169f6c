"""What may be asked from dispatch to the reply: units, signatures, returns, extensions, coordination."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import Command, Reasoned
from minsheng.domain.orders.fields import Attestation


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
class RequestReturn(Reasoned):
    """Ask to give the order back."""

    basis: str = fields.text()
    suggest: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReturnDecision(Reasoned):
    unit: str = fields.text()


class AcceptReturn(_ReturnDecision):
    """Accept the return."""

    __slots__ = ()


class RefuseReturn(_ReturnDecision):
    """Refuse the return."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(Reasoned):
    """Ask for more time."""

    until: datetime | None = fields.moment()
    by_workdays: int | None = fields.count()
    by_days: int | None = fields.count()
    progress: str = fields.text(long=True)
    next_steps: str = fields.text(long=True)
    leader_consent: Attestation | None = fields.kind_of("attest", None)
    citizen_informed: Attestation | None = fields.kind_of("attest", None)


class ApproveExtension(Reasoned):
    """Grant more time."""

    __slots__ = ()


class RefuseExtension(Reasoned):
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
class Escalate(Command):
    """Put what can't be done before the city's committee or government, with a summary (提请)."""

    document: str = fields.text()
    addressee: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruct(Command):
    """Pass on what the addressee instructed, by whom; `suspend`: whether the lead's clock of work stops."""

    text: str = fields.text(long=True)
    source: str = fields.text(spelled="from")
    suspend: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderFollowUp(Command):
    """Record a leader's own follow-up of a repeated complaint."""

    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveReply(Command):
    """Approve the next reply. `seen`: the digest of the draft that was seen, empty where nothing says so."""

    seen: str = fields.text()


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
