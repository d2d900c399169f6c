"""What has happened in an internal referral (B.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from minsheng.domain.facts import Event


@dataclass(frozen=True, slots=True)
class ReferralProposed(Event):
    step: ClassVar[str] = "propose_referral"


@dataclass(frozen=True, slots=True)
class ReferralRefused(Event):
    step: ClassVar[str] = "refuse_referral"
    reason: str


@dataclass(frozen=True, slots=True)
class Referred(Event):
    step: ClassVar[str] = "refer"
    branch: str
    handler: str
    cadre: str
    ground: str = ""


@dataclass(frozen=True, slots=True)
class AppellantNotified(Event):
    step: ClassVar[str] = "notify_appellant"
    unit: str
    phone: str


@dataclass(frozen=True, slots=True)
class ResultReturned(Event):
    step: ClassVar[str] = "return_result"
    unit: str
    to: tuple[str, ...]
    text: str
