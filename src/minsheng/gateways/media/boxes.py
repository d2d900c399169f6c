"""The boxes that films are made of (ISO/IEC 14496-12), found and emptied in place.

Places are bytes from the film's start; a span is from its first place to before its last.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Final

from minsheng.domain.rejected import Rejected

_AT_ONCE: Final = 1 << 20
# In one box: a film of fragments has a few for each second.
_BOXES_AT_MOST: Final = 100_000


class Unpublishable(Rejected):
    """A file that can't be freed of what it tells; the code says why."""

    def __init__(self) -> None:
        super().__init__("file_not_publishable")


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, where it starts, where its body starts, where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(content: mmap, first: int, last: int) -> Iterator[Box]:
    """Give each box of a span; what is too short to be one is emptied. Raises: Unpublishable."""
    place, left = first, _BOXES_AT_MOST
    while place + 8 <= last:
        (size,), body = fields(content, ">I", place, last), place + 8
        if size == 1:
            (size,), body = fields(content, ">Q", body, last), place + 16
        end = last if size == 0 else place + size
        left -= 1
        if end > last or end < body or left < 0:
            raise Unpublishable
        yield Box(content[place + 4 : place + 8], place, body, end)
        place = end
    erase(content, place, last)


def only(content: mmap, holder: Box, *path: bytes) -> Box:
    """Return the one box at a path of kinds. Raises: Unpublishable, when there is none or another."""
    for kind in path:
        found = [each for each in boxes(content, holder.body, holder.end) if each.kind == kind]
        if len(found) != 1:
            raise Unpublishable
        (holder,) = found
    return holder


def fields(content: mmap, form: str, place: int, end: int) -> tuple[int, ...]:
    """Return what `struct` reads at a place. Raises: Unpublishable, when it would reach over the end."""
    if place + struct.calcsize(form) > end:
        raise Unpublishable
    return struct.unpack_from(form, content, place)


def erase(content: mmap, first: int, last: int, *, by: bytes = b"\0") -> None:
    """Overwrite a span with one byte, in pieces that fit into memory."""
    for place in range(first, last, _AT_ONCE):
        size = min(_AT_ONCE, last - place)
        content[place : place + size] = by * size


def discard(content: mmap, box: Box) -> None:
    """Turn a box into an empty one of the same length."""
    content[box.start + 4 : box.start + 8] = b"free"
    erase(content, box.body, box.end)
