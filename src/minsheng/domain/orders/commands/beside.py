"""What may be asked beside the state: adding, urging, publication, units that change."""

from __future__ import annotations

from dataclasses import dataclass

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMaterial(Command):
    """Add to what was said: words, files, or both."""

    text: str = fields.text(long=True)
    files: int | None = fields.count()
    # The joined appeal whose citizen says it, where it is not the order's own.
    joined: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge(Command):
    """Urge."""

    text: str = fields.text(long=True)
    joined: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUndelivered(Command):
    """Note that no channel brought a message to the appellant: its kind, and the channels that were tried."""

    kind: str = fields.text()
    channels: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInstead(Command):
    """Have the appellant called, since the message that asks how satisfied they are reached them by no channel."""

    channels: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldByPhone(Command):
    """Note that the appellant was told by a call what no message brought."""

    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publication(Command):
    exception: int | None = fields.count()
    # The unit has suggested it otherwise than with its answer, on paper or by telephone.
    unit_suggests_no: bool | None = fields.flag()
    basis: str = fields.text()


class Publish(_Publication):
    """Decide for publication."""

    __slots__ = ()


class Withdraw(_Publication):
    """Decide against publication."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPublish(Command):
    """Change the appellant's choice of publication."""

    publish: str = fields.choice("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed(Command):
    """Give what is a unit's to its successor."""

    unit: str = fields.text()
    successor: str = fields.text()
