"""What may be asked of an internal referral (B.3)."""

from __future__ import annotations

from dataclasses import dataclass

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import Command, Reasoned


class ProposeReferral(Command):
    """Propose an internal referral."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refer(Command):
    """Refer internally."""

    branch: str = fields.choice("12.1", "12.2a", "12.2c", "12.3")
    handler: str = fields.text()
    cadre: str = fields.choice("city", "other")
    # Why a matter of no other branch is referred: it may differ much from what is, or the hotline's own reason (12.3).
    ground: str = fields.text(long=True)


class RefuseReferral(Reasoned):
    """Refuse an internal referral that was proposed: the order goes on where it stood."""

    __slots__ = ()


class NotifyAppellant(Command):
    """Tell the appellant who handles the referral."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnResult(Command):
    """Return the result of a referral."""

    to: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


class CloseReferral(Command):
    """Close a referral."""

    __slots__ = ()
