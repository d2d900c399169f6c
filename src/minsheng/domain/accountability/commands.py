"""What may be asked of a case of accountability, one class a command. Names and fields are those of FORMAT.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from minsheng.domain.orders import fields

MINOR, SERIOUS = "minor", "serious"
SEVERITIES: Final = (MINOR, SERIOUS)
MAKER, SUPERIOR = "maker", "superior"
UPHOLD, CHANGE, REVOKE = "uphold", "change", "revoke"
# The five conditions of tolerance for honest mistakes, all of them needed. Source: SZ-46, SQ-24.
TICKS: Final = ("no_prohibition", "no_private_gain", "public_motive", "diligent", "corrected")
TOLERANCE: Final = "tolerance"
# Who may be given a decision to keep on file. Source: JY-29.
FILINGS: Final = ("discipline", "personnel")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCase:
    """Propose that a unit, or a person of it, answers for something, with its grounds and the evidence."""

    name: ClassVar[str] = "propose_case"
    unit: str = fields.text()
    person: str = fields.text()
    grounds: tuple[str, ...] = fields.names()
    evidence: tuple[str, ...] = fields.names()
    severity: str = fields.text(offers=SEVERITIES)
    suspected: bool | None = fields.flag()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptCase:
    """Take the case up: it is investigated."""

    name: ClassVar[str] = "accept_case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """Let nobody answer for it, on a ground that the rules name."""

    name: ClassVar[str] = "exempt"
    ground: str = fields.text()
    evidence: tuple[str, ...] = fields.names()
    ticks: tuple[str, ...] = fields.names(offers=TICKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideMeasure:
    """Decide what the unit or the person answers with; one measure or several together."""

    name: ClassVar[str] = "decide_measure"
    unit: str = fields.text()
    person: str = fields.text()
    measure: str = fields.text()
    measures: tuple[str, ...] = fields.names()
    severity: str = fields.text(offers=SEVERITIES)
    suspected: bool | None = fields.flag()
    aggravating: tuple[str, ...] = fields.names()
    mitigating: bool | None = fields.flag()
    text: str = fields.text(long=True)

    @property
    def all(self) -> tuple[str, ...]:
        """Return every measure that is named, in the order of the form."""
        return tuple(dict.fromkeys(each for each in (self.measure, *self.measures) if each))


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCase:
    """Set what aggravates the case, all of it anew, with a note; none takes every flag away."""

    name: ClassVar[str] = "flag_case"
    aggravating: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCopy:
    """Keep the receipt of whoever has the decision on file: discipline, or personnel."""

    name: ClassVar[str] = "file_copy"
    recipient: str = fields.text(offers=FILINGS)
    receipt: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """Record that the decision was received; `received`: when, where that was before today."""

    name: ClassVar[str] = "serve"
    received: datetime | None = fields.moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCriticize:
    """Hand in the written self-criticism."""

    name: ClassVar[str] = "self_criticize"
    document: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Appeal against the decision, to whoever made it or to their superior."""

    name: ClassVar[str] = "appeal"
    to: str = fields.text(offers=(MAKER, SUPERIOR))
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAppeal:
    """Decide on the appeal by a written opinion; a change names the measures that stand instead."""

    name: ClassVar[str] = "decide_appeal"
    outcome: str = fields.text(offers=(UPHOLD, CHANGE, REVOKE))
    measure: str = fields.text()
    measures: tuple[str, ...] = fields.names()
    document: str = fields.text()
    text: str = fields.text(long=True)

    @property
    def all(self) -> tuple[str, ...]:
        """Return every measure that is named, in the order of the form."""
        return tuple(dict.fromkeys(each for each in (self.measure, *self.measures) if each))


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Hand the case to an organ with its materials, or bring the receipt of an earlier hand-over."""

    name: ClassVar[str] = "hand_over"
    organ: str = fields.text()
    materials: tuple[str, ...] = fields.names()
    receipt: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Put the whole file into the archive."""

    name: ClassVar[str] = "archive"
