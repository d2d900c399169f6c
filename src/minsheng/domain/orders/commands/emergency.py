"""What may be asked on the emergency track (B.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import Command, Reasoned


class Report(Command):
    """Report the emergency to the leader on duty."""

    __slots__ = ()


class AskDecision(Command):
    """Ask for the decision on an emergency response."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Command):
    """Decide on an emergency response."""

    respond: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneUnit(Command):
    """Record the call to the unit's officer."""

    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond(Reasoned):
    """Give the unit's first response to an emergency."""

    started: bool | None = fields.flag()
    transfer_to: str = fields.text()
    joint_with: str = fields.text()
    # What the hotline writes down of a response that came by telephone: of which unit, from whom, when.
    by_phone: bool | None = fields.flag()
    unit: str = fields.text()
    who: str = fields.text()
    when: datetime | None = fields.moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relieve(Command):
    """Relieve a unit of an emergency."""

    unit: str = fields.text()


class Handled(Command):
    """Say that the emergency has been handled."""

    __slots__ = ()
