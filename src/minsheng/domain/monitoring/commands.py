"""What may be asked of violations and of the dossiers that hand them on, one class a command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from minsheng.domain.orders import fields


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseViolation:
    """Say that facts of the ledger make a violation; the platform gives it, with the words that show it."""

    name: ClassVar[str] = "raise_violation"
    code: str = fields.text()
    party: str = fields.text()
    orders: tuple[str, ...] = fields.names()
    source: str = fields.text()
    clock: str = fields.text()
    counted: date | None = fields.moment()
    facts: tuple[str, ...] = fields.names()
    snapshot: str = fields.text(long=True)
    finding: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordViolation:
    """Record a violation by hand, with all that its rule wants; `happened`: when, where that was not now."""

    name: ClassVar[str] = "record_violation"
    code: str = fields.text()
    unit: str = fields.text()
    person: str = fields.text()
    happened: datetime | None = fields.moment()
    evidence: tuple[str, ...] = fields.names()
    consequence: str = fields.text(long=True)
    citation: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmViolation:
    """Let a suggestion count, with what its rule wants beside what is there."""

    name: ClassVar[str] = "confirm_violation"
    person: str = fields.text()
    evidence: tuple[str, ...] = fields.names()
    consequence: str = fields.text(long=True)
    citation: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissViolation:
    """Say why a suggestion is no violation."""

    name: ClassVar[str] = "dismiss_violation"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeViolation:
    """Name the person of the unit who answers for it: it counts once for them (A-30)."""

    name: ClassVar[str] = "attribute_violation"
    person: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindViolation:
    """Remind the unit, or the office, of it: one of those that must come before it is handed on."""

    name: ClassVar[str] = "remind_violation"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnulViolation:
    """Let it leave every counter, with the reason; it stays on record (A-48, JY-25.3)."""

    name: ClassVar[str] = "annul_violation"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseViolation:
    """Say that the facts which made it stand no more; the platform gives it."""

    name: ClassVar[str] = "lapse_violation"


@dataclass(frozen=True, slots=True, kw_only=True)
class WidenViolation:
    """Let it exist for those of its rule again, since its order does; the platform gives it."""

    name: ClassVar[str] = "widen_violation"


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowViolation:
    """Let it exist for fewer, since its order does from now on; the platform gives it."""

    name: ClassVar[str] = "narrow_violation"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkTransferred:
    """Say in which dossier it was handed on; the platform gives it with the dossier."""

    name: ClassVar[str] = "mark_transferred"
    dossier: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferViolations:
    """Hand violations on to organs, with their materials."""

    name: ClassVar[str] = "transfer_violations"
    violations: tuple[str, ...] = fields.names()
    receivers: tuple[str, ...] = fields.names()
    materials: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowDossier:
    """Let it exist for fewer, since a violation in it does from now on; the platform gives it."""

    name: ClassVar[str] = "narrow_dossier"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReceipt:
    """Keep an organ's receipt."""

    name: ClassVar[str] = "file_receipt"
    organ: str = fields.text()
    receipt: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordResult:
    """Keep what became of the dossier."""

    name: ClassVar[str] = "record_result"
    result: str = fields.text(long=True)
    document: str = fields.text()
