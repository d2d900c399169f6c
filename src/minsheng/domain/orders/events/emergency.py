"""What has happened on the emergency track (B.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from minsheng.domain.facts import Event


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
class EmergencyHandled(Event):
    step: ClassVar[str] = "handled"
    unit: str
