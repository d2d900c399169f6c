"""What has happened to violations and dossiers. What may name somebody is marked as words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from minsheng.domain.facts import Event, words

# Fields of facts that a rule may want, besides evidence and person.
SAID: Final = ("consequence", "citation", "text")


class ViolationEvent(Event):
    """Something that has happened to a violation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationFound(Event):
    """That there is a violation, with what of its rule stays with it. `counted`: on which day it counts.

    `snapshot`, `finding`: the answer as it stood and what was found of it; `documents`: the evidence that is no order;
    `facts`: the keys of the facts that made it.
    """

    code: str
    ground: str
    party: str
    counted: date
    sees: tuple[str, ...]
    creates: tuple[str, ...]
    orders: tuple[str, ...] = ()
    source: str = ""
    clock: str = ""
    receivers: tuple[str, ...] = ()
    reminded: bool = True
    readings: bool = False
    facts: tuple[str, ...] = ()
    person: str = words(name=True)
    account: str = ""
    namesakes: tuple[str, ...] = ()
    snapshot: str = words()
    finding: str = words()
    documents: str = words()
    consequence: str = words()
    citation: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationRaised(ViolationFound):
    """Facts of the ledger made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationSuggested(ViolationFound):
    """Facts of the ledger suggest it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationRecorded(ViolationFound):
    """Somebody recorded it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationConfirmed(ViolationEvent):
    orders: tuple[str, ...] = ()
    person: str = words(name=True)
    account: str = ""
    namesakes: tuple[str, ...] = ()
    documents: str = words()
    consequence: str = words()
    citation: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationDismissed(ViolationEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationAttributed(ViolationEvent):
    person: str = words(name=True)
    account: str = ""
    namesakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationReminded(ViolationEvent):
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationAnnulled(ViolationEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationLapsed(ViolationEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationWidened(ViolationEvent):
    sees: tuple[str, ...]
    creates: tuple[str, ...]
    reminded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationNarrowed(ViolationEvent):
    sees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationTransferred(ViolationEvent):
    dossier: str


class DossierEvent(Event):
    """Something that has happened to a dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierSent(DossierEvent):
    """`violations`: their ids; `sees`: for whom all of them exist."""

    violations: tuple[str, ...]
    receivers: tuple[str, ...]
    sees: tuple[str, ...]
    creates: tuple[str, ...]
    is_hidden: bool = False
    materials: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierNarrowed(DossierEvent):
    sees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFiled(DossierEvent):
    organ: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRecorded(DossierEvent):
    result: str = words()
    document: str = words()
