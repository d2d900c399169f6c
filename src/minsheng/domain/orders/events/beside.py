"""What has happened beside the state: what was added, publication, units that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from minsheng.domain.facts import Event


@dataclass(frozen=True, slots=True)
class MaterialAdded(Event):
    """The words stay with the appeal; the digest binds them. `joined`: the joined appeal whose citizen says it."""

    step: ClassVar[str] = "add_material"
    digest: str
    files: int = 0
    joined: str = ""


@dataclass(frozen=True, slots=True)
class MessageUndelivered(Event):
    """No channel brought a message of this kind to the appellant."""

    step: ClassVar[str] = "note_undelivered"
    kind: str
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppellantCalled(Event):
    """The appellant was told by a call what no message brought."""

    step: ClassVar[str] = "told_by_phone"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Urged(Event):
    step: ClassVar[str] = "urge"
    text: str
    joined: str = ""


@dataclass(frozen=True, slots=True)
class PublicationDecided(Event):
    step: ClassVar[str] = "decide_publication"
    publish: bool
    exception: int | None
    basis: str
    unit_suggests_no: bool


@dataclass(frozen=True, slots=True)
class ChoiceChanged(Event):
    step: ClassVar[str] = "set_publish"
    publish: str


@dataclass(frozen=True, slots=True)
class Published(Event):
    step: ClassVar[str] = "publish"


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    step: ClassVar[str] = "withdraw"


@dataclass(frozen=True, slots=True)
class UnitSucceeded(Event):
    """A unit was renamed or joined to another, which stands in its place from now on."""

    step: ClassVar[str] = "succeed"
    unit: str
    successor: str
