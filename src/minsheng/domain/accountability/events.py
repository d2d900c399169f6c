"""What has happened in a case of accountability. Names and words of people are `words`: kept sealed, told by digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.facts import Event, words


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent(Event):
    """Something that happened in a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProposed(CaseEvent):
    """`orders`: the orders named as evidence; `documents`: the other evidence, one a line.

    `account`: of the person; `snapshots`: `order digest` of each order, as it stood.
    """

    unit: str
    superior: str = ""
    grounds: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    severity: str = ""
    suspected: bool = False
    account: str = ""
    namesakes: tuple[str, ...] = ()
    is_head: bool = False
    snapshots: tuple[str, ...] = ()
    person: str = words(name=True)
    documents: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccepted(CaseEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseExempted(CaseEvent):
    ground: str
    ticks: tuple[str, ...] = ()
    documents: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDecided(CaseEvent):
    """`aggravating`: the grounds named; `repeated`: aggravated by earlier decisions. `unit`: of a case begun by it."""

    unit: str
    measures: tuple[str, ...]
    superior: str = ""
    severity: str = ""
    suspected: bool = False
    aggravating: tuple[str, ...] = ()
    repeated: bool = False
    mitigating: bool = False
    account: str = ""
    namesakes: tuple[str, ...] = ()
    is_head: bool = False
    protects: bool = False
    person: str = words(name=True)
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFlagged(CaseEvent):
    """`recommended`: the pack's measures, the heavier class first; `protects`: the complainant wants protection."""

    aggravating: tuple[str, ...] = ()
    recommended: tuple[str, ...] = ()
    protects: bool = False
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFiled(CaseEvent):
    recipient: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseServed(CaseEvent):
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCriticized(CaseEvent):
    document: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAppealed(CaseEvent):
    """`addressee`: the actor who decides, as notices name it; `overseer`: who is told when that is late."""

    to: str
    addressee: str
    overseer: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided(CaseEvent):
    outcome: str
    measures: tuple[str, ...] = ()
    document: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedOver(CaseEvent):
    """`settles`: the earlier hand-over to the same organ that this one goes on with, as the state has it."""

    settles: str = ""
    organ: str = words()
    materials: str = words()
    receipt: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseArchived(CaseEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealExpired(CaseEvent):
    """Nobody appealed in time: the decision is final. Source: JY-28a."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOverdue(CaseEvent):
    """The appeal was not decided in time. Source: JY-28b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecomputed(CaseEvent):
    year: int
