"""What every command has, and the codes that the shipped packs know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from minsheng.domain.orders import fields

# The types, refusal codes and grades of the shipped packs; a city may have its own.
TYPES = ("consult", "help", "suggest", "complaint", "report")
REJECT_CODES = ("R1", "R2", "R3", "R4a", "R4b", "R5", "R6", "R7", "R8", "R9")
GRADES = ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command without fields is its class alone."""

    name: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned(Command):
    """What commands with a reason share; no command itself."""

    reason: str = fields.text(long=True)
