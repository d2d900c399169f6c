"""Who may read and bring files: each feature that owns some says it, by a gate that settings name by its prefix.

A gate gives a `Holding`: its thing as it stands to one person, or nothing where the thing does not exist for them. What
is added, opened or removed goes through one; pages that have the thing already make their own, of the same class.
"""

from __future__ import annotations

from typing import Protocol, cast

from minsheng.core.features import queries as features
from minsheng.core.files.values import AttachmentRefused, Ground, Shown, halves


class Holding(Protocol):
    """A thing that has files, as it stands to whoever asks."""

    @property
    def stream(self) -> str:
        """The stream that files are brought to."""

    @property
    def city(self) -> str:
        """The code of its city."""

    @property
    def unit(self) -> str:
        """The unit that whoever asks brings files for; empty for none."""

    @property
    def round(self) -> int:
        """Its round, for things that begin again."""

    @property
    def stage(self) -> str:
        """The state it is in: once it has moved on, a file is part of the record."""

    @property
    def joined(self) -> str:
        """The joined appeal in which somebody brings files; empty for nearly everybody."""

    def may_add(self) -> tuple[str, ...]:
        """Return the purposes that one may bring files for now."""

    def readable(self) -> list[Shown]:
        """Return the files that exist for whoever asks, with their names as they may leave."""


class Gate(Protocol):
    """What a feature whose streams have files brings. What it asks of `who` is its own: staff, citizens."""

    def holding(self, thing: str, who: object) -> Holding | None:
        """Return a thing as it stands to somebody; nothing where it does not exist for them."""

    def holds(self, digest: str) -> bool:
        """Tell whether the feature keeps a content for a reason of its own, beside its attachments."""


def holding(stream: str, who: object) -> Holding:
    """Return a thing as it stands to somebody. Raises: AttachmentRefused, for what does not exist for them."""
    owner, thing = halves(stream)
    found = _gate(owner).holding(thing, who) if owner in features.file_gates() else None
    if found is None:
        raise AttachmentRefused("attachment_not_found")
    return found


def ground(held: Holding, purpose: str) -> Ground:
    """Return what a file is to be attached to. Raises: AttachmentRefused, where one may not bring it for that."""
    if purpose not in held.may_add():
        raise AttachmentRefused("attachment_not_wanted")
    return Ground(held.stream, held.city, purpose, held.unit, held.round, held.stage, held.joined)


def is_held(digest: str) -> bool:
    """Tell whether any feature keeps a content for a reason of its own."""
    return any(_gate(owner).holds(digest) for owner in features.file_gates())


def _gate(owner: str) -> Gate:
    return cast(Gate, features.file_gates()[owner])
