"""What sets up the decoder of a film's pictures (`avcC`, `hvcC`, `av1C`), and making it say nothing else.

FFmpeg filters the units of coded pictures and not those that stand here, before the first picture; encoders leave notes
in both. The film has been written by FFmpeg just before: its boxes are in order.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Final

_PLACE: Final = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
# The box by the coding, and where the units are that follow its head.
_BOXES: Final = {"h264": b"avcC", "hevc": b"hvcC", "av1": b"av1C"}
_HEAD_OF_ENTRY: Final = 8 + 78
_HEAD_OF_FREE: Final = 8
# The profiles of H.264 whose record ends with the parameter sets.
_SHORT_PROFILES: Final = frozenset({66, 77, 88})
_SPS, _PPS, _SPS_EXTENSION = 7, 8, 13
_SETS_OF_H265: Final = frozenset({32, 33, 34})
_SEQUENCE_HEADER: Final = 1


class Unclear(Exception):
    """What sets up the decoder is not as FFmpeg writes it."""


def quiet(film: Path, coding: str) -> None:
    """Empty all of the first track's setup but the sets of parameters. Raises: Unclear."""
    kind = _BOXES.get(coding)
    if kind is None:
        return
    with film.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        try:
            first, last = _setup(content, kind)
            _shorten(content, first, last, _KEPT[coding](content[first:last]))
        except (struct.error, IndexError) as fault:
            raise Unclear from fault


def _setup(content: mmap.mmap, kind: bytes) -> tuple[int, int]:
    """Return where the first track's setup begins and ends."""
    first, last = 0, len(content)
    for each in _PLACE:
        first, last = _box(content, each, first, last)
    # The number of entries, then the first of them, a box whose head is of a fixed length.
    entry = first + 8
    (size,) = struct.unpack_from(">I", content, entry)
    return _box(content, kind, entry + _HEAD_OF_ENTRY, entry + size)


def _box(content: mmap.mmap, kind: bytes, first: int, last: int) -> tuple[int, int]:
    """Return the span of the body of the first box of a kind."""
    while first + 8 <= last:
        size, found, head = *struct.unpack_from(">I4s", content, first), 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", content, first + 8), 16
        if size < head or first + size > last:
            break
        if found == kind:
            return first + head, first + size
        first += size
    raise Unclear


def _shorten(content: mmap.mmap, first: int, last: int, needed: bytes) -> None:
    """Let a box hold what is needed alone; an empty one takes the rest of its room."""
    rest = last - first - len(needed)
    if 0 < rest < _HEAD_OF_FREE or rest < 0:
        raise Unclear
    struct.pack_into(">I", content, first - 8, 8 + len(needed))
    empty = struct.pack(">I4s", rest, b"free") + bytes(rest - _HEAD_OF_FREE) if rest else b""
    content[first:last] = needed + empty


def _of_h264(setup: bytes) -> bytes:
    place = _listed(setup, 6, setup[5] & 31, _SPS)
    place = _listed(setup, place + 1, setup[place], _PPS)
    if setup[1] not in _SHORT_PROFILES and place < len(setup):
        place = _listed(setup, place + 4, setup[place + 3], _SPS_EXTENSION)
    return setup[:place]


def _of_h265(setup: bytes) -> bytes:
    kept, place = 0, 23
    while kept < setup[22] and setup[place] & 63 in _SETS_OF_H265:
        (count,) = struct.unpack_from(">H", setup, place + 1)
        place = _listed(setup, place + 3, count, None)
        kept += 1
    return setup[:22] + bytes((kept,)) + setup[23:place]


def _of_av1(setup: bytes) -> bytes:
    """Return the head, and the header of the sequence where it stands first and says how long it is."""
    if len(setup) == 4:
        return setup
    kind, has_more, has_size = setup[4] >> 3 & 15, setup[4] & 4, setup[4] & 2
    # Longer than any: its length has one byte.
    size = setup[5]
    if kind != _SEQUENCE_HEADER or has_more or not has_size or size > 127 or 6 + size > len(setup):
        return setup[:4]
    return setup[: 6 + size]


def _listed(setup: bytes, place: int, count: int, kind: int | None) -> int:
    """Return where units end that stand in a list after their lengths, all of one kind."""
    for _ in range(count):
        (size,) = struct.unpack_from(">H", setup, place)
        if not size or place + 2 + size > len(setup) or (kind is not None and setup[place + 2] & 31 != kind):
            raise Unclear
        place += 2 + size
    return place


_KEPT: Final = {"h264": _of_h264, "hevc": _of_h265, "av1": _of_av1}
