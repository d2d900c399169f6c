"""What is known of a file before and after it is attached, and of what it is attached to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from minsheng.domain.rejected import Rejected
from minsheng.gateways.media.filetypes import KINDS, Known


class AttachmentRefused(Rejected):
    """A file that can't be added, read or removed; the code says why."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be attached: what it is, its digest, and whether somebody has looked for malicious software."""

    known: Known
    digest: str
    scan: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Ground:
    """What a file is attached to: a stream as it stands, what for, for which unit, in which joined appeal."""

    stream: str
    city: str
    purpose: str
    unit: str
    round: int
    stage: str
    joined: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An attachment as pages and the API show it; `owner` and `order` are the halves of its stream's name."""

    id: UUID
    owner: str
    order: str
    purpose: str
    unit: str
    round: int
    stage: str
    name: str
    media_type: str
    size: int
    digest: str
    scan: str
    uploaded_by: str
    uploaded_at: datetime
    joined: str

    @property
    def shows_inline(self) -> bool:
        """Whether a browser may show it in place."""
        return any(kind.media_type == self.media_type and kind.shows_inline for kind in KINDS)


def halves(stream: str) -> tuple[str, str]:
    """Return a stream's owner and the id of the thing there."""
    owner, _, thing = stream.partition("/")
    return owner, thing
