"""Where a film's samples lie: the tables of a track, and the runs of a fragment (ISO/IEC 14496-12, 8.6 to 8.8).

A sample is its place in `stsd`, counted from 1, and its span; nothing is said yet of whether the span is in the film.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import Final

from minsheng.gateways.media.boxes import Box, Unpublishable, boxes, fields, only

# A fragment has seconds of a film.
_SAMPLES_AT_MOST: Final = 100_000

Sample = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a track's fragments leave out: its place in `stsd` and a sample's size in bytes."""

    description: int
    size: int


def of_track(content: mmap, stbl: Box, frames: Sequence[int]) -> Iterator[Sample]:
    """Give the samples of a track. Raises: Unpublishable.

    `frames` are the bytes of a frame of plain sound by the place in `stsd`, 0 for others. Its frames are the samples:
    they are given by the chunk, and `stsz` of QuickTime may say 1 for each.
    """
    sizes = _Sizes(content, stbl)
    sample = 0
    for place, count, description in _chunks(content, stbl):
        if not 0 < description <= len(frames):
            raise Unpublishable
        count = min(count, sizes.count - sample)
        if frames[description - 1] and sizes.same:
            yield description, place, place + count * max(sizes.same, frames[description - 1])
        else:
            for each in range(sample, sample + count):
                end = place + sizes.of(each)
                yield description, place, end
                place = end
        sample += count


def of_fragment(content: mmap, moof: Box, defaults: dict[int, Defaults]) -> Iterator[tuple[int, Box, list[Sample]]]:
    """Give each `traf` of a fragment with the number of its track and its samples. Raises: Unpublishable."""
    trafs = [each for each in boxes(content, moof.body, moof.end) if each.kind == b"traf"]
    for traf in trafs:
        tfhd = only(content, traf, b"tfhd")
        flags, track = fields(content, ">II", tfhd.body, tfhd.end)
        # One that begins where the one before ends would be lost with it, when that is emptied.
        if track not in defaults or (traf is not trafs[0] and not flags & 0x20001):
            raise Unpublishable
        place, base = tfhd.body + 8, moof.start
        description, size = defaults[track].description, defaults[track].size
        if flags & 1:
            (base,), place = fields(content, ">Q", place, tfhd.end), place + 8
        if flags & 2:
            (description,), place = fields(content, ">I", place, tfhd.end), place + 4
        if flags & 8:
            place += 4
        if flags & 16:
            (size,) = fields(content, ">I", place, tfhd.end)
        samples: list[Sample] = []
        following = base
        for trun in [each for each in boxes(content, traf.body, traf.end) if each.kind == b"trun"]:
            for first, last in _run(content, trun, base, following, size):
                samples.append((description, first, last))
                following = last
            if len(samples) > _SAMPLES_AT_MOST:
                raise Unpublishable
        yield track, traf, samples


def _run(content: mmap, trun: Box, base: int, following: int, size: int) -> Iterator[tuple[int, int]]:
    """Give the spans of a run: from its own offset to the base, or where the run before has ended."""
    flags, count = fields(content, ">II", trun.body, trun.end)
    place = trun.body + 8
    if flags & 1:
        (offset,), place = fields(content, ">i", place, trun.end), place + 4
        following = base + offset
    if flags & 4:
        place += 4
    step = sum(4 for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag)
    # A run without a field for each sample may claim any number of them.
    if place + step * count > trun.end or count > _SAMPLES_AT_MOST:
        raise Unpublishable
    if flags & 0x100:
        place += 4
    for at in range(count):
        if flags & 0x200:
            (size,) = fields(content, ">I", place + at * step, trun.end)
        yield following, following + size
        following += size


class _Sizes:
    """The sizes of a track's samples in bytes, read one by one from `stsz` or `stz2`."""

    def __init__(self, content: mmap, stbl: Box) -> None:
        table = _one(content, stbl, b"stsz", b"stz2")
        self._content, self._first = content, table.body + 12
        size, self.count = fields(content, ">4xII", table.body, table.end)
        self.same, self._bits = (size, 32) if table.kind == b"stsz" else (0, size & 255)
        if self._bits not in (4, 8, 16, 32):
            raise Unpublishable
        if not self.same and self._first + (self.count * self._bits + 7) // 8 > table.end:
            raise Unpublishable

    def of(self, sample: int) -> int:
        """Return the size of a sample, which is counted from 0."""
        if self.same:
            return self.same
        bit = sample * self._bits
        place = self._first + bit // 8
        number = int.from_bytes(self._content[place : place + max(1, self._bits // 8)])
        # Two to a byte, the higher half first.
        return number >> (0 if bit % 8 else 4) & 15 if self._bits == 4 else number


def _chunks(content: mmap, stbl: Box) -> Iterator[tuple[int, int, int]]:
    """Give each chunk's place, how many samples it has, and their place in `stsd`."""
    table, stsc = _one(content, stbl, b"stco", b"co64"), only(content, stbl, b"stsc")
    form, width = (">I", 4) if table.kind == b"stco" else (">Q", 8)
    (chunks,) = fields(content, ">4xI", table.body, table.end)
    (entries,) = fields(content, ">4xI", stsc.body, stsc.end)
    entry, count, description = 0, 0, 0
    following = 1
    for chunk in range(1, chunks + 1):
        if chunk == following:
            first, count, description = fields(content, ">III", stsc.body + 8 + entry * 12, stsc.end)
            entry += 1
            following = fields(content, ">I", stsc.body + 8 + entry * 12, stsc.end)[0] if entry < entries else 0
            if first != chunk or 0 < following <= chunk:
                raise Unpublishable
        yield fields(content, form, table.body + 8 + (chunk - 1) * width, table.end)[0], count, description


def _one(content: mmap, stbl: Box, short: bytes, long: bytes) -> Box:
    """Return the one table that stands in one of two forms. Raises: Unpublishable."""
    found = [each for each in boxes(content, stbl.body, stbl.end) if each.kind in (short, long)]
    if len(found) != 1:
        raise Unpublishable
    return found[0]
